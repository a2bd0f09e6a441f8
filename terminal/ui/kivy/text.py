"""Measuring, breaking and shortening text, and its textures.

Guarantee: what `Typesetter.fit` returns is never wider than what was asked for and never has more
lines than allowed; what does not fit ends in "…". Measuring needs no window; textures need one.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from kivy.core.text import Label as CoreLabel
from kivy.graphics.texture import Texture

from terminal.ui.kivy.fonts import Typeface, find_typeface

ELLIPSIS = "…"
BREAK = "\u200b"
NO_BREAK_DOT = "\u00a0· "
"""A line may end with a dot between items, never begin with one."""
TEXTURES_KEPT = 400


@dataclass(frozen=True, slots=True)
class Setting:
    """How a text was fitted: its lines and the type size in pixels."""

    lines: tuple[str, ...]
    size: int


class Typesetter:
    """Knows how wide a text is in the till's typeface. One per process, on kivy's thread."""

    def __init__(self, typeface: Typeface | None = None) -> None:
        self.typeface = typeface or find_typeface()
        self._labels: dict[tuple[int, bool], CoreLabel] = {}
        self._widths: dict[tuple[str, int, bool], int] = {}
        self._settings: dict[tuple[str, float, tuple[tuple[int, int], ...], bool], Setting] = {}
        self._textures: OrderedDict[tuple[str, int, bool], Texture] = OrderedDict()

    def width(self, text: str, size: int, *, bold: bool = False) -> int:
        """Return the width in pixels of one line."""
        key = (text, size, bold)
        if key not in self._widths:
            if len(self._widths) > 10 * TEXTURES_KEPT:
                self._widths.clear()
            self._widths[key] = self._label(size, bold=bold).get_extents(text)[0] if text else 0
        return self._widths[key]

    def ascent(self, size: int, *, bold: bool = False) -> int:
        """From the top of a line's texture to its baseline."""
        ascent: int = self._label(size, bold=bold).get_ascent()
        return ascent

    def texture(self, text: str, size: int, *, bold: bool = False) -> Texture:
        """One line in white, to be tinted by the canvas; the last few hundred are kept."""
        key = (text, size, bold)
        if key in self._textures:
            self._textures.move_to_end(key)
            return self._textures[key]
        label = CoreLabel(text=text, font_size=size, font_name=self._font(bold=bold))
        label.refresh()
        self._textures[key] = label.texture
        if len(self._textures) > TEXTURES_KEPT:
            self._textures.popitem(last=False)
        return label.texture

    def clip(self, text: str, width: float, size: int, *, bold: bool = False) -> str:
        """Return the text, or its beginning and "…" when it is too wide."""
        if self.width(text, size, bold=bold) <= width:
            return text
        kept = text
        while kept and self.width(kept.rstrip() + ELLIPSIS, size, bold=bold) > width:
            kept = kept[:-1]
        return kept.rstrip() + ELLIPSIS

    def wrap(self, text: str, width: float, size: int, *, bold: bool = False) -> list[str]:
        """Lines broken at spaces and after hyphens; one word wider than `width` stays whole."""
        lines: list[str] = []
        for paragraph in text.replace(" · ", NO_BREAK_DOT).split("\n"):
            line = ""
            for word in paragraph.replace("-", "-" + BREAK).replace(BREAK, BREAK + " ").split(" "):
                joined = f"{line}{'' if line.endswith(BREAK) else ' '}{word}" if line else word
                if line and self.width(joined.replace(BREAK, ""), size, bold=bold) > width:
                    lines.append(line)
                    line = word
                else:
                    line = joined
            lines.append(line)
        return [line.replace(BREAK, "") for line in lines]

    def fit(
        self, text: str, width: float, choices: Sequence[tuple[int, int]], *, bold: bool = False
    ) -> Setting:
        """Return the first of `choices` (type size, lines allowed) that holds the text.

        Lines of about equal length, so that no word is left alone. When no choice holds the text,
        the last one is used: long words are broken with a hyphen and the rest ends in "…".
        """
        key = (text, width, tuple(choices), bold)
        if key not in self._settings:
            if len(self._settings) > 10 * TEXTURES_KEPT:
                self._settings.clear()
            self._settings[key] = self._fit(text, width, choices, bold=bold)
        return self._settings[key]

    def _fit(
        self, text: str, width: float, choices: Sequence[tuple[int, int]], *, bold: bool
    ) -> Setting:
        for size, allowed in choices:
            lines = self.wrap(text, width, size, bold=bold)
            if len(lines) <= allowed and self._widest(lines, size, bold=bold) <= width:
                return Setting(tuple(self._balanced(text, width, size, lines, bold=bold)), size)
        size, allowed = choices[-1]
        if allowed > 1:
            text = " ".join(self._broken(word, width, size, bold=bold) for word in text.split(" "))
        lines = self.wrap(text, width, size, bold=bold)
        if len(lines) > allowed:
            rest = " ".join(lines[allowed - 1 :]).replace("- ", "-")
            lines = [*lines[: allowed - 1], rest]
        return Setting(tuple(self.clip(line, width, size, bold=bold) for line in lines), size)

    def _balanced(
        self, text: str, width: float, size: int, lines: list[str], *, bold: bool
    ) -> list[str]:
        """Return the same number of lines in the least width that holds them."""
        if len(lines) == 1 or "\n" in text:
            return lines
        low, high = width / 2, width
        for _ in range(7):
            middle = (low + high) / 2
            tried = self.wrap(text, middle, size, bold=bold)
            if len(tried) == len(lines) and self._widest(tried, size, bold=bold) <= width:
                high, lines = middle, tried
            else:
                low = middle
        return lines

    def _broken(self, word: str, width: float, size: int, *, bold: bool) -> str:
        """Return a word wider than a line, with a hyphen where the line ends."""
        if "-" in word or self.width(word, size, bold=bold) <= width:
            return word
        head = word
        while len(head) > 2 and self.width(head + "-", size, bold=bold) > width:
            head = head[:-1]
        return f"{head}-{self._broken(word[len(head) :], width, size, bold=bold)}"

    def _widest(self, lines: Sequence[str], size: int, *, bold: bool) -> int:
        return max(self.width(line, size, bold=bold) for line in lines)

    def _font(self, *, bold: bool) -> str:
        return self.typeface.bold if bold else self.typeface.regular

    def _label(self, size: int, *, bold: bool) -> CoreLabel:
        key = (size, bold)
        if key not in self._labels:
            label = CoreLabel(text="", font_size=size, font_name=self._font(bold=bold))
            label.resolve_font_name()
            self._labels[key] = label
        return self._labels[key]
