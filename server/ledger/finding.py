"""What an audit finds wrong, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, and at which height."""

    height: int
    what: str
