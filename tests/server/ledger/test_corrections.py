"""Corrections by hand: what is undone, what comes back with it, and what cannot be."""

import pytest
from hypothesis import given as examples, settings, strategies as st

from server.ledger.records import Balance, Corrected, Idle, Wallet
from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    Badge,
    Body,
    CardBlock,
    CashReload,
    Correction,
    Gift,
    Merge,
    PlaceLeave,
    PolicySet,
    ReserveBook,
    Settlement,
    Transfer,
)
from shared.ids import ZERO_HASH, AuthorId, hold, issuer, loss, place
from shared.policy import ExchangePolicy
from tests.server.ledger.neighbours import (
    BEAN,
    CAFE,
    CAFE_CARD,
    SEED,
    STAMP,
    Neighbours,
    given,
    neighbours,
    unit,
)
from tests.server.ledger.test_exchange import MELTING, swap, whole
from tests.server.ledger.world import BAR, DAY, FED, GRAIN, START, Author, card, holder, purse

TODAY = START // DAY


@pytest.fixture
def here() -> Neighbours:
    return neighbours()


def moved(amount: int, source: int = 1, target: int = 2) -> Transfer:
    return Transfer(Amount(amount), FED, holder(source), holder(target))


def undo(author: Author, seq: int = 0) -> Correction:
    """Undo what an author did last, or as its number `seq`."""
    return Correction(author.id, "wrong card", seq or author.seq)


def balances(here: Neighbours) -> dict[tuple[str, str], int]:
    rows = here.world.memory.records[Balance].items()
    return {
        (str(account), str(asset)): record.amount
        for (account, asset), record in rows
        if isinstance(record, Balance) and record.amount
    }


# ---------- what is undone ----------


def test_each_kind_is_undone_to_the_cent(here: Neighbours) -> None:
    here.bar(
        unit(STAMP, AssetClass.BADGE),
        PolicySet("GRAIN-FED", ExchangePolicy(3, 2)),
        given(GRAIN, 500, 1, "e1"),
    )
    here.world.reload(1, 1000, "e2")
    here.world.sale(1, 700, "online")  # 500 GRAIN and 200 FED, so that the bar can sell for cash
    acts: list[tuple[Author, Body]] = [
        (here.world.node, given(GRAIN, 40, 2, "e3")),
        (here.world.node, moved(30)),
        (here.world.node, Gift(Amount(20), FED, ZERO_HASH, holder(1), holder(3))),
        (here.world.node, swap(100, FED, GRAIN)),
        (here.world.node, Badge(STAMP, card(1))),
        (here.world.till, Badge(STAMP, card(1))),
        (here.world.till, CashReload(Amount(60), FED, card(2), ZERO_HASH)),
        (here.world.till, CashReload(Amount(60), GRAIN, card(2), ZERO_HASH)),
    ]
    for author, body in acts:
        before = balances(here)
        assert here.world.do(author, body) == ["accepted"]
        assert balances(here) != before
        assert here.bar(undo(author)) == ["accepted"]
        assert balances(here) == before


def test_it_is_undone_once_and_both_stay(here: Neighbours) -> None:
    here.world.reload(1, 1000, "e1")
    here.bar(moved(300))
    mistake = here.world.node.seq
    assert here.bar(undo(here.world.node, mistake), undo(here.world.node, mistake)) == [
        "accepted",
        "rejected(already_settled)",
    ]
    assert (here.world.held(purse(1)), here.world.held(purse(2))) == (1000, 0)
    done = here.world.memory.transaction(here.world.node.id, mistake + 1)
    mark = here.world.memory.get(Corrected, (here.world.node.id, mistake))
    assert done is not None
    assert mark == Corrected(done.hash)
    assert here.bar(undo(here.world.node, mistake + 1)) == ["rejected(cannot_correct)"]


def test_it_waits_for_what_was_spent(here: Neighbours) -> None:
    here.bar(given(GRAIN, 500, 1, "e1"))
    mistake = here.world.node.seq
    here.world.sale(1, 100, "online")
    assert here.bar(undo(here.world.node, mistake)) == ["rejected(insufficient_funds)"]
    here.bar(given(GRAIN, 100, 1, "e2"))
    assert here.bar(undo(here.world.node, mistake)) == ["accepted"]
    assert (here.world.held(purse(1), GRAIN), here.world.held(issuer(GRAIN), GRAIN)) == (0, -100)


def test_cash_that_was_set_aside_goes_back(here: Neighbours) -> None:
    here.bar(CardBlock(card(1), "lost"))
    here.world.do(here.world.till, CashReload(Amount(60), GRAIN, card(1), ZERO_HASH))
    assert here.world.held(hold(here.world.till.prev), GRAIN) == 60
    assert here.bar(undo(here.world.till)) == ["accepted"]
    assert here.world.held(issuer(GRAIN), GRAIN) == 0


