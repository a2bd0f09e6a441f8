"""Random stories of cards, purses, lines, refunds and merges; what must hold after each block.

Nothing here is honest: spans, allowances and amounts are whatever comes.  At the end the blocks are
audited from their bytes.
"""

from collections import Counter
from collections.abc import Sequence

from hypothesis import given, settings, strategies as st

from server.ledger.audit import audit
from server.ledger.claims import highest
from server.ledger.records import Balance, Card, Purse, Record, Refunded, Wallet
from server.ledger.sales import FORK, whole
from shared.amounts import Amount
from shared.bodies import (
    AnySale,
    AssetClass,
    Body,
    CardLink,
    CardLose,
    CardUnblock,
    Merge,
    Part,
    Refund,
    Reload,
    SaleVoid,
    SplitSale,
    Transfer,
)
from shared.ids import (
    ZERO_HASH,
    AssetId,
    AuthorId,
    CardRef,
    WalletId,
    may_be_negative,
    purse,
    wallet,
)
from tests.server.ledger.neighbours import Neighbours, given as granted, unit
from tests.server.ledger.pursed import HOUR, RICH, THIN, allowance, issue, purses, release, slot
from tests.server.ledger.world import FED, card, holder, sale

TIME = AssetId("TIME")
CARDS = (1, 2, RICH, THIN)
PERMITS = {RICH: allowance(1, 10_000), THIN: allowance(1, 3_000, of=THIN)}
KINDS = (
    *("sale", "slot", "slot", "split", "void", "refund", "refund", "issue", "reload"),
    *("transfer", "release", "merge", "link", "lose", "unblock"),
)
numbers = st.integers(0, 60)
moves = st.lists(
    st.tuples(
        st.sampled_from(KINDS), st.sampled_from(CARDS), st.sampled_from(CARDS), numbers, numbers
    ),
    min_size=8,
    max_size=30,
)


def till_says(here: Neighbours, what: str, number: int, low: int, high: int) -> Body | None:
    """Make what a till signs, if it is one of its kinds; amounts are in units of 1.00."""
    amount = Amount(100 * (high + 1))
    known = here.world.till.seq
    bodies: dict[str, Body] = {
        "sale": sale(number, amount, "online" if low % 3 == 0 else "cached"),
        "slot": slot(
            100 * low,
            100 * low + amount,
            PERMITS.get(number, ZERO_HASH) if high % 5 else ZERO_HASH,
            of=number,
        ),
        "split": SplitSale(
            "online", card(number), ZERO_HASH, (Part(Amount(low + 1), TIME),), 10 * high
        ),
        "void": SaleVoid(card(number), (100 * low, 100 * low + amount)),
        "refund": Refund(amount, here.world.till.id, ZERO_HASH, max(1, known - low % 6)),
    }
    return bodies.get(what)


def node_says(here: Neighbours, what: str, number: int, other: int, low: int) -> Body:
    """Make what the node of the bar signs."""
    fresh = f"{what}-{here.world.tip.height}"
    bodies: dict[str, Body] = {
        "issue": issue(number, need=100 * low, hours=1 + low),
        "reload": Reload(Amount(50 * (low + 1)), FED, card(number), fresh),
        "transfer": Transfer(Amount(low + 1), FED, holder(number), holder(other)),
        "release": release(here.world.till, here.till, of=number),
        "merge": Merge(holder(number), holder(other)),
        "link": CardLink(card(number), WalletId(f"{here.world.tip.height:032x}")),
        "lose": CardLose(card(number)),
        "unblock": CardUnblock(card(number)),
    }
    return bodies[what]


def tell(here: Neighbours, move: tuple[str, int, int, int, int]) -> None:
    """Make a block of one move."""
    what, number, other, low, high = move
    body = till_says(here, what, number, low, high)
    if body is not None:
        here.world.do(here.world.till, body)
        return
    if what == "release":
        here.world.time += 61 * HOUR
    here.bar(node_says(here, what, number, other, low))


def rows(here: Neighbours, kind: type[Record]) -> dict[str, Record]:
    return {str(key[0]): row for key, row in here.world.memory.records[kind].items()}


def check(here: Neighbours) -> None:
    """Hold the state against what is always true of it."""
    memory = here.world.memory
    sums: Counter[AssetId] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    for (account, code), row in memory.records[Balance].items():
        assert isinstance(row, Balance)
        sums[AssetId(str(code))] += row.amount
        assert row.amount >= 0 or may_be_negative(str(account)), account
        if str(account).startswith("loss:"):
            lost[str(code), str(account).removeprefix("loss:")] -= row.amount
    assert not any(sums.values())
    owed: Counter[tuple[str, str]] = Counter()
    payers: dict[str, list[str]] = {}
    for name, record in rows(here, Wallet).items():
        assert isinstance(record, Wallet)
        for code, at, debt in record.debts:
            owed[code, at] += debt
        for each in record.cards:
            payers.setdefault(each, []).append(name)
        if record.merged:
            assert (record.debts, record.cards) == ((), ())
            assert not any(here.world.held(wallet(WalletId(name)), code) for code in sums)
    assert +owed == +lost
    for name, found in rows(here, Purse).items():
        assert isinstance(found, Purse)
        held = sum(here.world.held(purse(CardRef(name)), code) for code in sums)
        assert not held or payers[name] == [paying(here, name)]
        base = max(found.void_line, highest(found.claims), found.voided)
        owner = here.world.memory.get(Card, (name,))
        assert owner is not None
        assert owner.reason == FORK or found.credit - base <= held
        assert all(low < high for low, high in found.claims)
        assert found.void_line <= max(found.credit, highest(found.claims))


def paying(here: Neighbours, name: str) -> str:
    """Follow a card to its wallet, by hand."""
    found = here.world.memory.get(Card, (name,))
    assert found is not None
    at = str(found.wallet)
    while (record := here.world.memory.get(Wallet, (at,))) and record.merged:
        at = record.merged
    return at


@settings(max_examples=50)
@given(moves)
def test_what_always_holds(story: Sequence[tuple[str, int, int, int, int]]) -> None:
    here = purses()
    here.bar(unit(TIME, AssetClass.TIME), granted(TIME, 90, 1, "t"), issue(RICH), issue(THIN))
    for move in story:
        tell(here, move)
        check(here)
    for (author, seq), given_back in here.world.memory.records[Refunded].items():
        sold = here.world.memory.transaction(AuthorId(str(author)), int(seq))
        assert sold is not None
        assert isinstance(sold.body, AnySale)
        assert isinstance(given_back, Refunded)
        assert given_back.amount <= whole(sold.body)
    replayed = audit(here.world.blocks)
    assert replayed.finding is None
    assert replayed.tip == here.world.tip
