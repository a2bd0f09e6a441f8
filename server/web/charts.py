"""Charts as inline SVG: values in, markup out.

No viewBox: x and width in per cent, y in pixels, so text keeps its size at every width.  Colours
are classes of the style sheet, never styles (the content security policy forbids them).  All text
comes in written; it is escaped here.  The macro `figure` puts title, description, legend and the
numbers as a table around a drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

TOP: Final = 26
BASE: Final = 26
AXIS_PERCENT: Final = 12.0
ALL_VALUES_UP_TO: Final = 8
SLIVER: Final = 0.01


@dataclass(frozen=True, slots=True)
class Drawing:
    """The inside of an `svg` element and its height in pixels."""

    markup: Markup
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A part of a bar: its share of the whole, its colour 0-4, and a word if there is room."""

    share: float
    colour: int
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar with what stands above it: label on the left, value on the right."""

    label: str
    value: str
    slices: tuple[Slice, ...]


def _joined(pieces: Sequence[str]) -> Markup:
    return Markup("".join(pieces))  # noqa: S704 -- every text in a piece went through `escape`


def step_for(peak: int) -> int:
    """Give a round distance of grid lines: 1, 2 or 5 times a power of ten, three or four lines."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor * 4 >= peak:
                return step * factor
        step *= 10


def columns(
    labels: Sequence[str],
    series: Sequence[Sequence[int]],
    *,
    axis: Sequence[str],
    step: int,
    values: Sequence[str],
    height: int = 210,
    first_colour: int = 1,
) -> Drawing:
    """Draw stacked columns.

    `axis` are the written grid values, one for each `step` above zero; `values` the written totals:
    all are shown on up to eight columns, else only the peak's.
    """
    totals = [sum(column) for column in zip(*series, strict=True)]
    base, top = height - BASE, TOP
    full = len(axis) * step

    def y(value: int) -> float:
        return base - (base - top) * value / full

    out = [_grid(y(0), "axis"), *(_grid(y(step * (k + 1)), "grid") for k in range(len(axis)))]
    out += [
        f'<text x="0" y="{y(step * (k + 1)) - 5:.1f}">{escape(word)}</text>'
        for k, word in enumerate(axis)
    ]
    width = (100 - AXIS_PERCENT) / max(1, len(labels))
    peak = totals.index(max(totals)) if totals else -1
    for index, label in enumerate(labels):
        left, level = AXIS_PERCENT + index * width, 0
        for colour, amounts in enumerate(series, start=first_colour):
            if amounts[index]:
                upper = level + amounts[index]
                out.append(
                    f'<rect class="f{colour} seg" x="{left + width * 0.12:.2f}%" '
                    f'width="{width * 0.76:.2f}%" y="{y(upper):.1f}" '
                    f'height="{y(level) - y(upper):.1f}"/>'
                )
                level = upper
        thin = ' class="wide-only"' if len(labels) > ALL_VALUES_UP_TO and index % 2 else ""
        centre = f'x="{left + width / 2:.2f}%" text-anchor="middle"'
        out.append(f'<text{thin} {centre} y="{height - 8}">{escape(label)}</text>')
        if totals[index] and (len(labels) <= ALL_VALUES_UP_TO or index == peak):
            out.append(
                f'<text class="val" {centre} y="{y(level) - 6:.1f}">{escape(values[index])}</text>'
            )
    return Drawing(_joined(out), height)


def _grid(y: float, kind: str) -> str:
    return f'<line class="{kind}" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'


def bars(rows: Sequence[Bar], *, thickness: int = 26, distance: int = 58) -> Drawing:
    """Draw horizontal bars with label and value above; slices under 1 % become 5 px at the end."""
    out: list[str] = []
    y = 16
    for row in rows:
        out.append(
            f'<text x="0" y="{y}">{escape(row.label)}</text>'
            f'<text class="val" x="100%" y="{y}" text-anchor="end">{escape(row.value)}</text>'
            f'<rect class="fs" x="0" y="{y + 8}" width="100%" height="{thickness}" rx="3"/>'
        )
        left = 0.0
        for part in row.slices:
            out.append(_slice(part, left, y + 8, thickness))
            left += part.share * 100
        y += distance
    return Drawing(_joined(out), y - distance + thickness + 16)


def _slice(part: Slice, left: float, top: int, thickness: int) -> str:
    if not part.share:
        return ""
    if part.share < SLIVER:
        return (
            f'<rect class="f{part.colour}" x="100%" transform="translate(-5)" y="{top}" '
            f'width="5" height="{thickness}"/>'
        )
    rect = (
        f'<rect class="f{part.colour} seg" x="{left:.2f}%" y="{top}" '
        f'width="{part.share * 100:.2f}%" height="{thickness}"/>'
    )
    if not part.text:
        return rect
    return (
        f'{rect}<text class="in" x="{left + part.share * 50:.2f}%" y="{top + thickness * 0.68:.0f}"'
        f' text-anchor="middle">{escape(part.text)}</text>'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of an icicle: from `start` to `start + size` of the whole, lettered."""

    letter: str
    value: str
    start: int
    size: int
    colour: int


def icicle(rows: Sequence[tuple[str, Sequence[Piece]]], *, whole: int) -> Drawing:
    """Draw what is split further and further: one row a level, each piece under what it came of."""
    out: list[str] = []
    y = 16
    for title, pieces in rows:
        out.append(f'<text x="0" y="{y}">{escape(title)}</text>')
        for piece in pieces:
            if not piece.size:
                continue
            left, width = piece.start / whole * 100, piece.size / whole * 100
            out.append(
                f'<rect class="f{piece.colour} seg" x="{left:.2f}%" y="{y + 8}" '
                f'width="{width:.2f}%" height="34"/>'
            )
            if width >= 3:
                wide = f'<tspan class="wide-only">  {escape(piece.value)}</tspan>'
                out.append(
                    f'<text class="in" x="{left + width / 2:.2f}%" y="{y + 31}" '
                    f'text-anchor="middle">{escape(piece.letter)}{wide if width >= 10 else ""}'
                    "</text>"
                )
        y += 70
    return Drawing(_joined(out), y - 22)


def gauge(thousandths: int, words: str) -> Markup:
    """Draw what is left of 1000: green above 85 %, red at 20 % and below; `words` say it."""
    colour = "fok" if thousandths > 850 else "fwarn" if thousandths > 200 else "fdanger"
    return Markup(
        '<svg class="gauge" role="img" aria-label="{words}">'
        '<rect class="frame" x=".5" y=".5" width="99%" height="11" rx="3"/>'
        '<rect class="{colour}" x="1.5%" y="2.5" width="{width}%" height="7" rx="1.5"/></svg>'
    ).format(words=words, colour=colour, width=f"{96 * max(0, thousandths) / 1000:.1f}")
