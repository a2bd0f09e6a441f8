"""Exchange by hand, and against every round trip that hypothesis can think of."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given as examples, settings, strategies as st

from server.ledger.records import Balance, Idle, Posting, Wallet
from shared.amounts import MAX_AMOUNT, Amount
from shared.bodies import AssetArchive, AssetClass, Exchange, Merge, PolicySet
from shared.ids import AssetId, issuer, loss, may_be_negative, pool
from shared.policy import DemurragePolicy, ExchangePolicy
from tests.server.ledger.neighbours import (
    BEAN,
    CLUB,
    LIBRE,
    POINTS,
    SEED,
    STAMP,
    Neighbours,
    given,
    neighbours,
    unit,
)
from tests.server.ledger.world import BAR, DAY, FED, GRAIN, START, holder, purse

TODAY = START // DAY
GRAIN_FED = pool("GRAIN-FED")
EURO = AssetId("EURO")


@pytest.fixture
def here() -> Neighbours:
    """Give card 1 with 10.00 in FED and 5.00 in GRAIN, at three GRAIN for two FED."""
    made = neighbours()
    made.world.reload(1, 1000, "e1")
    made.world.issue(1, 500, "e2")
    assert made.bar(rate("GRAIN-FED", 3, 2)) == ["accepted"]
    return made


def rate(pair: str, give: int, take: int) -> PolicySet:
    return PolicySet(pair, ExchangePolicy(give, take))


def swap(amount: int, give: AssetId, take: AssetId, number: int = 1) -> Exchange:
    return Exchange(Amount(amount), give, take, holder(number))


# ---------- what moves ----------


def test_the_rate_holds_both_ways_and_the_pool_keeps_what_is_rounded(here: Neighbours) -> None:
    held = here.world.held
    assert here.bar(swap(100, FED, GRAIN)) == ["accepted"]  # 100 · 3 / 2 = 150, all created
    assert (held(purse(1)), held(purse(1), GRAIN)) == (900, 650)
    assert (held(GRAIN_FED), held(GRAIN_FED, GRAIN)) == (100, 0)
    assert held(issuer(GRAIN), GRAIN) == -650
    assert here.bar(swap(100, GRAIN, FED)) == ["accepted"]  # 100 · 2 / 3 = 66.67
    assert (held(purse(1)), held(purse(1), GRAIN)) == (966, 550)
    assert (held(GRAIN_FED), held(GRAIN_FED, GRAIN)) == (34, 100)


def test_the_pool_gives_what_it_holds_before_more_is_created(here: Neighbours) -> None:
    here.bar(swap(100, FED, GRAIN), swap(100, GRAIN, FED))
    assert here.bar(swap(1, FED, GRAIN)) == ["accepted"]  # 1.5, rounded down
    assert here.world.held(GRAIN_FED, GRAIN) == 99
    assert here.world.held(issuer(GRAIN), GRAIN) == -650
    assert here.bar(swap(80, FED, GRAIN)) == ["accepted"]  # 120, of which 21 are missing
    assert here.world.held(GRAIN_FED, GRAIN) == 0
    assert here.world.held(issuer(GRAIN), GRAIN) == -671


def test_a_pool_that_holds_just_enough_creates_nothing(here: Neighbours) -> None:
    here.bar(swap(66, FED, GRAIN), swap(99, GRAIN, FED))
    assert here.bar(swap(66, FED, GRAIN)) == ["accepted"]
    done = here.world.memory.transaction(here.world.node.id, here.world.node.seq)
    assert done is not None
    assert done.postings == (
        Posting(purse(1), GRAIN_FED, FED, 66),
        Posting(GRAIN_FED, purse(1), GRAIN, 99),
    )


def test_the_federated_token_comes_only_from_what_the_pool_holds(here: Neighbours) -> None:
    assert here.bar(swap(3, GRAIN, FED)) == ["rejected(pot_short)"]
    assert here.bar(swap(2, FED, GRAIN), swap(3, GRAIN, FED)) == ["accepted"] * 2
    assert here.bar(swap(2, GRAIN, FED)) == ["rejected(pot_short)"]
    assert here.world.held(issuer(FED)) == -1000


def test_no_exchange_creates_a_free_currency(here: Neighbours) -> None:
    here.bar(unit(LIBRE, AssetClass.LIBRE), rate("LIBRE-FED", 10, 1))
    assert here.bar(swap(1, FED, LIBRE)) == ["rejected(pot_short)"]


def test_nothing_is_given_for_too_little(here: Neighbours) -> None:
    here.bar(swap(100, FED, GRAIN))
    assert here.bar(swap(1, GRAIN, FED)) == ["rejected(too_small)"]
    assert here.world.held(purse(1), GRAIN) == 650


def test_a_wallet_gives_no_more_than_it_holds(here: Neighbours) -> None:
    assert here.bar(swap(1001, FED, GRAIN)) == ["rejected(insufficient_funds)"]
    assert here.world.held(issuer(GRAIN), GRAIN) == -500


def test_what_comes_in_repays_what_is_owed(here: Neighbours) -> None:
    here.bar(swap(100, FED, GRAIN), given(GRAIN, 150, 2, "e3"))
    here.world.sale(2, 200)  # 150 GRAIN are spent, 50 FED are owed
    here.bar(given(GRAIN, 90, 2, "e4"))
    assert here.world.held(loss(BAR)) == -50
    assert here.bar(swap(90, GRAIN, FED, 2)) == ["accepted"]  # 60
    assert (here.world.held(loss(BAR)), here.world.held(purse(2))) == (0, 10)
    assert here.world.memory.get(Wallet, (holder(2),)) == Wallet((), BAR, BAR)


def test_a_supply_ends_where_readers_end(here: Neighbours) -> None:
    here.bar(rate("GRAIN-FED", 1_000_000_000, 1), given(GRAIN, MAX_AMOUNT - 500, 2, "e3"))
    assert here.bar(swap(1, FED, GRAIN)) == ["rejected(supply_too_large)"]


# ---------- what is refused ----------


def test_only_the_holders_node_exchanges(here: Neighbours) -> None:
    assert here.cafe(swap(1, FED, GRAIN)) == ["rejected(not_authorised)"]
    assert here.bar(swap(1, FED, GRAIN, 9)) == ["rejected(unknown_wallet)"]


def test_a_merged_wallet_has_nothing_to_exchange(here: Neighbours) -> None:
    here.bar(Merge(holder(1), holder(2)))
    assert here.bar(swap(1, FED, GRAIN), swap(1, FED, GRAIN, 2)) == [
        "rejected(wallet_merged)",
        "accepted",
    ]


@pytest.mark.parametrize(
    "give, take, code",
    [
        (FED, AssetId("NONE"), "unknown_asset"),
        (AssetId("NONE"), FED, "unknown_asset"),
        (FED, BEAN, "no_rate"),
        (FED, FED, "no_rate"),
    ],
)
def test_assets_without_a_rate(here: Neighbours, give: AssetId, take: AssetId, code: str) -> None:
    assert here.bar(swap(10, give, take)) == [f"rejected({code})"]


def test_a_pair_is_closed(here: Neighbours) -> None:
    assert here.bar(rate("GRAIN-FED", 0, 0)) == ["accepted"]
    assert here.bar(swap(10, FED, GRAIN), swap(10, GRAIN, FED)) == ["rejected(no_rate)"] * 2


def test_out_of_a_closed_asset_but_not_into_it(here: Neighbours) -> None:
    here.bar(swap(100, FED, GRAIN), AssetArchive(GRAIN))
    assert here.bar(swap(10, FED, GRAIN)) == ["rejected(asset_archived)"]
    assert here.bar(swap(3, GRAIN, FED)) == ["accepted"]


# ---------- which rates may be set ----------


@pytest.mark.parametrize(
    "pair, give, take, verdict",
    [
        ("POINTS-FED", 5, 1, "accepted"),
        ("POINTS-GRAIN", 5, 1, "accepted"),
        ("BEAN-FED", 1, 1, "rejected(not_authorised)"),
        ("BEAN-GRAIN", 1, 1, "rejected(not_authorised)"),
        ("FED-EURO", 1, 1, "accepted"),
        ("FED-OTHER", 1, 1, "rejected(unknown_asset)"),
        ("OTHER-FED", 1, 1, "rejected(unknown_asset)"),
        ("FED", 1, 1, "rejected(unknown_asset)"),
        ("FED-GRAIN-FED", 1, 1, "rejected(unknown_asset)"),
        ("FED-FED", 1, 1, "rejected(unknown_policy)"),
        ("-", 1, 1, "rejected(unknown_policy)"),
        ("STAMP-FED", 1, 1, "rejected(wrong_asset)"),
        ("GRAIN-CLUB", 1, 1, "rejected(wrong_asset)"),
        ("POINTS-FED", 0, 1, "rejected(bad_field)"),
        ("POINTS-FED", 1, 0, "rejected(bad_field)"),
        ("FED-GRAIN", 2, 3, "rejected(already_exists)"),
        ("GRAIN-FED", 5, 1, "accepted"),
    ],
)
def test_a_rate_is_set_by_who_answers_for_the_pair(
    here: Neighbours, pair: str, give: int, take: int, verdict: str
) -> None:
    here.bar(
        unit(POINTS, AssetClass.POINTS),
        unit(STAMP, AssetClass.BADGE),
        unit(CLUB, AssetClass.MEMBERSHIP),
        unit(EURO, AssetClass.FEDERATED, peg="EUR"),
    )
    assert here.bar(rate(pair, give, take)) == [verdict]


def test_no_node_speaks_for_two_backed_tokens_but_who_holds_both_reserves(
    here: Neighbours,
) -> None:
    here.bar(unit(EURO, AssetClass.FEDERATED, peg="EUR"))
    assert here.cafe(rate("FED-EURO", 1, 1)) == ["rejected(not_authorised)"]


def test_a_pair_keeps_its_name_when_it_is_closed(here: Neighbours) -> None:
    here.bar(rate("GRAIN-FED", 0, 0))
    assert here.bar(rate("FED-GRAIN", 2, 3)) == ["rejected(already_exists)"]


def test_a_detour_gives_the_same_in_each_direction(here: Neighbours) -> None:
    """3 GRAIN are 2 FED, and 1 FED is 5 POINTS: so 3 GRAIN are 10 POINTS, whoever asks how."""
    here.bar(unit(POINTS, AssetClass.POINTS), rate("FED-POINTS", 1, 5))
    for pair, give, take in (("GRAIN-POINTS", 1, 10), ("POINTS-GRAIN", 10, 1)):
        assert here.bar(rate(pair, give, take)) == ["rejected(wrong_rate)"]
    assert here.bar(rate("GRAIN-POINTS", 3, 10)) == ["accepted"]


def test_who_issues_one_of_two_assets_sets_its_rate_to_a_backed_one(here: Neighbours) -> None:
    assert here.cafe(rate("BEAN-FED", 1, 1)) == ["accepted"]


def test_a_round_of_exchanges_makes_nothing(here: Neighbours) -> None:
    here.bar(unit(POINTS, AssetClass.POINTS), rate("FED-POINTS", 1, 5))
    assert here.bar(  # 3 GRAIN = 2 FED = 10 POINTS
        rate("POINTS-GRAIN", 10, 4),
        rate("POINTS-GRAIN", 10, 3),
        rate("FED-POINTS", 1, 6),
        rate("FED-POINTS", 0, 0),
        rate("POINTS-GRAIN", 1, 1),
    ) == [
        "rejected(wrong_rate)",
        "accepted",
        "rejected(wrong_rate)",
        "accepted",
        "accepted",
    ]


# ---------- idle money ----------

MELTING = DemurragePolicy(
    enabled=True,
    fixed=0,
    floor=0,
    grace_days=100,
    min_use_bp=500,
    notice_days=(60, 30, 7),
    rate_bp=1000,
    step_days=30,
    weight_commons=1,
    weight_maintenance=1,
    weight_nodes=1,
)


def idle(here: Neighbours, asset: AssetId) -> Idle | None:
    return here.world.memory.get(Idle, (holder(1), asset))


def test_what_was_idle_stays_so_when_it_is_exchanged(here: Neighbours) -> None:
    here.bar(
        unit(SEED, AssetClass.LOCAL),
        rate("GRAIN-SEED", 1, 1),
        PolicySet(GRAIN, MELTING),
        PolicySet(SEED, MELTING),
    )
    here.world.time += 40 * DAY
    assert here.bar(swap(100, GRAIN, SEED)) == ["accepted"]
    assert idle(here, SEED) == Idle(TODAY, TODAY + 100)
    here.world.time += 100 * DAY  # day 140: the step of day 100 is not caught up
    assert here.bar(swap(100, SEED, GRAIN), swap(300, GRAIN, SEED)) == ["accepted"] * 2
    assert idle(here, SEED) == Idle(TODAY, TODAY + 141)


def test_what_could_not_melt_has_its_grace(here: Neighbours) -> None:
    here.bar(PolicySet(GRAIN, MELTING), rate("GRAIN-FED", 3, 2))
    here.world.time += 40 * DAY
    assert here.bar(swap(20, FED, GRAIN)) == ["accepted"]  # it joins what is there
    assert idle(here, GRAIN) == Idle(TODAY, TODAY + 100)
    assert here.bar(swap(30, GRAIN, FED)) == ["accepted"]
    here.world.reload(2, 100, "e3")
    assert here.bar(swap(20, FED, GRAIN, 2)) == ["accepted"]
    fresh = here.world.memory.get(Idle, (holder(2), GRAIN))
    assert fresh == Idle(TODAY + 40, TODAY + 140)


def test_who_has_nothing_brings_no_clock(here: Neighbours) -> None:
    here.bar(
        unit(SEED, AssetClass.LOCAL),
        rate("GRAIN-SEED", 1, 1),
        PolicySet(GRAIN, MELTING),
        PolicySet(SEED, MELTING),
    )
    assert here.bar(swap(1, GRAIN, SEED, 3)) == ["rejected(insufficient_funds)"]


# ---------- no money pump ----------

UNITS = (FED, GRAIN, POINTS, SEED)
WORTHS = st.tuples(*(st.integers(1, 12) for _ in UNITS))
SWAPS = st.lists(
    st.tuples(st.sampled_from(UNITS), st.sampled_from(UNITS), st.integers(1, 400)), max_size=40
)


@settings(max_examples=60)
@examples(worths=WORTHS, factors=st.lists(st.integers(1, 3), min_size=6, max_size=6), swaps=SWAPS)
def test_no_sequence_of_exchanges_makes_value(
    worths: tuple[int, ...], factors: list[int], swaps: list[tuple[AssetId, AssetId, int]]
) -> None:
    """All six pairs of four assets are open, at rates that agree; one unit has `worth`."""
    here, worth = neighbours(), dict(zip(UNITS, worths, strict=True))
    here.bar(unit(POINTS, AssetClass.POINTS), unit(SEED, AssetClass.LOCAL))
    here.world.reload(1, 1000, "e1")
    here.bar(*(given(code, 1000, 1, f"e-{code}") for code in UNITS[1:]))
    pairs = [(one, other) for at, one in enumerate(UNITS) for other in UNITS[at + 1 :]]
    for (one, other), factor in zip(pairs, factors, strict=True):
        opened = here.bar(rate(f"{one}-{other}", worth[other] * factor, worth[one] * factor))
        assert opened == ["accepted"]

    def value() -> Fraction:
        return Fraction(sum(here.world.held(purse(1), code) * worth[code] for code in UNITS))

    values = [value()]
    for give, take, amount in swaps:
        verdict = here.bar(swap(amount, give, take))[0]
        assert verdict in {
            "accepted",
            "rejected(insufficient_funds)",
            "rejected(no_rate)" if give == take else "rejected(pot_short)",
            "rejected(too_small)",
        }
        values.append(value())
    assert all(after <= before for before, after in pairwise(values))
    whole(here)
    assert here.world.held(issuer(FED)) == -1000


@settings(max_examples=100)
@examples(
    give=st.integers(1, 10**9),
    take=st.integers(1, 10**9),
    amounts=st.lists(st.integers(1, 2000), min_size=1, max_size=12),
)
def test_no_way_there_and_back_makes_value(give: int, take: int, amounts: list[int]) -> None:
    here = neighbours()
    here.world.reload(1, 2000, "e1")
    here.bar(rate("GRAIN-FED", give, take))
    values = [Fraction(2000)]
    for amount in amounts:
        here.bar(swap(amount, FED, GRAIN))
        back = here.world.held(purse(1), GRAIN)
        if back:
            here.bar(swap(back, GRAIN, FED))
        left = here.world.held(purse(1), GRAIN) * Fraction(take, give)
        values.append(here.world.held(purse(1)) + left)
    assert all(after <= before for before, after in pairwise(values))
    whole(here)


@settings(max_examples=60)
@examples(rates=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=3, max_size=3))
def test_a_triangle_is_open_only_if_its_product_is_one(rates: list[tuple[int, int]]) -> None:
    here = neighbours()
    here.bar(unit(POINTS, AssetClass.POINTS))
    product = Fraction(1)
    for give, take in rates:
        product *= Fraction(take, give)
    names = ("FED-GRAIN", "GRAIN-POINTS", "POINTS-FED")
    verdicts = here.bar(*(rate(name, *each) for name, each in zip(names, rates, strict=True)))
    last = "accepted" if product == 1 else "rejected(wrong_rate)"
    assert verdicts == ["accepted", "accepted", last]


def whole(here: Neighbours) -> None:
    """What holds always: each asset sums to zero, and nobody is below its floor."""
    sums: dict[str, int] = {}
    for (account, asset), record in here.world.memory.records[Balance].items():
        assert isinstance(record, Balance)
        sums[str(asset)] = sums.get(str(asset), 0) + record.amount
        assert record.amount >= 0 or may_be_negative(str(account))
    assert set(sums.values()) <= {0}
