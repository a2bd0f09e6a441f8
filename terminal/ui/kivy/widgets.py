"""Kivy widgets for the elements: they draw and listen, and know nothing of money.

A target that is pressed is lighter and has a white edge within one frame. It posts its event on
touch or on release inside it; a press is forgotten when its target changes or leaves meanwhile, so
that a finger never lands on something else than what it aimed at.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from kivy.input import MotionEvent
from kivy.uix.relativelayout import RelativeLayout
from kivy.uix.stencilview import StencilView
from kivy.uix.widget import Widget

from terminal.till.events import Event
from terminal.ui.kivy.elements import Acts, Element, Picture, Scroll, Target
from terminal.ui.kivy.metrics import Box
from terminal.ui.kivy.painter import Painter
from terminal.ui.kivy.tokens import WHITE, Colour, lighter

REPEAT_S = 0.120
"""A second touch of the same target within this time is a trembling finger."""
PRESSED_EDGE = 3
SLOP = 16
"""Pixels that a finger may move before it drags."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every widget of a page shares."""

    painter: Painter
    post: Callable[[Event], None]
    now: Callable[[], float]
    """Seconds of a clock that never goes back."""


def place(widget: Widget, box: Box, around: Surroundings) -> None:
    """Give a widget the place of a box of the page."""
    widget.pos = (box.x, around.painter.top - box.bottom)
    widget.size = (box.w, box.h)


class Drawn(Widget):
    """Shows one element that cannot be touched."""

    def __init__(self, element: Element, around: Surroundings) -> None:
        super().__init__(size_hint=(None, None))
        self.around = around
        self.element = element
        self.show(element)

    def show(self, element: Element) -> None:
        """Draw another element in this one's place."""
        self.element = element
        place(self, element.box, self.around)
        self.canvas.clear()
        self.canvas.add(self.around.painter.paint(element))


class Touchable(Widget):
    """Shows a target and posts its event."""

    def __init__(self, element: Target, around: Surroundings) -> None:
        super().__init__(size_hint=(None, None))
        self.around = around
        self.element = element
        self._pressed = False
        self._posted_at = around.now() - REPEAT_S
        self._aimed_at: Event | None = None
        self.show(element)

    def show(self, element: Element) -> None:
        """Draw another target in this one's place."""
        assert isinstance(element, Target)
        self.element = element
        place(self, element.box, self.around)
        if self._pressed and element.acts is Acts.ON_RELEASE and element.event != self._aimed_at:
            self._pressed = False
        self._redraw()

    def _redraw(self) -> None:
        target, painter = self.element, self.around.painter
        pen = painter.pen()
        fill, ground = target.fill, target.fill
        if self._pressed and fill is not None:
            fill = lighter(fill)
            pen.panel(target.box, fill, target.radius, WHITE, max(PRESSED_EDGE, target.edge_width))
        elif fill is not None and target.edge is not None:
            pen.panel(target.box, fill, target.radius, target.edge, target.edge_width)
        elif fill is not None:
            pen.rectangle(target.box, fill, target.radius)
        for element in target.content:
            painter.paint_with(pen, _on(element, ground, fill))
        self.canvas.clear()
        self.canvas.add(pen.group)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Look pressed; post when the target acts on touch."""
        if not self.collide_point(*touch.pos) or self.element.event is None:
            return False
        if "button" in touch.profile and touch.button != "left":
            return False
        touch.grab(self)
        self._pressed, self._aimed_at = True, self.element.event
        self._redraw()
        if self.element.acts is Acts.ON_TOUCH:
            self._post()
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """Post when the finger is lifted inside what it aimed at."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        still_aimed = self._pressed and self.parent is not None
        self._pressed = False
        self._redraw()
        if still_aimed and self.element.acts is Acts.ON_RELEASE and self.collide_point(*touch.pos):
            self._post()
        return True

    def forget(self) -> None:
        """Let go of a press: the finger turned out to mean something else."""
        if self._pressed:
            self._pressed = False
            self._redraw()

    def _post(self) -> None:
        now = self.around.now()
        event = self.element.event
        if event is not None and now - self._posted_at >= REPEAT_S:
            self._posted_at = now
            self.around.post(event)


