"""Scenes of the story of protocol 2 about value: lines, exchange, dividends, mistakes, payouts."""

from server.ledger.effect import DISPUTES
from shared.amounts import Amount
from shared.bodies import (
    AssetArchive,
    AssetClass,
    Badge,
    CashOut,
    CashOutDone,
    CashOutFailed,
    CashReload,
    Chargeback,
    Correction,
    Dividend,
    Exchange,
    Gift,
    Membership,
    Part,
    PolicySet,
    Refund,
    Reload,
    ReserveBook,
    Settlement,
    SettlementDone,
    SettlementFailed,
    SplitSale,
)
from shared.errors import Code
from shared.ids import ZERO_HASH, AssetId, Hash, hold, loss, pool
from shared.policy import DividendPolicy, ExchangePolicy
from tests.server.ledger.neighbours import BEAN, CAFE, CAFE_CARD, CLUB, LIBRE, POINTS, STAMP, given
from tests.server.ledger.pursed import THIN, TODAY
from tests.server.ledger.scenes import FORGED_CARD, OK, Cast, no, say
from tests.server.ledger.world import BAR, DAY, FED, GRAIN, card, holder, purse, sale

PRESENT, MEAL, TIME = AssetId("PRESENT"), AssetId("MEAL"), AssetId("TIME")
PERIOD = TODAY // 10 + 1


def _split(total: int, *parts: tuple[int, AssetId]) -> SplitSale:
    inside = tuple(Part(Amount(amount), asset) for amount, asset in parts)
    return SplitSale("online", card(1), ZERO_HASH, inside, total)


def _gift(amount: int, asset: AssetId, source: int, target: int) -> Gift:
    return Gift(Amount(amount), asset, ZERO_HASH, holder(source), holder(target))


def lines_are_paid(cast: Cast) -> None:
    """A sale with lines in points and meals; gifts from hand to hand."""
    world, bar, till = cast.world, cast.world.node, cast.world.till
    say(
        world,
        bar,
        *((given(asset, 500, 1, f"start:{asset}"), OK) for asset in (POINTS, MEAL, TIME, PRESENT)),
        (given(LIBRE, 500, 1, "libre:1"), no(Code.WRONG_ASSET)),
    )
    first = say(
        world,
        till,
        (_split(50, (100, POINTS), (200, MEAL)), OK),
        (_split(0, (30, TIME)), OK),
        (_split(0, (1, BEAN)), no(Code.WRONG_ASSET)),
        (_split(0, (401, POINTS)), no(Code.INSUFFICIENT_FUNDS)),
    )
    say(world, cast.till, (_split(0, (1, POINTS)), no(Code.NOT_ACCEPTED)))
    say(
        world,
        till,
        (Refund(Amount(150), till.id, ZERO_HASH, first), OK),  # 50 in the total, 100 of the meal
        (Refund(Amount(201), till.id, ZERO_HASH, first), no(Code.REFUND_TOO_LARGE)),
        (Refund(Amount(200), till.id, ZERO_HASH, first), OK),
    )
    assert (world.held(purse(1), POINTS), world.held(purse(1), MEAL)) == (500, 500)
    say(
        world,
        bar,
        (_gift(100, FED, 1, 2), OK),
        (_gift(1, STAMP, 1, 2), no(Code.WRONG_ASSET)),
        (_gift(1, FED, 1, 1), no(Code.BAD_FIELD)),
        (_gift(1, FED, 1, 99), no(Code.UNKNOWN_WALLET)),
        (_gift(1, FED, CAFE_CARD, 1), no(Code.NOT_AUTHORISED)),
        (_gift(99_999, FED, 1, 2), no(Code.INSUFFICIENT_FUNDS)),
    )


