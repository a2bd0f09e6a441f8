"""Who asks: reads signed after RFC 9421, fresh, each nonce once (PROTOCOL §2).

A read that is stale or repeated is answered with this node's time and a nonce, so that a terminal
whose clock is days off signs once more and is heard.  Keys come from the chain; what a revoked
terminal may still read, the routes decide.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Final

from server.api.port import Chain
from server.api.problem import problem
from server.api.route import Call
from server.ledger.records import Author
from shared.errors import Code, Refused
from shared.http_signature import MAX_AGE_S, Read, check_claim, read_claim
from shared.wire import Problem

MOST_NONCES: Final = 100_000


@dataclass(slots=True)
class Nonces:
    """Remembers nonces for as long as their signature is fresh; the oldest go when it is full."""

    most: int = MOST_NONCES
    _seen: OrderedDict[tuple[str, str], int] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def is_new(self, author: str, nonce: str, now_s: int) -> bool:
        """Take a nonce; False when it was taken before."""
        key = (author, nonce)
        with self._lock:
            while self._seen and (
                len(self._seen) >= self.most
                or next(iter(self._seen.values())) < now_s - 2 * MAX_AGE_S
            ):
                self._seen.popitem(last=False)
            if key in self._seen:
                return False
            self._seen[key] = now_s
            return True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadGuard:
    """Proves the author of a call."""

    chain: Chain
    now_ms: Callable[[], int]
    new_nonce: Callable[[], str]
    nonces: Nonces = field(default_factory=Nonces)

    def __call__(self, call: Call) -> Call | Problem:
        """Give the call with its author, or a `stale_read`; raises Refused for a bad signature."""
        claim = read_claim(
            call.headers.get("Signature-Input", ""), call.headers.get("Signature", "")
        )
        with self.chain.snapshot() as now:
            author = now.get(Author, (claim.author,))
        if author is None:
            raise Refused(Code.UNKNOWN_AUTHOR)
        now_s = self.now_ms() // 1000
        read = Read(call.method, call.path, call.query)
        try:
            check_claim(claim, read, key=bytes.fromhex(author.key), now=now_s)
        except Refused as refused:
            if refused.code is not Code.STALE_READ:
                raise
            return self._once_more(call, now_s)
        if not self.nonces.is_new(claim.author, claim.nonce, now_s):
            return self._once_more(call, now_s)
        return replace(call, author=claim.author)

    def _once_more(self, call: Call, now_s: int) -> Problem:
        return problem(Code.STALE_READ, call.language, now=now_s, nonce=self.new_nonce())
