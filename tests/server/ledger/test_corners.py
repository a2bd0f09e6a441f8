"""Corners that no honest story reaches: the ledger holds even where a rule's own sums are wrong."""

import msgspec
import pytest

from server.ledger.audit import audit
from server.ledger.effect import Context
from server.ledger.melting import matures, month_of
from server.ledger.records import Author, Balance, Pending
from server.ledger.rules import apply
from server.ledger.state import State
from shared.amounts import Amount
from shared.bodies import Distribute, Genesis, PlaceCreate, Refund, Role
from shared.ids import ZERO_HASH, Hash, PlaceId, PublicKey, loss, melt_pending, place
from shared.transaction import Transaction, open_payload, parse_batch
from tests.server.ledger.world import (
    BAR,
    DAY,
    FED,
    GRAIN,
    START,
    Author as Signer,
    World,
    founded,
    purse,
    sale,
)


@pytest.fixture
def world() -> World:
    return founded()


# ---------- the floor below the rules ----------


def test_a_pot_pays_only_what_it_holds(world: World) -> None:
    month = month_of(START // DAY)
    world.memory.records[Pending][GRAIN, BAR, month] = Pending(90)
    world.memory.records[Balance][melt_pending(BAR), GRAIN] = Balance(89)
    world.time = matures(month) * DAY
    assert world.do(world.node, Distribute(GRAIN, month, BAR)) == ["rejected(pot_short)"]
    assert world.held(melt_pending(BAR), GRAIN) == 89


def test_a_place_pays_only_what_it_holds(world: World) -> None:
    world.reload(1, 500, "e1")
    world.sale(1, 500)
    world.memory.records[Balance][place(BAR), FED] = Balance(0)
    world.memory.records[Balance][loss(BAR), FED] = Balance(500)
    refund = Refund(Amount(500), world.till.id, ZERO_HASH, world.till.seq)
    assert world.do(world.till, refund) == ["rejected(place_short)"]
    assert world.held(purse(1)) == 0


# ---------- what is decided above the rules ----------


def test_what_follows_an_overlap_fits(world: World) -> None:
    world.reload(1, 500, "e1")
    first, second = (world.batch(world.till, sale(1, cents)).last.raw for cents in (10, 20))
    world.seal(parse_batch(world.sign(world.till, 1, [first])))
    both = world.seal(parse_batch(world.sign(world.till, 1, [first, second])))
    assert [(taken.skipped, taken.code) for taken in both.taken] == [(1, None)]
    assert [str(item.verdict) for item in both.executed] == ["accepted"]
    assert world.sale(1, 30) == ["accepted"]
    assert world.held(purse(1)) == 500 - 10 - 20 - 30


def test_a_kind_of_a_later_protocol_is_not_active_though_its_body_can_be_read(
    world: World,
) -> None:
    said = open_payload(world.batch(world.till, sale(1, 5)).last.raw)
    envelope = msgspec.structs.replace(said.envelope, kind="gift")
    later = Transaction(said.raw, said.hash, envelope, said.body)
    context = Context(State(world.memory), height=2, time=START)
    assert str(apply(context, later)[0]) == "rejected(kind_not_active)"


def test_places_made_in_a_block_are_known_in_it(world: World) -> None:
    tent = PlaceCreate("Tente", PlaceId("tent"))
    assert world.do(world.node, tent, tent, tent) == [
        "accepted",
        "rejected(already_exists)",
        "rejected(already_exists)",
    ]


def test_a_clock_that_goes_back_makes_no_block_older_than_the_last(world: World) -> None:
    world.time = START - 1
    world.reload(1, 500, "e1")
    assert world.tip.time == START
    assert audit(world.blocks).finding is None


# ---------- genesis ----------


def genesis(signer: Signer) -> Genesis:
    return Genesis(PublicKey(signer.key.hex()), "Node")


def test_only_the_founder_under_its_own_key_founds_and_once() -> None:
    world, other = World(), Signer(b"o" * 32)
    result = world.seal(
        world.batch(world.node, genesis(other)),
        world.batch(other, genesis(other)),
        world.batch(world.node, genesis(world.node)),
        world.batch(world.node, genesis(world.node)),
    )
    assert [str(item.verdict) for item in result.executed] == [
        "rejected(not_authorised)",
        "accepted",
        "accepted",
        "rejected(not_authorised)",
    ]


def test_a_stranger_founds_nothing_above_height_0(world: World) -> None:
    stranger = Signer(b"s" * 32)
    said = world.batch(stranger, genesis(stranger)).last
    context = Context(State(world.memory), height=1, time=START)
    assert str(apply(context, said)[0]) == "rejected(not_authorised)"


def test_nobody_founds_a_chain_that_is_there(world: World) -> None:
    second = Signer(b"s" * 32)
    key = PublicKey(second.key.hex())
    world.memory.records[Author][second.id,] = Author(0, "", key, "", "", Role.NODE, "active")
    assert world.do(second, genesis(second)) == ["rejected(not_authorised)"]
    assert world.do(world.node, genesis(world.node)) == ["rejected(not_authorised)"]


def test_a_stranger_s_history_at_genesis_changes_nothing() -> None:
    world, stranger = World(), Signer(b"s" * 32, prev=Hash("ab" * 32))
    result = world.seal(
        world.batch(world.node, genesis(world.node)), world.batch(stranger, genesis(stranger))
    )
    assert [str(taken.code) for taken in result.taken] == ["None", "fork"]
    assert world.memory.get(Author, (stranger.id,)) is None
