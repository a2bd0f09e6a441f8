"""Stamps, memberships and the dividend by hand; and that a period gives each member the same."""

import pytest
from hypothesis import given as examples, settings, strategies as st

from server.ledger.records import Created, Idle, Member, Rule
from shared.amounts import MAX_AMOUNT, Amount
from shared.bodies import (
    AssetArchive,
    AssetClass,
    Badge,
    CardBlock,
    CardRegister,
    Dividend,
    Membership,
    Merge,
    PolicySet,
)
from shared.ids import AssetId, issuer
from shared.policy import DividendPolicy
from tests.server.ledger.neighbours import (
    CLUB,
    LIBRE,
    STAMP,
    Neighbours,
    neighbours,
    unit,
)
from tests.server.ledger.test_exchange import MELTING, whole
from tests.server.ledger.world import BAR, DAY, GRAIN, START, card, holder, purse

TODAY = START // DAY  # 20,000: with 7 days a period, the second day of period 2857
WEEK = TODAY // 7
NONE = AssetId("NONE")
FOR_EVER = 30_000


@pytest.fixture
def here() -> Neighbours:
    """Give a stamp, a club and a free currency: 1.00 a week, or a hundredth of all there is."""
    made = neighbours()
    assert (
        made.bar(
            unit(STAMP, AssetClass.BADGE),
            unit(CLUB, AssetClass.MEMBERSHIP),
            unit(LIBRE, AssetClass.LIBRE),
            policy(100, 10_000),
        )
        == ["accepted"] * 4
    )
    return made


def policy(floor: int, ppm: int, *, days: int = 7, subject: str = LIBRE) -> PolicySet:
    return PolicySet(subject, DividendPolicy(floor=floor, period_days=days, ppm=ppm))


def joins(number: int, *, until: int = FOR_EVER, asset: AssetId = LIBRE) -> Membership:
    return Membership(asset, until, holder(number))


def part(number: int, period: int, amount: int = 100) -> Dividend:
    return Dividend(Amount(amount), LIBRE, period, holder(number))


def member(here: Neighbours, number: int, asset: AssetId = LIBRE) -> Member | None:
    return here.world.memory.get(Member, (asset, holder(number)))


def later(here: Neighbours, days: int) -> None:
    here.world.time += days * DAY


# ---------- stamps ----------


def test_a_stamp_is_one_unit_on_the_cards_wallet(here: Neighbours) -> None:
    assert here.world.do(here.world.till, Badge(STAMP, card(1))) == ["accepted"]
    assert here.bar(Badge(STAMP, card(1))) == ["accepted"]
    assert here.world.held(purse(1), STAMP) == 2
    assert here.world.held(issuer(STAMP), STAMP) == -2


def test_a_stamp_is_given_by_its_issuer(here: Neighbours) -> None:
    stamp = Badge(STAMP, card(1))
    assert here.cafe(stamp) == ["rejected(not_authorised)"]
    assert here.world.do(here.till, stamp) == ["rejected(not_authorised)"]


def test_what_is_no_stamp(here: Neighbours) -> None:
    here.bar(CardBlock(card(2), "lost"))
    assert here.bar(
        Badge(NONE, card(1)),
        Badge(GRAIN, card(1)),
        Badge(CLUB, card(1)),
        Badge(STAMP, card(9)),
        Badge(STAMP, card(2)),
        AssetArchive(STAMP),
        Badge(STAMP, card(1)),
    ) == [
        "rejected(unknown_asset)",
        "rejected(wrong_asset)",
        "rejected(wrong_asset)",
        "rejected(unknown_card)",
        "rejected(card_blocked)",
        "accepted",
        "rejected(asset_archived)",
    ]


# ---------- members ----------


def test_a_membership_begins_is_prolonged_and_ends(here: Neighbours) -> None:
    assert here.bar(joins(1, until=TODAY, asset=CLUB)) == ["accepted"]
    assert member(here, 1, CLUB) == Member(-1, TODAY, TODAY)
    assert here.bar(joins(1, until=TODAY + 9, asset=CLUB)) == ["accepted"]
    later(here, 3)
    assert here.bar(joins(1, until=TODAY + 2, asset=CLUB)) == ["accepted"]
    assert member(here, 1, CLUB) == Member(-1, TODAY, TODAY + 2)
    assert here.bar(joins(1, until=TODAY + 2, asset=CLUB)) == ["rejected(not_a_member)"]
    assert here.bar(joins(1, until=TODAY + 5, asset=CLUB)) == ["accepted"]
    assert member(here, 1, CLUB) == Member(-1, TODAY + 3, TODAY + 5)
    assert here.world.held(issuer(CLUB), CLUB) == 0  # a fact, no amount


