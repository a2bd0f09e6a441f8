"""The story of `tests/vectors/chain-protocol-2.json`: each kind of protocol 2, and how it may fail.

It begins in protocol 1, so that the change itself is recorded, and ends with `engine.handover`.
`python -m tests.server.ledger.story_two` writes the vector, once (tests/vectors/README.md).
"""

from msgspec.structs import replace

from server.ledger.melting import matures, month_of
from shared.allowance import EPOCH_HOUR
from shared.amounts import Amount
from shared.bodies import (
    AssetAccept,
    AssetClass,
    AssetUpdate,
    CardRegister,
    Distribute,
    Gift,
    GroupCreate,
    Melt,
    MeltReversal,
    Notice,
    Part,
    PlaceCreate,
    PolicySet,
    SplitSale,
)
from shared.errors import Code
from shared.ids import POT_COMMONS, ZERO_HASH, AssetId, PlaceId, purse, wallet
from shared.policy import DemurragePolicy, ProtocolPolicy, PursePolicy
from tests.server.ledger import scenes_of_cards, scenes_of_council, scenes_of_money
from tests.server.ledger.council import joining
from tests.server.ledger.federation import till
from tests.server.ledger.neighbours import BEAN, CAFE, CAFE_CARD, POINTS, given, unit
from tests.server.ledger.pursed import HOUR, RICH, TODAY, allowance, issue, slot
from tests.server.ledger.recorded import VECTORS, as_json
from tests.server.ledger.scenes import FRESH_WALLET, OK, RELEASED, Cast, no, say
from tests.server.ledger.scenes_of_money import CLASSES, MEAL, PRESENT
from tests.server.ledger.world import (
    BAR,
    DAY,
    FED,
    GRAIN,
    Author,
    World,
    asset,
    card,
    founded,
    holder,
    sale,
)

FILE = VECTORS / "chain-protocol-2.json"
GRACE, STEP = 100, 30
PURSE = PursePolicy(t1_limit=3_000, t2_limit=10_000)
MELTING = DemurragePolicy(
    enabled=True,
    fixed=0,
    floor=0,
    grace_days=GRACE,
    min_use_bp=500,
    notice_days=(60, 30, 7),
    rate_bp=1_000,
    step_days=STEP,
    weight_commons=1,
    weight_maintenance=1,
    weight_nodes=1,
)


def tell() -> World:
    """Tell the story; each verdict is asserted as it is told."""
    world = founded()
    cast = Cast(world)
    for scene in (
        _before,
        _protocol_2,
        _organisations_join,
        _assets,
        _agreements,
        scenes_of_cards.purses_are_filled,
        scenes_of_cards.purses_are_spent,
        scenes_of_cards.a_card_is_copied,
        scenes_of_cards.a_purse_is_released,
        scenes_of_cards.cards_move,
        scenes_of_cards.wallets_merge,
        scenes_of_money.lines_are_paid,
        scenes_of_money.assets_are_exchanged,
        scenes_of_money.members_share,
        scenes_of_money.mistakes_are_undone,
        scenes_of_money.money_goes_out,
        scenes_of_money.a_bank_takes_back,
        scenes_of_council.validators_are_chosen,
        scenes_of_council.four_decide,
        scenes_of_council.keys_change,
        scenes_of_council.a_fork_is_adopted,
        scenes_of_council.a_till_is_stolen,
        scenes_of_council.a_place_leaves,
        _grains_melt,
        scenes_of_council.a_pot_pays,
        scenes_of_council.blocks_are_lost,
        scenes_of_cards.numbers_jump,
        scenes_of_council.another_engine_takes_over,
    ):
        scene(cast)
    return world


# ---------- from one protocol to the next ----------


def _before(cast: Cast) -> None:
    """In protocol 1 what is later is not active, and a later body is a mistake of its kind."""
    world = cast.world
    assert world.reload(1, 20_000, "stripe:cs_1:paid") == [OK]
    assert world.issue(1, 1_000, "gift:1") == [OK]
    say(
        world,
        world.node,
        (_later_gift(), no(Code.KIND_NOT_ACTIVE)),
        (issue(1), no(Code.KIND_NOT_ACTIVE)),
        (PolicySet("-", PURSE), no(Code.BAD_FIELD)),
        (unit(POINTS, AssetClass.POINTS), no(Code.WRONG_ASSET)),
        (PolicySet("-", ProtocolPolicy(3)), no(Code.UNKNOWN_POLICY)),
    )
    lines = SplitSale("online", card(1), ZERO_HASH, (Part(Amount(5), POINTS),), 10)
    say(
        world,
        world.till,
        (sale(1, 150), OK),
        (lines, no(Code.BAD_FIELD)),
        (slot(0, 5, ZERO_HASH, of=1), no(Code.UNKNOWN_FIELD)),
    )


def _later_gift() -> Gift:
    return Gift(Amount(100), FED, ZERO_HASH, holder(1), holder(2))


def _protocol_2(cast: Cast) -> None:
    """It acts from the next transaction on, in the same block."""
    world = cast.world
    world.time = TODAY * DAY
    say(
        world,
        world.node,
        (PolicySet("-", ProtocolPolicy(2)), OK),
        (_later_gift(), OK),
        (PolicySet("-", ProtocolPolicy(1)), no(Code.UNKNOWN_POLICY)),
        (PolicySet("-", PURSE), OK),
    )


