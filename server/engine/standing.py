"""Where the chain ends here, and what is known above it: why this node may have to stop sealing.

A node that was put back from an old copy must not seal heights that existed.  A till's word stops
it, unless the chain says that those blocks are lost; a header above the tip that this node has
sealed itself, and not earlier than the tip, proves a loss by itself (ADR 0018).
"""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, delete, select

from server.engine.items import Sighting
from server.ledger.chain import Tip
from server.ledger.governance import handed_over
from server.store import readers
from server.store.local import FACT
from server.store.view import StoreView

_HEIGHT: Final = "known_height"
_BY: Final = "known_by"
_SEALED: Final = "known_sealed_ms"
_DEALT: Final = "dealt_ms"
_NAMES: Final = (_HEIGHT, _BY, _SEALED, _DEALT)


@dataclass(frozen=True, slots=True)
class Standing:
    """The tip, and the highest block that anybody is known to know.

    `by` is who has said so, `sealed_ms` the block's time when it is proven.  Headers up to
    `dealt_ms` are dealt with.  `handed_over`: another engine orders what comes after the tip.
    """

    tip: Tip
    known: int = -1
    handed_over: bool = False
    by: str = ""
    sealed_ms: int | None = None
    dealt_ms: int = -1

    @property
    def behind(self) -> bool:
        """Tell whether blocks are missing here."""
        return self.known > self.tip.height

    @property
    def stopped(self) -> bool:
        """Tell whether no blocks are made here."""
        return self.behind or self.handed_over

    def after(self, seen: Sighting, lost: int) -> "Standing":
        """Give the standing after somebody spoke; `lost`: the highest that the chain names lost.

        A proof counts whatever was named, and more than any word.
        """
        if seen.sealed_ms is not None and seen.sealed_ms <= self.dealt_ms:
            return self
        proven = self.behind and self.sealed_ms is not None
        if self._is_proof(seen):
            news = not proven or seen.height > self.known
        else:
            news = not proven and seen.height > max(self.tip.height, self.known, lost)
            seen = replace(seen, sealed_ms=None)
        if not news:
            return self
        return replace(self, known=seen.height, by=seen.by, sealed_ms=seen.sealed_ms)

    def _is_proof(self, seen: Sighting) -> bool:
        if seen.sealed_ms is None:
            return False
        return seen.height > self.tip.height and seen.sealed_ms >= self.tip.time

    def dealt_with(self) -> "Standing":
        """Give the standing when what was known is lost for good, or never was."""
        dealt_ms = max(self.dealt_ms, -1 if self.sealed_ms is None else self.sealed_ms)
        return replace(self, known=-1, by="", sealed_ms=None, dealt_ms=dealt_ms)


def read_standing(connection: Connection) -> Standing:
    """Read where the chain ends and what is known above it."""
    facts: dict[str, str] = {
        row.name: row.value for row in connection.execute(select(FACT.c.name, FACT.c.value))
    }
    return Standing(
        readers.tip(connection),
        known=int(facts.get(_HEIGHT, -1)),
        handed_over=handed_over(StoreView(connection)) is not None,
        by=facts.get(_BY, ""),
        sealed_ms=int(facts[_SEALED]) if _SEALED in facts else None,
        dealt_ms=int(facts.get(_DEALT, -1)),
    )


def keep_known(connection: Connection, standing: Standing) -> None:
    """Make what is known above the tip durable."""
    facts: dict[str, object] = {_DEALT: standing.dealt_ms}
    if standing.known >= 0:
        facts |= {_HEIGHT: standing.known, _BY: standing.by}
    if standing.sealed_ms is not None:
        facts[_SEALED] = standing.sealed_ms
    connection.execute(delete(FACT).where(FACT.c.name.in_(_NAMES)))
    rows = [{"name": name, "value": str(value)} for name, value in facts.items()]
    connection.execute(FACT.insert(), rows)
