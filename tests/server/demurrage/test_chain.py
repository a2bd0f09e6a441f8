"""The run on the real executor: what is proposed is what the ledger finds right."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date

import pytest
from msgspec import structs

from server.demurrage.chain import LedgerChain
from server.demurrage.plan import day_number, day_of, noon_ms
from server.demurrage.run import Run
from server.ledger.records import Balance
from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    AssetCreate,
    Body,
    CardRegister,
    GroupCreate,
    Issue,
    Merge,
    PlaceCreate,
    PolicySet,
    PurseIssue,
    Sale,
    TerminalEnrol,
)
from shared.ids import (
    POT_COMMONS,
    POT_MAINTENANCE,
    AssetId,
    CardRef,
    Hash,
    PlaceId,
    PublicKey,
    WalletId,
    melt_pending,
    place,
    purse,
    wallet,
)
from shared.policy import NO_DEMURRAGE, ProtocolPolicy
from shared.signing import public_key
from tests.server.demurrage.little_engine import TILL_SEED, LittleEngine

BAR = PlaceId("bar")
GRAIN = AssetId("GRAIN")
START = day_number(date(2026, 1, 1))
CARD = CardRef("2" * 32)
WALLET = WalletId("1" * 32)
PURSE_CARD = CardRef("4" * 32)
POLICY = structs.replace(
    NO_DEMURRAGE, enabled=True, grace_days=90, step_days=30, rate_bp=100, floor=2_00
)


@dataclass
class Clock:
    time_ms: int = field(default_factory=lambda: noon_ms(START))

    def now_ms(self) -> int:
        return self.time_ms

    def move_to(self, time_ms: int) -> None:
        self.time_ms = time_ms


class Village:
    """A place with a melting asset, a card and a till."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.engine = LittleEngine(self.clock.now_ms)
        self.chain = LedgerChain(self.engine.view, self.engine)
        self.run = Run(
            chain=self.chain,
            engine=self.engine,
            now_ms=self.clock.now_ms,
            move_to=self.clock.move_to,
        )
        till = PublicKey(public_key(TILL_SEED).hex())
        self.propose(
            PlaceCreate(name="Bar", place=BAR),
            AssetCreate(
                asset=GRAIN,
                asset_class=AssetClass.LOCAL,
                issuer=BAR,
                name="Grain",
                peg="EUR",
                priority=1,
                scale=2,
                symbol="g",
            ),
            PolicySet(subject=GRAIN, value=POLICY),
            CardRegister(card=CARD, home=BAR, tier="T0", wallet=WALLET),
            TerminalEnrol(box=till, key=till, label="till", place=BAR),
            Issue(amount=Amount(100_00), asset=GRAIN, evidence="start", wallet=WALLET),
        )

    def propose(self, *bodies: Body) -> None:
        answer = self.engine.propose(bodies)
        assert isinstance(answer, tuple)

    def play(self, days: int) -> dict[str, int]:
        """Play until a day after the start; give the sums."""
        sums = {"notices": 0, "melts": 0, "reversals": 0, "distributions": 0, "rejected": 0}
        for day in self.run.until(START + days):
            for name in sums:
                sums[name] += getattr(day, name)
        return sums

    def sell(self, amount: int, *, seen: int | None = None) -> None:
        sale = Sale(
            basis="cached", card=CARD, detail=Hash("d" * 64), inside=(), total=Amount(amount)
        )
        self.engine.submit(self.engine.batch(TILL_SEED, [sale], seen))

    def held(self, account: str) -> int:
        found = self.engine.get(Balance, (account, GRAIN))
        return found.amount if found else 0


@pytest.fixture
def village() -> Village:
    return Village()


def test_a_year_on_the_real_ledger(village: Village) -> None:
    said = [day for day in village.run.forecast(START + 365) if day.melts]
    sums = village.play(365)
    assert sums["rejected"] == 0
    assert sums["melts"] == len(said) == 10
    assert sum(day.melted[GRAIN] for day in said) == 9_55
    assert village.held(wallet(WALLET)) == 90_45
    everywhere = [
        melt_pending(BAR),
        place(BAR),
        POT_COMMONS,
        POT_MAINTENANCE,
    ]
    assert sum(village.held(account) for account in everywhere) == 9_55
    assert sums["distributions"] == 7
    assert village.held(POT_COMMONS) == village.held(POT_MAINTENANCE) > 0


def test_playing_twice_seals_nothing_more(village: Village) -> None:
    village.play(200)
    blocks = village.engine.blocks
    assert set(village.play(200).values()) == {0}
    assert village.engine.blocks == blocks


