"""The registry by hand: who may register what, and what is refused."""

import pytest

from server.ledger.executor import Taken
from server.ledger.records import Author, Card, Head, Rule, Validators
from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    Body,
    CardBlock,
    CardRegister,
    Genesis,
    Issue,
    PlaceCreate,
    PolicySet,
    Refund,
    TerminalEnrol,
    TerminalRevoke,
    Transfer,
    ValidatorPropose,
)
from shared.errors import Code
from shared.ids import ZERO_HASH, AssetId, AuthorId, PlaceId, PublicKey
from shared.policy import OFFLINE, OfflinePolicy, ProtocolPolicy
from shared.transaction import parse_batch
from tests.server.ledger.neighbours import neighbours
from tests.server.ledger.world import (
    BAR,
    FED,
    GRAIN,
    Author as Signer,
    World,
    asset,
    card,
    founded,
    holder,
    purse,
    sale,
)


@pytest.fixture
def world() -> World:
    return founded()


STRANGER = Signer(b"x" * 32)


def genesis(signer: Signer) -> Genesis:
    return Genesis(PublicKey(signer.key.hex()), "Node")


def enrol(key: bytes, place: PlaceId = BAR) -> TerminalEnrol:
    return TerminalEnrol(
        box=PublicKey("22" * 32), key=PublicKey(key.hex()), label="Bar 2", place=place
    )


# ---------- genesis ----------


def test_only_the_founder_founds_and_only_once(world: World) -> None:
    assert world.do(world.node, genesis(world.node)) == ["rejected(not_authorised)"]
    empty = World()
    assert empty.do(empty.node, genesis(STRANGER), genesis(empty.node), genesis(empty.node)) == [
        "rejected(not_authorised)",
        "accepted",
        "rejected(not_authorised)",
    ]


def test_before_genesis_nobody_may_do_anything() -> None:
    empty = World()
    assert empty.do(empty.node, PlaceCreate("Le Bar", BAR)) == ["rejected(not_authorised)"]


# ---------- roles ----------

NODE_KINDS: list[Body] = [
    PlaceCreate("Other", PlaceId("other")),
    asset(AssetId("ABC"), AssetClass.LOCAL),
    enrol(b"k" * 32),
    TerminalRevoke(0, AuthorId("00" * 16)),
    CardRegister(card(8), BAR, "T0", holder(8)),
    CardBlock(card(1), "lost"),
    PolicySet("-", OFFLINE),
    Issue(Amount(1), GRAIN, "e", holder(1)),
    Transfer(Amount(1), FED, holder(1), holder(2)),
]


@pytest.mark.parametrize("body", NODE_KINDS, ids=lambda body: type(body).__name__)
def test_a_terminal_may_not_do_what_is_the_nodes(world: World, body: Body) -> None:
    assert world.do(world.till, body) == ["rejected(not_authorised)"]


@pytest.mark.parametrize("body", [sale(1, 5), Refund(Amount(1), AuthorId("00" * 16), ZERO_HASH, 1)])
def test_a_node_may_not_do_what_is_a_terminals(world: World, body: Body) -> None:
    assert world.do(world.node, body) == ["rejected(not_authorised)"]


# ---------- places, assets ----------


def test_a_place_and_an_asset_exist_once(world: World) -> None:
    assert world.do(world.node, PlaceCreate("Le Bar", BAR)) == ["rejected(already_exists)"]
    assert world.do(world.node, asset(FED, AssetClass.FEDERATED)) == ["rejected(already_exists)"]
    euro = asset(AssetId("EUR"), AssetClass.LOCAL)
    assert world.do(world.node, euro) == ["rejected(already_exists)"]


@pytest.mark.parametrize(
    "body, code",
    [
        (asset(AssetId("TIME"), AssetClass.TIME), "wrong_asset"),
        (asset(AssetId("FEX"), AssetClass.FEDERATED, peg="-"), "wrong_asset"),
        (asset(AssetId("FEX"), AssetClass.FEDERATED, scale=3), "wrong_asset"),
        (asset(AssetId("BEAN"), AssetClass.LOCAL, scale=0), "wrong_asset"),
        (asset(AssetId("FEX"), AssetClass.LOCAL, issuer=PlaceId("none")), "unknown_place"),
    ],
)
def test_an_asset_must_make_sense(world: World, body: Body, code: str) -> None:
    assert world.do(world.node, body) == [f"rejected({code})"]