def test_what_is_no_membership(here: Neighbours) -> None:
    assert here.cafe(joins(1)) == ["rejected(not_authorised)"]
    assert here.bar(
        joins(1, asset=NONE), joins(1, asset=GRAIN), joins(1, asset=STAMP), joins(9)
    ) == [
        "rejected(unknown_asset)",
        "rejected(wrong_asset)",
        "rejected(wrong_asset)",
        "rejected(unknown_wallet)",
    ]
    assert here.bar(joins(1, until=TODAY - 1)) == ["rejected(not_a_member)"]


def test_a_closed_club_lets_nobody_in_but_out(here: Neighbours) -> None:
    here.bar(joins(1, asset=CLUB), AssetArchive(CLUB))
    assert here.bar(
        joins(2, asset=CLUB), joins(1, asset=CLUB), joins(1, until=TODAY, asset=CLUB)
    ) == ["rejected(asset_archived)", "rejected(asset_archived)", "accepted"]


# ---------- the dividend ----------


def test_each_member_creates_the_same_once_a_period(here: Neighbours) -> None:
    here.bar(joins(1), joins(2))
    assert here.bar(part(1, WEEK), part(1, WEEK), part(2, WEEK)) == [
        "accepted",
        "rejected(wrong_period)",
        "accepted",
    ]
    assert here.world.held(purse(1), LIBRE) == here.world.held(purse(2), LIBRE) == 100
    created = here.world.memory.get(Created, (LIBRE, WEEK))
    assert created == Created(amount=100, mass=0, members=2)
    assert member(here, 1) == Member(WEEK, TODAY, FOR_EVER)


def test_the_part_grows_with_the_mass(here: Neighbours) -> None:
    here.bar(joins(1), joins(2), joins(3), policy(100, 500_000))
    here.bar(*(part(number, WEEK) for number in (1, 2, 3)))
    later(here, 7)  # mass 300, half of it among three: 50, so the floor
    here.bar(*(part(number, WEEK + 1) for number in (1, 2, 3)))
    here.bar(policy(10, 500_000))
    later(here, 7)  # mass 600: 100 each
    assert here.bar(part(1, WEEK + 2, 99), part(1, WEEK + 2, 100)) == [
        "rejected(wrong_amount)",
        "accepted",
    ]
    assert here.bar(part(2, WEEK + 2), part(3, WEEK + 2)) == ["accepted"] * 2
    later(here, 7)  # mass 900: 150 each
    assert here.bar(*(part(number, WEEK + 3, 150) for number in (3, 1, 2))) == ["accepted"] * 3
    later(here, 7)  # mass 1350 · 500,000 // 3,000,000 = 225; the next: 2025 // 6 = 337.5
    assert here.bar(*(part(number, WEEK + 4, 225) for number in (3, 1, 2))) == ["accepted"] * 3
    later(here, 7)
    assert here.bar(part(1, WEEK + 5, 338), part(1, WEEK + 5, 337)) == [
        "rejected(wrong_amount)",
        "accepted",
    ]
    found = here.world.memory.get(Created, (LIBRE, WEEK + 5))
    assert found == Created(amount=337, mass=2025, members=3)


def test_a_period_is_caught_up_until_the_next_is_taken(here: Neighbours) -> None:
    here.bar(joins(1), joins(2))
    later(here, 14)
    assert here.bar(part(1, WEEK + 3), part(1, WEEK), part(1, WEEK + 1), part(1, WEEK)) == [
        "rejected(wrong_period)",  # to come
        "accepted",
        "accepted",
        "rejected(wrong_period)",
    ]
    assert here.bar(part(2, WEEK + 2), part(2, WEEK + 1)) == ["accepted", "rejected(wrong_period)"]


def test_nobody_is_paid_for_what_was_before(here: Neighbours) -> None:
    later(here, 14)
    here.bar(joins(1))
    assert here.bar(part(1, WEEK + 1), part(1, WEEK + 2)) == ["rejected(not_a_member)", "accepted"]


