"""The solo engine: every position of PROTOCOL §4, its own transactions, parallel callers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from server.engine.items import Arrival
from server.engine.port import NotProposed, Placed, Stored, Unplaced
from server.engine.sealer import portions
from server.engine.solo import Solo
from server.ledger.records import Author
from server.store import details, readers
from server.store.database import open_database
from server.store.view import StoreView
from shared.amounts import Amount
from shared.bodies import CardBlock, PlaceCreate, Refund
from shared.detail import Detail, detail_hash
from shared.errors import Code
from shared.ids import ChainId, PlaceId
from shared.signing import Purpose, sign
from tests.server.engine.world import (
    BOOT,
    NO_DETAIL,
    NODE_SEED,
    Clock,
    Till,
    World,
    card,
    count,
    sale,
    verdicts,
)


@pytest.fixture
def world(where: Path | str) -> Iterator[World]:
    world = World(where)
    yield world
    world.database.close()


def test_a_batch_becomes_a_block(world: World) -> None:
    before = world.solo.tip.height
    answer = world.solo.submit(world.till[0].next(sale(0, 300), sale(1, 200)))
    assert isinstance(answer, Stored)
    assert answer.seq == 2
    assert answer.head == world.till[0].head
    assert [(p.seq, p.height, p.index, str(p.verdict)) for p in answer.placed] == [
        (1, before + 1, 0, "accepted"),
        (2, before + 1, 1, "accepted"),
    ]
    assert not answer.provisional
    assert world.solo.tip.height == before + 1
    assert world.on_card(0) == 700
    assert world.balance("place:bar") == 500
    assert world.sums() == {"GRAIN": 0}


# ---------- positions ----------


def test_a_replay_gets_the_first_answer_and_makes_no_block(world: World) -> None:
    batch = world.till[0].next(sale(0, 300), sale(0, 5_000, basis="online"))
    first = world.solo.submit(batch)
    height = world.solo.tip.height
    assert verdicts(first) == ["accepted", "rejected(insufficient_funds)"]
    assert world.solo.submit(batch) == first
    assert world.solo.tip.height == height
    assert world.on_card(0) == 700


def test_an_overlap_goes_on_with_the_rest(world: World) -> None:
    till = world.till[0]
    first = world.solo.submit(till.next(sale(0, 100), sale(0, 100)))
    till.write(sale(0, 100))
    second = world.solo.submit(till.batch(2))
    assert isinstance(first, Stored)
    assert isinstance(second, Stored)
    assert [placed.seq for placed in second.placed] == [2, 3]
    assert second.placed[0] == first.placed[1]
    assert second.placed[1].height == first.placed[1].height + 1
    assert world.on_card(0) == 700


def test_a_gap_says_what_is_expected_and_stores_nothing(world: World) -> None:
    till = world.till[0]
    till.write(sale(0, 100), sale(0, 100))
    height = world.solo.tip.height
    assert world.solo.submit(till.batch(2)) == Unplaced(Code.GAP, 1)
    assert world.solo.tip.height == height
    assert verdicts(world.solo.submit(till.batch(1))) == ["accepted", "accepted"]


def test_a_fork_is_kept_as_evidence_once_and_executes_nothing(world: World) -> None:
    till = world.till[0]
    twin = till.twin()
    assert verdicts(world.solo.submit(till.next(sale(0, 100)))) == ["accepted"]
    forked = twin.next(sale(1, 100))
    height = world.solo.tip.height
    assert world.solo.submit(forked) == Unplaced(Code.FORK)
    assert world.solo.tip.height == height + 1
    assert world.on_card(1) == 1_000
    assert world.solo.submit(forked) == Unplaced(Code.AUTHOR_QUARANTINED)
    assert world.solo.submit(till.next(sale(0, 100))) == Unplaced(Code.AUTHOR_QUARANTINED)
    assert world.solo.tip.height == height + 1
    with world.database.read() as connection:
        author = StoreView(connection).get(Author, (till.author,))
        [kept] = readers.batches_of(connection, height + 1)
    assert author is not None
    assert author.status == "quarantined"
    assert kept == forked.raw


def test_another_history_before_the_next_number_is_a_fork(world: World) -> None:
    till = world.till[0]
    twin = till.twin()
    world.solo.submit(till.next(sale(0, 100)))
    twin.write(sale(0, 101))
    twin.write(sale(0, 100))
    assert world.solo.submit(twin.batch(2)) == Unplaced(Code.FORK)


def test_a_stranger_a_wrong_key_and_another_chain_are_not_taken(world: World) -> None:
    till = world.till[0]
    stranger = Till(b"s" * 32, world.chain)
    batch = till.next(sale(0, 100))
    forged = replace(batch, signature=sign(b"f" * 32, Purpose.TRANSACTION, batch.last.raw))
    other = Till(till.seed, ChainId("e" * 32)).next(sale(0, 100))
    height = world.solo.tip.height
    assert world.solo.submit(stranger.next(sale(0, 100))) == Unplaced(Code.UNKNOWN_AUTHOR)
    assert world.solo.submit(forged) == Unplaced(Code.BAD_SIGNATURE)
    assert world.solo.submit(other) == Unplaced(Code.OTHER_CHAIN)
    assert world.solo.tip.height == height
    assert verdicts(world.solo.submit(batch)) == ["accepted"]


def test_a_rejection_does_not_block_the_author(world: World) -> None:
    answer = world.solo.submit(
        world.till[0].next(sale(99, 100), PlaceCreate(name="X", place=PlaceId("x")), sale(0, 100))
    )
    assert verdicts(answer) == ["rejected(unknown_card)", "rejected(not_authorised)", "accepted"]


# ---------- own transactions ----------


def test_an_atomic_proposal_is_made_whole_or_not_at_all(world: World) -> None:
    height = world.solo.tip.height
    answer = world.solo.propose([world.issue(0, 50, "a"), world.issue(0, 50, "a")])
    assert answer == NotProposed(1, Code.EVIDENCE_USED)
    assert world.solo.tip.height == height
    assert world.on_card(0) == 1_000
    done = world.solo.propose([world.issue(0, 50, "a"), world.issue(0, 50, "b")])
    assert isinstance(done, tuple)
    assert [(p.height, p.index, str(p.verdict)) for p in done] == [
        (height + 1, 0, "accepted"),
        (height + 1, 1, "accepted"),
    ]
    assert world.on_card(0) == 1_100


def test_a_loose_proposal_records_its_rejections(world: World) -> None:
    answer = world.solo.propose(
        [world.issue(0, 50, "a"), world.issue(0, 50, "a"), world.issue(0, 50, "b")], atomic=False
    )
    assert isinstance(answer, tuple)
    assert [str(p.verdict) for p in answer] == ["accepted", "rejected(evidence_used)", "accepted"]
    assert world.on_card(0) == 1_100


def test_a_long_proposal_is_several_batches_in_one_block(world: World) -> None:
    height = world.solo.tip.height
    answer = world.solo.propose([world.issue(0, 1, f"e{n}") for n in range(1_001)])
    assert isinstance(answer, tuple)
    assert {placed.height for placed in answer} == {height + 1}
    assert [placed.index for placed in answer] == list(range(1_001))
    with world.database.read() as connection:
        counts = connection.exec_driver_sql(
            "SELECT count FROM block_batch WHERE height = ? ORDER BY position", (height + 1,)
        )
        assert list(counts.scalars()) == [500, 500, 1]
    assert world.on_card(0) == 2_001


def test_a_body_that_cannot_be_read_is_not_proposed(world: World) -> None:
    height = world.solo.tip.height
    bad = [world.issue(0, 5, "a"), world.issue(0, 0, "b")]
    assert world.solo.propose(bad, atomic=False) == NotProposed(1, Code.BAD_AMOUNT)
    assert world.solo.tip.height == height


def test_a_node_whose_own_chain_forked_proposes_nothing(world: World) -> None:
    node = Till(NODE_SEED, world.chain, seq=1, payloads=[b""])
    assert world.solo.submit(node.next(world.issue(0, 5, "a"))) == Unplaced(Code.FORK)
    answer = world.solo.propose([world.issue(0, 5, "b")])
    assert answer == NotProposed(0, Code.AUTHOR_QUARANTINED)


def test_a_block_does_not_grow_without_end(world: World) -> None:
    till = world.till[0]
    arrivals = [Arrival(till.next(*[sale(0, 1)] * size)) for size in (2, 2, 1, 9, 1)]
    parts = [[len(a.batch.transactions) for a in part] for part in portions(arrivals, most=5)]
    assert parts == [[2, 2, 1], [9], [1]]
    assert list(portions([])) == []


def test_nothing_proposed_makes_no_block(world: World) -> None:
    height = world.solo.tip.height
    assert world.solo.propose([]) == ()
    assert world.solo.tip.height == height


# ---------- parallel callers ----------


def test_two_tills_on_the_last_euro_at_once(world: World) -> None:
    world.solo.propose([CardBlock(card=card(2), reason="lost")])
    batches = [till.next(sale(0, 1_000, basis="online")) for till in world.till]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(world.solo.submit, batches))
    assert count(answers, "accepted") == 1
    assert count(answers, "rejected(insufficient_funds)") == 1
    assert world.on_card(0) == 0
    assert world.sums() == {"GRAIN": 0}


def test_32_parallel_spends_with_10_fundable(where: Path | str) -> None:
    world = World(where, tills=32, cards=1, funds=1_000)
    batches = [till.next(sale(0, 100, basis="online")) for till in world.till]
    before = world.solo.tip.height
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(world.solo.submit, batches))
    assert count(answers, "accepted") == 10
    assert count(answers, "rejected(insufficient_funds)") == 22
    assert world.on_card(0) == 0
    assert world.balance("place:bar") == 1_000
    assert world.sums() == {"GRAIN": 0}
    assert before < world.solo.tip.height <= before + 32
    world.database.close()


def test_the_same_batch_many_times_at_once_has_one_effect(world: World) -> None:
    batch = world.till[0].next(sale(0, 100), sale(0, 200))
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(world.solo.submit, [batch] * 16))
    assert answers == [answers[0]] * 16
    assert verdicts(answers[0]) == ["accepted", "accepted"]
    assert world.on_card(0) == 700


def test_parallel_proposals_and_batches_keep_every_chain_gapless(world: World) -> None:
    batches = [world.till[n % 2].next(sale(n % 3, 1)) for n in range(40)]

    def spend(start: int) -> int:
        answers = [world.solo.submit(batch) for batch in batches[start::2]]
        return count(answers, "accepted")

    def issue(worker: int) -> int:
        answers = [world.solo.propose([world.issue(0, 1, f"{worker}.{n}")]) for n in range(10)]
        return sum(isinstance(answer, tuple) for answer in answers)

    with ThreadPoolExecutor(6) as pool:
        spent, issued = pool.map(spend, (0, 1)), pool.map(issue, range(4))
        assert (sum(spent), sum(issued)) == (40, 40)
    assert world.sums() == {"GRAIN": 0}
    assert world.balance("issuer:GRAIN") == -3_040
    with world.database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT author, COUNT(*), MAX(seq) FROM chain_transaction GROUP BY author"
        ).all()
    assert all(many == last for _, many, last in rows)


# ---------- details, refunds ----------


def test_details_are_kept_beside_the_transactions_that_name_them(world: World) -> None:
    known = Detail(lines=(), operator="-", salt="1" * 32, total=Amount(100))
    stray = Detail(lines=(), operator="-", salt="2" * 32, total=Amount(100))
    till = world.till[0]
    batch = till.next(sale(0, 100, detail=detail_hash(known)), sale(0, 100))
    world.solo.submit(batch, [known, stray])
    world.solo.submit(batch, [known])
    with world.database.read() as connection:
        assert details.find(connection, till.author, 1) == known
        assert details.find(connection, till.author, 2) is None
        count = connection.exec_driver_sql("SELECT COUNT(*) FROM local_detail")
        assert count.scalar_one() == 1


def test_a_refund_finds_its_sale_in_this_block_and_in_earlier_ones(world: World) -> None:
    till, other = world.till
    back = [
        Refund(amount=Amount(300), author=till.author, detail=NO_DETAIL, seq=seq)
        for seq in (1, 2, 3)
    ]
    world.solo.submit(till.next(sale(0, 300), sale(0, 300)))
    answer = world.solo.submit(till.next(sale(0, 300), back[2], back[0]))
    assert verdicts(answer) == ["accepted"] * 3
    world.reopen()
    assert verdicts(world.solo.submit(other.next(back[1], back[1]))) == [
        "accepted",
        "rejected(refund_too_large)",
    ]
    assert world.on_card(0) == 1_000
    assert world.balance("place:bar") == 0


# ---------- restarts ----------


def test_a_restart_gives_the_same_tip_and_goes_on(world: World) -> None:
    first = world.till[0].next(sale(0, 100))
    answer = world.solo.submit(first)
    tip = world.solo.tip
    world.reopen()
    assert world.solo.tip == tip
    assert world.solo.submit(first) == answer
    assert verdicts(world.solo.submit(world.till[0].next(sale(0, 100)))) == ["accepted"]
    assert world.solo.tip.height == tip.height + 1


def test_an_engine_needs_a_chain(where: Path | str) -> None:
    database = open_database(where)
    with pytest.raises(ValueError, match="no chain"):
        Solo(database, seed=NODE_SEED, boot=BOOT, clock=Clock())
    database.close()


def test_time_never_goes_backwards(world: World) -> None:
    world.clock.now += 60_000
    world.solo.submit(world.till[0].next(sale(0, 1)))
    late = world.solo.tip.time
    world.clock.now -= 50_000
    answer = world.solo.submit(world.till[0].next(sale(0, 1)))
    assert isinstance(answer, Stored)
    assert isinstance(answer.placed[0], Placed)
    assert world.solo.tip.time == late
