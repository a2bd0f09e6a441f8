"""Brings a fresh clone to life: virtual environment, pinned packages, Debian packages, commands.

Standard library only, and quick: when everything is in place, a command starts well under a second
later.  Every failure is a `Trouble` with one sentence that says what to do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
VENV: Final = ROOT / ".venv"
PYTHON: Final = VENV / "bin" / "python"


class Trouble(Exception):  # noqa: N818 - what a person has, not what the code made wrong
    """Something that a person must mend; the message says how."""
