"""The same screens as text: for a machine without display, for scripts, and over ssh.

Type the number or the id of a button and Enter; an empty line draws again, `q` stops the till.
With a simulated reader `tap UID` holds a card to it. The console decides nothing either.
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Final, Protocol

from rich.console import Console as Rich
from rich.panel import Panel
from rich.text import Text

from terminal.till.events import Event, Stopping
from terminal.ui.outline import buttons, find
from terminal.ui.screen import (
    BasketLine,
    Button,
    CardTrouble,
    Checking,
    Holding,
    LastSale,
    Line,
    Movement,
    OutOfOrder,
    Paid,
    ReaderUnplugged,
    Refused,
    SameCardAgain,
    Screen,
    Sign,
    StatusBar,
    Tile,
)

STYLES: Final[dict[type[Screen], str]] = {
    Paid: "black on green",
    Refused: "white on red",
    Checking: "yellow",
    SameCardAgain: "yellow",
    CardTrouble: "yellow",
    LastSale: "yellow",
    ReaderUnplugged: "yellow",
    OutOfOrder: "yellow",
}
LOOK_S: Final = 0.2
SHAPES: Final = frozenset({"columns", "rows", "length", "typed", "progress_permille"})


class Words(Protocol):
    """Where lines come from."""

    def read(self, timeout_s: float) -> str | None:
        """Give the next line; None when none came in time. Raises EOFError at the end."""


class Typed:
    """Lines of a terminal or a pipe, without waiting for ever: a till may stop meanwhile."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""

    def read(self, timeout_s: float) -> str | None:
        """Give the next line."""
        while b"\n" not in self._rest:
            ready, _, _ = select.select([self._descriptor], [], [], timeout_s)
            if not ready:
                return None
            more = os.read(self._descriptor, 4096)
            if not more:
                raise EOFError
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode(errors="replace")


class Console:
    """A `Display` of lines. `words` are read on the thread that calls `run`."""

    def __init__(
        self,
        post: Callable[[Event], None],
        *,
        words: Words,
        rich: Rich,
        tap: Callable[[bytes], None] | None = None,
    ) -> None:
        self._post, self._words, self._rich, self._tap = post, words, rich, tap
        self._screen: Screen | None = None
        self._stopped = threading.Event()

    def run(self) -> None:
        """Take lines until the till stops; the end of the input does not stop it."""
        while not self._stopped.is_set():
            try:
                line = self._words.read(LOOK_S)
            except EOFError:
                self._stopped.wait()
            else:
                if line is not None:
                    self._take(line.strip())

    def stop(self) -> None:
        """Make `run` return."""
        self._stopped.set()

    def show(self, screen: Screen) -> None:
        """Print the screen, unless only its clock moved."""
        before, self._screen = self._screen, screen
        if before is None or list(_body(before)) != list(_body(screen)):
            self._print(screen)

    def touch(self, target: str) -> bool:
        """Post the event of a button."""
        event = None if self._screen is None else find(self._screen, target)
        if event is None:
            return False
        self._post(event)
        return True

    def touch_at(self, x: int, y: int) -> None:
        """Do nothing: a console has no points."""

    def picture(self, path: Path) -> bool:  # noqa: ARG002 - a console makes no pictures
        """Say that a console makes no pictures."""
        return False

    def _take(self, word: str) -> None:
        if self._screen is None or not word:
            self._again()
        elif word == "q":
            self._post(Stopping())
        elif word.startswith("tap ") and self._tap is not None:
            self._tap(bytes.fromhex(word.removeprefix("tap ")))
        elif not self.touch(self._name(word)):
            self._rich.print(Text(f"? {word}"))

    def _name(self, word: str) -> str:
        """Turn a button's number into its id."""
        if self._screen is None or not word.isdecimal():
            return word
        active = _active(self._screen)
        number = int(word)
        return active[number - 1].id if 0 < number <= len(active) else word

    def _again(self) -> None:
        if self._screen is not None:
            self._print(self._screen)

    def _print(self, screen: Screen) -> None:
        body = "\n".join(_body(screen))
        choices = "   ".join(
            f"[{number}] {button.label or button.id}"
            for number, button in enumerate(_active(screen), start=1)
        )
        style = STYLES.get(type(screen), "")
        status = Text(_status(screen.status))
        self._rich.print(Panel(Text(body), title=status, style=style, subtitle_align="left"))
        self._rich.print(Text(choices))


def _active(screen: Screen) -> list[Button]:
    return [button for button in buttons(screen) if button.event is not None]


def _status(status: StatusBar) -> str:
    where = " · ".join(word for word in (status.place, status.point_of_sale) if word)
    signs = (status.operator, status.network, status.reader, status.unsent)
    return " | ".join((where, *(_sign(sign) for sign in signs), status.clock))


def _sign(sign: Sign) -> str:
    return f"! {sign.label}" if sign.trouble else sign.label


def _body(screen: Screen) -> Iterator[str]:
    """Give the screen's lines; the status bar stands in the frame."""
    for field in fields(screen):
        if field.name != "status" and field.name not in SHAPES:
            yield from _lines(getattr(screen, field.name))


def _lines(part: object) -> Iterator[str]:
    match part:
        case Line() | Holding() | Movement():
            yield "  ".join(getattr(part, field.name) for field in fields(part))
        case Tile():
            times = f" ×{part.quantity}" if part.quantity else ""
            yield f"  {part.button.label} {part.price}{times}"
        case BasketLine():
            yield f"> {part.name}  {part.detail}  {part.amount}".rstrip()
        case str():
            yield from filter(None, [part])
        case tuple():
            for item in part:
                yield from _lines(item)
        case _ if is_dataclass(part) and not isinstance(part, Button):
            for field in fields(part):
                yield from _lines(getattr(part, field.name))
