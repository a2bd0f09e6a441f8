"""Logs for the person who looks after the machine: rotating, small, without UIDs, PINs or keys."""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
import time
from pathlib import Path
from typing import Final

MAX_BYTES: Final = 2_000_000
KEPT: Final = 5
_SECRETS: Final = (
    # Links that log in or open a card's page.
    (re.compile(r"(/(?:qr|welcome)/)[A-Za-z0-9_-]+"), r"\1…"),
    # What stands after a word that names a secret.
    (
        re.compile(
            r"(?i)\b(uid|key|seed|secret|password|token)(['\"]?\s*[=:]\s*['\"]?)[^\s,;'\"]+"
        ),
        r"\1\2…",
    ),
    # Digits after PIN or code, also in "code 123456"; not the name of a refusal (code=overdrawn).
    (re.compile(r"(?i)\b(pin|code)(['\"]?\s*[=:]?\s*['\"]?)\d{4,}\b"), r"\1\2…"),
    # Stripe's keys.
    (re.compile(r"\b(sk|rk|whsec)_[A-Za-z0-9_]+"), r"\1_…"),
    # Keys, hashes and card references; then UIDs of 10, 7 and 4 bytes wherever they stand.
    (re.compile(r"\b[0-9A-Fa-f]{32,}\b"), "…"),
    (re.compile(r"\b(?:[0-9A-Fa-f]{20}|[0-9A-Fa-f]{14})\b"), "…"),
    (re.compile(r"\b(?=\d*[A-Fa-f])(?=[A-Fa-f]*\d)[0-9A-Fa-f]{8}\b"), "…"),
    (re.compile(r"\b[0-9A-Fa-f]{2}(?:[: -][0-9A-Fa-f]{2}){3,9}\b"), "…"),
)


def mask(text: str) -> str:
    """Take out what must not be in a log: card UIDs, PINs, keys, long hex, links that log in."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


class MaskingFormatter(logging.Formatter):
    """Writes a record as one UTC line (and its traceback), masked."""

    def __init__(self) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        """Give the masked text of a record."""
        return mask(super().format(record))


def set_up(folder: Path | None, *, name: str, level: int = logging.INFO) -> None:
    """Send everything to `folder/name.log` (rotating), or to stderr when there is no folder."""
    handler: logging.Handler
    if folder is None:
        handler = logging.StreamHandler(sys.stderr)
    else:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            folder / f"{name}.log", maxBytes=MAX_BYTES, backupCount=KEPT, encoding="utf-8"
        )
    handler.setFormatter(MaskingFormatter())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler)
    root.setLevel(level)
