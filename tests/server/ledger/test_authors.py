"""Keys that change, organisations that join, places that leave, tills that forked."""

import pytest

from server.ledger.records import Author as Record, Place
from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    Body,
    CardRegister,
    Exchange,
    KeyRotate,
    PlaceCreate,
    PlaceJoin,
    PlaceLeave,
    PolicySet,
    Role,
    TerminalEnrol,
    TerminalRevoke,
    Transfer,
)
from shared.ids import AssetId, AuthorId, ChainId, PlaceId, PublicKey, author_id, pool
from shared.policy import OFFLINE, ExchangePolicy
from shared.proofs import invitation, rotation
from shared.signing import public_key
from tests.server.ledger.council import joining
from tests.server.ledger.neighbours import CAFE_CARD, neighbours
from tests.server.ledger.world import (
    BAR,
    FED,
    GRAIN,
    Author,
    World,
    asset,
    card,
    founded,
    holder,
    modern,
    purse,
    sale,
)

NEW = b"N" * 32
CAFE = PlaceId("cafe")


@pytest.fixture
def world() -> World:
    here = modern()
    assert here.reload(1, 1_000, "stripe:cs_1:paid") == ["accepted"]
    return here


def record(world: World, author: AuthorId) -> Record:
    found = world.memory.get(Record, (author,))
    assert found is not None
    return found


def turn(world: World, author: Author, seed: bytes = NEW) -> KeyRotate:
    return rotation(seed, world.tip.chain, author.id)


# ---------- key.rotate ----------


def test_an_author_keeps_its_name_under_a_new_key(world: World) -> None:
    name, before = world.till.id, record(world, world.till.id)
    assert world.do(world.till, sale(1, 100), turn(world, world.till)) == ["accepted"] * 2
    after = record(world, name)
    assert after.key == public_key(NEW).hex() != before.key
    assert (after.label, after.place, after.role) == ("Bar 1", "bar", Role.TERMINAL)


def test_nothing_follows_a_rotation_in_its_batch(world: World) -> None:
    verdicts = world.do(world.till, turn(world, world.till), sale(1, 100))
    assert verdicts == ["rejected(not_last)", "accepted"]
    assert record(world, world.till.id).key == world.till.key.hex()


def test_a_new_key_agrees_to_be_this_authors(world: World) -> None:
    for chain, author in ((ChainId("c" * 32), world.till.id), (world.tip.chain, world.node.id)):
        body = rotation(NEW, chain, author)
        assert world.do(world.till, body) == ["rejected(bad_proof)"]


def test_two_authors_never_have_one_key(world: World) -> None:
    assert world.do(world.till, turn(world, world.till)) == ["accepted"]
    other = Author(b"2" * 32)
    enrol = TerminalEnrol(PublicKey("22" * 32), PublicKey(other.key.hex()), "Bar 2", BAR)
    assert world.do(world.node, enrol) == ["accepted"]
    taken = {
        "another's key now": NEW,
        "another's first key": b"t" * 32,
        "its own": b"2" * 32,
        "the node's": b"n" * 32,
    }
    for seed in taken.values():
        assert world.do(other, turn(world, other, seed)) == ["rejected(already_exists)"]
    assert world.do(other, turn(world, other, b"3" * 32)) == ["accepted"]


def test_nobody_is_enrolled_or_joins_with_anothers_key(world: World) -> None:
    world.do(world.till, turn(world, world.till))
    for seed in (NEW, b"t" * 32):
        key = PublicKey(public_key(seed).hex())
        enrol = TerminalEnrol(PublicKey("22" * 32), key, "Bar 2", BAR)
        assert world.do(world.node, enrol) == ["rejected(already_exists)"]
        join = joining(world, Author(seed), CAFE)
        assert world.do(world.node, join) == ["rejected(already_exists)"]


def test_a_revoked_till_changes_nothing(world: World) -> None:
    world.do(world.node, TerminalRevoke(0, world.till.id))
    assert world.do(world.till, turn(world, world.till)) == ["rejected(author_revoked)"]


def test_a_node_turns_its_key_too(world: World) -> None:
    assert world.do(world.node, turn(world, world.node)) == ["accepted"]
    assert record(world, world.node.id).key == public_key(NEW).hex()


# ---------- place.join ----------


def test_an_organisation_joins_with_its_node_and_place(world: World) -> None:
    node = Author(b"2" * 32)
    assert world.do(world.node, joining(world, node, CAFE)) == ["accepted"]
    assert record(world, node.id) == Record(
        0, "", PublicKey(node.key.hex()), "Node cafe", "", Role.NODE, "active"
    )
    assert world.memory.places()[CAFE] == Place("Cafe", node.id)
    assert world.do(node, PolicySet("cafe", OFFLINE)) == ["accepted"]
    second = joining(world, Author(b"3" * 32), PlaceId("third"))
    assert world.do(node, second) == ["rejected(not_a_validator)"]


