"""The sizes of the till for its two panels, and boxes to lay things out with.

All lengths are pixels of the panel, y grows downwards from the top left corner. At 800×480 a pixel
of a 7" panel is larger, so type and most lengths are 0.8 of those at 1024×600.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

TARGET_FLOOR: Final = 48
"""No target is narrower or lower than this: everything is reachable with gloves."""


class Box(NamedTuple):
    """A rectangle: left, top, width, height."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """The x of the right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """The y of the lower edge."""
        return self.y + self.h

    @property
    def middle(self) -> tuple[float, float]:
        """The point in the middle."""
        return self.x + self.w / 2, self.y + self.h / 2

    def inset(self, dx: float, dy: float | None = None) -> "Box":
        """Return the box smaller by `dx` at the sides and `dy` (default `dx`) above and below."""
        dy = dx if dy is None else dy
        return Box(self.x + dx, self.y + dy, self.w - 2 * dx, self.h - 2 * dy)

    def columns(self, shares: Sequence[float], gap: float) -> list["Box"]:
        """Return the box cut into columns whose widths are in proportion to `shares`."""
        free = self.w - gap * (len(shares) - 1)
        boxes, x = [], self.x
        for share in shares:
            width = free * share / sum(shares)
            boxes.append(Box(x, self.y, width, self.h))
            x += width + gap
        return boxes

    def rows(self, shares: Sequence[float], gap: float) -> list["Box"]:
        """Return the box cut into rows whose heights are in proportion to `shares`."""
        turned = Box(self.y, self.x, self.h, self.w).columns(shares, gap)
        return [Box(self.x, row.x, self.w, row.w) for row in turned]

    def grid(self, columns: int, rows: int, gap: float) -> list["Box"]:
        """Equal cells, row by row."""
        return [
            cell for row in self.rows([1] * rows, gap) for cell in row.columns([1] * columns, gap)
        ]

    def mirrored(self, width: float) -> "Box":
        """Return the box on the other side of a page that is `width` wide."""
        return Box(width - self.x - self.w, self.y, self.w, self.h)

    def holds(self, other: "Box", slack: float = 0.01) -> bool:
        """Say whether the other box is inside this one."""
        return (
            other.x >= self.x - slack
            and other.y >= self.y - slack
            and other.right <= self.right + slack
            and other.bottom <= self.bottom + slack
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """The lengths of one panel."""

    width: int
    height: int
    scale: float
    gap: int
    rail: int
    basket: int
    foot: int
    columns: int
    rows: int
    basket_line: int
    minus: int
    page_button: int
    charge: int
    frame: int
    strip: int
    status_bar: int = 48
    radius: int = 12

    def px(self, at_large: float) -> int:
        """Return a length or type size given for 1024×600, on this panel."""
        return round(at_large * self.scale)

    @property
    def demo_strip(self) -> int:
        """The height of the virtual cards under the till in a demo."""
        return self.px(132)

    @property
    def page(self) -> Box:
        """The whole picture."""
        return Box(0, 0, self.width, self.height)

    @property
    def body(self) -> Box:
        """What is below the status bar."""
        return Box(0, self.status_bar, self.width, self.height - self.status_bar)


LARGE: Final = Metrics(
    width=1024,
    height=600,
    scale=1.0,
    gap=8,
    rail=112,
    basket=304,
    foot=88,
    columns=4,
    rows=3,
    basket_line=64,
    minus=56,
    page_button=104,
    charge=100,
    frame=20,
    strip=48,
)
SMALL: Final = Metrics(
    width=800,
    height=480,
    scale=0.8,
    gap=6,
    rail=92,
    basket=252,
    foot=72,
    columns=3,
    rows=3,
    basket_line=56,
    minus=48,
    page_button=83,
    charge=80,
    frame=16,
    strip=36,
)


def metrics_for(width: int, height: int) -> Metrics:
    """Return the metrics of a panel; ValueError names the two sizes that exist."""
    for metrics in (LARGE, SMALL):
        if (width, height) == (metrics.width, metrics.height):
            return metrics
    raise ValueError(f"no layout for {width}x{height}: the till has 1024x600 and 800x480")
