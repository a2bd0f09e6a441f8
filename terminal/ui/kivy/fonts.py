"""The typeface: B612 where it is installed, kivy's own Roboto otherwise.

B612 was made for cockpits: tabular digits, `€ é à ç œ « » ’ −` present (U+202F missing, so nothing
here uses it). Guarantee: `find_typeface` always answers with files that exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import kivy

B612_FOLDERS: Final = (
    Path("/usr/share/fonts/opentype/b612"),
    Path("/usr/local/share/fonts/b612"),
)


@dataclass(frozen=True, slots=True)
class Typeface:
    """Two font files, and the height of a capital letter as a share of the type size."""

    regular: str
    bold: str
    capital: float


def roboto() -> Typeface:
    """Return the typeface that comes with kivy: it has tabular digits and French, but no arrows."""
    fonts = Path(kivy.kivy_data_dir) / "fonts"
    return Typeface(str(fonts / "Roboto-Regular.ttf"), str(fonts / "Roboto-Bold.ttf"), 0.71)


def find_typeface(folders: Sequence[Path] = B612_FOLDERS) -> Typeface:
    """B612 from the first folder that has it, else Roboto."""
    for folder in folders:
        regular, bold = folder / "B612-Regular.otf", folder / "B612-Bold.otf"
        if regular.is_file() and bold.is_file():
            return Typeface(str(regular), str(bold), 0.76)
    return roboto()
