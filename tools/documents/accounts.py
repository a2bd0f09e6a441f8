"""The picture of accounts and of what moves between them, drawn from two small tables.

`docs/accounts.svg` is this, to the byte.  Colours come from the reader's theme: dark ink on a light
page, light ink on a dark one.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH, HEIGHT = 1020, 480
BOX_WIDTH, BOX_HEIGHT = 132, 48


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
    """Value that moves: from where to where, why, and how far the arrow bends to its left."""

    source: str
    target: str
    why: str
    bend: int = 0


BOXES: Final = (
    Box(90, 50, "external", "the world, in euros", floor=False),
    Box(370, 50, "reserve:…", "euros that back FED"),
    Box(220, 150, "pool:…", "an exchange’s"),
    Box(540, 175, "purse:…", "on one card"),
    Box(90, 270, "issuer:…", "minus the supply", floor=False),
    Box(370, 270, "wallet:…", "a person’s"),
    Box(690, 270, "place:…", "what a place earned"),
    Box(930, 270, "hold:…", "locked, on its way"),
    Box(370, 430, "loss:…", "still owed", floor=False),
    Box(690, 430, "pot:…", "what melted"),
)
FLOWS: Final = (
    Flow("external", "reserve:…", "reload, with FED", -16),
    Flow("reserve:…", "external", "paid out", -16),
    Flow("issuer:…", "wallet:…", "reload, issue, dividend"),
    Flow("wallet:…", "place:…", "sale", -16),
    Flow("place:…", "wallet:…", "refund, cash top-up", -16),
    Flow("wallet:…", "pool:…", "exchange", 20),
    Flow("pool:…", "wallet:…", "", 20),
    Flow("wallet:…", "purse:…", "issue", 12),
    Flow("purse:…", "wallet:…", "release", 12),
    Flow("purse:…", "place:…", "sale by the card"),
    Flow("wallet:…", "hold:…", "cash-out", -430),
    Flow("place:…", "hold:…", "settlement"),
    Flow("wallet:…", "loss:…", "repaid"),
    Flow("loss:…", "place:…", "lacking offline", 12),
    Flow("wallet:…", "pot:…", "melt", 10),
    Flow("pot:…", "place:…", "shared"),
)
STYLE: Final = """
text { font: 13px system-ui, sans-serif; fill: #1d2733 }
.whose, .why { font-size: 11px; fill: #5a6775 }
rect { fill: #f4f1e8; stroke: #1d2733; stroke-width: 1.2 }
rect.open { stroke-dasharray: 5 4; fill: none }
path { fill: none; stroke: #2f6f62; stroke-width: 1.6 }
.tip { fill: #2f6f62; stroke: none }
.halo { paint-order: stroke; stroke: #ffffff; stroke-width: 5px; stroke-linejoin: round }
@media (prefers-color-scheme: dark) {
  text { fill: #e8e6df } .whose, .why { fill: #a9b3bd }
  rect { fill: #22303c; stroke: #e8e6df } path { stroke: #7cc4b2 } .tip { fill: #7cc4b2 }
  .halo { stroke: #10171e }
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
    """Give an arrow between the edges of two boxes, and its word, in whole pixels."""
    across, down = target.x - source.x, target.y - source.y
    length = max(abs(across), abs(down))
    aside_x, aside_y = -down * flow.bend // length, across * flow.bend // length
    start = _edge(source, target.x + aside_x * 2, target.y + aside_y * 2, aside_x, aside_y)
    end = _edge(target, source.x + aside_x * 2, source.y + aside_y * 2, aside_x, aside_y)
    middle_x = (start[0] + end[0]) // 2 + aside_x
    middle_y = (start[1] + end[1]) // 2 + aside_y
    line = (
        f'<path marker-end="url(#tip)" d="M{start[0]} {start[1]} '
        f'Q{middle_x} {middle_y} {end[0]} {end[1]}"/>'
    )
    if not flow.why:
        return line, ""
    word_x = (start[0] + end[0] + 2 * middle_x) // 4
    word_y = (start[1] + end[1] + 2 * middle_y) // 4 - 5
    word = (
        f'<text class="why halo" x="{word_x}" y="{word_y}" text-anchor="middle">'
        f"{escape(flow.why)}</text>"
    )
    return line, word


def _edge(box: Box, to_x: int, to_y: int, aside_x: int, aside_y: int) -> tuple[int, int]:
    """Give where a line from a box towards a point leaves the box."""
    half_x, half_y = BOX_WIDTH // 2 + 3, BOX_HEIGHT // 2 + 3
    across, down = to_x - box.x, to_y - box.y
    if abs(across) * half_y >= abs(down) * half_x:
        side = half_x if across > 0 else -half_x
        return box.x + side, box.y + max(-half_y + 6, min(half_y - 6, aside_y // 2))
    side = half_y if down > 0 else -half_y
    return box.x + max(-half_x + 10, min(half_x - 10, aside_x)), box.y + side
