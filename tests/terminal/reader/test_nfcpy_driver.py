"""The real nfcpy: over UDP against a card in another process, and over a device that fails."""

from __future__ import annotations

import errno
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import nfc.clf
import nfc.clf.device
import pytest

from terminal.reader.nfcpy_driver import NfcpyField
from terminal.reader.reader import CardReader, FieldLost
from terminal.reader.session import Sensed
from terminal.till.ports import ReaderGone

pytestmark = pytest.mark.loopback

PATIENCE_S = 60.0
UIDS = ["1A2B3C4D", "04A1B2C3D4E5F6", "04112233445566778899"]


class RealTime:
    def mono_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000

    def pause(self, ms: int) -> None:
        time.sleep(ms / 1000)


class Card:
    """The card process, and the lines it obeys."""

    def __init__(self, uid: str, *options: str) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "terminal.reader.simulated_card",
                "--uid",
                uid,
                "--port",
                "0",
                *options,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self._line().removeprefix("ready "))

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def say(self, line: str) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self._line()

    def reader(self) -> CardReader:
        reader = CardReader(NfcpyField(f"udp:localhost:{self.port}"), RealTime())
        assert reader.wait(0) is None
        return reader

    def stop(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


@pytest.fixture
def card() -> Iterator[Card]:
    running = Card(UIDS[1])
    yield running
    running.stop()


@pytest.mark.alone
@pytest.mark.parametrize("uid", UIDS)
def test_a_card_in_another_process_is_read_in_full(uid: str) -> None:
    card = Card(uid, "--present")
    reader = card.reader()

    assert reader.wait(PATIENCE_S) == bytes.fromhex(uid)

    reader.close()
    card.stop()


@pytest.mark.alone
def test_cards_come_and_go(card: Card) -> None:
    reader = card.reader()

    assert reader.wait(0.1) is None
    assert card.say("tap") == "ok"
    assert reader.wait(PATIENCE_S) == bytes.fromhex(UIDS[1])
    assert reader.wait(2.5) is None  # it left; two polls of a second each
    assert card.say("present 1A2B3C4D") == "ok"
    assert reader.wait(PATIENCE_S) == bytes.fromhex("1A2B3C4D")
    assert card.say("present 1A2B").startswith("error")
    reader.close()


def sensed(field: NfcpyField) -> Sensed:
    """Poll until the card answers: it may still be thinking about what it was asked before."""
    end = time.monotonic() + PATIENCE_S
    while (found := field.sense()) is None:
        assert time.monotonic() < end, "there is no card"
    return found


@pytest.mark.alone
def test_a_late_answer_is_never_taken_for_the_next_one() -> None:
    """KNOWHOW, nfcpy: over UDP the answer to a command that timed out still arrives."""
    card = Card(UIDS[1], "--present", "--late", "0.9")
    field = NfcpyField(f"udp:localhost:{card.port}")
    field.open()
    assert sensed(field) == Sensed(bytes.fromhex(UIDS[1]), 0x00)
    assert field.exchange(b"\x60", 0.05) is None  # its version, 0.9 s later

    assert sensed(field) == Sensed(bytes.fromhex(UIDS[1]), 0x00)
    assert field.exchange(b"\x30\x00", PATIENCE_S) == bytes.fromhex(UIDS[1]) + bytes(9)

    field.close()
    card.stop()


@pytest.mark.alone
def test_a_card_too_slow_to_say_what_it_is_is_still_a_card() -> None:
    card = Card(UIDS[1], "--present", "--late", "0.3")
    reader = card.reader()

    assert reader.wait(PATIENCE_S) == bytes.fromhex(UIDS[1])
    assert reader.wait(1.0) is None

    reader.close()
    card.stop()


def clf_with(device: nfc.clf.device.Device) -> Any:
    frontend = nfc.clf.ContactlessFrontend()

    def open_it(path: str) -> bool:
        frontend.device = device
        return True

    frontend.open = open_it
    return frontend


class Scripted(nfc.clf.device.Device):
    """A device in this process: each call to sense or to exchange takes the next outcome."""

    def __init__(self, *outcomes: Any) -> None:
        self._outcomes = list(outcomes)
        self._path, self._chipset_name = "scripted", "none"
        self.closed = 0

    def _next(self) -> Any:
        outcome = self._outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def sense_tta(self, target: Any) -> Any:
        assert target.brty == "106A"
        return self._next()

    def send_cmd_recv_rsp(self, target: Any, data: Any, timeout: float) -> Any:
        return self._next()

    def mute(self) -> None:
        pass

    def close(self) -> None:
        self.closed += 1
        raise OSError(errno.ENODEV, "gone")


def target(uid: str) -> Any:
    return nfc.clf.RemoteTarget(
        "106A",
        sens_res=bytearray(b"\x44\x00"),
        sel_res=bytearray(b"\x00"),
        sdd_res=bytearray.fromhex(uid),
    )


def opened(*outcomes: Any) -> NfcpyField:
    device = Scripted(*outcomes)
    field = NfcpyField("usb", frontend=lambda: clf_with(device))
    field.open()
    return field


def test_a_command_is_sent_once_and_silence_is_none() -> None:
    field = opened(target(UIDS[1]), nfc.clf.TimeoutError("late"), target(UIDS[1]), b"\x0a")

    assert field.sense() == Sensed(bytes.fromhex(UIDS[1]), 0x00)
    assert field.exchange(b"\x60", 0.1) is None
    assert field.sense() == Sensed(bytes.fromhex(UIDS[1]), 0x00)
    assert field.exchange(b"\x60", 0.1) == b"\x0a"


def test_noise_in_the_field_is_no_card() -> None:
    assert opened(nfc.clf.ProtocolError("noise")).sense() is None


@pytest.mark.parametrize("fails", ["sense", "exchange"])
def test_an_unplugged_device_is_lost_and_closing_it_does_no_harm(fails: str) -> None:
    gone = OSError(errno.ENODEV, "gone")
    field = opened(gone) if fails == "sense" else opened(target(UIDS[0]), gone)
    if fails == "exchange":
        field.sense()

    with pytest.raises(FieldLost, match="gone"):
        field.sense() if fails == "sense" else field.exchange(b"\x60", 0.1)
    field.close()
    with pytest.raises(FieldLost, match="not open"):
        field.sense()


def test_no_reader_on_this_path_is_gone_with_its_path() -> None:
    reader = CardReader(NfcpyField("usb:ffff:ffff"), RealTime())

    with pytest.raises(ReaderGone, match="usb:ffff:ffff"):
        reader.wait(0)
