"""Helpers: a till in a state becomes a screen of the expected class."""

from __future__ import annotations

from typing import Any, TypeVar

from terminal.till.state import Page
from terminal.ui.pages.pen import Layout
from terminal.ui.screen import Button, Screen
from terminal.ui.view import draw
from tests.terminal.till.dialogue import till

S = TypeVar("S", bound=Screen)


def drawn(kind: type[S], page: Page | None = None, **known: Any) -> S:
    """Draw a page of a till at the place's dialogue defaults."""
    screen = draw(till(page, **known), Layout())
    assert isinstance(screen, kind), screen
    return screen


def labels(buttons: tuple[Button, ...]) -> list[str]:
    """What the buttons say, with what stands under it."""
    return [" / ".join(word for word in (b.label, b.sub) if word) for b in buttons]