def test_the_daily_job_and_an_admin_at_once(village: Village) -> None:
    with ThreadPoolExecutor(4) as pool:
        sums = list(pool.map(village.play, [120, 90, 120, 60]))
    assert sum(each["rejected"] for each in sums) == 0
    assert sum(each["melts"] for each in sums) == 2
    assert village.held(wallet(WALLET)) == 98_01


def test_a_sale_in_time_stops_the_melt(village: Village) -> None:
    village.play(89)
    village.sell(10_00)
    assert village.play(91)["melts"] == 0
    assert village.held(wallet(WALLET)) == 90_00


def test_a_late_sale_takes_its_melt_back_once(village: Village) -> None:
    village.play(89)
    before = village.engine.tip.height
    village.play(90)
    assert village.held(wallet(WALLET)) == 99_00
    village.sell(10_00, seen=before)
    assert village.held(wallet(WALLET)) == 89_00
    sums = village.play(91)
    assert (sums["reversals"], sums["rejected"]) == (1, 0)
    assert village.held(wallet(WALLET)) == 90_00
    assert village.play(92)["reversals"] == 0


def test_a_small_late_sale_takes_back_its_share(village: Village) -> None:
    village.play(89)
    before = village.engine.tip.height
    village.play(90)
    village.sell(4_00, seen=before)
    village.play(91)
    again = village.play(92)
    assert (again["reversals"], again["rejected"]) == (0, 0)
    # the melt of 96.00 would have been 0.96 instead of 1.00
    assert village.held(wallet(WALLET)) == 100_00 - 4_00 - 96


def test_a_step_that_was_due_when_the_rule_changed_melts_by_the_one_before(
    village: Village,
) -> None:
    village.propose(PolicySet("-", ProtocolPolicy(2)))
    village.play(89)
    village.clock.move_to(noon_ms(START + 90))
    village.propose(PolicySet(GRAIN, structs.replace(POLICY, rate_bp=1_000)))
    assert sum(day.melted[GRAIN] for day in village.run.forecast(START + 120) if day.melts) == 10_90
    sums = village.play(90)
    assert (sums["melts"], sums["rejected"], village.held(wallet(WALLET))) == (1, 0, 99_00)
    sums = village.play(120)
    assert (sums["melts"], sums["rejected"], village.held(wallet(WALLET))) == (1, 0, 89_10)


def test_what_melts_again_does_not_catch_up_the_steps_without_a_rule(village: Village) -> None:
    """Off for an evening: nothing melts for the days before, and nothing is proposed in vain."""
    village.propose(PolicySet("-", ProtocolPolicy(2)))
    village.play(89)
    village.propose(PolicySet(GRAIN, structs.replace(POLICY, enabled=False)))
    assert village.play(95)["melts"] == 0
    village.propose(PolicySet(GRAIN, POLICY))
    sums = village.play(96)
    assert (sums["melts"], sums["rejected"], village.held(wallet(WALLET))) == (0, 0, 100_00)


def test_money_that_was_there_before_the_policy_has_its_grace(village: Village) -> None:
    [holdings] = village.chain.holdings()
    [lot] = holdings.lots
    assert (lot.idle.last_use, lot.idle.next_step) == (START, START + 90)
    assert day_of(village.clock.now_ms()) == START


def test_what_lies_in_a_purse_counts_and_stays_there(village: Village) -> None:
    village.propose(
        PolicySet("-", ProtocolPolicy(2)),
        CardRegister(card=PURSE_CARD, home=BAR, tier="T1", wallet=WalletId("4" * 32)),
        Issue(Amount(100_00), GRAIN, "purse", WalletId("4" * 32)),
        GroupCreate((GRAIN,), 1),
        PurseIssue(PURSE_CARD, 1, 0, 24),  # 30.00 of it
    )
    assert village.play(90)["rejected"] == 0
    assert village.held(wallet(WalletId("4" * 32))) == 69_00  # one percent of 100.00
    assert village.held(purse(PURSE_CARD)) == 30_00


def test_a_melt_of_a_wallet_that_was_merged_is_taken_back_for_its_heir(village: Village) -> None:
    heir = WalletId("5" * 32)
    village.propose(
        PolicySet("-", ProtocolPolicy(2)),
        CardRegister(card=CardRef("5" * 32), home=BAR, tier="T0", wallet=heir),
    )
    village.play(89)
    before = village.engine.tip.height
    village.play(90)
    village.propose(Merge(WALLET, heir))
    village.sell(10_00, seen=before)
    sums = village.play(91)
    assert (sums["reversals"], sums["rejected"]) == (1, 0)
    assert village.held(wallet(heir)) == 90_00