def test_an_exchange_waits_for_what_the_pool_has_given_on(here: Neighbours) -> None:
    here.world.reload(1, 1000, "e1")
    here.bar(PolicySet("GRAIN-FED", ExchangePolicy(3, 2)), given(GRAIN, 150, 2, "e2"))
    here.bar(swap(100, FED, GRAIN))
    mistake = here.world.node.seq
    here.bar(swap(150, GRAIN, FED, 2))
    assert here.bar(undo(here.world.node, mistake)) == ["rejected(pot_short)"]


# ---------- debts ----------


def test_a_debt_that_it_repaid_comes_back(here: Neighbours) -> None:
    here.world.sale(2, 80)
    here.world.reload(1, 1000, "e1")
    here.bar(moved(100))
    assert (here.world.held(purse(2)), here.world.held(loss(BAR))) == (20, 0)
    assert here.bar(undo(here.world.node)) == ["accepted"]
    assert (here.world.held(purse(2)), here.world.held(loss(BAR))) == (0, -80)
    assert here.world.held(purse(1)) == 1000
    owing = here.world.memory.get(Wallet, (holder(2),))
    assert owing == Wallet(((FED, BAR, 80),), BAR, BAR)
    here.world.reload(2, 100, "e2")
    assert (here.world.held(purse(2)), here.world.held(loss(BAR))) == (20, 0)


def test_a_debt_stays_paid_by_who_has_the_means(here: Neighbours) -> None:
    """Card 2 had a gift pay the 80 it owed; it gives all back out of what it has by now."""
    here.world.sale(2, 80)
    here.world.reload(1, 1000, "e1")
    here.bar(moved(100))
    mistake = here.world.node.seq
    here.world.reload(2, 50, "e2")
    assert here.bar(undo(here.world.node, mistake)) == ["accepted"]
    assert (here.world.held(purse(2)), here.world.held(loss(BAR))) == (0, -30)
    assert here.world.memory.get(Wallet, (holder(2),)) == Wallet(((FED, BAR, 30),), BAR, BAR)


def test_what_returns_repays_what_its_wallet_owes_by_now(here: Neighbours) -> None:
    here.world.reload(1, 100, "e1")
    here.bar(moved(100))
    here.world.sale(1, 30)
    assert here.bar(undo(here.world.node)) == ["accepted"]
    assert (here.world.held(purse(1)), here.world.held(loss(BAR))) == (70, 0)
    assert here.world.memory.get(Wallet, (holder(1),)) == Wallet((), BAR, BAR)


def test_an_exchange_that_repaid_is_undone_with_its_debt(here: Neighbours) -> None:
    here.world.reload(1, 1000, "e1")
    here.bar(PolicySet("GRAIN-FED", ExchangePolicy(1, 1)), swap(500, FED, GRAIN))
    here.world.sale(2, 50)
    here.bar(given(GRAIN, 90, 2, "e2"))
    before = balances(here)
    assert here.bar(swap(90, GRAIN, FED, 2)) == ["accepted"]
    assert (here.world.held(purse(2)), here.world.held(loss(BAR))) == (40, 0)
    assert here.bar(undo(here.world.node)) == ["accepted"]
    assert balances(here) == before
    assert here.world.memory.get(Wallet, (holder(2),)) == Wallet(((FED, BAR, 50),), BAR, BAR)


# ---------- merged wallets ----------


def test_it_follows_a_wallet_that_was_merged(here: Neighbours) -> None:
    here.world.reload(1, 1000, "e1")
    here.bar(moved(300))
    mistake = here.world.node.seq
    here.bar(Merge(holder(2), holder(3)))
    assert here.bar(undo(here.world.node, mistake)) == ["accepted"]
    assert (here.world.held(purse(1)), here.world.held(purse(3))) == (1000, 0)


def test_between_wallets_that_are_one_there_is_nothing_to_undo(here: Neighbours) -> None:
    here.world.reload(1, 1000, "e1")
    here.bar(moved(300))
    mistake = here.world.node.seq
    here.bar(Merge(holder(2), holder(1)))
    assert here.bar(undo(here.world.node, mistake)) == ["rejected(cannot_correct)"]


# ---------- what cannot be ----------


