"""The demurrage rule: examples worked out by hand, and what must hold for every rule."""

import pytest
from hypothesis import given, strategies as st
from msgspec import structs

from server.ledger.demurrage import (
    Notice,
    after_receipt,
    after_use,
    announced_by,
    covers,
    is_step_day,
    is_use,
    melt_on,
    notices_due,
    recipients,
    split,
    step,
)
from server.ledger.records import Idle
from shared.policy import NO_DEMURRAGE, DemurragePolicy


def rule(**changes: int) -> DemurragePolicy:
    return structs.replace(NO_DEMURRAGE, enabled=True, **changes)


# 1 % every 30 days after 90 days, down to 2.00.
RULE = rule(grace_days=90, step_days=30, rate_bp=100, floor=200)
FIXED = rule(grace_days=90, step_days=30, fixed=150, floor=200)

balances = st.integers(0, 2**53 - 1)
days = st.integers(0, 4000)


@st.composite
def rules(draw: st.DrawFn) -> DemurragePolicy:
    rate = draw(st.integers(1, 10_000))
    by_rate = draw(st.booleans())
    return structs.replace(
        NO_DEMURRAGE,
        enabled=True,
        grace_days=draw(st.integers(1, 400)),
        step_days=draw(st.integers(1, 60)),
        rate_bp=rate if by_rate else 0,
        fixed=0 if by_rate else draw(st.integers(1, 100_000)),
        floor=draw(st.integers(0, 10_000)),
        min_use_bp=draw(st.integers(0, 10_000)),
    )


# ---------- one step, by hand ----------


@pytest.mark.parametrize(
    "balance,expected",
    [
        (100_00, 99_00),
        (10_01, 9_91),  # 990.99 is rounded up
        (2_03, 2_01),  # 200.97 is rounded up
        (2_02, 2_00),
        (2_01, 2_00),  # 198.99 would be below the floor
        (2_00, 2_00),
        (1_99, 1_99),  # below the floor already: it is not lifted to it
        (0, 0),
    ],
)
def test_a_step_by_rate(balance: int, expected: int) -> None:
    assert step(balance, RULE) == expected


@pytest.mark.parametrize("balance,expected", [(500, 350), (350, 200), (201, 200), (150, 150)])
def test_a_step_by_a_fixed_amount(balance: int, expected: int) -> None:
    assert step(balance, FIXED) == expected


def test_one_cent_does_not_melt_by_rate_without_a_floor() -> None:
    assert step(1, rule(step_days=1, rate_bp=9_999)) == 1


def test_the_whole_rate_takes_all() -> None:
    assert step(1, rule(step_days=1, rate_bp=10_000)) == 0


@pytest.mark.parametrize(
    "day,expected", [(89, 0), (90, 1_00), (91, 0), (120, 1_00), (150, 0)], ids=str
)
def test_one_step_of_one_day(day: int, expected: int) -> None:
    assert melt_on(100_00, Idle(0, 90), day, RULE, {90, 91, 120}.__contains__) == expected


# ---------- uses and receipts ----------


@pytest.mark.parametrize(
    "amount,balance,expected",
    [(1, 100_00, False), (4_99, 100_00, False), (5_00, 100_00, True), (0, 0, False), (1, 20, True)],
)
def test_a_use_is_at_least_five_percent(amount: int, balance: int, expected: bool) -> None:
    assert is_use(amount, balance, RULE) is expected


def test_a_use_starts_the_grace() -> None:
    assert after_use(Idle(10, 100), 50, RULE) == Idle(50, 140)
    assert after_use(None, 50, RULE) == Idle(50, 140)


def test_a_late_use_turns_no_clock_back() -> None:
    assert after_use(Idle(60, 150), 20, RULE) == Idle(60, 150)


def test_a_gift_to_an_empty_wallet_melts_when_the_giver_would_have() -> None:
    assert after_receipt(None, 0, Idle(10, 100), 70, RULE) == Idle(10, 100)
    assert after_receipt(Idle(0, 400), 0, Idle(10, 100), 70, RULE) == Idle(10, 100)


def test_an_issue_to_an_empty_wallet_has_its_grace() -> None:
    assert after_receipt(None, 0, None, 70, RULE) == Idle(70, 160)


def test_value_that_joins_takes_the_receivers_clock() -> None:
    assert after_receipt(Idle(10, 100), 1, None, 70, RULE) == Idle(10, 100)


# ---------- notices ----------


def test_notices_are_given_60_30_and_7_days_before() -> None:
    wallet = (Idle(0, 90), 10_00)
    given_on = {
        day: [notice.melt_day for notice in notices_due([wallet], day, RULE)]
        for day in range(22, 91)
    }
    assert {day: melts for day, melts in given_on.items() if melts} == {
        30: [90],
        60: [90, 120],
        83: [90],
        90: [120, 150],
    }


