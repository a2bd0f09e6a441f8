"""Who plays in the story of protocol 2, and how it is told: what is said, beside its verdict."""

from dataclasses import dataclass, field
from typing import Final

from shared.bodies import Body
from shared.errors import Code
from shared.ids import WalletId
from tests.server.ledger.neighbours import Neighbours
from tests.server.ledger.world import Author, World

OK: Final = "accepted"
FORGED_CARD, RELEASED = 6, 8
"""Besides `pursed.RICH` and `THIN`: a card with a false allowance, one whose purse is released."""
FRESH_WALLET: Final = WalletId("ee" * 16)
"""What the released card points to afterwards."""


@dataclass
class Cast(Neighbours):
    """The bar and the café with their tills, two more nodes, and tills that go wrong."""

    third: Author = field(default_factory=lambda: Author(b"d" * 32))
    fourth: Author = field(default_factory=lambda: Author(b"e" * 32))
    stolen: Author = field(default_factory=lambda: Author(b"r" * 32))
    forked: Author = field(default_factory=lambda: Author(b"f" * 32))
    terrace: Author = field(default_factory=lambda: Author(b"y" * 32))


def no(code: Code) -> str:
    """Give the verdict that rejects with a code."""
    return f"rejected({code})"


def say(world: World, author: Author, *lines: tuple[Body, str]) -> int:
    """Make a block of what one author says; give the number of the first of it."""
    first = author.seq + 1
    verdicts = world.do(author, *(body for body, _ in lines))
    expected = [verdict for _, verdict in lines]
    wrong = [
        (number, body, said, wanted)
        for number, ((body, wanted), said) in enumerate(zip(lines, verdicts, strict=True))
        if said != wanted
    ]
    assert verdicts == expected, wrong
    return first
