"""A card in a process of its own: speaks nfcpy's UDP protocol as the card, driven by its stdin.

    python -m terminal.reader.simulated_card --uid 04A1B2C3D4E5F6 [--chip ntag213] [--port 54321]

Prints `ready PORT`, then obeys one line at a time, answering each with `ok` or `error …`:
`present [UID]`, `remove`, `tap [UID]` (present until the reader has read it), `quit`.  A frame on
the wire is `106A <hex>`.  A card that comes within a second of an unanswered poll answers it, as
one does that is brought into a field that is already on.
"""

from __future__ import annotations

import argparse
import os
import select
import socket
import sys
import time
from functools import reduce
from operator import xor
from typing import Final, TextIO, TypeAlias

from terminal.reader.session import Chip
from terminal.reader.simulated import SimulatedCard

Address: TypeAlias = tuple[str, int]

_SENS_REQ: Final = b"\x26"
_SENS_RES: Final = {4: b"\x04\x00", 7: b"\x44\x00", 10: b"\x84\x00"}
_ANTICOLLISION: Final = frozenset({0x26, 0x93, 0x95, 0x97})
_CASCADE_TAG: Final = b"\x88"
_MORE: Final = 0x04  # SAK bit: the UID goes on at the next cascade level
_POLL_STANDS_S: Final = 0.8  # nfcpy waits one second for the answer
_TAP_LASTS_S: Final = 0.4  # after the reader has the whole UID


def cascade(uid: bytes) -> tuple[bytes, ...]:
    """Split a UID into the parts of its cascade levels, each 4 bytes and their BCC."""
    parts = []
    while len(uid) > 4:
        parts.append(_CASCADE_TAG + uid[:3])
        uid = uid[3:]
    parts.append(uid)
    return tuple(part + bytes([reduce(xor, part)]) for part in parts)


class Air:
    """What passes between a reader and the card: frames in, frames out, no sockets."""

    def __init__(self) -> None:
        self.card: SimulatedCard | None = None
        self.read = False  # the reader has selected this card, to the end of its UID

    def answer(self, frame: bytes) -> bytes | None:
        """Give the card's answer; None when it is away or stays silent."""
        card = self.card
        if card is None or not frame:
            return None
        if frame == _SENS_REQ:
            return _SENS_RES[len(card.uid)]
        levels = cascade(card.uid)
        for number, part in enumerate(levels):
            command = 0x93 + 2 * number
            if frame == bytes([command, 0x20]):
                return part
            if frame == bytes([command, 0x70]) + part:
                last = number == len(levels) - 1
                self.read = self.read or last
                return bytes([card.sak if last else _MORE])
        return card.answer(frame)


class CardProcess:
    """Binds the port, obeys the lines, answers the frames."""

    def __init__(
        self,
        uid: bytes,
        chip: Chip,
        address: Address,
        lines: TextIO,
        out: TextIO,
        *,
        late_s: float = 0.0,
    ) -> None:
        self._uid = uid
        self._chip = chip
        self._lines = lines
        self._out = out
        self._late_s = late_s  # how long this slow card thinks about a command
        self._air = Air()
        self._cards: dict[bytes, SimulatedCard] = {}
        self._waiting: tuple[float, Address] | None = None  # a poll nobody answered yet
        self._until: float | None = None  # when a tap ends
        self._tapping = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(address)

    def present(self) -> None:
        """Lay the card on the reader."""
        self._show(self._uid)

    def run(self) -> None:
        """Obey until `quit` or the end of the lines."""
        self._say(f"ready {self._socket.getsockname()[1]}")
        descriptor = self._lines.fileno()
        pending = b""
        while True:
            ready, _, _ = select.select([self._socket.fileno(), descriptor], [], [], 0.05)
            if descriptor in ready:
                data = os.read(descriptor, 4096)
                *commands, pending = (pending + data).split(b"\n")
                if not data or not all(self._obey(line.decode().split()) for line in commands):
                    break
            if self._socket.fileno() in ready:
                self._receive()
            self._end_tap()
        self._socket.close()

    def _obey(self, words: list[str]) -> bool:
        match words:
            case ["quit"]:
                return False
            case ["remove"]:
                self._air.card, self._tapping = None, False
            case ["present" | "tap" as verb, *rest]:
                try:
                    self._show(bytes.fromhex(rest[0]) if rest else self._uid)
                except (KeyError, ValueError):
                    self._say("error a UID has 4, 7 or 10 bytes, in hex")
                    return True
                self._tapping = verb == "tap"
            case _:
                self._say("error commands: present [UID], remove, tap [UID], quit")
                return True
        self._say("ok")
        return True

    def _show(self, uid: bytes) -> None:
        sens_res = _SENS_RES[len(uid)]  # KeyError: no such length
        card = self._cards.setdefault(uid, SimulatedCard(uid, self._chip))
        self._air.card, self._air.read, self._until = card, False, None
        if self._waiting is not None:
            since, address = self._waiting
            if time.monotonic() - since < _POLL_STANDS_S:
                self._send(sens_res, address)
            self._waiting = None

    def _receive(self) -> None:
        packet, address = self._socket.recvfrom(1024)
        words = packet.split()
        if len(words) != 2 or words[0] != b"106A":  # RFOFF, or another technology
            return
        frame = bytes.fromhex(words[1].decode())
        if self._air.card is None:
            self._waiting = (time.monotonic(), address) if frame == _SENS_REQ else None
            return
        if frame[0] not in _ANTICOLLISION:
            time.sleep(self._late_s)
        answer = self._air.answer(frame)
        if answer is not None:
            self._send(answer, address)

    def _end_tap(self) -> None:
        if not (self._tapping and self._air.read):
            return
        if self._until is None:
            self._until = time.monotonic() + _TAP_LASTS_S
        elif time.monotonic() >= self._until:
            self._air.card, self._tapping, self._until = None, False, None

    def _send(self, frame: bytes, address: Address) -> None:
        self._socket.sendto(b"106A " + frame.hex().encode(), address)

    def _say(self, line: str) -> None:
        self._out.write(line + "\n")
        self._out.flush()


def main(arguments: list[str]) -> int:
    """Run a card until its stdin ends."""
    parser = argparse.ArgumentParser(prog="terminal.reader.simulated_card")
    parser.add_argument("--uid", type=bytes.fromhex, default=bytes.fromhex("04A1B2C3D4E5F6"))
    parser.add_argument("--chip", type=Chip, default=Chip.NTAG213)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=54321)
    parser.add_argument("--present", action="store_true", help="lie on the reader from the start")
    parser.add_argument("--late", type=float, default=0.0, help="seconds it thinks about a command")
    given = parser.parse_args(arguments)
    if len(given.uid) not in _SENS_RES:
        parser.error("a UID has 4, 7 or 10 bytes")
    process = CardProcess(
        given.uid, given.chip, (given.host, given.port), sys.stdin, sys.stdout, late_s=given.late
    )
    if given.present:
        process.present()
    process.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
