"""The dividend job on a real engine: everybody once a period, also after days without a node."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.jobs.dividends import pay
from shared.bodies import AssetClass, AssetCreate, Membership, PolicySet
from shared.ids import AssetId, issuer, wallet
from shared.policy import DividendPolicy, ProtocolPolicy
from tests.server.engine.world import BAR, World, wallet_of

LIBRE = AssetId("LIBRE")
DAY_MS = 86_400_000


@pytest.fixture
def village(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "node.db")
    today = made.clock.now_ms() // DAY_MS
    answer = made.solo.propose(
        (
            PolicySet("-", ProtocolPolicy(2)),
            AssetCreate(LIBRE, AssetClass.LIBRE, BAR, "June", "-", 9, 0, "J"),
            Membership(LIBRE, today + 2, wallet_of(1)),
            Membership(LIBRE, today + 900, wallet_of(2)),
        )
    )
    assert isinstance(answer, tuple)
    yield made
    made.database.close()


def balances(village: World) -> tuple[int, int, int]:
    return (
        village.balance(wallet(wallet_of(1)), LIBRE),
        village.balance(wallet(wallet_of(2)), LIBRE),
        village.balance(issuer(LIBRE), LIBRE),
    )


def paid(village: World) -> int:
    return pay(village.solo, village.database.read, village.clock.now_ms())


def set_policy(village: World, floor: int, ppm: int = 0) -> None:
    policy = PolicySet(LIBRE, DividendPolicy(floor=floor, period_days=1, ppm=ppm))
    assert isinstance(village.solo.propose((policy,)), tuple)


def test_without_a_policy_nothing_is_due(village: World) -> None:
    assert paid(village) == 0


def test_every_member_gets_each_period_once(village: World) -> None:
    set_policy(village, 10)
    assert [paid(village), paid(village)] == [2, 0]
    assert balances(village) == (10, 10, -20)
    village.clock.now += DAY_MS
    assert [paid(village), paid(village)] == [2, 0]
    assert balances(village) == (20, 20, -40)


def test_days_without_a_node_are_made_up_for_while_one_was_a_member(village: World) -> None:
    set_policy(village, 10)
    village.clock.now += 4 * DAY_MS
    assert paid(village) == 3 + 5  # the first one's membership ended on the third day
    assert balances(village) == (30, 50, -80)


def test_a_part_of_the_mass_counts_what_earlier_periods_made(village: World) -> None:
    set_policy(village, 100, ppm=500_000)
    village.clock.now += 2 * DAY_MS
    assert paid(village) == 6
    # 100 each of 0; 100 each of 200 (half of it is 50 each); 100 each of 400 (half is 100 each)
    assert balances(village) == (300, 300, -600)
    village.clock.now += DAY_MS
    assert paid(village) == 1
    assert balances(village) == (300, 600, -900)  # half of 600, for the one who is left