def test_what_is_not_one_hands_work_on_wallets_is_not_undone_so(here: Neighbours) -> None:
    here.world.reload(1, 1000, "e1")
    reload = here.world.node.seq
    here.world.sale(1, 100)
    assert (
        here.bar(undo(here.world.node, reload), undo(here.world.till))
        == ["rejected(cannot_correct)"] * 2
    )
    here.bar(ReserveBook(Amount(5), "fees", "bank-1", BAR), moved(2000))
    booked, refused = here.world.node.seq - 1, here.world.node.seq
    nobody = Correction(AuthorId("00" * 16), "wrong card", 1)
    assert (
        here.bar(undo(here.world.node, booked), undo(here.world.node, refused), nobody)
        == ["rejected(cannot_correct)"] * 3
    )


def test_the_node_of_the_place_of_the_mistake_signs(here: Neighbours) -> None:
    here.bar(unit(STAMP, AssetClass.BADGE), PolicySet("GRAIN-FED", ExchangePolicy(1, 1)))
    here.world.reload(1, 1000, "e1")
    acts: list[tuple[Author, Body]] = [
        (here.world.node, given(GRAIN, 40, CAFE_CARD, "e3")),
        (here.world.node, Transfer(Amount(30), FED, holder(1), holder(2))),
        (here.world.node, swap(100, FED, GRAIN)),
        (here.world.till, Badge(STAMP, card(CAFE_CARD))),
        (here.world.till, CashReload(Amount(60), GRAIN, card(CAFE_CARD), ZERO_HASH)),
    ]
    for author, body in acts:
        assert here.world.do(author, body) == ["accepted"]
        assert here.cafe(undo(author)) == ["rejected(not_authorised)"]
        assert here.bar(undo(author)) == ["accepted"]
    here.cafe(given(BEAN, 10, 1, "e4"))
    assert here.bar(undo(here.node)) == ["rejected(not_authorised)"]
    here.world.do(here.till, CashReload(Amount(60), BEAN, card(1), ZERO_HASH))
    assert here.bar(undo(here.till)) == ["rejected(not_authorised)"]
    assert here.cafe(undo(here.till)) == ["accepted"]


def test_what_was_given_to_somebody_else_is_theirs(here: Neighbours) -> None:
    """Their home's node may send it back; a giver who takes back what he paid would be a thief."""
    theirs = holder(CAFE_CARD)
    here.world.reload(1, 1000, "e1")
    for paid in (
        Transfer(Amount(30), FED, holder(1), theirs),
        Gift(Amount(30), FED, ZERO_HASH, holder(1), theirs),
    ):
        assert here.bar(paid) == ["accepted"]
        assert here.bar(undo(here.world.node)) == ["rejected(not_authorised)"]
        given_at = here.world.node.seq - 1
        assert here.cafe(undo(here.world.node, given_at)) == ["rejected(not_authorised)"]
    assert here.cafe(Transfer(Amount(60), FED, theirs, holder(1))) == ["accepted"]


def test_a_place_does_not_take_out_a_loss_that_comes_back(here: Neighbours) -> None:
    """The bar sold 300 to a card that had nothing, was repaid out of a gift, and had it paid out.

    Undone, the giver would have the 300 again that have left the reserve.
    """
    here.world.sale(2, 300)
    here.world.reload(1, 1000, "e1")
    here.bar(moved(300))
    mistake = here.world.node.seq
    assert here.bar(Settlement(Amount(1), FED, BAR)) == ["accepted"]
    assert here.bar(undo(here.world.node, mistake)) == ["rejected(place_short)"]
    here.world.sale(1, 1, "online")  # what the bar earns since then may become the loss
    assert here.bar(undo(here.world.node, mistake)) == ["accepted"]
    assert (here.world.held(place(BAR)), here.world.held(loss(BAR))) == (300, -300)
    assert here.bar(Settlement(Amount(1), FED, BAR)) == ["rejected(place_short)"]


def test_an_exchange_that_was_rounded_is_undone(here: Neighbours) -> None:
    here.world.reload(1, 1000, "e1")
    here.bar(PolicySet("GRAIN-FED", ExchangePolicy(3, 2)), swap(100, FED, GRAIN))
    assert here.bar(swap(100, GRAIN, FED), undo(here.world.node, here.world.node.seq + 1)) == [
        "accepted",  # 66.67
        "accepted",
    ]
    assert (here.world.held(purse(1)), here.world.held(purse(1), GRAIN)) == (900, 150)


