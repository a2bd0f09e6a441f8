"""Opens the till's window: the one function that a composition root calls.

Kivy is imported inside it, so that importing this module costs nothing on a till with a console.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from terminal.till.events import Event
from terminal.ui.kivy.demo import Demo
from terminal.ui.kivy.environment import prepare
from terminal.ui.kivy.metrics import metrics_for
from terminal.ui.port import Display


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The screen a till is mounted with. `home` is kivy's own folder, in the till's home."""

    width: int = 1024
    height: int = 600
    rotation: int = 0
    fullscreen: bool = False
    home: Path | None = None


def open_window(panel: Panel, post: Callable[[Event], None], demo: Demo | None = None) -> Display:
    """Make the window. ValueError when there is no layout for the panel or it is turned oddly."""
    metrics = metrics_for(panel.width, panel.height)
    if panel.rotation not in {0, 90, 180, 270}:
        raise ValueError(f"a till is turned by 0, 90, 180 or 270 degrees, not {panel.rotation}")
    height = panel.height + (metrics.demo_strip if demo is not None else 0)
    turned = panel.rotation in {90, 270}
    size = (height, panel.width) if turned else (panel.width, height)
    prepare(*size, home=panel.home, fullscreen=panel.fullscreen)
    # Kivy opens its window while it is being imported: the import must follow `prepare`.
    from terminal.ui.kivy.strip import CardStrip  # noqa: PLC0415 - see above
    from terminal.ui.kivy.window import TillWindow  # noqa: PLC0415 - see above

    below = None
    if demo is not None:
        below = CardStrip(demo.title, demo.cards, metrics, demo.hold, time.monotonic)
    return TillWindow(metrics, post, rotation=panel.rotation, below=below)
