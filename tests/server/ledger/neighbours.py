"""Two organisations for ledger tests: the founder's bar, and a café with its own node and till."""

from dataclasses import dataclass, field

from shared.amounts import Amount
from shared.bodies import AssetClass, AssetCreate, Body, CardRegister, Issue, TerminalEnrol
from shared.ids import AssetId, PlaceId, PublicKey
from tests.server.ledger.council import joining
from tests.server.ledger.world import BAR, Author, World, asset, card, holder, modern

CAFE = PlaceId("cafe")
CAFE_CARD = 7
STAMP, CLUB, LIBRE = AssetId("STAMP"), AssetId("CLUB"), AssetId("LIBRE")
POINTS, SEED, BEAN = AssetId("POINTS"), AssetId("SEED"), AssetId("BEAN")


@dataclass
class Neighbours:
    """The chain, and who speaks for the café."""

    world: World
    node: Author = field(default_factory=lambda: Author(b"c" * 32))
    till: Author = field(default_factory=lambda: Author(b"u" * 32))

    def bar(self, *bodies: Body) -> list[str]:
        """Let the bar's node say something."""
        return self.world.do(self.world.node, *bodies)

    def cafe(self, *bodies: Body) -> list[str]:
        """Let the café's node say something."""
        return self.world.do(self.node, *bodies)


def unit(code: AssetId, kind: AssetClass, *, issuer: PlaceId = BAR, peg: str = "-") -> AssetCreate:
    """Give what registers an asset that is worth nothing outside; facts have no decimals."""
    whole = kind in {AssetClass.BADGE, AssetClass.MEMBERSHIP}
    return asset(code, kind, issuer=issuer, peg=peg, scale=0 if whole else 2, symbol=code[:4])


def neighbours() -> Neighbours:
    """Give the bar with FED and GRAIN, cards 1 to 3, and the café with its card and its BEAN."""
    here = Neighbours(modern())
    assert here.bar(joining(here.world, here.node, CAFE)) == ["accepted"]
    enrol = TerminalEnrol(
        box=PublicKey("22" * 32), key=PublicKey(here.till.key.hex()), label="Café 1", place=CAFE
    )
    verdicts = here.cafe(
        enrol,
        CardRegister(card(CAFE_CARD), CAFE, "T0", holder(CAFE_CARD)),
        unit(BEAN, AssetClass.LOCAL, issuer=CAFE, peg="EUR"),
    )
    assert verdicts == ["accepted"] * 3
    return here


def given(code: AssetId, amount: int, number: int, evidence: str) -> Issue:
    """Give what issues an amount to a card's own wallet."""
    return Issue(Amount(amount), code, evidence, holder(number))
