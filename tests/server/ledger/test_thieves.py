"""Stories of what moves money, by greedy people with few names: nobody gains by it.

Cards spend all they have and more, gifts pay debts, places have all paid out that they may, and
whatever was done is refunded, corrected, disputed or merged away.  After each block the books must
hold.
"""

from collections.abc import Callable
from random import Random
from typing import Final

import msgspec
import pytest

from server.ledger.audit import audit
from shared.amounts import Amount
from shared.bodies import (
    Body,
    CardLink,
    CashOutDone,
    CashOutFailed,
    CashReload,
    Chargeback,
    Correction,
    Dispute,
    Exchange,
    ForkAdopt,
    Gift,
    Issue,
    MeltReversal,
    Merge,
    PolicySet,
    PurseIssue,
    PurseRelease,
    Refund,
    Reload,
    Role,
    Sale,
    SaleVoid,
    Settlement,
    SettlementDone,
    SettlementFailed,
    SlotSale,
    Transfer,
)
from shared.ids import ZERO_HASH, PlaceId, WalletId, loss, place, wallet
from shared.kinds import KINDS, NAMES
from tests.server.ledger.drawing import Past, body_of
from tests.server.ledger.federation import CAFE, FOREIGN_CARD, Federation, federated
from tests.server.ledger.invariants import faults
from tests.server.ledger.world import BAR, DAY, FED, Author, card, holder

NAMED: Final = (1, 2, 3, FOREIGN_CARD)
UNDONE: Final = (Transfer, Gift, Issue, CashReload, Exchange)
Hand = Callable[[Random, Federation, Past], Body | None]


def _held(here: Federation, name: WalletId) -> int:
    return here.world.held(wallet(name))


def spends(chance: Random, here: Federation, _: Past) -> Body:
    number = chance.choice(NAMED)
    total = _held(here, holder(number)) + chance.choice((-200, 0, 0, 300))
    return Sale("cached", card(number), ZERO_HASH, (), Amount(max(1, total)))


def gives(chance: Random, here: Federation, _: Past) -> Body | None:
    source, target = chance.sample(NAMED, 2)
    most = _held(here, holder(source))
    if not most:
        return None
    return Transfer(Amount(chance.choice((most, 1))), FED, holder(source), holder(target))


def takes_out(chance: Random, here: Federation, _: Past) -> Body | None:
    at: PlaceId = chance.choice((BAR, CAFE))
    most = here.world.held(place(at)) + here.world.held(loss(at))
    return Settlement(Amount(most), FED, at) if most > 0 else None


def undoes(chance: Random, _: Federation, past: Past) -> Body | None:
    names = past.names(*UNDONE)[:4]
    if not names:
        return None
    author, seq, _hash = chance.choice(names)
    return Correction(author, "a mistake", seq)


def gives_back(chance: Random, _: Federation, past: Past) -> Body | None:
    sales = [each for each in past.said if isinstance(each[0], Sale | SlotSale)][-4:]
    if not sales:
        return None
    body, author, seq, _hash = chance.choice(sales)
    assert isinstance(body, Sale | SlotSale)
    return Refund(Amount(chance.choice((int(body.total), 1))), author, ZERO_HASH, seq)


def _any(*shapes: type[Body]) -> Hand:
    def draws(chance: Random, here: Federation, past: Past) -> Body | None:
        try:
            return body_of(chance, chance.choice(shapes), past, here.bar_node.id)
        except msgspec.ValidationError:
            return None

    return draws


HANDS: Final[tuple[Hand, ...]] = (
    *(spends, gives, takes_out, undoes, gives_back) * 3,
    _any(Reload, Issue, CashReload, Exchange),
    _any(PurseIssue, SlotSale, SlotSale, SaleVoid, PurseRelease),
    _any(SettlementDone, SettlementFailed, CashOutDone, CashOutFailed),
    _any(Dispute, Chargeback, ForkAdopt, MeltReversal),
    _any(Merge, CardLink, PolicySet),
)
WORDS: Final = 60


def tell(seed: int) -> set[str]:
    """Tell the story of a seed; give the kinds that took effect in it."""
    chance, here = Random(seed), federated()
    world, past, took = here.world, Past(here), set[str]()
    for word in range(WORDS):
        body = chance.choice(HANDS)(chance, here, past)
        if body is None:
            continue
        world.time += chance.choice((0,) * 20 + (1, 30)) * DAY // 24
        author = _signer(chance, here, body)
        seen = chance.choice((world.tip.height, chance.randrange(world.tip.height)))
        [item] = world.seal(world.batch(author, body, seen=seen)).executed
        if item.verdict.took_effect:
            took.add(NAMES[type(body)])
            past.said.append((body, author.id, author.seq, author.prev))
        assert faults(world.memory) == [], f"seed {seed}, word {word}: {body} {item.verdict}"
    report = audit(world.blocks)
    assert (report.finding, report.tip) == (None, world.tip)
    return took


def _signer(chance: Random, here: Federation, body: Body) -> Author:
    if Role.NODE in KINDS[NAMES[type(body)]].signers:
        return chance.choice((here.bar_node, here.bar_node, here.bar_node, here.cafe_node))
    return chance.choice((here.bar_till, here.bar_till, here.cafe_till))


def test_nobody_gains_in_a_few_stories() -> None:
    took = set[str]().union(*map(tell, range(30)))
    assert {"sale", "refund", "transfer", "correction", "settlement", "purse.issue"} <= took


@pytest.mark.soak
def test_nobody_gains_in_many_stories() -> None:
    took = set[str]().union(*map(tell, range(1_000, 3_000)))
    assert {"dispute", "merge", "purse.release", "card.link", "fork.adopt"} <= took
