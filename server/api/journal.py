"""`GET /api/v1/journal`: a restored terminal takes back its own payloads (PROTOCOL §4)."""

import re
from dataclasses import dataclass
from typing import Final

from server.api.port import Chain
from server.api.route import Answer, Call
from shared.errors import Code, Refused
from shared.wire import Head, JournalAnswer

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The handler.  A terminal reads only its own."""

    chain: Chain

    def __call__(self, call: Call) -> Answer:
        """Give the caller's payloads from a number on, and how far they go."""
        first = call.arguments.get("from", "1")
        if not _NUMBER.fullmatch(first) or call.author is None:
            raise Refused(Code.BAD_REQUEST, "from")
        with self.chain.snapshot() as now:
            head = now.head(call.author)
            payloads = now.payloads(call.author, int(first))
        return JournalAnswer(
            head=Head(hash=head.hash, seq=head.seq),
            payloads=tuple(payload.decode() for payload in payloads),
        )
