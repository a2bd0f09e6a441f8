"""The driver for real readers (PN532, ACR122U…) through nfcpy, the only module that imports it.

`usb`, `usb:072f:2200`, `tty:S0:pn532` are real devices; `udp:localhost:54321` is a card simulated
in another process (`terminal.reader.simulated_card`).  Polls type A at 106 kbit/s only: nfcpy waits
up to a second for each other type that is absent.  Every failure of the device is `FieldLost`; a
card that does not answer is None.  nfcpy's own tag classes are not used: they repeat commands on
their own and take any answer with AFh for an Ultralight C.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from terminal.reader.reader import FieldLost
from terminal.reader.session import Sensed


def _frontend() -> Any:
    import nfc.clf  # noqa: PLC0415 - loads libusb, which a till with another reader may lack

    return nfc.clf.ContactlessFrontend()


class NfcpyField:
    """Implements `Field`.  One thread uses it."""

    def __init__(self, path: str, *, frontend: Callable[[], Any] = _frontend) -> None:
        self._path = path
        self._frontend = frontend
        self._clf: Any = None

    def open(self) -> None:
        """Find and start the device.  Raises FieldLost, also when libusb is missing."""
        try:
            clf = self._frontend()
            found = clf.open(self._path)
        except (OSError, ImportError) as error:
            raise FieldLost(f"{self._path}: {error}") from error
        if not found:
            raise FieldLost(f"no reader at {self._path}")
        self._clf = clf

    def sense(self) -> Sensed | None:
        """Poll once.  Raises FieldLost."""
        import nfc.clf  # noqa: PLC0415 - see _frontend

        try:
            target = self._device().sense(nfc.clf.RemoteTarget("106A"))
        except (OSError, nfc.clf.UnsupportedTargetError) as error:
            raise FieldLost(f"{self._path}: {error}") from error
        except nfc.clf.CommunicationError:
            return None
        if target is None or target.sdd_res is None:  # a Topaz card has no such UID
            return None
        return Sensed(bytes(target.sdd_res), target.sel_res[0])

    def exchange(self, command: bytes, timeout_s: float) -> bytes | None:
        """Send one command, once.  Raises FieldLost."""
        import nfc.clf  # noqa: PLC0415 - see _frontend

        try:
            data = self._device().exchange(bytearray(command), timeout_s)
        except OSError as error:
            raise FieldLost(f"{self._path}: {error}") from error
        except nfc.clf.CommunicationError:
            return None
        return None if data is None else bytes(data)

    def close(self) -> None:
        """Switch the field off and let go of the device, even one that is gone."""
        clf, self._clf = self._clf, None
        if clf is None:
            return
        try:
            clf.close()
        except OSError:
            return  # it was unplugged: nothing is left to switch off

    def _device(self) -> Any:
        if self._clf is None:
            raise FieldLost(f"{self._path} is not open")
        return self._clf
