"""A till's window off screen, with a clock that the test moves."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

os.environ["SDL_VIDEODRIVER"] = "offscreen"

from terminal.ui.kivy.environment import prepare

prepare(1024, 600)

from kivy.core.window import Window  # noqa: E402 - kivy reads its environment at import

from shared.amounts import Language  # noqa: E402 - kivy reads its environment at import
from terminal.till.events import Event  # noqa: E402 - kivy reads its environment at import
from terminal.ui.kivy.elements import Element, Target  # noqa: E402 - kivy reads its environment at import
from terminal.ui.kivy.metrics import LARGE, SMALL, Metrics  # noqa: E402 - kivy reads its environment at import
from terminal.ui.kivy.window import TillWindow  # noqa: E402 - kivy reads its environment at import
from terminal.ui.screen import Screen  # noqa: E402 - kivy reads its environment at import
from tools.screenshots.till_states import samples  # noqa: E402 - kivy reads its environment at import

PANELS = {"1024x600": LARGE, "800x480": SMALL}


@dataclass
class Stage:
    """A window, what it posted, and its clock in seconds."""

    metrics: Metrics
    posted: list[Event] = field(default_factory=list)
    clock: float = 100.0

    def __post_init__(self) -> None:
        self.window = TillWindow(self.metrics, self.posted.append, now=lambda: self.clock)
        self.window.open()

    def show(self, screen: Screen, *, awake: bool = True) -> None:
        """Draw a screen; awake, it no longer ignores fingers."""
        self.window.view.draw(screen)
        self.window.step()
        if awake:
            self.clock += 1

    def sample(self, name: str, language: Language = "fr") -> Screen:
        """A sample screen by the name of its picture."""
        return samples(language, self.metrics.columns, self.metrics.rows)[name]

    def target(self, name: str) -> Target:
        """A target that is on the page now."""
        return next(target for target in self.window.view.targets() if target.id == name)

    def elements(self) -> tuple[Element, ...]:
        """What the page is made of now."""
        assert self.window.view.page is not None
        return self.window.view.page.elements

    def tap(self, name: str) -> None:
        """Touch a target in its middle and lift the finger."""
        self.window.tap(*self.target(name).box.middle)

    def close(self) -> None:
        """Take the till out of the window."""
        Window.remove_widget(self.window.root)


@pytest.fixture(params=PANELS)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A till of each size."""
    stage = Stage(PANELS[request.param])
    yield stage
    stage.close()


@pytest.fixture
def large() -> Iterator[Stage]:
    """A till of 1024×600."""
    stage = Stage(LARGE)
    yield stage
    stage.close()
