"""A year of days on a tiny chain: notices first, melts after, shares at the end."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings, strategies as st
from msgspec import structs

from server.demurrage import plan
from server.demurrage.run import Day, FutureDayError, Run
from server.engine.port import Engine
from shared.amounts import Amount
from shared.bodies import Distribute, Melt, Notice
from shared.ids import AssetId, WalletId
from shared.policy import NO_DEMURRAGE
from tests.server.demurrage.tiny import BAR, GRAIN, Tiny

POLICY = structs.replace(
    NO_DEMURRAGE, enabled=True, grace_days=90, step_days=30, rate_bp=100, floor=2_00
)


def run(tiny: Tiny, *, simulated: bool = True) -> Run:
    engine: Engine = tiny
    return Run(
        chain=tiny,
        engine=engine,
        now_ms=tiny.now_ms,
        move_to=tiny.move_to if simulated else None,
    )


def loud(days: list[Day]) -> list[Day]:
    return [day for day in days if not day.quiet]


def test_the_first_melt_was_announced_three_times() -> None:
    tiny = Tiny(POLICY)
    tiny.hold("1", 100_00)
    list(run(tiny).until(90))
    assert [(day, body) for day, body, _ in tiny.log] == [
        (30, Notice(asset=GRAIN, idle_since=0, melt_day=90)),
        (60, Notice(asset=GRAIN, idle_since=0, melt_day=90)),
        (60, Notice(asset=GRAIN, idle_since=0, melt_day=120)),
        (83, Notice(asset=GRAIN, idle_since=0, melt_day=90)),
        (90, Notice(asset=GRAIN, idle_since=0, melt_day=120)),
        (90, Notice(asset=GRAIN, idle_since=0, melt_day=150)),
        (90, Melt(amount=Amount(1_00), asset=GRAIN, day=90, wallet=WalletId("1" * 32))),
    ]


def test_a_year_melts_ten_times_and_shares_what_is_45_days_old() -> None:
    tiny = Tiny(POLICY)
    wallet = tiny.hold("1", 100_00)
    days = list(run(tiny).until(365))
    # 10000 · 0.99ⁿ, each step rounded up: 9900 9801 9703 9606 9510 9415 9321 9228 9136 9045
    assert tiny.lots[wallet].balance == 90_45
    assert sum(day.melted.get(GRAIN, 0) for day in days) == 9_55
    assert sum(day.rejected for day in days) == 0
    shared = [body.month for _, body, _ in tiny.log if isinstance(body, Distribute)]
    # Melts fall on days 90 (1 April) to 360 (27 December); 45 days after October is day 349,
    # 45 days after November would be day 379.
    assert shared == [1970 * 12 + month for month in (3, 4, 5, 6, 7, 8, 9)]


def test_playing_again_proposes_nothing() -> None:
    tiny = Tiny(POLICY)
    tiny.hold("1", 100_00)
    list(run(tiny).until(200))
    before = len(tiny.log)
    assert loud(list(run(tiny).until(200))) == []
    assert len(tiny.log) == before


def test_a_run_that_was_cut_goes_on() -> None:
    whole, cut = Tiny(POLICY), Tiny(POLICY)
    for tiny in (whole, cut):
        tiny.hold("1", 100_00)
        tiny.hold("2", 57_13)
    list(run(whole).until(300))
    for stop in (29, 30, 88, 90, 151, 300):
        list(run(cut).until(stop))
    assert cut.lots == whole.lots
    assert [entry[:2] for entry in cut.log] == [entry[:2] for entry in whole.log]


def test_a_node_that_was_off_announces_nothing_and_melts_nothing() -> None:
    tiny = Tiny(POLICY)
    wallet = tiny.hold("1", 100_00)
    tiny.today = 200
    list(run(tiny).until(200))
    assert tiny.lots[wallet].balance == 100_00


def test_a_node_that_was_off_on_the_melt_day_takes_the_announced_step_later() -> None:
    tiny = Tiny(POLICY)
    wallet = tiny.hold("1", 100_00)
    list(run(tiny).until(89))
    tiny.today = 95
    [day] = run(tiny).until(95)
    assert (day.melts, tiny.lots[wallet].balance) == (1, 99_00)


def test_a_use_stops_the_announced_melt() -> None:
    tiny = Tiny(POLICY)
    list(run(tiny).until(0))
    wallet = tiny.hold("1", 100_00)
    list(run(tiny).until(89))
    tiny.hold("1", 90_00)
    list(run(tiny).until(140))
    assert tiny.lots[wallet].balance == 90_00


def test_the_future_is_not_played_on_a_real_clock() -> None:
    tiny = Tiny(POLICY)
    with pytest.raises(FutureDayError, match="1970-01-02 has not come yet"):
        run(tiny, simulated=False).until(1)
    assert list(run(tiny, simulated=False).until(0)) == [Day(0)]


def test_a_dry_run_says_what_the_run_does_and_changes_nothing() -> None:
    tiny = Tiny(POLICY)
    tiny.hold("1", 100_00)
    tiny.hold("2", 3_00)
    said = list(run(tiny, simulated=False).forecast(300))
    assert (tiny.log, tiny.today) == ([], 0)
    did = list(run(tiny).until(300))
    assert [figures(day) for day in said] == [figures(day) for day in did]


def figures(day: Day) -> tuple[int, int, int, dict[AssetId, int]]:
    return day.day, day.notices, day.melts, dict(day.melted)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 50_000)), min_size=1, max_size=5),
    st.integers(1, 20),
    st.integers(60, 120),
)
def test_what_melted_is_what_waits(
    wallets: list[tuple[int, int]], step_days: int, grace: int
) -> None:
    tiny = Tiny(structs.replace(POLICY, grace_days=grace, step_days=step_days))
    for number, (_, balance) in enumerate(wallets):
        tiny.hold(str(number), balance)
    before = sum(lot.balance for lot in tiny.lots.values())
    days = list(run(tiny).until(150))
    after = sum(lot.balance for lot in tiny.lots.values())
    shared = sum(day.distributions for day in days)
    melted = sum(day.melted.get(GRAIN, 0) for day in days)
    assert before - after == melted
    assert shared or melted == sum(tiny.pending.values())
    assert all(verdict.code is None for _, _, verdict in tiny.log)


def test_a_month_is_shared_on_the_45th_day_after_it() -> None:
    share = plan.Share(GRAIN, BAR, 2026 * 12 + 9, 7)  # October 2026: from 16 December
    due = Distribute(asset=GRAIN, month=2026 * 12 + 9, place=BAR)
    day = plan.day_number(date(2026, 12, 16))
    assert plan.distributions([share], day) == (due,)
    assert plan.distributions([share], day - 1) == ()
    assert plan.distributions([replace(share, amount=0)], day) == ()


# ---------- the calendar ----------


def test_days_and_months() -> None:
    day = plan.day_number(date(2026, 11, 24))
    assert day == 20781
    assert plan.calendar(day) == date(2026, 11, 24)
    assert plan.day_of(plan.noon_ms(day)) == day
