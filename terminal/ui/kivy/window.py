"""The window and kivy's main loop: the display of a running till.

Guarantee: `show` may be called from any thread and returns at once; kivy's thread draws the newest
screen at its next frame and skips those in between. `post` is called on kivy's thread and must not
block. Import `environment` and call `prepare` before this module.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from kivy.base import EventLoop, runTouchApp, stopTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.input import MotionEvent
from kivy.lang import Builder
from kivy.uix.widget import Widget

from terminal.till.events import Event
from terminal.ui.kivy.metrics import Metrics
from terminal.ui.kivy.view import TillView
from terminal.ui.screen import Screen


class Finger(MotionEvent):
    """A touch posted by a program; kivy treats it like one of a panel."""

    def __init__(self, number: int, x: float, y: float) -> None:
        width, height = Window.size
        super().__init__(
            "posted",
            number,
            {"x": x / width, "y": y / height},
            is_touch=True,
            type_id="touch",
        )

    def depack(self, args: dict[str, float]) -> None:
        """Take the position, 0…1 of the window with y upwards."""
        self.sx, self.sy = args["x"], args["y"]
        self.profile = ["pos"]
        super().depack(args)


class TillWindow:
    """A window with the till in its upper part and, in a demo, something below it."""

    def __init__(
        self,
        metrics: Metrics,
        post: Callable[[Event], None],
        *,
        rotation: int = 0,
        below: Widget | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        Window.rotation = rotation
        self.metrics = metrics
        extra = below.height if below is not None else 0
        self.top = metrics.height + extra
        if rotation in {0, 180}:
            Window.size = (metrics.width, self.top)
        self.view = TillView(metrics, top=self.top, post=post, now=now)
        self.root = Widget()
        self.root.add_widget(self.view)
        if below is not None:
            self.root.add_widget(below)
        self._lock = threading.Lock()
        self._newest: Screen | None = None
        self._fingers = 0
        self._draw_soon = Clock.create_trigger(self._draw_newest)

    def run(self) -> None:
        """Run kivy's loop on this thread until `stop`."""
        runTouchApp(self.root)

    def open(self) -> None:
        """Show the window without kivy's loop: the caller steps it (tests and tools)."""
        runTouchApp(self.root, embedded=True)

    def step(self) -> None:
        """One turn of kivy's loop: read input, tick, draw if something changed."""
        EventLoop.idle()

    def stop(self) -> None:
        """End the loop; from any thread."""
        Clock.schedule_once(lambda _: stopTouchApp())

    def show(self, screen: Screen) -> None:
        """Draw this screen at the next frame; from any thread."""
        with self._lock:
            self._newest = screen
        self._draw_soon()

    def tap(self, x: float, y: float) -> None:
        """Touch and release at a point of the page, y downwards. On kivy's thread."""
        self.press(x, y)()

    def press(self, x: float, y: float) -> Callable[[], None]:
        """Touch at a point of the page; call what it returns to lift the finger."""
        self._fingers += 1
        finger = Finger(self._fingers, x, self.top - y)
        EventLoop.post_dispatch_input("begin", finger)
        return lambda: EventLoop.post_dispatch_input("end", finger)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Touch at one point of the page, move to another, release. On kivy's thread."""
        self._fingers += 1
        finger = Finger(self._fingers, start[0], self.top - start[1])
        EventLoop.post_dispatch_input("begin", finger)
        width, height = Window.size
        finger.move({"x": end[0] / width, "y": (self.top - end[1]) / height})
        EventLoop.post_dispatch_input("update", finger)
        EventLoop.post_dispatch_input("end", finger)

    def screenshot(self, path: Path) -> None:
        """Draw now and write the window as a PNG. On kivy's thread."""
        Builder.sync()
        Window.canvas.ask_update()
        Window.dispatch("on_draw")
        written = Window.screenshot(name=str(path))
        Path(written).replace(path)

    def _draw_newest(self, _: float) -> None:
        with self._lock:
            screen = self._newest
        if screen is not None:
            self.view.draw(screen)
