"""The till's picture as one widget: keeps the widget tree equal to the latest screen.

Guarantee: only what changed is drawn again; a new page is deaf for 400 ms, so a double tap never
dismisses what has just appeared; a touch posts exactly the event that its button carries.
"""

from collections.abc import Callable

from kivy.input import MotionEvent
from kivy.uix.widget import Widget

from terminal.till.events import Event
from terminal.ui.kivy.elements import Page, Panel, Scroll, Target
from terminal.ui.kivy.layouts import lay_out
from terminal.ui.kivy.metrics import Metrics
from terminal.ui.kivy.painter import Painter
from terminal.ui.kivy.screens.entry import Typed
from terminal.ui.kivy.text import Typesetter
from terminal.ui.kivy.widgets import Scrolling, Surroundings, arrange
from terminal.ui.screen import AddressEntry, Screen

DEAF_S = 0.400
"""How long a page that has just appeared ignores fingers."""


class TillView(Widget):
    """Draws screens in the window from `top` downwards. Use it on kivy's thread only."""

    def __init__(
        self,
        metrics: Metrics,
        *,
        top: float,
        post: Callable[[Event], None],
        now: Callable[[], float],
    ) -> None:
        super().__init__(size_hint=(None, None), size=(metrics.width, metrics.height))
        self.pos = (0, top - metrics.height)
        self.metrics = metrics
        self.screen: Screen | None = None
        self.page: Page | None = None
        self._typesetter = Typesetter()
        self._post = post
        self._now = now
        self._draft: str | None = None
        self._deaf_until = now()
        self._known: dict[object, Widget] = {}
        self._around = Surroundings(Painter(self._typesetter, top), self._take, now)

    def draw(self, screen: Screen) -> None:
        """Show a screen; the same screen again costs nothing."""
        if screen == self.screen:
            return
        if type(screen) is not type(self.screen):
            self._known = {}
            self._draft = None
            self._deaf_until = self._now() + DEAF_S
        self.screen = screen
        self._lay_out()

    def deaf_for(self) -> float:
        """Seconds until this page hears fingers; 0 when it does."""
        return max(0.0, self._deaf_until - self._now())

    def targets(self) -> list[Target]:
        """List everything that can be touched now."""
        assert self.page is not None
        found = [element for element in self.page.elements if isinstance(element, Target)]
        for element in self.page.elements:
            if isinstance(element, Scroll):
                found += [part for part in element.content if isinstance(part, Target)]
        return [target for target in found if target.event is not None]

    def locate(self, name: str) -> tuple[float, float] | None:
        """Find the middle of a target on the page, scrolling to it; None if there is none.

        `address:TEXT` types the text on the page with a keyboard and finds its OK.
        """
        if isinstance(self.screen, AddressEntry) and name.startswith("address:"):
            self._draft = name.removeprefix("address:")
            self._lay_out()
            name = "ok"
        target = next((target for target in self.targets() if target.id == name), None)
        if target is None:
            return None
        x, y = target.box.middle
        for widget in self._known.values():
            if isinstance(widget, Scrolling) and target in widget.element.content:
                y -= widget.reveal(target.box)
        return x, y

    def _lay_out(self) -> None:
        assert self.screen is not None
        page = lay_out(self.screen, self.metrics, self._typesetter, self._draft)
        self.page = page
        ground = Panel(box=self.metrics.page, fill=page.ground)
        self._known = arrange(self, (ground, *page.elements), self._known, self._around)

    def _take(self, event: Event) -> None:
        """Keep what is typed on the address keyboard; everything else is the till's."""
        if isinstance(event, Typed):
            self._draft = event.text
            self._lay_out()
        else:
            self._post(event)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Swallow touches of the page while it is deaf; give the others to its targets."""
        if not self.collide_point(*touch.pos):
            return False
        if self.deaf_for() > 0:
            return True
        super().on_touch_down(touch)
        return True
