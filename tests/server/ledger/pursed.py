"""The neighbours with cards that carry purses: 4 (T2) and 5 (T1), both at home in the bar.

It is day 20 500, hour 492 000 since 1970, hour 1 104 of the cards' own count.  Card 4's wallet has
€5.00 in GRAIN and €200.00 in FED; group 1 is both.  The café takes GRAIN too, so purses are good
at both places.
"""

from server.ledger.records import Purse
from shared.allowance import Allowance, allowance_hash
from shared.amounts import Amount
from shared.bodies import (
    AssetAccept,
    CardRegister,
    GroupCreate,
    Known,
    PurseIssue,
    PurseRelease,
    Reload,
    SlotSale,
)
from shared.ids import ZERO_HASH, Account, Hash, purse
from tests.server.ledger.neighbours import CAFE, Neighbours, given, neighbours
from tests.server.ledger.world import BAR, DAY, FED, GRAIN, Author, card, holder

RICH, THIN = 4, 5
TODAY = 20_500
HOUR = 3_600_000
ISSUED = 1_104


def purses() -> Neighbours:
    here = neighbours()
    here.world.time = TODAY * DAY
    verdicts = here.bar(
        CardRegister(card(RICH), BAR, "T2", holder(RICH)),
        CardRegister(card(THIN), BAR, "T1", holder(THIN)),
        Reload(Amount(20_000), FED, card(RICH), "rich"),
        Reload(Amount(5_000), FED, card(THIN), "thin"),
        given(GRAIN, 500, RICH, "grain"),
        GroupCreate((FED, GRAIN), 1),
        AssetAccept(accept=True, asset=GRAIN, place=CAFE, side="issuer"),
    )
    assert verdicts == ["accepted"] * 7
    take = AssetAccept(accept=True, asset=GRAIN, place=CAFE, side="place")
    assert here.cafe(take) == ["accepted"]
    return here


def issue(number: int = RICH, *, need: int = 0, hours: int = 24, group: int = 1) -> PurseIssue:
    return PurseIssue(card(number), group, need, hours)


def allowance(
    number: int,
    credit: int,
    *,
    base: int = 0,
    of: int = RICH,
    hours: int = 24,
    issued: int = ISSUED,
) -> Hash:
    """Name what the home node may sign: the `number`-th allowance of card `of`."""
    return allowance_hash(
        Allowance(
            base=base,
            card=card(of),
            credit=credit,
            group=1,
            issued=issued,
            number=number,
            valid_hours=hours,
        )
    )


def slot(before: int, after: int, permit: Hash, *, of: int = RICH, total: int = 0) -> SlotSale:
    amount = Amount(total or after - before)
    return SlotSale(permit, "slot", card(of), ZERO_HASH, (), (before, after), amount)


def release(*tills: Author, of: int = RICH) -> PurseRelease:
    return PurseRelease(card(of), tuple(Known(till.id, till.seq) for till in tills))


def account(number: int = RICH) -> Account:
    return purse(card(number))


def known(here: Neighbours, number: int = RICH) -> Purse:
    found = here.world.memory.get(Purse, (card(number),))
    assert found is not None
    return found
