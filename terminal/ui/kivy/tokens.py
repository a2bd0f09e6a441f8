"""The colours of the till, by role, and which of them may be read on which.

Guarantee: every pair of text and ground that a screen uses is listed in `PAIRS` with the least
contrast it must keep; a test computes the WCAG ratios. Colour is the last of the signs that tell
a state: word, shape, layout, sound and lamp come first.
"""

from dataclasses import dataclass
from typing import Final, NewType

Colour = NewType("Colour", str)
"""`#rrggbb`."""

INK: Final = Colour("#1a1e25")
BAR: Final = Colour("#10131a")
SURFACE: Final = Colour("#252b35")
RAISED: Final = Colour("#343d4b")
LINE: Final = Colour("#6d7a8d")
TEXT: Final = Colour("#f5f7fa")
MUTED: Final = Colour("#b7c1cd")
DISABLED: Final = Colour("#7d8998")
WHITE: Final = Colour("#ffffff")

ACT: Final = Colour("#1b5cf5")
RETURN: Final = Colour("#3b567f")
WAIT: Final = Colour("#12389f")
WAIT_BAR: Final = Colour("#0a2060")
PAID: Final = Colour("#3fcf7a")
PAID_BAR: Final = Colour("#0d4a29")
REFUSED: Final = Colour("#8f1d23")
REFUSED_BAR: Final = Colour("#5c1015")
DOUBT: Final = Colour("#ffc233")
TRAINING: Final = Colour("#9c2f8f")
TRAINING_STRIPE: Final = Colour("#6f1f66")

OCHRE: Final = Colour("#8a5a00")
TEAL: Final = Colour("#0b6e8f")
PLUM: Final = Colour("#8e2f6b")
VIOLET: Final = Colour("#5b4aa6")
SLATE: Final = Colour("#4b5a6b")

CATEGORIES: Final[dict[str, Colour]] = {
    "ochre": OCHRE,
    "teal": TEAL,
    "plum": PLUM,
    "violet": VIOLET,
    "slate": SLATE,
}
"""Category colours by the name that a catalogue uses; never green, red, amber or `ACT`."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A colour that is read on a ground, and the least contrast it must keep."""

    text: Colour
    ground: Colour
    least: float


PAIRS: Final[tuple[Pair, ...]] = (
    Pair(TEXT, INK, 15.0),
    Pair(MUTED, INK, 7.0),
    Pair(TEXT, BAR, 15.0),
    Pair(TEXT, SURFACE, 12.0),
    Pair(MUTED, SURFACE, 7.0),
    Pair(TEXT, RAISED, 10.0),
    Pair(LINE, INK, 3.0),
    Pair(DISABLED, SURFACE, 3.9),
    Pair(TEXT, ACT, 4.5),
    Pair(ACT, INK, 3.0),
    Pair(TEXT, RETURN, 6.5),
    Pair(TEXT, WAIT, 9.0),
    Pair(TEXT, WAIT_BAR, 14.0),
    Pair(INK, PAID, 8.0),
    Pair(TEXT, PAID_BAR, 9.0),
    Pair(TEXT, REFUSED, 8.0),
    Pair(TEXT, REFUSED_BAR, 12.0),
    Pair(INK, DOUBT, 10.0),
    Pair(DOUBT, INK, 10.0),
    Pair(DOUBT, RAISED, 6.0),
    Pair(DOUBT, SURFACE, 8.0),
    Pair(TEXT, TRAINING, 6.0),
    Pair(INK, WHITE, 15.0),
    *(Pair(WHITE, ground, 5.3) for ground in CATEGORIES.values()),
)


def channels(colour: Colour, alpha: float = 1.0) -> tuple[float, float, float, float]:
    """Red, green, blue and alpha, each 0…1, as a canvas wants them."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue, alpha


def lighter(colour: Colour, share: float = 0.15) -> Colour:
    """Return the colour moved that share of the way to white: how a pressed target looks."""
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return Colour("#" + "".join(f"{round(part + (255 - part) * share):02x}" for part in parts))


def luminance(colour: Colour) -> float:
    """WCAG 2.2 relative luminance."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in channels(colour)[:3]
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    """WCAG 2.2 contrast ratio, 1…21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
