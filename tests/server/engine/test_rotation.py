"""Keys that change under a running engine: tills', the node's own, and what a cut leaves behind."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Connection

from server.engine.items import Arrival, Proposal, Rotation
from server.engine.own import Signer
from server.engine.port import NotProposed, Stored, Unplaced
from server.engine.sealer import Sealer
from server.engine.solo import Solo
from server.ledger.records import Author
from server.store.database import open_database
from server.store.truth import prove
from server.store.view import StoreView
from shared.bodies import KeyRotate, PlaceJoin, PolicySet
from shared.errors import Code
from shared.ids import AuthorId, PlaceId, PublicKey
from shared.policy import ProtocolPolicy
from shared.proofs import invitation, rotation
from shared.signing import public_key
from tests.server.engine.world import BOOT, NODE_SEED, Till, World, sale, verdicts

NEW, OTHER = b"N" * 32, b"O" * 32


@pytest.fixture
def world(where: Path | str) -> Iterator[World]:
    world = World(where)
    answer = world.solo.propose([PolicySet("-", ProtocolPolicy(2))])
    assert isinstance(answer, tuple)
    yield world
    world.database.close()


def turn(till: Till, seed: bytes = NEW) -> KeyRotate:
    return rotation(seed, till.chain, till.author)


def key_of(world: World, author: AuthorId) -> str:
    with world.database.read() as connection:
        record = StoreView(connection).get(Author, (author,))
    assert record is not None
    return record.key


def whole(world: World) -> None:
    """Prove the chain from its bytes: each seal and signature under the key of its time."""
    with world.database.read() as connection:
        _, wrong = prove(connection, chain=world.chain)
    assert wrong == []


# ---------- a till's key ----------


def test_a_till_goes_on_under_its_new_key(world: World) -> None:
    till = world.till[0]
    assert verdicts(world.solo.submit(till.next(sale(0, 100), turn(till)))) == ["accepted"] * 2
    assert key_of(world, till.author) == public_key(NEW).hex()
    old = till.twin().next(sale(0, 1))
    assert world.solo.submit(old) == Unplaced(Code.BAD_SIGNATURE)
    till.signs_with = NEW
    assert verdicts(world.solo.submit(till.next(sale(0, 100)))) == ["accepted"]
    whole(world)


def test_a_batch_that_ends_in_the_rotation_may_be_sent_again(world: World) -> None:
    till = world.till[0]
    batch = till.next(sale(0, 100), turn(till))
    first = world.solo.submit(batch)
    assert world.solo.submit(batch) == first
    assert world.on_card(0) == 900
    unknown = till.twin()
    unknown.write(sale(0, 1))
    assert world.solo.submit(unknown.batch(1)) == Unplaced(Code.BAD_SIGNATURE)


def test_a_batch_from_before_and_after_is_signed_by_the_new_key(world: World) -> None:
    till = world.till[0]
    world.solo.submit(till.next(turn(till)))
    till.signs_with = NEW
    till.write(sale(0, 100))
    assert verdicts(world.solo.submit(till.batch(1))) == ["accepted", "accepted"]
    whole(world)


def test_a_rotation_in_the_same_block_refuses_what_the_old_key_signed(world: World) -> None:
    """Both were checked with the old key before either was executed: nothing false is sealed."""
    till, other = world.till
    first, late = till.next(turn(till)), till.next(sale(0, 100))
    height = world.solo.tip.height
    items = [Arrival(first), Arrival(late), Arrival(other.next(sale(1, 10)))]
    answers = _run(world, items)
    assert [type(answer) for answer in answers] == [Stored, Unplaced, Stored]
    assert answers[1] == Unplaced(Code.BAD_SIGNATURE)
    assert world.on_card(0) == 1_000
    world.reopen()
    assert world.solo.tip.height == height + 1
    till.signs_with = NEW
    assert verdicts(world.solo.submit(till.batch(2))) == ["accepted"]
    whole(world)


def test_what_the_new_key_signed_is_taken_in_the_same_block(world: World) -> None:
    till = world.till[0]
    first = till.next(turn(till))
    till.signs_with = NEW
    after = till.next(sale(0, 100))
    items = [Arrival(first), Arrival(after)]
    assert [verdicts(answer) for answer in _run(world, items)] == [["accepted"], ["accepted"]]
    whole(world)


def _run(world: World, items: list[Arrival]) -> list[Stored | Unplaced]:
    """Let one turn of a sealer of our own place what came at the same time."""
    sealer = Sealer(Signer(NODE_SEED, BOOT, world.clock))
    answers = world.database.run(lambda connection: list(sealer.run(connection, items)))
    world.reopen()
    return cast("list[Stored | Unplaced]", answers)


# ---------- the node's own key ----------


def test_the_old_key_seals_the_rotation_and_the_new_one_the_next_block(world: World) -> None:
    author = world.solo.author
    answer = world.solo.rotate(NEW)
    assert isinstance(answer, tuple)
    assert str(answer[0].verdict) == "accepted"
    assert (world.solo.author, world.solo.seed) == (author, NEW)
    assert key_of(world, author) == public_key(NEW).hex()
    assert isinstance(world.solo.propose([world.issue(0, 5, "after")]), tuple)
    assert verdicts(world.solo.submit(world.till[0].next(sale(0, 100)))) == ["accepted"]
    whole(world)


def test_a_node_rotates_again_and_again(world: World) -> None:
    for seed in (NEW, OTHER):
        assert isinstance(world.solo.rotate(seed), tuple)
    assert world.solo.rotate(NODE_SEED) == NotProposed(0, Code.ALREADY_EXISTS)
    assert world.solo.seed == OTHER
    whole(world)


def test_a_key_that_is_not_here_is_never_made_ours(world: World) -> None:
    body = rotation(NEW, world.chain, world.solo.author)
    assert world.solo.propose([body], atomic=False) == NotProposed(0, Code.BAD_PROOF)
    assert world.solo.propose([world.issue(0, 5, "x"), body]) == NotProposed(1, Code.BAD_PROOF)
    assert key_of(world, world.solo.author) == public_key(NODE_SEED).hex()


@pytest.mark.parametrize("spare", [(NEW,), (OTHER, NEW)])
def test_at_start_the_chain_says_which_key_it_is(world: World, spare: tuple[bytes, ...]) -> None:
    author = world.solo.author
    world.solo.rotate(NEW)
    world.database.close()
    world.database = open_database(world.where)
    with pytest.raises(ValueError, match="no node of this chain"):
        Solo(world.database, seed=NODE_SEED, boot=BOOT, clock=world.clock)
    solo = Solo(world.database, seed=NODE_SEED, boot=BOOT, clock=world.clock, spare=spare)
    assert (solo.author, solo.seed) == (author, NEW)
    assert isinstance(solo.propose([world.issue(0, 5, "after")]), tuple)
    whole(world)


@pytest.mark.parametrize("committed", [False, True])
def test_nobody_knows_whether_a_rotation_was_committed(world: World, committed: bool) -> None:
    """The connection was lost at its commit: the next turn asks the chain which key it is."""
    sealer = Sealer(Signer(NODE_SEED, BOOT, world.clock))

    def turn(connection: Connection) -> None:
        sealer.run(connection, [Rotation(NEW)])
        if not committed:
            raise RuntimeError("the cable")

    if committed:
        world.database.run(turn)
    else:
        with pytest.raises(RuntimeError, match="the cable"):
            world.database.run(turn)
    sealer.lost()
    world.database.run(lambda link: sealer.run(link, [Proposal((world.issue(0, 5, "a"),), True)]))
    sealer.committed()
    assert sealer.signer.seed == (NEW if committed else NODE_SEED)
    whole(world)


def test_a_rotation_that_never_reached_the_chain_changes_nothing(world: World) -> None:
    author = world.solo.author
    world.database.close()
    world.database = open_database(world.where)
    solo = Solo(world.database, seed=NODE_SEED, boot=BOOT, clock=world.clock, spare=(NEW,))
    assert (solo.author, solo.seed) == (author, NODE_SEED)
    assert isinstance(solo.propose([world.issue(0, 5, "after")]), tuple)
    whole(world)


# ---------- a copy of the chain at a member's ----------


def test_a_member_makes_no_blocks_on_its_copy_of_the_chain(world: World) -> None:
    """Its key is on the chain, and good; but a solo chain has one authority."""
    proof = invitation(OTHER, world.chain, PlaceId("cafe"))
    key = PublicKey(public_key(OTHER).hex())
    joining = PlaceJoin(key=key, label="Café", name="Café", place=PlaceId("cafe"), proof=proof)
    assert isinstance(world.solo.propose([joining]), tuple)
    with pytest.raises(ValueError, match="only its founder makes blocks"):
        Solo(world.database, seed=OTHER, boot=BOOT, clock=world.clock)
