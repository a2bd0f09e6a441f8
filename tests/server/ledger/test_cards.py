"""Cards and purse groups by hand."""

import pytest

from server.ledger.records import Allowed, Card, Group, Wallet
from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    CardBlock,
    CardHome,
    CardLink,
    CardLose,
    CardRegister,
    CardUnblock,
    GroupCreate,
    Merge,
    PlaceLeave,
    Reload,
)
from shared.ids import AssetId, PlaceId, WalletId, wallet
from tests.server.ledger.neighbours import CAFE, CAFE_CARD, Neighbours, neighbours, unit
from tests.server.ledger.pursed import RICH, THIN, allowance, issue, known, purses, release, slot
from tests.server.ledger.world import BAR, DAY, FED, GRAIN, card, holder, purse

NEW = WalletId("ee" * 16)
TIME = AssetId("TIME")


@pytest.fixture
def here() -> Neighbours:
    return purses()


def of(here: Neighbours, number: int) -> Card:
    found = here.world.memory.get(Card, (card(number),))
    assert found is not None
    return found


# ---------- link ----------


def test_a_card_is_given_to_somebody_else(here: Neighbours) -> None:
    assert here.bar(CardLink(card(1), NEW)) == ["accepted"]
    assert here.world.memory.get(Wallet, (NEW,)) == Wallet((), BAR, BAR)
    assert of(here, 1).links == ((here.world.tip.height, holder(1)),)
    here.bar(Reload(Amount(100), FED, card(1), "new"))
    assert (here.world.held(wallet(NEW)), here.world.held(purse(1))) == (100, 0)


def test_a_card_joins_a_wallet_that_is_known(here: Neighbours) -> None:
    assert here.bar(CardLink(card(1), holder(RICH))) == ["accepted"]
    assert here.world.sale(1, 300, "online") == ["accepted"]
    assert here.world.held(purse(RICH), GRAIN) == 200


def test_a_card_waits_for_its_purse(here: Neighbours) -> None:
    here.bar(issue())
    assert here.bar(CardLink(card(RICH), NEW)) == ["rejected(purse_open)"]
    here.world.time += 2 * DAY
    assert here.bar(release(here.world.till, here.till), CardLink(card(RICH), NEW)) == [
        "accepted",
        "accepted",
    ]


def test_a_purse_that_was_spent_to_the_last_cent_is_not_waited_for(here: Neighbours) -> None:
    here.bar(issue(THIN))
    world = here.world
    one = allowance(1, 3_000, of=THIN)
    world.do(world.till, slot(0, 2_999, one, of=THIN))
    assert here.bar(CardLink(card(THIN), NEW)) == ["rejected(purse_open)"]
    world.do(world.till, slot(2_999, 3_000, one, of=THIN))
    assert here.bar(CardLink(card(THIN), NEW)) == ["accepted"]
    owner = world.memory.get(Wallet, (holder(THIN),))
    assert owner is not None
    assert owner.cards == ()
    assert known(here, THIN).claims == ((0, 3_000),)


def test_what_cannot_be_linked(here: Neighbours) -> None:
    here.bar(Merge(holder(2), holder(3)))
    assert here.bar(
        CardLink(card(99), NEW),
        CardLink(card(1), holder(1)),
        CardLink(card(1), holder(2)),
        CardLink(card(2), holder(3)),  # it points there already
        CardLink(card(1), holder(CAFE_CARD)),
        CardLink(card(CAFE_CARD), NEW),
    ) == [
        "rejected(unknown_card)",
        "rejected(already_exists)",
        "rejected(wallet_merged)",
        "rejected(already_exists)",
        "rejected(not_authorised)",
        "rejected(not_authorised)",
    ]


# ---------- home ----------


def test_another_home_issues_from_then_on(here: Neighbours) -> None:
    assert here.bar(CardHome(card(RICH), CAFE)) == ["accepted"]
    assert here.bar(issue()) == ["rejected(not_authorised)"]
    assert here.cafe(issue()) == ["accepted"]