def test_what_a_block_makes_can_be_used_in_the_same_block(world: World) -> None:
    new = PlaceId("cantine")
    assert (
        world.do(
            world.node,
            PlaceCreate("Cantine", new),
            asset(AssetId("SOUP"), AssetClass.LOCAL, issuer=new),
            CardRegister(card(7), new, "T0", holder(7)),
            Issue(Amount(50), AssetId("SOUP"), "soup:1", holder(7)),
        )
        == ["accepted"] * 4
    )
    assert world.held(purse(7), AssetId("SOUP")) == 50


# ---------- terminals ----------


def test_a_terminal_is_enrolled_once_at_a_known_place(world: World) -> None:
    assert world.do(world.node, enrol(world.till.key)) == ["rejected(already_exists)"]
    unknown = enrol(b"k" * 32, PlaceId("none"))
    assert world.do(world.node, unknown) == ["rejected(unknown_place)"]


def test_late_sales_of_a_revoked_terminal_are_disputed_and_move_nothing(world: World) -> None:
    world.reload(1, 1000, "e1")
    world.sale(1, 100)
    assert world.do(world.node, TerminalRevoke(2, world.till.id)) == ["accepted"]
    refund = Refund(Amount(100), world.till.id, ZERO_HASH, 1)
    assert world.do(world.till, sale(1, 100), sale(1, 100), refund) == [
        "accepted",
        "disputed",
        "rejected(author_revoked)",
    ]
    assert world.held(purse(1)) == 800
    again = TerminalRevoke(2, world.till.id)
    assert world.do(world.node, again) == ["rejected(author_revoked)"]


def test_a_refund_of_a_disputed_sale_gives_nothing_back(world: World) -> None:
    world.reload(1, 1000, "e1")
    other = Signer(b"o" * 32)
    world.do(world.node, enrol(other.key), TerminalRevoke(0, world.till.id))
    world.sale(1, 100)
    refund = Refund(Amount(100), world.till.id, ZERO_HASH, 1)
    assert world.do(other, refund) == ["accepted"]
    assert world.held(purse(1)) == 1000


@pytest.mark.parametrize("who", ["node", "nobody"])
def test_only_a_terminal_is_revoked(world: World, who: str) -> None:
    author = world.node.id if who == "node" else AuthorId("00" * 16)
    assert world.do(world.node, TerminalRevoke(0, author)) == ["rejected(unknown_terminal)"]


def test_a_refund_at_another_place_is_refused(world: World) -> None:
    world.reload(1, 1000, "e1")
    world.sale(1, 100)
    other, elsewhere = Signer(b"o" * 32), PlaceId("cantine")
    world.do(world.node, PlaceCreate("Cantine", elsewhere), enrol(other.key, elsewhere))
    refund = Refund(Amount(100), world.till.id, ZERO_HASH, 1)
    assert world.do(other, refund) == ["rejected(not_authorised)"]


def test_a_local_asset_is_neither_taken_nor_sold_elsewhere(world: World) -> None:
    other, elsewhere = Signer(b"o" * 32), PlaceId("cantine")
    world.do(world.node, PlaceCreate("Cantine", elsewhere), enrol(other.key, elsewhere))
    world.issue(1, 500, "e1")
    assert world.do(other, sale(1, 100, "online")) == ["rejected(insufficient_funds)"]
    assert world.held(purse(1), GRAIN) == 500


# ---------- cards ----------


def test_a_card_and_a_wallet_are_registered_once(world: World) -> None:
    assert world.do(
        world.node,
        CardRegister(card(1), BAR, "T0", holder(9)),
        CardRegister(card(9), BAR, "T0", holder(1)),
        CardRegister(card(9), PlaceId("none"), "T0", holder(9)),
        CardRegister(card(9), BAR, "T1", holder(9)),
    ) == [
        "rejected(already_exists)",
        "rejected(already_exists)",
        "rejected(unknown_place)",
        "accepted",
    ]


def test_a_card_is_blocked_once(world: World) -> None:
    assert world.do(
        world.node,
        CardBlock(card(1), "lost"),
        CardBlock(card(1), "lost"),
        CardBlock(card(9), "lost"),
    ) == ["accepted", "rejected(card_blocked)", "rejected(unknown_card)"]
    blocked = world.memory.get(Card, (card(1),))
    assert blocked is not None
    assert (blocked.status, blocked.reason) == ("blocked", "lost")