def _organisations_join(cast: Cast) -> None:
    world, bar = cast.world, cast.world.node
    cafe = joining(world, cast.node, CAFE)
    elsewhere = joining(world, cast.node, PlaceId("elsewhere"))
    say(
        world,
        bar,
        (replace(cafe, proof=elsewhere.proof), no(Code.BAD_PROOF)),
        (cafe, OK),
        (cafe, no(Code.ALREADY_EXISTS)),
        (joining(world, cast.third, PlaceId("third")), OK),
        (joining(world, cast.fourth, PlaceId("fourth")), OK),
        (PlaceCreate("Litiges", PlaceId("dispute")), no(Code.ALREADY_EXISTS)),
        (till(cast.stolen, BAR, "Bar 2"), OK),
        (till(cast.forked, BAR, "Bar 3"), OK),
    )
    say(
        world,
        cast.node,
        (till(cast.till, CAFE, "Café 1"), OK),
        (CardRegister(card(CAFE_CARD), CAFE, "T0", holder(CAFE_CARD)), OK),
        (joining(world, Author(b"q" * 32), PlaceId("fifth")), no(Code.NOT_A_VALIDATOR)),
    )


def _assets(cast: Cast) -> None:
    """One of each class."""
    world, bar = cast.world, cast.world.node
    say(
        world,
        bar,
        *((unit(code, kind), OK) for code, kind in CLASSES),
        (asset(MEAL, AssetClass.MEAL, priority=30), OK),
        (asset(PRESENT, AssetClass.GIFT, priority=40), OK),
        (asset(AssetId("HALF"), AssetClass.BADGE, peg="-", scale=2), no(Code.WRONG_ASSET)),
        (AssetUpdate(GRAIN, "Graine", 5, "g"), OK),
        (AssetUpdate(AssetId("NONE"), "Rien", 5, "n"), no(Code.UNKNOWN_ASSET)),
    )
    say(
        world,
        cast.node,
        (unit(BEAN, AssetClass.LOCAL, issuer=CAFE, peg="EUR"), OK),
        (asset(AssetId("OWN"), AssetClass.FEDERATED, issuer=CAFE), no(Code.NOT_A_VALIDATOR)),
        (AssetUpdate(GRAIN, "Grain", 5, "g"), no(Code.NOT_AUTHORISED)),
    )


def _agreements(cast: Cast) -> None:
    """The café takes grains; grains and federated euros are one purse group."""
    world = cast.world
    issuers = AssetAccept(accept=True, asset=GRAIN, place=CAFE, side="issuer")
    places = AssetAccept(accept=True, asset=GRAIN, place=CAFE, side="place")
    say(
        world,
        world.node,
        (issuers, OK),
        (places, no(Code.NOT_AUTHORISED)),
        (AssetAccept(accept=True, asset=FED, place=CAFE, side="issuer"), no(Code.WRONG_ASSET)),
        (GroupCreate((FED, GRAIN), 2), no(Code.BAD_FIELD)),
        (GroupCreate((FED, GRAIN), 1), OK),
        (GroupCreate((FED,), 1), no(Code.ALREADY_EXISTS)),
        (GroupCreate((POINTS,), 2), no(Code.WRONG_ASSET)),
    )
    say(world, cast.node, (places, OK), (GroupCreate((FED,), 2), no(Code.NOT_A_VALIDATOR)))


# ---------- demurrage ----------


def _grains_melt(cast: Cast) -> None:
    """A wallet with 500 grains and 1 000 in its purse loses a tenth of both, from the wallet."""
    world, bar, today = cast.world, cast.world.node, cast.world.time // DAY
    grains = (given(GRAIN, 1_000, 0, "gift:8"), given(GRAIN, 500, 0, "gift:8b"))
    first, second = (replace(each, wallet=FRESH_WALLET) for each in grains)
    say(world, bar, (first, OK))
    say(world, cast.node, (issue(RELEASED), OK))
    permit = allowance(3, 2_000, base=1_000, of=RELEASED, issued=world.time // HOUR - EPOCH_HOUR)
    say(world, bar, (second, OK), (PolicySet("GRAIN", MELTING), OK))
    late = world.batch(cast.till, slot(1_000, 1_050, permit, of=RELEASED), seen=world.tip.height)
    day = today + GRACE
    world.time = (day - 60) * DAY
    say(world, bar, (Notice(GRAIN, today, day), OK))
    world.time = day * DAY
    say(
        world,
        bar,
        (Melt(Amount(150), GRAIN, day, FRESH_WALLET), OK),
        (Melt(Amount(6), GRAIN, day, holder(RICH)), OK),
        (Melt(Amount(1), GRAIN, day, holder(3)), no(Code.WRONG_DAY)),
    )
    assert world.held(purse(card(RELEASED)), GRAIN) == 1_000
    assert world.held(wallet(FRESH_WALLET), GRAIN) == 350
    assert [str(item.verdict) for item in world.seal(late).executed] == [OK]
    month, sold = month_of(day), cast.till.seq
    back = MeltReversal(Amount(5), GRAIN, cast.till.id, day, sold, FRESH_WALLET)
    say(world, bar, (back, OK), (back, no(Code.EVIDENCE_USED)))  # a tenth of the 50 it spent
    world.time = matures(month) * DAY
    say(world, bar, (Distribute(GRAIN, month, BAR), OK))
    assert world.held(POT_COMMONS, GRAIN) == 50  # a third of 151


if __name__ == "__main__":
    FILE.write_text(as_json(tell()), "utf-8")