def test_one_notice_covers_all_wallets_that_melt_that_day() -> None:
    wallets = [(Idle(0, 90), 10_00), (Idle(5, 90), 9_00), (Idle(2, 90), 9_00), (Idle(9, 90), 2_00)]
    # the last holds no more than the floor
    assert notices_due(wallets, 30, RULE) == (Notice(30, 5, 90),)


def test_a_step_counts_as_announced_60_days_ahead() -> None:
    clock = Idle(0, 90)
    assert announced_by([Notice(30, 0, 90)], clock, RULE)(90)
    assert not announced_by([Notice(31, 0, 90)], clock, RULE)(90)
    assert not announced_by([Notice(30, 0, 90)], clock, RULE)(120)


def test_a_wallet_used_after_the_notice_was_told_nothing() -> None:
    assert not announced_by([Notice(30, 0, 90)], Idle(1, 90), RULE)(90)


def test_step_days() -> None:
    clock = Idle(0, 90)
    assert [day for day in range(160) if is_step_day(clock, day, RULE)] == [90, 120, 150]


# ---------- distribution ----------


def test_shares_and_remainder() -> None:
    assert split(100, [1, 1, 1]) == ((33, 33, 33), 1)
    assert split(1, [1, 1, 1]) == ((0, 0, 0), 1)
    assert split(2, [1, 1, 1]) == ((0, 0, 0), 2)
    assert split(5, [1]) == ((5,), 0)
    assert split(5, [0, 0]) == ((0, 0), 5)
    assert split(5, []) == ((), 5)


def test_a_third_each_and_half_of_the_nodes_third_to_the_place() -> None:
    weights = recipients(
        "place:bar", ["place:bar", "place:hall"], RULE, commons="c", maintenance="m"
    )
    assert weights == {"place:bar": 3, "place:hall": 1, "c": 4, "m": 4}
    assert split(1200, list(weights.values())) == ((300, 100, 400, 400), 0)


def test_alone_the_place_gets_the_nodes_third() -> None:
    weights = recipients("place:bar", [], RULE, commons="c", maintenance="m")
    assert split(9, list(weights.values())) == ((3, 3, 3), 0)


def test_thirty_thousand_cents_come_out_equal() -> None:
    totals, pending = [0, 0, 0], 0
    for _ in range(30_000):
        shares, pending = split(pending + 1, [1, 1, 1])
        totals = [total + share for total, share in zip(totals, shares, strict=True)]
    assert (totals, pending) == ([10_000, 10_000, 10_000], 0)


# ---------- for every rule ----------


@given(balances, rules())
def test_a_melt_is_never_negative_and_never_passes_the_floor(
    balance: int, rule: DemurragePolicy
) -> None:
    left = step(balance, rule)
    assert min(balance, rule.floor) <= left <= balance


@given(balances, balances, rules())
def test_who_holds_more_keeps_more(one: int, other: int, rule: DemurragePolicy) -> None:
    less, more = sorted((one, other))
    assert step(less, rule) <= step(more, rule)


@given(st.integers(0, 2**53 - 1), st.lists(st.integers(0, 1000), max_size=20))
def test_a_split_loses_nothing(pending: int, weights: list[int]) -> None:
    shares, remainder = split(pending, weights)
    assert sum(shares) + remainder == pending
    assert remainder >= 0
    assert all(share >= 0 for share in shares)
    assert remainder < len(weights) or sum(weights) == 0


@given(
    st.lists(st.tuples(st.builds(Idle, days, days), balances), max_size=8),
    st.integers(0, 2000),
    rules(),
)
def test_who_lies_idle_to_the_end_was_covered_by_the_notices(
    wallets: list[tuple[Idle, int]], today: int, rule: DemurragePolicy
) -> None:
    notices = [
        notice
        for day in range(max(0, today - 60), today + 1)
        for notice in notices_due(wallets, day, rule)
    ]
    for clock, balance in wallets:
        if today >= 60 and balance > rule.floor and is_step_day(clock, today, rule):
            assert announced_by(notices, clock, rule)(today)


def test_a_rule_without_days_of_notice_wants_one_by_the_day_itself() -> None:
    policy = structs.replace(RULE, notice_days=())
    clock = Idle(last_use=0, next_step=90)
    assert covers(Notice(day=90, idle_since=0, melt_day=90), clock, 90, policy)
    assert not covers(Notice(day=91, idle_since=0, melt_day=90), clock, 90, policy)
