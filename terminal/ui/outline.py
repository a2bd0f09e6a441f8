"""Any screen as plain data: its buttons in order, and all of it as JSON.

Consoles, tests and the control socket read screens through this, without knowing their classes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import TypeAlias

from terminal.till.events import AddressTyped, Event, Touch
from terminal.ui.screen import AddressEntry, Button, Screen

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"


def buttons(part: object) -> Iterator[Button]:
    """Give every button of a screen (or of a part of it), in the order of its fields."""
    if isinstance(part, Button):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from buttons(item)
    elif is_dataclass(part) and not isinstance(part, Event):
        for field in fields(part):
            yield from buttons(getattr(part, field.name))


def find(screen: Screen, target: str) -> Event | None:
    """Give the event of the button with this id; None if it is not there or off.

    On the page with a keyboard `address:TEXT` types a text.
    """
    if isinstance(screen, AddressEntry) and target.startswith("address:"):
        return AddressTyped(target.removeprefix("address:"))
    return next((button.event for button in buttons(screen) if button.id == target), None)


def as_json(part: object) -> Json:
    """Turn a screen into JSON; `type` names its class, an event is its class's name."""
    if isinstance(part, Touch):
        return type(part).__name__
    if isinstance(part, tuple):
        return [as_json(item) for item in part]
    if is_dataclass(part) and not isinstance(part, type):
        parts = {field.name: as_json(getattr(part, field.name)) for field in fields(part)}
        return {"type": type(part).__name__, **parts}
    if part is None or isinstance(part, bool | int | str):
        return part
    message = f"a screen has no place for {type(part).__name__}"
    raise TypeError(message)
