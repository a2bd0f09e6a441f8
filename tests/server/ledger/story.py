"""The story of `tests/vectors/chain-protocol-1.json`: each kind of protocol 1, and how it may fail.

`python -m tests.server.ledger.story` writes the vector.  That is done once for each protocol: what
is recorded must audit green for ever, so a new protocol gets a story and a vector of its own.
"""

from itertools import count

from server.ledger.melting import matures, month_of
from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    CardBlock,
    CashReload,
    Distribute,
    Melt,
    MeltReversal,
    Notice,
    PlaceCreate,
    PolicySet,
    Refund,
    Reload,
    ReserveBook,
    TerminalEnrol,
    TerminalRevoke,
    Transfer,
)
from shared.codec import encode
from shared.ids import POT_COMMONS, ZERO_HASH, AssetId, PlaceId, PublicKey
from shared.policy import DemurragePolicy, OfflinePolicy, ProtocolPolicy
from shared.transaction import Batch, open_payload, parse_batch, payload_hash
from tests.server.ledger.recorded import VECTORS, as_json
from tests.server.ledger.world import (
    BAR,
    BOOT,
    DAY,
    FED,
    GRAIN,
    Author,
    World,
    asset,
    card,
    founded,
    holder,
    purse,
    sale,
)

FILE = VECTORS / "chain-protocol-1.json"
TODAY, GRACE, STEP = 20_000, 100, 30

MELT_DAY = TODAY + GRACE
KIOSK = PlaceId("kiosk")


def tell() -> World:
    """Tell the story; each verdict is asserted as it is told."""
    world = founded()
    thief, forger = Author(b"thief".ljust(32)), Author(b"forger".ljust(32))
    _rules(world, thief, forger)
    _money(world)
    _nonsense(world)
    _blocked_and_stolen(world, thief)
    _forked(world, forger)
    _melted(world)
    return world


def _rules(world: World, *tills: Author) -> None:
    enrol = [
        TerminalEnrol(PublicKey("11" * 32), PublicKey(till.key.hex()), f"Bar {number}", BAR)
        for till, number in zip(tills, count(2))
    ]
    offline = OfflinePolicy(
        hard_ms=259_200_000, soft_ms=14_400_000, t0_limit=2000, t0_sales=3, t0_terminal_cap=60_000
    )
    melting = DemurragePolicy(
        enabled=True,
        fixed=0,
        floor=0,
        grace_days=GRACE,
        min_use_bp=500,
        notice_days=(60, 30, 7),
        rate_bp=1000,
        step_days=STEP,
        weight_commons=1,
        weight_maintenance=1,
        weight_nodes=1,
    )
    assert world.do(
        world.node,
        PlaceCreate("Le Kiosque", KIOSK),
        PlaceCreate("Le Kiosque", KIOSK),
        asset(AssetId("HOURS"), AssetClass.LOCAL, issuer=KIOSK, peg="-", scale=0, symbol="h"),
        asset(AssetId("GIFTS"), AssetClass.GIFT),
        *enrol,
        PolicySet("-", ProtocolPolicy(1)),
        PolicySet("bar", offline),
        PolicySet("GRAIN", melting),
        PolicySet("FED", melting),
    ) == [
        "accepted",
        "rejected(already_exists)",
        "accepted",
        "rejected(wrong_asset)",
        *["accepted"] * 5,
        "rejected(unknown_policy)",
    ]


def _money(world: World) -> None:
    assert world.reload(1, 2000, "stripe:cs_1:paid") == ["accepted"]
    assert world.reload(1, 2000, "stripe:cs_1:paid") == ["rejected(evidence_used)"]
    assert world.issue(1, 1000, "gift:1") == ["accepted"]
    assert world.do(
        world.node,
        ReserveBook(Amount(5000), "fees", "bank:1", BAR),
        ReserveBook(Amount(2000), "attestation", "bank:2", BAR),
        Transfer(Amount(300), FED, holder(1), holder(2)),
        Transfer(Amount(9000), FED, holder(1), holder(2)),
    ) == ["accepted", "accepted", "accepted", "rejected(insufficient_funds)"]
    assert world.do(
        world.till,
        sale(1, 1500),  # 1000 grains and 500 euro cents
        sale(2, 250, "online"),
        sale(2, 100, "online"),
        sale(2, 100),  # 50 are missing
        sale(9, 100),
        Refund(Amount(600), world.till.id, ZERO_HASH, 1),
        Refund(Amount(1000), world.till.id, ZERO_HASH, 1),
        Refund(Amount(100), world.till.id, ZERO_HASH, 3),  # of the one that was rejected
        CashReload(Amount(120), FED, card(2), ZERO_HASH),  # pays the 50 back
        CashReload(Amount(900), GRAIN, card(1), ZERO_HASH),
        CashReload(Amount(99_999), FED, card(1), ZERO_HASH),
    ) == [
        "accepted",
        "accepted",
        "rejected(insufficient_funds)",
        "overdrawn",
        "rejected(unknown_card)",
        "accepted",
        "rejected(refund_too_large)",
        "accepted",
        "accepted",
        "accepted",
        "rejected(place_short)",
    ]