def _on(element: Element, ground: Colour | None, fill: Colour | None) -> Element:
    """Return the element with the colour behind it as pressed: icons clear parts of themselves."""
    if fill is not None and isinstance(element, Picture) and element.ground == ground:
        return replace(element, ground=fill)
    return element


class Scrolling(StencilView):
    """A list taller than its box: a finger drags it, new items come into view.

    A finger that drags presses nothing: what it had pressed on its way is forgotten.
    """

    def __init__(self, element: Scroll, around: Surroundings) -> None:
        super().__init__()
        self.around = around
        self._offset = 0.0
        self._touched: tuple[float, float] | None = None
        self._dragging = False
        self._inner = RelativeLayout(size_hint=(None, None))
        self._parts: dict[object, Widget] = {}
        self.element = element
        self.add_widget(self._inner)
        self.show(element)

    def show(self, element: Element) -> None:
        """Draw another list in this one's place; move when another item was touched."""
        assert isinstance(element, Scroll)
        first = not self._parts
        before, self.element = self.element, element
        place(self, element.box, self.around)
        self._parts = arrange(self._inner, element.content, self._parts, self.around)
        if element.shown is not None and (first or before.shown != element.shown):
            self.reveal(element.shown)
        self._move(self._offset)

    def reveal(self, item: Box) -> float:
        """Bring an item of the list into view; returns by how much the list is moved up."""
        box = self.element.box
        offset = max(self._offset, item.bottom - box.bottom)
        self._move(min(offset, item.y - box.y))
        return self._offset

    def _move(self, offset: float) -> None:
        farthest = max(0.0, self.element.height - self.element.box.h)
        self._offset = min(max(offset, 0.0), farthest)
        self._inner.y = self._offset

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Give the touch to a target and watch whether it becomes a drag."""
        if not self.collide_point(*touch.pos):
            return False
        super().on_touch_down(touch)
        touch.grab(self)
        self._touched, self._dragging = (touch.y, self._offset), False
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        """Drag the list once the finger has gone far enough."""
        if touch.grab_current is not self or self._touched is None:
            return bool(super().on_touch_move(touch))
        start, offset = self._touched
        if not self._dragging and abs(touch.y - start) > SLOP:
            self._dragging = True
            for part in self._parts.values():
                if isinstance(part, Touchable):
                    part.forget()
        if self._dragging:
            self._move(offset + touch.y - start)
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """End the drag."""
        if touch.grab_current is self:
            touch.ungrab(self)
            self._touched, self._dragging = None, False
            return True
        return bool(super().on_touch_up(touch))


def make_widget(element: Element, around: Surroundings) -> Widget:
    """Return the widget that shows an element."""
    match element:
        case Target():
            return Touchable(element, around)
        case Scroll():
            return Scrolling(element, around)
        case _:
            return Drawn(element, around)


def arrange(
    parent: Widget,
    elements: tuple[Element, ...],
    known: dict[object, Widget],
    around: Surroundings,
) -> dict[object, Widget]:
    """Make the children of `parent` show `elements`, back to front; keep widgets that can stay.

    Returns the widgets by what identifies their element, to be passed as `known` the next time.
    """
    kept: dict[object, Widget] = {}
    for element in elements:
        key = _identity(element, kept)
        widget = known.get(key)
        if widget is None:
            widget = make_widget(element, around)
        elif widget.element != element:
            widget.show(element)
        kept[key] = widget
    if list(kept.values()) != list(reversed(parent.children)):
        parent.clear_widgets()
        for widget in kept.values():
            parent.add_widget(widget)
    return kept


def _identity(element: Element, taken: dict[object, Widget]) -> object:
    name = element.id if isinstance(element, Target) else element.box
    number = 0
    while (key := (type(element), name, number)) in taken:
        number += 1
    return key