def test_a_card_may_leave_a_place_that_left_but_not_go_to_one(here: Neighbours) -> None:
    assert here.cafe(PlaceLeave(CAFE)) == ["accepted"]
    assert here.bar(CardHome(card(1), CAFE)) == ["rejected(place_left)"]
    assert here.cafe(CardHome(card(CAFE_CARD), BAR)) == ["accepted"]


def test_what_is_no_new_home(here: Neighbours) -> None:
    assert here.bar(
        CardHome(card(99), CAFE),
        CardHome(card(1), PlaceId("nowhere")),
        CardHome(card(1), BAR),
        CardHome(card(CAFE_CARD), BAR),
    ) == [
        "rejected(unknown_card)",
        "rejected(unknown_place)",
        "rejected(already_exists)",
        "rejected(not_authorised)",
    ]


# ---------- lost and found ----------


def test_a_lost_card_is_blocked_until_it_is_found(here: Neighbours) -> None:
    assert here.bar(CardLose(card(1)), CardLose(card(1)), CardLose(card(99))) == [
        "accepted",
        "rejected(card_blocked)",
        "rejected(unknown_card)",
    ]
    assert (of(here, 1).status, of(here, 1).reason) == ("blocked", "lost")
    assert here.world.sale(1, 1, "online") == ["rejected(card_blocked)"]
    assert here.bar(CardUnblock(card(1)), CardUnblock(card(1)), CardUnblock(card(99))) == [
        "accepted",
        "rejected(already_exists)",
        "rejected(unknown_card)",
    ]
    assert (of(here, 1).status, of(here, 1).reason) == ("active", "")
    assert here.cafe(CardLose(card(1)), CardUnblock(card(1))) == ["rejected(not_authorised)"] * 2


def test_a_block_keeps_what_is_known_of_a_card(here: Neighbours) -> None:
    here.bar(CardLink(card(1), NEW), CardBlock(card(1), "stolen"))
    assert len(of(here, 1).links) == 1


def test_a_copied_card_is_never_unblocked(here: Neighbours) -> None:
    here.bar(issue())
    one = allowance(1, 10_000)
    here.world.do(here.world.till, slot(0, 5, one), slot(0, 5, one))
    assert here.bar(CardUnblock(card(RICH))) == ["rejected(card_blocked)"]


# ---------- groups ----------


def test_groups_are_numbered_one_after_the_other(here: Neighbours) -> None:
    assert here.bar(
        GroupCreate((FED,), 3),
        GroupCreate((FED,), 1),
        GroupCreate((FED,), 2),
        GroupCreate((FED,), 3),
    ) == ["rejected(bad_field)", "rejected(already_exists)", "accepted", "accepted"]
    assert here.world.memory.get(Group, (2,)) == Group((FED,))


def test_groups_are_of_equal_units(here: Neighbours) -> None:
    meal = AssetId("MEAL")
    here.bar(unit(TIME, AssetClass.TIME), unit(meal, AssetClass.MEAL, peg="EUR"))
    wrong = ((TIME,), (meal, FED), (AssetId("NONE"),), (FED, FED))
    assert here.bar(*(GroupCreate(assets, 2) for assets in wrong)) == [
        "rejected(wrong_asset)",
        "rejected(wrong_asset)",
        "rejected(unknown_asset)",
        "rejected(bad_field)",
    ]
    assert here.cafe(GroupCreate((FED,), 2)) == ["rejected(not_a_validator)"]


# ---------- allowances ----------


def test_before_cards_count_hours_an_allowance_is_of_hour_0() -> None:
    """Cards count from 2026 on; the world of these tests is older."""
    here = neighbours()
    assert (
        here.bar(
            CardRegister(card(THIN), BAR, "T1", holder(THIN)),
            Reload(Amount(5_000), FED, card(THIN), "thin"),
            GroupCreate((FED,), 1),
            issue(THIN),
        )
        == ["accepted"] * 4
    )
    name = allowance(1, 3_000, of=THIN, issued=0)
    assert here.world.memory.get(Allowed, (name,)) == Allowed(card(THIN), 1)
