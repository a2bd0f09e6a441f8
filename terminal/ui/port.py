"""What the shell and the control socket need from whatever draws the screens."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from terminal.ui.screen import Screen


class Display(Protocol):
    """A window or a console. All but `run` may be called from any thread.

    An adapter is made with `post: Callable[[Event], None]`, to which it gives the event of each
    button that is touched; `post` never blocks.
    """

    def run(self) -> None:
        """Own the calling (main) thread until `stop`."""

    def stop(self) -> None:
        """Make `run` return."""

    def show(self, screen: Screen) -> None:
        """Draw this screen soon; returns at once, and skips screens that were overtaken."""

    def touch(self, target: str) -> bool:
        """Touch a button by its id, as a finger would; False if it is not there or off.

        Waits until the page hears fingers again (a new page is deaf for 400 ms).
        """

    def touch_at(self, x: int, y: int) -> None:
        """Touch a point, in pixels from the top left."""

    def picture(self, path: Path) -> bool:
        """Write what is shown as a PNG; False if this display cannot."""
