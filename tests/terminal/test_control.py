"""The socket through which tests and the demo touch a till."""

from __future__ import annotations

import json
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal.control import Control
from terminal.till.events import AddProduct, Event
from terminal.ui.screen import Sale

from .simulated import PATIENCE_S, MemoryDisplay
from .till.dialogue import BEER
from .ui.pages.drawing import drawn


class Cards:
    """A hand that only remembers."""

    def __init__(self) -> None:
        self.done: list[object] = []

    def tap(self, uid: bytes, seconds: float) -> None:
        self.done.append((uid, seconds))

    def plug(self, *, plugged: bool) -> None:
        self.done.append(plugged)


class Desk:
    """A control socket and a client."""

    def __init__(self, folder: Path, *, cards: bool = True) -> None:
        self.path = folder / "control.sock"
        self.posted: list[Event] = []
        self.display = MemoryDisplay(self.posted.append)
        self.screen = drawn(Sale)
        self.display.show(self.screen)
        self.display.until(lambda _: True)
        self.cards = Cards()
        self.control = Control(
            self.path,
            screen=lambda: self.screen,
            display=self.display,
            cards=self.cards if cards else None,
        )

    def says(self, line: str) -> dict[str, object]:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE_S)
            client.connect(str(self.path))
            client.sendall(line.encode() + b"\n")
            with client.makefile() as answers:
                told = json.loads(answers.readline())
        assert isinstance(told, dict)
        return told


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.control.close()


def test_only_the_owner_may_come_in(desk: Desk) -> None:
    assert stat.S_IMODE(desk.path.stat().st_mode) == 0o600


def test_a_stale_socket_is_replaced_and_the_new_one_removed(tmp_path: Path) -> None:
    (tmp_path / "control.sock").touch()
    desk = Desk(tmp_path)
    assert desk.says("screen")["ok"] is True
    desk.control.close()
    assert not desk.path.exists()


def test_the_screen(desk: Desk) -> None:
    told = desk.says("screen")["screen"]
    assert isinstance(told, dict)
    assert told["type"] == "Sale"


def test_a_touch(desk: Desk) -> None:
    assert desk.says(f"touch product:{BEER}") == {"ok": True}
    assert desk.posted == [AddProduct(BEER)]


@pytest.mark.parametrize(
    "line, error",
    [
        ("touch nonsense", "nothing to touch called 'nonsense'"),
        ("frob", "unknown command 'frob'"),
        ("", "unknown command ''"),
        ("picture /nowhere/at/all.png", "No such file"),
        ("tap zz", "non-hexadecimal"),
    ],
)
def test_mistakes_get_an_answer(desk: Desk, line: str, error: str) -> None:
    told = desk.says(line)
    assert told["ok"] is False
    assert error in str(told["error"])


def test_a_picture(desk: Desk, tmp_path: Path) -> None:
    assert desk.says(f"picture {tmp_path / 'a.png'}") == {"ok": True}
    assert (tmp_path / "a.png").read_bytes() == b"a picture"


def test_cards_and_cables(desk: Desk) -> None:
    desk.says("tap 04a1b2c3d4e5f6")
    desk.says("tap 04a1b2c3d4e5f6 2")
    desk.says("plug off")
    desk.says("plug on")
    uid = bytes.fromhex("04a1b2c3d4e5f6")
    assert desk.cards.done == [(uid, 0.5), (uid, 2.0), False, True]


def test_who_hangs_up_before_the_answer_troubles_nobody(desk: Desk) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(desk.path))
        client.sendall(b"screen\n" * 500)
    assert desk.says("screen")["ok"] is True  # by then the thread of the first one has begun
    for thread in threading.enumerate():
        if "_serve" in thread.name:
            thread.join(PATIENCE_S)


def test_a_real_reader_has_no_hand(tmp_path: Path) -> None:
    desk = Desk(tmp_path, cards=False)
    assert desk.says("tap 04a1b2c3") == {"ok": False, "error": "the reader is a real one"}
    desk.control.close()
