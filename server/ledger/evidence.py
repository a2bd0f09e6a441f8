"""Evidence: what a transaction rests on outside the chain, a payment say; it is used up once.

Since protocol 2 each node has names of its own.  Else whoever hears of a payment to another node
could use its name up, and so turn a paid reload away.  What protocol 1 has used, when there was one
node, stays used for all.  Only what is accepted uses a name up: nothing of a rejection is kept.
"""

from typing import Final, Protocol, TypeVar

from server.ledger.effect import Context, Signed
from server.ledger.records import Evidence, Key, Record
from shared.errors import Code
from shared.ids import AuthorId

R = TypeVar("R", bound=Record)
OWN_NAMES: Final = 2
"""The protocol from which on each node has names of its own."""


class Records(Protocol):
    """Whoever gives records."""

    def get(self, record: type[R], key: Key) -> R | None:
        """Give one record."""


def own_name(author: AuthorId, name: str) -> str:
    """Give a node's name of an evidence: no name of protocol 1, which holds no space."""
    return f"{author} {name}"


def used_by(records: Records, author: AuthorId, name: str) -> Evidence | None:
    """Tell which transaction has used up a node's evidence; None: nobody has."""
    own = records.get(Evidence, (own_name(author, name),))
    return own or records.get(Evidence, (name,))


def use_up(context: Context, signed: Signed, name: str) -> tuple[tuple[Key, Record], ...] | Code:
    """Use up an evidence; a code when it was used before."""
    if used_by(context.state, signed.author, name):
        return Code.EVIDENCE_USED
    key = own_name(signed.author, name) if context.protocol >= OWN_NAMES else name
    return (((key,), Evidence(signed.transaction.hash)),)