def test_cash_may_come_back_to_the_place_that_lost_it(here: Neighbours) -> None:
    """The 300 that the bar sold for cash are what its loss was repaid with."""
    here.world.sale(2, 300)
    here.world.reload(1, 1000, "e1")
    here.world.sale(1, 300, "online")
    cash = CashReload(Amount(300), FED, card(2), ZERO_HASH)
    assert here.world.do(here.world.till, cash) == ["accepted"]
    assert (here.world.held(place(BAR)), here.world.held(loss(BAR))) == (300, 0)
    assert here.bar(Settlement(Amount(300), FED, BAR)) == ["accepted"]
    assert here.bar(undo(here.world.till)) == ["accepted"]
    assert (here.world.held(place(BAR)), here.world.held(loss(BAR))) == (300, -300)


def test_an_exchange_is_undone_at_its_own_rate_only(here: Neighbours) -> None:
    """Three grains were worth two cents; now that they are worth one, nobody goes back."""
    here.world.reload(1, 1000, "e1")
    here.bar(PolicySet("GRAIN-FED", ExchangePolicy(3, 2)), swap(100, FED, GRAIN))
    mistake = here.world.node.seq
    for later in (ExchangePolicy(3, 1), ExchangePolicy(0, 0)):
        here.bar(PolicySet("GRAIN-FED", later))
        assert here.bar(undo(here.world.node, mistake)) == ["rejected(cannot_correct)"]
    here.bar(PolicySet("GRAIN-FED", ExchangePolicy(6, 4)))
    assert here.bar(undo(here.world.node, mistake)) == ["accepted"]
    assert here.world.held(purse(1)) == 1000


def test_cash_that_was_set_aside_goes_back_where_its_place_has_left(here: Neighbours) -> None:
    here.bar(CardBlock(card(1), "lost"))
    here.world.do(here.till, CashReload(Amount(60), BEAN, card(1), ZERO_HASH))
    assert here.cafe(given(BEAN, 5, 2, "e1"), PlaceLeave(CAFE)) == ["accepted"] * 2
    assert here.cafe(undo(here.till), undo(here.node, here.node.seq - 1)) == [
        "accepted",
        "rejected(place_left)",
    ]
    assert here.world.held(hold(here.till.prev), BEAN) == 0


# ---------- idle money ----------


def test_a_correction_is_no_use(here: Neighbours) -> None:
    here.bar(
        unit(SEED, AssetClass.LOCAL),
        PolicySet("GRAIN-SEED", ExchangePolicy(1, 1)),
        PolicySet(GRAIN, MELTING),
        given(GRAIN, 100, 1, "e1"),
    )
    here.world.time += 40 * DAY
    whole_wallet = Transfer(Amount(100), GRAIN, holder(1), holder(2))
    for mistake in (whole_wallet, swap(100, GRAIN, SEED)):
        assert here.bar(mistake) == ["accepted"]
        assert here.bar(undo(here.world.node)) == ["accepted"]
        idle = here.world.memory.get(Idle, (holder(1), GRAIN))
        assert idle == Idle(TODAY, TODAY + 100)


def test_what_returns_to_an_empty_wallet_is_as_old_as_where_it_lay(here: Neighbours) -> None:
    here.bar(PolicySet(GRAIN, MELTING), given(GRAIN, 100, 1, "e1"))
    here.world.time += 40 * DAY
    here.bar(given(GRAIN, 7, 2, "e2"), Transfer(Amount(100), GRAIN, holder(1), holder(2)))
    assert here.bar(undo(here.world.node)) == ["accepted"]
    idle = here.world.memory.get(Idle, (holder(1), GRAIN))
    assert idle == Idle(TODAY + 40, TODAY + 140)


# ---------- any mistakes, undone in any order ----------

MISTAKES = st.lists(
    st.tuples(
        st.sampled_from(("issue", "transfer", "grain", "fed")),
        st.integers(1, 90),
        st.integers(1, 3),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=80)
@examples(mistakes=MISTAKES, owed=st.integers(1, 200))
def test_undoing_all_from_the_last_leaves_what_was(
    mistakes: list[tuple[str, int, int, int]], owed: int
) -> None:
    here = neighbours()
    here.world.reload(1, 300, "e1")
    here.bar(PolicySet("GRAIN-FED", ExchangePolicy(3, 2)))
    here.world.sale(2, owed)
    before, accepted = balances(here), []
    for at, (what, amount, one, other) in enumerate(mistakes):
        body: dict[str, Body] = {
            "issue": given(GRAIN, amount, one, f"m{at}"),
            "transfer": moved(amount, one, other),
            "grain": swap(amount, FED, GRAIN, one),
            "fed": swap(amount, GRAIN, FED, one),
        }
        if here.bar(body[what]) == ["accepted"]:
            accepted.append(here.world.node.seq)
    for seq in reversed(accepted):
        assert here.bar(undo(here.world.node, seq)) == ["accepted"]
        whole(here)
    assert balances(here) == before
