"""Where a terminal is in the deltas: an opaque text, made and read here only.

Plain, it says which height and which revision of the catalogue the terminal has.  In the middle of
pages it also says up to which height they lead, and after which number and card to go on.
"""

import re
from dataclasses import dataclass
from typing import Final

from shared.errors import Code, Refused

BEFORE_GENESIS: Final = -1
_FORM: Final = re.compile(
    r"(?P<height>-1|0|[1-9][0-9]{0,14})\.(?P<revision>-1|0|[1-9][0-9]{0,14})"
    r"(?:\.(?P<upto>0|[1-9][0-9]{0,14})\.(?P<seq>0|[1-9][0-9]{0,15})\.(?P<card>(?:[0-9a-f]{32})?))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """`upto` is negative outside pages."""

    height: int = BEFORE_GENESIS
    revision: int = -1
    upto: int = BEFORE_GENESIS
    seq: int = 0
    card: str = ""

    def __str__(self) -> str:
        """Write it as it travels."""
        plain = f"{self.height}.{self.revision}"
        return plain if self.upto < 0 else f"{plain}.{self.upto}.{self.seq}.{self.card}"

    @property
    def newest(self) -> int:
        """The highest block it speaks of."""
        return max(self.height, self.upto)


def read_cursor(text: str) -> Cursor:
    """Read a cursor; an empty one is the start.  Raises Refused(bad_cursor)."""
    if not text:
        return Cursor()
    found = _FORM.fullmatch(text)
    if not found:
        raise Refused(Code.BAD_CURSOR)
    fields = found.groupdict()
    return Cursor(
        height=int(fields["height"]),
        revision=int(fields["revision"]),
        upto=BEFORE_GENESIS if fields["upto"] is None else int(fields["upto"]),
        seq=int(fields["seq"] or 0),
        card=fields["card"] or "",
    )