def test_who_joins_after_the_part_is_fixed_waits_for_the_next(here: Neighbours) -> None:
    here.bar(joins(1), part(1, WEEK), joins(2))
    assert member(here, 2) == Member(WEEK, TODAY, FOR_EVER)
    assert here.bar(part(2, WEEK)) == ["rejected(wrong_period)"]
    later(here, 7)
    assert here.bar(part(2, WEEK + 1)) == ["accepted"]
    found = here.world.memory.get(Created, (LIBRE, WEEK + 1))
    assert found is not None
    assert found.members == 2


def test_who_leaves_has_the_periods_until_then(here: Neighbours) -> None:
    here.bar(joins(1, until=TODAY + 8), joins(2))  # the third day of the next period
    later(here, 21)
    assert here.bar(part(2, WEEK), part(2, WEEK + 1), part(2, WEEK + 2)) == ["accepted"] * 3
    assert [
        found.members
        for period in (WEEK, WEEK + 1, WEEK + 2)
        if (found := here.world.memory.get(Created, (LIBRE, period)))
    ] == [2, 2, 1]
    assert here.bar(part(1, WEEK), part(1, WEEK + 1), part(1, WEEK + 2)) == [
        "accepted",
        "accepted",
        "rejected(not_a_member)",
    ]


def test_a_membership_that_ended_in_this_period_goes_on(here: Neighbours) -> None:
    here.bar(joins(1, until=TODAY + 2), joins(2))
    later(here, 3)
    assert here.bar(part(2, WEEK), joins(1)) == ["accepted"] * 2
    assert member(here, 1) == Member(-1, TODAY, FOR_EVER)
    assert here.bar(part(1, WEEK)) == ["accepted"]


def test_who_comes_back_in_a_later_period_begins_anew(here: Neighbours) -> None:
    here.bar(joins(1, until=TODAY + 2), joins(2))
    later(here, 14)
    assert here.bar(joins(1)) == ["accepted"]
    assert member(here, 1) == Member(-1, TODAY + 14, FOR_EVER)
    assert here.bar(part(1, WEEK), part(1, WEEK + 1)) == ["rejected(not_a_member)"] * 2


def test_who_is_alone_creates_the_whole_rate(here: Neighbours) -> None:
    here.bar(joins(1), part(1, WEEK), policy(1, 500_000))
    later(here, 7)
    assert here.bar(part(1, WEEK + 1, 50)) == ["accepted"]


def test_what_is_no_dividend(here: Neighbours) -> None:
    here.bar(joins(1), joins(1, asset=CLUB))
    strange = Dividend(Amount(100), NONE, WEEK, holder(1))
    club = Dividend(Amount(100), CLUB, WEEK, holder(1))
    assert here.cafe(part(1, WEEK)) == ["rejected(not_authorised)"]
    assert here.bar(strange, club, part(2, WEEK), part(9, WEEK), part(1, WEEK, 101)) == [
        "rejected(unknown_asset)",
        "rejected(wrong_asset)",
        "rejected(not_a_member)",
        "rejected(not_a_member)",
        "rejected(wrong_amount)",
    ]
    assert here.world.memory.get(Created, (LIBRE, WEEK)) is None
    assert here.bar(AssetArchive(LIBRE), part(1, WEEK)) == ["accepted", "rejected(asset_archived)"]


def test_without_a_policy_nothing_is_created(here: Neighbours) -> None:
    free = AssetId("FREE")
    here.bar(unit(free, AssetClass.LIBRE), joins(1, asset=free))
    body = Dividend(Amount(1), free, TODAY, holder(1))
    assert here.bar(body) == ["rejected(wrong_amount)"]


def test_a_supply_ends_where_readers_end(here: Neighbours) -> None:
    here.bar(policy(MAX_AMOUNT, 0), joins(1), joins(2))
    assert here.bar(part(1, WEEK, MAX_AMOUNT), part(2, WEEK, MAX_AMOUNT)) == [
        "accepted",
        "rejected(supply_too_large)",
    ]
    assert member(here, 2) == Member(-1, TODAY, FOR_EVER)


def test_new_value_has_its_grace(here: Neighbours) -> None:
    here.bar(PolicySet(LIBRE, MELTING), joins(1), part(1, WEEK))
    idle = here.world.memory.get(Idle, (holder(1), LIBRE))
    assert idle == Idle(TODAY, TODAY + 100)


# ---------- its policy ----------


