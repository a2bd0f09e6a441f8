"""The sole impure corner that both sides need: clock, key files, settings, logs, locks, files.

Each module wraps one thing of the machine and raises `HostError` with a sentence for the person who
can mend it.  Nothing here knows about money.
"""

from __future__ import annotations


class HostError(Exception):
    """Something of this machine is not as it must be; the message says what to do."""


def in_words(error: Exception) -> str:
    """Say what the system refused, and of which file, without its number."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error)