def _nonsense(world: World) -> None:
    """Newer and wrong bodies: each consumes its number, none blocks its author."""
    bodies: list[tuple[str, object]] = [
        ("hovercraft", {"eels": 1}),
        ("gift", {"amount": 1}),
        ("sale", {"basis": "cached", "card": card(1), "detail": ZERO_HASH, "in": [], "total": 0}),
        ("sale", {"basis": "cached", "card": card(1), "detail": ZERO_HASH, "total": 5}),
        ("refund", {"amount": 1, "author": "x", "detail": ZERO_HASH, "seq": 1, "why": "no"}),
    ]
    result = world.seal(_raw(world, world.till, bodies))
    assert [str(item.verdict) for item in result.executed] == [
        "rejected(unknown_kind)",
        "rejected(kind_not_active)",
        "rejected(bad_amount)",
        "rejected(missing_field)",
        "rejected(unknown_field)",
    ]
    assert world.do(world.till, CardBlock(card(1), "lost")) == ["rejected(not_authorised)"]


def _raw(world: World, author: Author, bodies: list[tuple[str, object]]) -> Batch:
    first, payloads = author.seq + 1, []
    for kind, body in bodies:
        author.seq += 1
        fields = {"at": world.time, "author": author.id, "body": body, "boot": BOOT}
        fields |= {"chain": world.tip.chain, "kind": kind, "mono": 0, "prev": author.prev}
        raw = encode(fields | {"seen": 0, "seq": author.seq, "v": 1})
        author.prev = payload_hash(raw)
        payloads.append(raw)
    return parse_batch(world.sign(author, first, payloads))


def _blocked_and_stolen(world: World, thief: Author) -> None:
    assert world.do(thief, sale(1, 50), sale(1, 50)) == ["accepted"] * 2
    late = world.batch(thief, sale(1, 50), Refund(Amount(5), thief.id, ZERO_HASH, 1))
    assert (
        world.do(
            world.node,
            TerminalRevoke(2, thief.id),
            CardBlock(card(3), "stolen"),
            Reload(Amount(700), FED, card(3), "stripe:cs_2:paid"),  # to hold:<transaction>
        )
        == ["accepted"] * 3
    )
    verdicts = [str(item.verdict) for item in world.seal(late).executed]
    assert verdicts == ["disputed", "rejected(author_revoked)"]
    assert world.do(world.till, sale(3, 40, "online"), sale(3, 40)) == [
        "rejected(card_blocked)",
        "overdrawn",
    ]


def _forked(world: World, forger: Author) -> None:
    assert world.do(forger, sale(1, 10)) == ["accepted"]
    forger.seq, forger.prev = 0, ZERO_HASH
    result = world.seal(world.batch(forger, sale(1, 11)), world.batch(world.till, sale(1, 12)))
    assert [str(taken.code) for taken in result.taken] == ["fork", "None"]


def _melted(world: World) -> None:
    """Two wallets melt; a late sale takes back one of the melts, the other is shared."""
    assert world.do(world.node, Transfer(Amount(205), GRAIN, holder(1), holder(2))) == ["accepted"]
    late = world.batch(world.till, sale(1, 400), seen=world.tip.height)
    world.time = (TODAY + 40) * DAY
    assert world.do(world.node, Notice(GRAIN, TODAY, MELT_DAY)) == ["accepted"]
    world.time = MELT_DAY * DAY
    assert world.do(
        world.node,
        Melt(Amount(67), GRAIN, MELT_DAY, holder(1)),  # of 673
        Melt(Amount(20), GRAIN, MELT_DAY, holder(2)),  # of 205: what is left is rounded up
        Melt(Amount(20), GRAIN, MELT_DAY, holder(2)),
    ) == ["accepted", "accepted", "rejected(wrong_day)"]
    assert [str(item.verdict) for item in world.seal(late).executed] == ["accepted"]
    number = open_payload(late.last.raw).envelope.seq
    back = MeltReversal(Amount(67), GRAIN, world.till.id, MELT_DAY, number, holder(1))
    assert world.do(world.node, back, back) == ["accepted", "rejected(evidence_used)"]
    month = month_of(MELT_DAY)
    world.time = matures(month) * DAY
    assert world.do(world.node, Distribute(GRAIN, month, BAR)) == ["accepted"]
    assert world.held(purse(1), GRAIN) == 673 - 67 - 400 + 67
    assert world.held(POT_COMMONS, GRAIN) == 6


if __name__ == "__main__":
    FILE.write_text(as_json(tell()), "utf-8")
