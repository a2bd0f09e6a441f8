"""Brings a fresh clone to life: virtual environment, pinned packages, Debian packages, commands.

Standard library only, and quick: when everything is in place, a command starts well under a second
later.  Every failure is a `Trouble` with one sentence that says what to do.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
VENV: Final = ROOT / ".venv"
PYTHON: Final = VENV / "bin" / "python"


class Trouble(Exception):  # noqa: N818 - what a person has, not what the code made wrong
    """Something that a person must mend; the message says how."""


def say(text: str) -> None:
    """Tell the person at the console, beside what the command itself prints."""
    print(f"tirelire: {text}", file=sys.stderr, flush=True)
