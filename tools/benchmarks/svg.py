"""SVG for charts in documents: values in, markup out; text stays text.

A picture brings its own paper and both of its palettes (those of the node's pages), because a
document that shows it as an image decides neither.  All text is escaped here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

WIDTH: Final = 760
MARGIN: Final = 28
_HEAD: Final = 74
_FOOT: Final = 40
_LIGHT: Final = """
  --paper: #fbfaf6; --edge: #dcd7ca; --ink: #1d2129; --ink-2: #555b66; --grid: #e6e2d7;
  --c0: #b9b3a4; --c1: #2443b8; --c2: #c07a12; --c3: #0f7a73; --c4: #a83a68; --c5: #6a5acd;
  --c6: #5d7a2e; --aim: #a3182a; --in: #ffffff;
"""
_DARK: Final = """
  --paper: #1a1e25; --edge: #323a46; --ink: #eceef2; --ink-2: #aab2bf; --grid: #2b323d;
  --c0: #5b6472; --c1: #8ea6ff; --c2: #e3a74a; --c3: #4fc2b8; --c4: #ee8db2; --c5: #b5a8ff;
  --c6: #a8c77a; --aim: #ff9fa6; --in: #10131a;
"""
COLOURS: Final = 7
_STYLE: Final = f"""
svg {{{_LIGHT}}}
@media (prefers-color-scheme: dark) {{ svg {{{_DARK}}} }}
text {{ font: 13px -apple-system, "Segoe UI", Roboto, "Noto Sans", system-ui, sans-serif;
  fill: var(--ink-2); paint-order: stroke; stroke: var(--paper); stroke-width: 4px;
  stroke-linejoin: round; font-variant-numeric: tabular-nums; }}
.title {{ font-size: 18px; font-weight: 650; fill: var(--ink); }}
.strong {{ font-weight: 600; fill: var(--ink); }}
.small {{ font-size: 12px; }}
.in {{ font-size: 12px; font-weight: 600; fill: var(--in); stroke: none; }}
.aim {{ fill: var(--aim); }}
.paper {{ fill: var(--paper); stroke: var(--edge); }}
.grid {{ stroke: var(--grid); }}
.axis {{ stroke: var(--edge); }}
.aimed {{ stroke: var(--aim); stroke-width: 1.5; stroke-dasharray: 4 3; }}
.halo {{ stroke: var(--paper); stroke-width: 5; }}
.line {{ fill: none; stroke-width: 2.25; stroke-linejoin: round; stroke-linecap: round; }}
.dot {{ stroke: var(--paper); stroke-width: 1.5; }}
""" + "".join(
    f".f{n} {{ fill: var(--c{n}); }} .s{n} {{ stroke: var(--c{n}); }}\n" for n in range(COLOURS)
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Markup from the top left corner, and its height in pixels."""

    markup: str
    height: float


def document(drawing: Drawing, *, title: str, subtitle: str, note: str = "") -> str:
    """Give a whole picture: a drawing under its title, a note at its foot."""
    foot = _FOOT if note else MARGIN // 2
    whole = _HEAD + drawing.height + foot
    size = f'viewBox="0 0 {WIDTH} {whole:.0f}" width="{WIDTH}" height="{whole:.0f}"'
    name = f'role="img" aria-label={quoteattr(title)}'
    pieces = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {name}>',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" x=".5" y=".5" width="{WIDTH - 1}" height="{whole - 1:.0f}" rx="10"/>',
        text(MARGIN, 34, title, "title"),
        text(MARGIN, 56, subtitle),
        group(0, _HEAD, drawing.markup),
        text(MARGIN, whole - 18, note, "small") if note else "",
        "</svg>",
    ]
    return "\n".join(piece for piece in pieces if piece) + "\n"


def text(x: float, y: float, words: str, kind: str = "", *, anchor: str = "start") -> str:
    """Write words at a point of their baseline."""
    classes = f' class="{kind}"' if kind else ""
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text{classes}{at} x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def rect(x: float, y: float, width: float, height: float, colour: int, *, round_: int = 0) -> str:
    """Draw a filled rectangle in one of the colours."""
    corner = f' rx="{round_}"' if round_ else ""
    return (
        f'<rect class="f{colour}"{corner} x="{x:.1f}" y="{y:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}"/>'
    )


def line(x: float, y: float, to_x: float, to_y: float, kind: str) -> str:
    """Draw a straight line of a kind (grid, axis, aimed, halo)."""
    return f'<line class="{kind}" x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"/>'


def polyline(points: Sequence[tuple[float, float]], colour: int) -> str:
    """Draw a line through points."""
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline class="line s{colour}" points="{joined}"/>'


def area(points: Sequence[tuple[float, float]], base: float, colour: int) -> str:
    """Fill what is between points and a base line, lightly."""
    corners = [(points[0][0], base), *points, (points[-1][0], base)]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    return f'<polygon class="f{colour}" opacity=".12" points="{joined}"/>'


def dot(x: float, y: float, colour: int) -> str:
    """Draw a point of a line."""
    return f'<circle class="dot f{colour}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'


def group(x: float, y: float, body: str) -> str:
    """Move a drawing."""
    return f'<g transform="translate({x:.1f} {y:.1f})">\n{body}\n</g>'


def step(peak: float, lines: int = 4) -> float:
    """Give a round distance of grid lines: 1, 2 or 5 times a power of ten, few enough lines."""
    size = 1.0
    while size * lines >= peak:
        size /= 10
    while True:
        for factor in (1, 2, 5):
            if size * factor * lines >= peak:
                return size * factor
        size *= 10
