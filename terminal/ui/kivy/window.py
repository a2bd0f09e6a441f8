"""The window and kivy's main loop: the `Display` of a running till.

Guarantee: everything but `run`, `open` and `step` may be called from any thread. `show` returns at
once; kivy's thread draws the newest screen at its next frame and skips those in between. `touch`,
`touch_at` and `picture` wait until kivy's thread has done them and raise TimeoutError when it does
not run. `post` is called on kivy's thread and must not block. Call `environment.prepare` before
importing this module.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Final, TypeVar

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

T = TypeVar("T")

PATIENCE_S: Final = 60.0
"""How long another thread waits for kivy's."""
DEAF_MARGIN_S: Final = 0.02


class Finger(MotionEvent):
    """A touch posted by a program; kivy treats it like one of a panel."""

    def __init__(self, number: int, x: float, y: float) -> None:
        super().__init__("posted", number, _share(x, y), is_touch=True, type_id="touch")

    def depack(self, args: dict[str, float]) -> None:
        """Take the position, 0…1 of the window with y upwards."""
        self.sx, self.sy = args["x"], args["y"]
        self.profile = ["pos"]
        super().depack(args)

    def move_to(self, x: float, y: float) -> None:
        """Go to another point of the window."""
        self.move(_share(x, y))


def _share(x: float, y: float) -> dict[str, float]:
    """Where a panel would feel a touch at this point of the picture: kivy turns it back."""
    width, height = Window.size
    across, up = x / width, y / height
    turned = {
        0: (across, up),
        90: (1 - up, across),
        180: (1 - across, 1 - up),
        270: (up, 1 - across),
    }
    nx, ny = turned[Window.rotation]
    return {"x": nx, "y": ny}


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
        self.metrics = metrics
        self._top = metrics.height + (below.height if below is not None else 0)
        size = (metrics.width, self._top)
        Window.rotation = 0  # the size is the panel's as mounted: kivy must not turn it too
        Window.size = size[::-1] if rotation in {90, 270} else size
        Window.rotation = rotation
        self.view = TillView(metrics, top=self._top, post=post, now=now)
        self.root = Widget(size_hint=(None, None), size=size)
        self.root.add_widget(self.view)
        if below is not None:
            self.root.add_widget(below)
        self._lock = threading.Lock()
        self._newest: Screen | None = None
        self._fingers = 0
        self._draw_soon = Clock.create_trigger(lambda _: self._draw_newest())

    def run(self) -> None:
        """Run kivy's loop on this thread until `stop`."""
        runTouchApp(self.root)

    def open(self) -> None:
        """Show the window without kivy's loop: the caller steps it (tests and tools)."""
        runTouchApp(self.root, embedded=True)

    def step(self) -> None:
        """Do one turn of kivy's loop: read input, tick, draw if something changed."""
        EventLoop.idle()

    def stop(self) -> None:
        """End the loop."""
        Clock.schedule_once(lambda _: stopTouchApp())

    def show(self, screen: Screen) -> None:
        """Draw this screen at the next frame."""
        with self._lock:
            self._newest = screen
        self._draw_soon()

    def touch(self, target: str) -> bool:
        """Touch a target by its id, once the page hears fingers; False if there is none."""
        while (wait := self._on_kivy(self._deaf_for)) > 0:
            time.sleep(wait + DEAF_MARGIN_S)
        return self._on_kivy(lambda: self._touch_now(target))

    def touch_at(self, x: int, y: int) -> None:
        """Touch a point of the page, y downwards."""
        self._on_kivy(lambda: self.tap(x, y))

    def picture(self, path: Path) -> bool:
        """Write the window as a PNG."""
        self._on_kivy(lambda: self.screenshot(path))
        return True

    def tap(self, x: float, y: float) -> None:
        """Touch and release at a point of the page, y downwards. On kivy's thread."""
        self.press(x, y)()

    def press(self, x: float, y: float) -> Callable[[], None]:
        """Touch at a point of the page; call what it returns to lift the finger."""
        finger = self._finger(x, y)
        EventLoop.post_dispatch_input("begin", finger)
        return lambda: EventLoop.post_dispatch_input("end", finger)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Touch at one point of the page, move to another, release. On kivy's thread."""
        finger = self._finger(*start)
        EventLoop.post_dispatch_input("begin", finger)
        finger.move_to(end[0], self._top - end[1])
        EventLoop.post_dispatch_input("update", finger)
        EventLoop.post_dispatch_input("end", finger)

    def screenshot(self, path: Path) -> None:
        """Draw now and write the picture as a PNG, upright. On kivy's thread."""
        self._draw_newest()
        Builder.sync()
        if Window.rotation:  # kivy's own screenshot reads a turned window wrongly
            self.root.export_to_png(str(path))
            return
        Window.canvas.ask_update()
        Window.dispatch("on_draw")
        written = Window.screenshot(name=str(path))
        Path(written).replace(path)

    def _finger(self, x: float, y: float) -> Finger:
        self._fingers += 1
        return Finger(self._fingers, x, self._top - y)

    def _deaf_for(self) -> float:
        self._draw_newest()
        return self.view.deaf_for()

    def _touch_now(self, target: str) -> bool:
        self._draw_newest()
        middle = self.view.locate(target)
        if middle is None:
            return False
        self.tap(*middle)
        return True

    def _draw_newest(self) -> None:
        with self._lock:
            screen, self._newest = self._newest, None
        if screen is not None:
            self.view.draw(screen)

    def _on_kivy(self, act: Callable[[], T]) -> T:
        """Do something on kivy's thread and wait for its result."""
        done: Future[T] = Future()

        def perform(_: float) -> None:
            try:
                done.set_result(act())
            except Exception as error:  # it is raised again where it is awaited
                done.set_exception(error)

        Clock.schedule_once(perform)
        return done.result(timeout=PATIENCE_S)