def test_a_dividend_is_set_by_the_issuer_of_a_free_currency(here: Neighbours) -> None:
    assert here.cafe(policy(1, 0)) == ["rejected(not_authorised)"]
    assert here.bar(policy(1, 0, subject=NONE), policy(1, 0, subject=GRAIN)) == [
        "rejected(unknown_asset)",
        "rejected(unknown_policy)",
    ]
    rule = here.world.memory.get(Rule, ("dividend", LIBRE))
    assert rule == Rule(TODAY, DividendPolicy(floor=100, period_days=7, ppm=10_000))


def test_a_period_keeps_its_length(here: Neighbours) -> None:
    assert here.bar(policy(1, 0, days=1), policy(0, 0), policy(1, 0, days=1)) == [
        "rejected(bad_field)",
        "accepted",
        "rejected(bad_field)",
    ]


# ---------- merged wallets ----------


def test_one_person_has_one_part_after_a_merge(here: Neighbours) -> None:
    here.bar(joins(1, until=TODAY + 20), joins(2), part(1, WEEK))
    assert here.bar(Merge(holder(1), holder(2))) == ["accepted"]
    assert member(here, 1) == Member(WEEK, TODAY, -1)
    assert member(here, 2) == Member(WEEK, TODAY, FOR_EVER)
    assert here.bar(part(2, WEEK), part(1, WEEK)) == ["rejected(wrong_period)"] * 2
    later(here, 7)
    assert here.bar(part(1, WEEK + 1), part(2, WEEK + 1)) == [
        "accepted",  # by the old name, to the new wallet
        "rejected(wrong_period)",
    ]
    assert here.world.held(purse(2), LIBRE) == 200


def test_a_membership_goes_with_its_holder(here: Neighbours) -> None:
    here.bar(joins(1), Merge(holder(1), holder(2)))
    assert member(here, 2) == Member(-1, TODAY, FOR_EVER)
    assert here.bar(joins(1, until=TODAY + 30), Badge(STAMP, card(1))) == ["accepted"] * 2
    assert member(here, 2) == Member(-1, TODAY, TODAY + 30)
    assert here.world.held(purse(2), STAMP) == 1


# ---------- equality ----------

DEEDS = st.lists(
    st.tuples(
        st.sampled_from(("join", "leave", "claim", "claim", "claim", "day", "week", "merge")),
        st.integers(1, 5),
        st.integers(0, 3),
    ),
    max_size=60,
)


@settings(max_examples=120)
@examples(floor=st.integers(0, 50), ppm=st.integers(0, 1_000_000), deeds=DEEDS)
def test_a_period_gives_equal_parts_and_no_more_than_its_rule(
    floor: int, ppm: int, deeds: list[tuple[str, int, int]]
) -> None:
    """Whoever joins, leaves, merges and claims when: an equal part each, once, of a fixed whole."""
    here = neighbours()
    here.bar(unit(LIBRE, AssetClass.LIBRE), policy(floor, ppm))
    here.bar(*(CardRegister(card(n), BAR, "T0", holder(n)) for n in (4, 5)))
    paid: dict[int, list[int]] = {}
    for deed, number, back in deeds:
        today = here.world.time // DAY
        if deed == "join":
            here.bar(joins(number, until=today + 5 * back))
        elif deed == "leave":
            here.bar(joins(number, until=max(0, today - back)))
        elif deed == "merge":
            here.bar(Merge(holder(number), holder(1 + (number + back) % 5)))
        elif deed == "claim":
            _claim(here, number, today // 7 - back, floor, ppm, paid)
        else:
            later(here, 7 if deed == "week" else 1)
    for period, amounts in paid.items():
        created = here.world.memory.get(Created, (LIBRE, period))
        assert created is not None
        assert set(amounts) == {created.amount}
        assert len(amounts) <= created.members
        assert sum(amounts) <= max(floor * created.members, created.mass * ppm // 1_000_000)
    whole(here)


def _claim(
    here: Neighbours, number: int, period: int, floor: int, ppm: int, paid: dict[int, list[int]]
) -> None:
    """Claim what the period's record says, or guess it: the members are at most five."""
    fixed = here.world.memory.get(Created, (LIBRE, period))
    mass = -here.world.held(issuer(LIBRE), LIBRE)
    guesses = (
        [fixed.amount] if fixed else [max(floor, ppm * mass // (10**6 * n)) for n in range(1, 6)]
    )
    for guess in dict.fromkeys(guesses):
        if guess and here.bar(part(number, period, guess)) == ["accepted"]:
            paid.setdefault(period, []).append(guess)
