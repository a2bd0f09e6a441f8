"""The contrast of every pair of the design, computed from the style sheet itself."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[3] / "server/web/static/app.css").read_text()
LIGHT, DARK = CSS.split("@media (prefers-color-scheme: dark)", 1)
FORCED = DARK.split(':root[data-theme="dark"]', 1)[1]


def tokens(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text):
        found.setdefault(name, value)
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


GROUNDS = ("paper", "surface", "sunken")
PAIRS = (
    [(ink, ground, 4.5) for ink in ("ink", "ink-2") for ground in GROUNDS]
    + [(name, f"{name}-soft", 4.5) for name in ("accent", "ok", "warn", "danger")]
    + [("accent-ink", "accent", 4.5), ("danger-ink", "danger", 4.5), ("accent", "surface", 4.5)]
    + [("on-c", f"c{k}", 4.5) for k in range(5)]
    + [(f"c{k}", "surface", 3.0) for k in range(5)]
    + [("line-strong", "surface", 3.0), ("danger", "surface", 4.5), ("accent", "paper", 4.5)]
)


@pytest.mark.parametrize("theme", [tokens(LIGHT), tokens(DARK)], ids=["light", "dark"])
@pytest.mark.parametrize("ink, ground, least", PAIRS)
def test_contrast(theme: dict[str, str], ink: str, ground: str, least: float) -> None:
    assert contrast(theme[ink], theme[ground]) >= least


def test_the_chosen_and_the_system_dark_are_the_same() -> None:
    assert tokens(FORCED) == tokens(DARK)