# ---------- policies ----------


def test_an_offline_policy_is_set_for_all_or_for_a_place(world: World) -> None:
    longer = OfflinePolicy(hard_ms=5, soft_ms=5, t0_limit=1, t0_sales=1, t0_terminal_cap=1)
    wrong = OfflinePolicy(hard_ms=4, soft_ms=5, t0_limit=1, t0_sales=1, t0_terminal_cap=1)
    assert world.do(
        world.node,
        PolicySet("-", longer),
        PolicySet(BAR, longer),
        PolicySet("none", longer),
        PolicySet("-", wrong),
    ) == ["accepted", "accepted", "rejected(unknown_place)", "rejected(bad_field)"]
    assert world.memory.get(Rule, ("offline", BAR)) == Rule(20_000, longer)


@pytest.mark.parametrize(
    "subject, version, verdict",
    [
        ("-", 1, "accepted"),
        ("-", 2, "accepted"),
        ("-", 3, "rejected(unknown_policy)"),
        ("bar", 1, "rejected(unknown_policy)"),
    ],
)
def test_no_protocol_is_set_that_this_code_cannot_execute(
    world: World, subject: str, version: int, verdict: str
) -> None:
    assert world.do(world.node, PolicySet(subject, ProtocolPolicy(version))) == [verdict]


def test_protocol_2_founds_the_validators_once() -> None:
    here = neighbours()
    assert here.bar(ValidatorPropose("suspend", here.node.id)) == ["accepted"]
    assert here.bar(PolicySet("-", ProtocolPolicy(2))) == ["accepted"]
    found = here.world.memory.get(Validators, ("-",))
    assert found == Validators((here.world.node.id,), (here.node.id,))


# ---------- forks ----------


def test_another_history_quarantines_its_author_and_executes_nothing(world: World) -> None:
    world.reload(1, 1000, "e1")
    twin = Signer(world.till.seed)
    first = world.batch(world.till, sale(1, 100))
    other = world.batch(twin, sale(1, 200))
    world.seal(first)
    result = world.seal(other)
    assert (result.executed, result.taken) == ((), (Taken(0, Code.FORK, 2),))
    assert result.makes_block
    known = world.memory.get(Author, (world.till.id,))
    assert known is not None
    assert known.status == "quarantined"
    late = world.seal(world.batch(world.till, sale(1, 100)))
    assert late.taken == (Taken(0, Code.AUTHOR_QUARANTINED),)
    assert not late.makes_block
    assert world.held(purse(1)) == 900


def test_a_first_batch_that_hangs_on_nothing_is_a_fork(world: World) -> None:
    world.sale(1, 5)
    world.till.prev = ZERO_HASH
    result = world.seal(world.batch(world.till, sale(1, 5)))
    assert result.taken == (Taken(0, Code.FORK, 2),)


def test_replay_overlap_gap_and_strangers(world: World) -> None:
    one, two = world.batch(world.till, sale(1, 5)), world.batch(world.till, sale(1, 6))
    both = world.sign(world.till, 1, [one.last.raw, two.last.raw])
    gap = world.seal(two)
    assert gap.taken == (Taken(0, Code.GAP, 1),)
    assert world.seal(one).taken == (Taken(0, None, 1),)
    again = world.seal(one)
    assert (again.taken, again.makes_block) == ((Taken(1, None, 2),), False)
    overlap = world.seal(parse_batch(both))
    assert [item.transaction.envelope.seq for item in overlap.executed] == [2]
    world.seal(one)  # it comes once more, and turns nothing back
    assert world.memory.get(Head, (world.till.id,)) == Head(two.last.hash, 2)
    stranger = world.seal(world.batch(Signer(b"y" * 32), sale(1, 5)))
    assert stranger.taken == (Taken(0, Code.UNKNOWN_AUTHOR),)


def test_a_stranger_is_one_from_the_first_block_after_genesis_on() -> None:
    new = World()
    new.do(new.node, Genesis(PublicKey(new.node.key.hex()), "Node"))
    assert new.tip.height == 0
    stranger = new.seal(new.batch(Signer(b"y" * 32), sale(1, 5)))
    assert stranger.taken == (Taken(0, Code.UNKNOWN_AUTHOR),)
