"""What the rules of money and registry refuse, one row each; and what a second node may not do."""

import pytest

from server.ledger.records import Author, Card
from shared.amounts import MAX_AMOUNT, Amount
from shared.bodies import (
    AssetClass,
    Body,
    CardBlock,
    CardRegister,
    CashReload,
    Genesis,
    Issue,
    PlaceCreate,
    PolicySet,
    Refund,
    Reload,
    Role,
    Sale,
    TerminalEnrol,
    TerminalRevoke,
    Transfer,
)
from shared.ids import ZERO_HASH, AssetId, AuthorId, PlaceId, PublicKey, WalletId, place
from shared.policy import NO_DEMURRAGE, OFFLINE
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
    sale,
)

NONE = AssetId("NONE")
NOBODY = WalletId("ff" * 16)
ONE = Amount(1)
OTHER = PlaceId("other")


@pytest.fixture
def world() -> World:
    return founded()


@pytest.fixture
def second(world: World) -> Signer:
    """A second node on the chain (as a federation will admit one), with a place and a till."""
    node = Signer(b"2" * 32)
    world.memory.records[Author][node.id,] = Author(
        0, "", PublicKey(node.key.hex()), "Second", "", Role.NODE, "active"
    )
    assert world.do(node, PlaceCreate("L'Autre", OTHER)) == ["accepted"]
    return node


@pytest.mark.parametrize(
    "body, code",
    [
        (Issue(ONE, NONE, "e", holder(1)), "unknown_asset"),
        (Issue(ONE, FED, "e", holder(1)), "wrong_asset"),
        (Issue(ONE, GRAIN, "e", NOBODY), "unknown_wallet"),
        (Reload(ONE, NONE, card(1), "e"), "unknown_asset"),
        (Reload(ONE, GRAIN, card(1), "e"), "wrong_asset"),
        (Transfer(ONE, FED, NOBODY, holder(1)), "unknown_wallet"),
        (Transfer(ONE, FED, holder(1), NOBODY), "unknown_wallet"),
        (Transfer(ONE, NONE, holder(1), holder(2)), "unknown_asset"),
        (Transfer(ONE, FED, holder(1), holder(1)), "bad_field"),
        (Transfer(ONE, FED, holder(1), holder(2)), "insufficient_funds"),
        (TerminalRevoke(0, AuthorId("ff" * 16)), "unknown_terminal"),
        (CardBlock(card(9), "lost"), "unknown_card"),
        (CardRegister(card(1), BAR, "T0", holder(9)), "already_exists"),
        (CardRegister(card(9), BAR, "T0", holder(1)), "already_exists"),
        (CardRegister(card(9), OTHER, "T0", holder(9)), "unknown_place"),
        (PlaceCreate("Le Bar", BAR), "already_exists"),
        (asset(FED, AssetClass.FEDERATED), "already_exists"),
        (asset(AssetId("ABC"), AssetClass.LOCAL, issuer=OTHER), "unknown_place"),
    ],
)
def test_a_node_is_refused(world: World, body: Body, code: str) -> None:
    assert world.do(world.node, body) == [f"rejected({code})"]


@pytest.mark.parametrize(
    "body, code",
    [
        (CashReload(ONE, NONE, card(1), ZERO_HASH), "unknown_asset"),
        (CashReload(ONE, FED, card(1), ZERO_HASH), "place_short"),
        (sale(9, 100), "unknown_card"),
        (Sale("cached", card(1), ZERO_HASH, ("beer",), ONE), "split_not_active"),
    ],
)
def test_a_till_is_refused(world: World, body: Body, code: str) -> None:
    assert world.do(world.till, body) == [f"rejected({code})"]


@pytest.mark.parametrize(
    "body",
    [
        Issue(ONE, GRAIN, "e", holder(1)),
        Reload(ONE, FED, card(1), "e"),
        Transfer(ONE, FED, holder(1), holder(2)),
        CardBlock(card(1), "lost"),
        CardRegister(card(9), BAR, "T0", holder(9)),
        asset(AssetId("ABC"), AssetClass.LOCAL),
        TerminalEnrol(PublicKey("22" * 32), PublicKey("33" * 32), "Bar 2", BAR),
        PolicySet("GRAIN", NO_DEMURRAGE),
        PolicySet("bar", OFFLINE),
    ],
)
def test_a_node_acts_for_its_own_places_only(world: World, second: Signer, body: Body) -> None:
    assert world.do(second, body) == ["rejected(not_authorised)"]


def test_a_node_revokes_its_own_tills_only(world: World, second: Signer) -> None:
    assert world.do(second, TerminalRevoke(0, world.till.id)) == ["rejected(not_authorised)"]


def test_a_till_sells_its_own_places_local_asset_only(world: World, second: Signer) -> None:
    till = Signer(b"3" * 32)
    key = PublicKey(till.key.hex())
    enrol = TerminalEnrol(box=PublicKey("22" * 32), key=key, label="Autre 1", place=OTHER)
    assert world.do(second, enrol) == ["accepted"]
    cash = CashReload(ONE, GRAIN, card(1), ZERO_HASH)
    assert world.do(till, cash) == ["rejected(wrong_asset)"]


def test_a_place_without_any_asset_sells_nothing() -> None:
    world = World()
    key = PublicKey(world.till.key.hex())
    enrol = TerminalEnrol(box=PublicKey("22" * 32), key=key, label="Bar 1", place=BAR)
    register = CardRegister(card(1), BAR, "T0", holder(1))
    world.do(world.node, Genesis(PublicKey(world.node.key.hex()), "Node"))
    assert world.do(world.node, PlaceCreate("Le Bar", BAR), enrol, register) == ["accepted"] * 3
    assert world.sale(1, 100) == ["rejected(nothing_accepted)"]


def test_an_evidence_issues_once(world: World) -> None:
    assert world.issue(1, 100, "e1") == ["accepted"]
    assert world.issue(1, 100, "e1") == ["rejected(evidence_used)"]


def test_a_supply_ends_where_readers_end(world: World) -> None:
    assert world.issue(1, MAX_AMOUNT, "e1") == ["accepted"]
    assert world.issue(2, 1, "e2") == ["rejected(supply_too_large)"]
    assert world.issue(2, 1, "e2") == ["rejected(supply_too_large)"]  # its evidence is not used up


def test_a_refund_of_a_card_that_is_gone_is_refused(world: World) -> None:
    world.reload(1, 500, "e1")
    assert world.sale(1, 500) == ["accepted"]
    sold = world.till.seq
    del world.memory.records[Card][card(1),]
    refund = Refund(Amount(500), world.till.id, ZERO_HASH, sold)
    assert world.do(world.till, refund) == ["rejected(unknown_card)"]


def test_a_refund_needs_what_the_place_still_has(world: World) -> None:
    world.reload(1, 500, "e1")
    world.sale(1, 500)
    sold = world.till.seq
    cash = CashReload(Amount(200), FED, card(2), ZERO_HASH)
    assert world.do(world.till, cash) == ["accepted"]  # the place sold 200 of its 500 for cash
    refund = Refund(Amount(500), world.till.id, ZERO_HASH, sold)
    assert world.do(world.till, refund) == ["rejected(place_short)"]
    assert world.held(place(BAR)) == 300
