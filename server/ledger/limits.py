"""How much one node may put on the chain of what all the others have to look through.

Each sale looks at all assets, each release names all tills of the federation: without a limit one
member could slow the others down, or keep their purses shut, with nothing but honest transactions.
An organisation is far below (protocol 2; ADR 0022).
"""

from collections.abc import Callable
from typing import Final

from server.ledger.effect import Context, Signed
from server.ledger.records import Asset, Author, Place, Record
from shared.bodies import Role
from shared.errors import Code
from shared.ids import AuthorId

LIMITED: Final = 2
"""The protocol with which the limits came."""
MOST: Final[dict[type[Record], int]] = {Asset: 500, Author: 1_000, Place: 1_000}
"""Assets ever, tills that may sign, places ever."""


def crowded(context: Context, signed: Signed, record: type[Record]) -> Code | None:
    """Say why a node may make no more of something; None when it may."""
    if context.protocol < LIMITED or _COUNTS[record](context, signed.author) < MOST[record]:
        return None
    return Code.TOO_MANY


def _places(context: Context, node: AuthorId) -> set[str]:
    return {name for name, place in context.state.places().items() if place.node == node}


def _assets(context: Context, node: AuthorId) -> int:
    own = _places(context, node)
    return sum(asset.issuer in own for asset in context.state.assets().values())


def _tills(context: Context, node: AuthorId) -> int:
    own = _places(context, node)
    return sum(
        author.role is Role.TERMINAL and author.status == "active" and author.place in own
        for author in context.state.rows(Author).values()
    )


_COUNTS: Final[dict[type[Record], Callable[[Context, AuthorId], int]]] = {
    Asset: _assets,
    Author: _tills,
    Place: lambda context, node: len(_places(context, node)),
}
