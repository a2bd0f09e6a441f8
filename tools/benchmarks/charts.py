"""Three kinds of charts: bars with an aim, lines over a scale, bars in parts.

Each gives a drawing: markup from the top left corner, and its height in pixels.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tools.benchmarks.svg import (
    MARGIN,
    WIDTH,
    Drawing,
    area,
    dot,
    group,
    line,
    polyline,
    rect,
    step,
    text,
)

_ROW: Final = 52
_THICK: Final = 20
_INNER: Final = WIDTH - 2 * MARGIN
_AIM: Final = 26
_ROOM: Final = 0.05
"""Left free on both sides of a scale that does not begin at zero."""
_LETTER: Final = 6.6
"""The usual width of a letter, in pixels: what is narrower gets no words."""

Point = tuple[float, float]
Words = Callable[[float], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar with what stands above it; `aim` is where it should reach, or stay below."""

    label: str
    value: float
    words: str
    colour: int = 1
    aim: float = 0
    aim_words: str = ""


def bars(rows: Sequence[Bar]) -> Drawing:
    """Draw horizontal bars on one scale, with their aims as marks."""
    most = max(max(row.value, row.aim) for row in rows)
    out = []
    for number, row in enumerate(rows):
        y = number * _ROW
        out += [
            text(MARGIN, y + 14, row.label, "strong"),
            text(WIDTH - MARGIN, y + 14, row.words, "strong", anchor="end"),
            rect(MARGIN, y + 22, _INNER * row.value / most, _THICK, row.colour, round_=3),
        ]
        if row.aim:
            x = MARGIN + _INNER * row.aim / most
            out += [line(x, y + 18, x, y + 26 + _THICK, kind) for kind in ("halo", "aimed")]
            end = max(x, MARGIN + _INNER * row.value / most)
            if end + len(row.aim_words) * _LETTER < WIDTH - MARGIN:
                out.append(text(end + 8, y + 37, row.aim_words, "small aim"))
            else:
                kind = "in" if row.value > row.aim else "small aim"
                out.append(text(x - 8, y + 37, row.aim_words, kind, anchor="end"))
    return Drawing("\n".join(out), len(rows) * _ROW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A line with its name; `dots` mark its points, `words` write their values from `since` on."""

    name: str
    points: Sequence[Point]
    colour: int = 1
    words: Words | None = None
    since: float = 0
    dots: bool = True
    filled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A level that is wanted at a place of the scale: to be reached, or as a `ceiling`."""

    at: float
    value: float
    words: str
    ceiling: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The axis across: where a value lies, from 0 to 1, and the marks below it."""

    place: Callable[[float], float]
    marks: Sequence[tuple[float, str]]
    name: str


def doubling(values: Sequence[float], name: str) -> Scale:
    """Give a scale on which each doubling is as wide as the next."""
    least, most = math.log2(values[0]), math.log2(values[-1])
    span = most - least or 1

    def place(value: float) -> float:
        return _ROOM + (1 - 2 * _ROOM) * (math.log2(value) - least) / span

    return Scale(place=place, marks=[(value, f"{value:g}") for value in values], name=name)


def even(values: Sequence[float], words: Sequence[str], name: str) -> Scale:
    """Give a scale on which values that follow one another are equally far apart."""
    gap = (1 - 2 * _ROOM) / max(1, len(values) - 1)
    places = {value: _ROOM + gap * number for number, value in enumerate(values)}
    return Scale(place=places.__getitem__, marks=list(zip(values, words, strict=True)), name=name)


def plain(most: float, words: Words, name: str) -> Scale:
    """Give a scale from zero."""
    size = step(most, 5)
    marks = [(n * size, words(n * size)) for n in range(int(most / size * 1.0001) + 1)]
    return Scale(place=lambda value: value / most, marks=marks, name=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A chart of lines: title, series, scale across, how values up are written, aims."""

    title: str
    series: Sequence[Series]
    scale: Scale
    words: Words
    aims: Sequence[Aim] = ()
    width: float = _INNER
    height: float = 250

    def draw(self) -> Drawing:
        """Draw it."""
        left, top, base = 44.0, 34.0, self.height - 44
        wide = self.width - left - 14
        peak = max(
            [y for series in self.series for _, y in series.points] + [a.value for a in self.aims]
        )
        size = step(peak * 1.08)
        full = size * math.ceil(peak * 1.08 / size)

        def at(point: Point) -> Point:
            return (
                left + wide * self.scale.place(point[0]),
                base - (base - top) * point[1] / full,
            )

        out = [text(0, 14, self.title, "strong"), *self._grid(left, wide, base, top, size, full)]
        for mark, words in self.scale.marks:
            x = left + wide * self.scale.place(mark)
            out.append(text(x, base + 18, words, "small", anchor="middle"))
        out.append(text(left + wide / 2, base + 37, self.scale.name, "small", anchor="middle"))
        for series in self.series:
            out += _draw_series(series, [at(point) for point in series.points], base)
        for aim in self.aims:
            out += _draw_aim(aim, *at((aim.at, aim.value)), left, left + wide)
        out += self._legend()
        return Drawing("\n".join(out), self.height)

    def _grid(
        self, left: float, wide: float, base: float, top: float, size: float, full: float
    ) -> list[str]:
        out = []
        for number in range(round(full / size) + 1):
            y = base - (base - top) * number * size / full
            out.append(line(left, y, left + wide, y, "grid" if number else "axis"))
            out.append(text(left - 8, y + 4, self.words(number * size), "small", anchor="end"))
        return out

    def _legend(self) -> list[str]:
        named = [series for series in self.series if series.name]
        out, x = [], self.width - 14
        for series in reversed(named):
            x -= len(series.name) * _LETTER + 30
            out.append(rect(x, 6, 10, 10, series.colour, round_=2))
            out.append(text(x + 15, 15, series.name, "small"))
        return out


def _draw_aim(aim: Aim, x: float, y: float, least: float, most: float) -> list[str]:
    """Draw a short level around a point, its words on the side where the curve should not be."""
    start, end = max(x - _AIM, least), min(x + _AIM, most)
    level = [line(start, y, end, y, kind) for kind in ("halo", "aimed")]
    if aim.ceiling:  # a curve that rises above it does so behind the words
        return [*level, text(end, y - 7, aim.words, "small aim", anchor="end")]
    return [
        *level,
        text(min(start, most - len(aim.words) * _LETTER), y + 17, aim.words, "small aim"),
    ]


def _draw_series(series: Series, places: Sequence[Point], base: float) -> list[str]:
    out = [area(places, base, series.colour)] if series.filled else []
    out.append(polyline(places, series.colour))
    if series.dots:
        out += [dot(x, y, series.colour) for x, y in places]
    if series.words:
        out += [
            text(x, y - 10, series.words(point[1]), "small strong", anchor="middle")
            for (x, y), point in zip(places, series.points, strict=True)
            if point[0] >= series.since
        ]
    return out


def beside(left: Drawing, right: Drawing) -> Drawing:
    """Put two drawings of half the width next to one another."""
    markup = group(MARGIN, 0, left.markup) + group(WIDTH / 2 + 12, 0, right.markup)
    return Drawing(markup, max(left.height, right.height))


HALF: Final = WIDTH / 2 - MARGIN - 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A bar in parts, each with its value and its number in the legend."""

    label: str
    words: str
    parts: Sequence[tuple[int, float]]


def stacks(
    rows: Sequence[Stack],
    names: Sequence[str],
    *,
    write: Words,
    whole: float = 0,
) -> Drawing:
    """Draw bars in parts; each fills the width unless `whole` is the value that would."""
    out = _keys(names)
    top = 10.0 + 22 * len(_lines(names))
    for number, row in enumerate(rows):
        y = top + number * (_ROW + 8)
        total = whole or sum(value for _, value in row.parts)
        out += [
            text(MARGIN, y + 14, row.label, "strong"),
            text(WIDTH - MARGIN, y + 14, row.words, "strong", anchor="end"),
        ]
        x = float(MARGIN)
        for colour, value in row.parts:
            width = _INNER * value / total
            out.append(rect(x, y + 22, max(0.0, width - 1), 26, colour))
            words = write(value)
            if width > len(words) * _LETTER + 8:
                out.append(text(x + width / 2, y + 39, words, "in", anchor="middle"))
            x += width
    return Drawing("\n".join(out), top + len(rows) * (_ROW + 8))


def _lines(names: Sequence[str]) -> list[list[str]]:
    """Part names into lines that fit."""
    lines: list[list[str]] = [[]]
    used = 0.0
    for name in names:
        width = len(name) * _LETTER + 34
        if lines[-1] and used + width > _INNER:
            lines.append([])
            used = 0
        lines[-1].append(name)
        used += width
    return lines


def _keys(names: Sequence[str]) -> list[str]:
    out, colour = [], 1
    for number, row in enumerate(_lines(names)):
        x = float(MARGIN)
        for name in row:
            out.append(rect(x, 2 + 22 * number, 11, 11, colour, round_=2))
            out.append(text(x + 17, 12 + 22 * number, name, "small"))
            x += len(name) * _LETTER + 34
            colour += 1
    return out