def assets_are_exchanged(cast: Cast) -> None:
    """Three grains for a cent: the pool has no cents before somebody gives some."""
    world, bar = cast.world, cast.world.node
    say(
        world,
        bar,
        (PolicySet("GRAIN-FED", ExchangePolicy(give=3, take=1)), OK),
        (PolicySet("FED-GRAIN", ExchangePolicy(give=1, take=3)), no(Code.ALREADY_EXISTS)),
        (PolicySet("GRAIN-BEAN", ExchangePolicy(give=1, take=1)), no(Code.NOT_AUTHORISED)),
        (PolicySet("PRESENT-FED", ExchangePolicy(give=1, take=1)), OK),
        (PolicySet("PRESENT-GRAIN", ExchangePolicy(give=1, take=2)), no(Code.WRONG_RATE)),
        (Exchange(Amount(10), GRAIN, FED, holder(1)), no(Code.POT_SHORT)),
        (Exchange(Amount(10), FED, GRAIN, holder(1)), OK),
        (Exchange(Amount(11), GRAIN, FED, holder(1)), OK),  # 3 and two thirds: the pool wins
        (Exchange(Amount(2), GRAIN, FED, holder(1)), no(Code.TOO_SMALL)),
        (Exchange(Amount(2), BEAN, FED, holder(1)), no(Code.NO_RATE)),
        (Exchange(Amount(10), FED, GRAIN, holder(FORGED_CARD)), no(Code.WALLET_MERGED)),
    )
    assert world.held(pool("GRAIN-FED")) == 7
    assert world.held(pool("GRAIN-FED"), GRAIN) == 11


def members_share(cast: Cast) -> None:
    """A free currency makes 100 for each of two members, then half of its mass for both."""
    world, bar, until = cast.world, cast.world.node, TODAY + 300
    say(
        world,
        bar,
        (PolicySet("LIBRE", DividendPolicy(floor=100, period_days=10, ppm=0)), OK),
        (PolicySet("LIBRE", DividendPolicy(floor=100, period_days=5, ppm=0)), no(Code.BAD_FIELD)),
        (
            PolicySet("GRAIN", DividendPolicy(floor=1, period_days=1, ppm=0)),
            no(Code.UNKNOWN_POLICY),
        ),
        (Membership(LIBRE, until, holder(1)), OK),
        (Membership(LIBRE, until, holder(2)), OK),
        (Membership(CLUB, until, holder(1)), OK),
        (Membership(CLUB, TODAY - 1, holder(2)), no(Code.NOT_A_MEMBER)),
        (Membership(GRAIN, until, holder(1)), no(Code.WRONG_ASSET)),
        (Dividend(Amount(100), LIBRE, PERIOD - 1, holder(1)), OK),
        (Dividend(Amount(100), LIBRE, PERIOD - 1, holder(1)), no(Code.WRONG_PERIOD)),
        (Dividend(Amount(99), LIBRE, PERIOD - 1, holder(2)), no(Code.WRONG_AMOUNT)),
        (Dividend(Amount(100), LIBRE, PERIOD - 1, holder(3)), no(Code.NOT_A_MEMBER)),
        (Dividend(Amount(100), LIBRE, PERIOD - 1, holder(2)), OK),
        (Badge(STAMP, card(2)), OK),
        (Badge(CLUB, card(2)), no(Code.WRONG_ASSET)),
    )
    say(world, world.till, (Badge(STAMP, card(1)), OK))
    say(world, cast.till, (Badge(STAMP, card(1)), no(Code.NOT_AUTHORISED)))
    world.time = PERIOD * 10 * DAY
    say(
        world,
        bar,
        (PolicySet("LIBRE", DividendPolicy(floor=0, period_days=10, ppm=500_000)), OK),
        (Dividend(Amount(50), LIBRE, PERIOD, holder(1)), OK),
        (Membership(CLUB, TODAY, holder(1)), OK),  # it ended
    )
    assert world.held(purse(1), LIBRE) == 150


def mistakes_are_undone(cast: Cast) -> None:
    """What was given to the wrong wallet comes back; a closed asset is no longer made."""
    world, bar, till = cast.world, cast.world.node, cast.world.till
    first = say(
        world,
        bar,
        (given(POINTS, 40, 2, "wrong:1"), OK),
        (Reload(Amount(10), FED, card(2), "stripe:cs_9:paid"), OK),
    )
    mistake = Correction(bar.id, "wrong card", first)
    say(world, cast.node, (mistake, no(Code.NOT_AUTHORISED)))
    say(
        world,
        bar,
        (mistake, OK),
        (mistake, no(Code.ALREADY_SETTLED)),
        (Correction(bar.id, "not a mistake", first + 1), no(Code.CANNOT_CORRECT)),
        (AssetArchive(PRESENT), OK),
        (AssetArchive(PRESENT), no(Code.ASSET_ARCHIVED)),
        (AssetArchive(BEAN), no(Code.NOT_AUTHORISED)),
        (given(PRESENT, 1, 1, "late:1"), no(Code.ASSET_ARCHIVED)),
    )
    paid = say(world, till, (CashReload(Amount(50), PRESENT, card(1), ZERO_HASH), OK))
    assert world.held(purse(2), POINTS) == 0
    assert world.held(purse(1), PRESENT) == 500  # the cash waits for its correction
    say(world, bar, (Correction(till.id, "closed", paid), OK))