@pytest.mark.parametrize("place", ["bar", "dispute", "fees"])
def test_a_place_has_a_name_of_its_own(world: World, place: str) -> None:
    join = joining(world, Author(b"2" * 32), PlaceId(place))
    assert world.do(world.node, join) == ["rejected(already_exists)"]
    create = PlaceCreate("Again", PlaceId(place))
    assert world.do(world.node, create) == ["rejected(already_exists)"]


def test_protocol_1_reserved_no_names() -> None:
    world = founded()
    assert world.do(world.node, PlaceCreate("Old", PlaceId("dispute"))) == ["accepted"]


def test_a_node_joins_of_its_own_will(world: World) -> None:
    key = PublicKey(public_key(NEW).hex())
    proof = invitation(NEW, world.tip.chain, PlaceId("other"))
    body = PlaceJoin(key=key, label="Node", name="Café", place=CAFE, proof=proof)
    assert world.do(world.node, body) == ["rejected(bad_proof)"]
    assert (author_id(bytes.fromhex(key)),) not in world.memory.records[Record]


# ---------- place.leave ----------


def test_nothing_new_begins_at_a_place_that_left(world: World) -> None:
    assert world.do(world.node, PlaceLeave(BAR)) == ["accepted"]
    enrol = TerminalEnrol(PublicKey("22" * 32), PublicKey("33" * 32), "Bar 2", BAR)
    bodies: tuple[Body, ...] = (
        PlaceLeave(BAR),
        enrol,
        CardRegister(card(9), BAR, "T0", holder(9)),
        asset(AssetId("NEW"), AssetClass.LOCAL),
        PolicySet("bar", OFFLINE),
    )
    assert world.do(world.node, *bodies) == ["rejected(place_left)"] * len(bodies)


def test_a_place_leaves_by_its_own_node(world: World) -> None:
    other = Author(b"2" * 32)
    world.do(world.node, joining(world, other, CAFE))
    assert world.do(other, PlaceLeave(BAR)) == ["rejected(not_authorised)"]
    assert world.do(other, PlaceLeave(PlaceId("none"))) == ["rejected(unknown_place)"]
    assert world.do(other, PlaceLeave(CAFE)) == ["accepted"]


def test_a_till_of_a_place_that_left_sells_nothing_more(world: World) -> None:
    world.do(world.node, PlaceLeave(BAR))
    assert world.sale(1, 100) == ["disputed"]
    assert world.do(world.till, turn(world, world.till)) == ["rejected(author_revoked)"]


def test_no_exchange_creates_what_is_of_a_place_that_left() -> None:
    """The café's holder may still have what is in the pool of the bar's GRAIN: 60."""
    here, theirs, held = neighbours(), holder(CAFE_CARD), pool("GRAIN-FED")
    here.world.reload(1, 1_000, "e1")
    verdicts = here.bar(
        PolicySet("GRAIN-FED", ExchangePolicy(give=3, take=2)),
        Exchange(Amount(100), FED, GRAIN, holder(1)),  # 150
        Exchange(Amount(60), GRAIN, FED, holder(1)),
        Transfer(Amount(200), FED, holder(1), theirs),
        PlaceLeave(BAR),
    )
    assert verdicts == ["accepted"] * 5
    wishes = [Exchange(Amount(amount), FED, GRAIN, theirs) for amount in (41, 40)]  # 61, 60
    assert here.cafe(*wishes) == ["rejected(pot_short)", "accepted"]
    assert (here.world.held(held, GRAIN), here.world.held(purse(CAFE_CARD), GRAIN)) == (0, 60)


# ---------- tills that forked ----------


def forked(world: World) -> Author:
    """Let the till fork: what the chain has of it goes on, the other branch is evidence."""
    before = Author(world.till.seed, world.till.seq, world.till.prev)
    assert world.sale(1, 10) == ["accepted"]
    result = world.seal(world.batch(before, sale(1, 20)))
    assert [str(taken.code) for taken in result.taken] == ["fork"]
    assert record(world, world.till.id).status == "quarantined"
    return before


def test_a_forked_till_never_goes_on_not_even_revoked(world: World) -> None:
    forked(world)
    assert world.do(world.node, TerminalRevoke(0, world.till.id)) == ["accepted"]
    now = record(world, world.till.id)
    assert (now.status, now.forked) == ("revoked", True)
    result = world.seal(world.batch(world.till, sale(1, 30)))
    assert [str(taken.code) for taken in result.taken] == ["author_quarantined"]
    again = TerminalRevoke(0, world.till.id)
    assert world.do(world.node, again) == ["rejected(author_revoked)"]


def test_in_protocol_1_a_revoked_till_went_on_after_its_fork() -> None:
    world = founded()
    world.reload(1, 1_000, "e")
    forked(world)
    assert world.do(world.node, TerminalRevoke(0, world.till.id)) == ["accepted"]
    assert not record(world, world.till.id).forked
    assert world.do(world.till, sale(1, 30)) == ["disputed"]


def test_a_till_that_was_only_revoked_has_not_forked(world: World) -> None:
    assert world.do(world.node, TerminalRevoke(0, world.till.id)) == ["accepted"]
    assert not record(world, world.till.id).forked
