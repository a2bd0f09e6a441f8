"""The picture of accounts and of what moves between them, drawn from two small tables.

`docs/accounts.svg` is this, to the byte.  Colours come from the reader's theme: dark ink on a light
page, light ink on a dark one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from html import escape
from typing import Final

WIDTH, HEIGHT = 850, 545
BOX_WIDTH, BOX_HEIGHT = 132, 48
GAP = 3
"""Between a box and the arrows that begin or end at it."""


class Side(Enum):
    """A side of a box, as the direction in which an arrow leaves it."""

    LEFT = (-1, 0)
    RIGHT = (1, 0)
    TOP = (0, -1)
    BOTTOM = (0, 1)


@dataclass(frozen=True, slots=True)
class Box:
    """A sort of account: its middle, its name, whose value it is, and whether it has a floor."""

    x: int
    y: int
    name: str
    whose: str
    floor: bool = True


@dataclass(frozen=True, slots=True)
class Flow:
    """Value that moves: from where to where and why.

    The arrow leaves one box and enters the other at a side, so far from its middle (down or right).
    """

    source: str
    target: str
    why: str
    leave: tuple[Side, int]
    enter: tuple[Side, int]


BOXES: Final = (
    Box(90, 50, "external", "the world, in euros", floor=False),
    Box(330, 50, "reserve:…", "euros that back FED"),
    Box(225, 190, "pool:…", "an exchange’s"),
    Box(590, 110, "loss:…", "still owed", floor=False),
    Box(590, 205, "purse:…", "on one card"),
    Box(90, 300, "issuer:…", "minus the supply", floor=False),
    Box(410, 300, "wallet:…", "a person’s"),
    Box(770, 300, "place:…", "what a place earned"),
    Box(590, 400, "pot:…", "what melted"),
    Box(590, 495, "hold:…", "locked, on its way"),
)
FLOWS: Final = (
    Flow("external", "reserve:…", "reload", (Side.RIGHT, -11), (Side.LEFT, -11)),
    Flow("reserve:…", "external", "paid out", (Side.LEFT, 11), (Side.RIGHT, 11)),
    Flow("issuer:…", "wallet:…", "reload, issue, dividend", (Side.RIGHT, 0), (Side.LEFT, 0)),
    Flow("wallet:…", "place:…", "sale", (Side.RIGHT, -11), (Side.LEFT, -11)),
    Flow("place:…", "wallet:…", "refund, cash top-up", (Side.LEFT, 11), (Side.RIGHT, 11)),
    Flow("wallet:…", "pool:…", "", (Side.TOP, -52), (Side.RIGHT, 11)),
    Flow("pool:…", "wallet:…", "exchange", (Side.RIGHT, -11), (Side.TOP, -30)),
    Flow("wallet:…", "loss:…", "repaid", (Side.TOP, -4), (Side.LEFT, 0)),
    Flow("loss:…", "place:…", "lacking offline", (Side.RIGHT, 0), (Side.TOP, 10)),
    Flow("purse:…", "wallet:…", "released", (Side.LEFT, -11), (Side.TOP, 22)),
    Flow("wallet:…", "purse:…", "funded", (Side.TOP, 48), (Side.LEFT, 11)),
    Flow("purse:…", "place:…", "sale by the card", (Side.RIGHT, 0), (Side.TOP, -30)),
    Flow("wallet:…", "pot:…", "melt", (Side.BOTTOM, 30), (Side.LEFT, 0)),
    Flow("pot:…", "place:…", "shared", (Side.RIGHT, 0), (Side.BOTTOM, -30)),
    Flow("wallet:…", "hold:…", "cash-out", (Side.BOTTOM, 0), (Side.LEFT, -11)),
    Flow("place:…", "hold:…", "settlement", (Side.BOTTOM, 10), (Side.RIGHT, 0)),
    Flow("hold:…", "issuer:…", "burned when paid", (Side.LEFT, 11), (Side.BOTTOM, 0)),
)
STYLE: Final = """
text { font: 13px system-ui, sans-serif; fill: #1d2733 }
.whose, .why { font-size: 11px; fill: #5a6775 }
rect { fill: #f4f1e8; stroke: #1d2733; stroke-width: 1.2 }
rect.open { stroke-dasharray: 5 4; fill: none }
path { fill: none; stroke: #2f6f62; stroke-width: 1.6 }
.tip { fill: #2f6f62; stroke: none }
.halo { paint-order: stroke; stroke: #ffffff; stroke-width: 9px; stroke-linejoin: round }
@media (prefers-color-scheme: dark) {
  text { fill: #e8e6df } .whose, .why { fill: #a9b3bd }
  rect { fill: #22303c; stroke: #e8e6df } path { stroke: #7cc4b2 } .tip { fill: #7cc4b2 }
  .halo { stroke: #0d1117 }
}
"""


def drawing() -> str:
    """Give the picture as SVG."""
    places = {box.name: box for box in BOXES}
    flows = [_flow(places[flow.source], places[flow.target], flow) for flow in FLOWS]
    parts = [*(line for line, _ in flows), *map(_box, BOXES), *(word for _, word in flows)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="Accounts and what moves between them">\n<style>{STYLE}</style>\n'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path class="tip" d="M0 0 8 4 0 8z"/></marker></defs>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _box(box: Box) -> str:
    left, top = box.x - BOX_WIDTH // 2, box.y - BOX_HEIGHT // 2
    kind = "" if box.floor else ' class="open"'
    return (
        f'<rect{kind} x="{left}" y="{top}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6"/>'
        f'<text x="{box.x}" y="{box.y - 3}" text-anchor="middle">{escape(box.name)}</text>'
        f'<text class="whose" x="{box.x}" y="{box.y + 14}" text-anchor="middle">'
        f"{escape(box.whose)}</text>"
    )


def _flow(source: Box, target: Box, flow: Flow) -> tuple[str, str]:
    """Give an arrow that leaves and enters at right angles, and its word upon it, in pixels."""
    start, end = _at(source, *flow.leave), _at(target, *flow.enter)
    reach = max(abs(end[0] - start[0]), abs(end[1] - start[1])) // 2
    first, last = _beyond(start, flow.leave[0], reach), _beyond(end, flow.enter[0], reach)
    points = f"M{start[0]} {start[1]} C{first[0]} {first[1]} {last[0]} {last[1]} {end[0]} {end[1]}"
    line = f'<path marker-end="url(#tip)" d="{points}"/>'
    if not flow.why:
        return line, ""
    x, y = ((start[i] + 3 * first[i] + 3 * last[i] + end[i]) // 8 for i in (0, 1))
    word = (
        f'<text class="why halo" x="{x}" y="{y + 4}" text-anchor="middle">{escape(flow.why)}</text>'
    )
    return line, word


def _at(box: Box, side: Side, along: int) -> tuple[int, int]:
    """Give a point at a side of a box."""
    across, down = side.value
    half_x, half_y = BOX_WIDTH // 2 + GAP, BOX_HEIGHT // 2 + GAP
    return box.x + across * half_x + abs(down) * along, box.y + down * half_y + abs(across) * along


def _beyond(point: tuple[int, int], side: Side, reach: int) -> tuple[int, int]:
    """Give a point further out."""
    return point[0] + side.value[0] * reach, point[1] + side.value[1] * reach