def money_goes_out(cast: Cast) -> None:
    """Cash-outs and settlements: done, failed, and failed after they were done."""
    world, bar = cast.world, cast.world.node
    done, failed, back = (_locked(cast, CashOut(Amount(100), FED, holder(1))) for _ in range(3))
    paid, unpaid, returned = (_locked(cast, Settlement(Amount(90), FED, BAR)) for _ in range(3))
    say(
        world,
        bar,
        (CashOut(Amount(1), POINTS, holder(1)), no(Code.WRONG_ASSET)),
        (CashOut(Amount(1), FED, holder(CAFE_CARD)), no(Code.NOT_AUTHORISED)),
        (CashOut(Amount(1), FED, holder(FORGED_CARD)), no(Code.WALLET_MERGED)),
        (Settlement(Amount(999_999), FED, BAR), no(Code.PLACE_SHORT)),
        (Settlement(Amount(1), FED, CAFE), no(Code.NOT_AUTHORISED)),
        (ReserveBook(Amount(5_000), "fees", "bank:0", BAR), OK),
        (CashOutDone("bank:1", done), OK),
        (CashOutDone("bank:1", back), no(Code.EVIDENCE_USED)),
        (CashOutDone("bank:2", done), no(Code.ALREADY_SETTLED)),
        (CashOutFailed("bank:3", failed), OK),
        (CashOutDone("bank:4", back), OK),
        (CashOutFailed("bank:5", back), OK),
        (CashOutFailed("bank:6", back), no(Code.ALREADY_SETTLED)),
        (SettlementDone("bank:7", done), no(Code.UNKNOWN_LOCK)),
        (SettlementDone("bank:7", paid), OK),
        (SettlementFailed("bank:8", unpaid), OK),
        (SettlementDone("bank:9", returned), OK),
        (SettlementFailed("bank:10", returned), OK),
    )
    say(world, cast.node, (SettlementFailed("bank:11", paid), no(Code.NOT_AUTHORISED)))
    aside = _locked(cast, Reload(Amount(700), FED, card(THIN), "stripe:cs_5b:paid"))
    say(world, bar, (CashOutDone("bank:12", aside), OK))  # the card is blocked: paid back
    assert world.held(hold(aside)) == 0


def _locked(cast: Cast, body: CashOut | Settlement | Reload) -> Hash:
    say(cast.world, cast.world.node, (body, OK))
    return cast.world.node.prev


def a_bank_takes_back(cast: Cast) -> None:
    """Of a reload of 700 the card has spent 500 when its bank takes 600 back."""
    world, bar = cast.world, cast.world.node
    paid = say(world, bar, (Reload(Amount(700), FED, card(3), "stripe:cs_3:paid"), OK))
    say(world, world.till, (sale(3, 500), OK))
    say(
        world,
        bar,
        (Chargeback(Amount(600), bar.id, "stripe:dp_1", paid), OK),
        (Chargeback(Amount(101), bar.id, "stripe:dp_2", paid), no(Code.REFUND_TOO_LARGE)),
        (Chargeback(Amount(100), bar.id, "stripe:dp_1", paid), no(Code.EVIDENCE_USED)),
        (Chargeback(Amount(1), bar.id, "stripe:dp_3", 1), no(Code.UNKNOWN_RELOAD)),
    )
    assert (world.held(purse(3)), world.held(loss(DISPUTES))) == (0, -400)


CLASSES = (
    (STAMP, AssetClass.BADGE),
    (CLUB, AssetClass.MEMBERSHIP),
    (LIBRE, AssetClass.LIBRE),
    (POINTS, AssetClass.POINTS),
    (TIME, AssetClass.TIME),
)
"""What is worth nothing outside; meals and presents are worth euros."""
