"""The terminal's real journal and sync against the real engine, database and machine API."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from server.engine.port import Missing
from server.store.packing import unpack
from shared.amounts import Amount
from shared.bodies import PolicySet, Sale, TerminalRevoke
from shared.codec import encode
from shared.detail import Detail, Line, detail_hash
from shared.errors import Code
from shared.ids import BootId, PublicKey
from shared.policy import ProtocolPolicy
from shared.signing import public_key
from shared.verdict import ACCEPTED, OVERDRAWN, rejected
from shared.wire import PairAnswer
from terminal.sync.identity import journal_identity
from terminal.sync.node_sync import NodeSync
from terminal.sync.pairing import Enrolment, Keys, enrol
from terminal.sync.transport import SignedReads
from terminal.till.events import NodeLost, NodeRefused, Pulled, Pushed, Settled, Unsent
from tests.server.engine.world import card
from tests.terminal.offline_queue.made import opened
from tests.terminal.sync.made import Time, nonce
from tests.terminal.sync.real_node import CARD_KEY, PIN, RealNode

KEYS = Keys(sign=bytes([21]) * 32, box=bytes([22]) * 32)


@dataclass
class Till:
    """A paired terminal on a folder."""

    folder: Path
    node: RealNode
    enrolment: Enrolment
    time: Time = field(default_factory=Time)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.start()

    def start(self) -> None:
        who = journal_identity(KEYS, self.enrolment)
        self.journal = opened(self.folder, who, BootId("1" * 16))
        self.sync = NodeSync(
            self.journal,
            self.node,
            SignedReads(self.node, who, now_ms=self.time.now_ms, nonce=nonce),
            self.enrolment.answer,
            keep_pair=self.keep_pair,
            unsent=lambda: Unsent(count=self.journal.head.seq - self.journal.stored_seq, amount=0),
            now_ms=self.time.now_ms,
            chance=lambda: 1.0,
        )

    def keep_pair(self, pair: PairAnswer) -> None:
        self.enrolment = Enrolment(answer=pair, card_key=self.enrolment.card_key)

    def sell(self, total: int, number: int = 0, *, online: bool = False) -> None:
        line = Line(item="beer", label="Bière", quantity=1, unit_price=total, vat=2000)
        detail = Detail(lines=(line,), operator="-", salt="0" * 32, total=Amount(total))
        body = Sale(
            basis="online" if online else "cached",
            card=card(number),
            detail=detail_hash(detail),
            inside=(),
            total=Amount(total),
        )
        self.journal.append(
            body, encode(detail), at_ms=self.time.now, mono_ms=0, seen=self.sync.seen()
        )

    def money(self, number: int = 0) -> int:
        balances = self.sync.directory()[0].cards[card(number)].balances
        return sum(balances.values())


@pytest.fixture
def node(tmp_path: Path) -> Iterator[RealNode]:
    node = RealNode(tmp_path / "node.db")
    yield node
    node.world.database.close()


@pytest.fixture
def till(tmp_path: Path, node: RealNode) -> Till:
    node.invite()
    enrolment = enrol(node, KEYS, PIN)
    assert isinstance(enrolment, Enrolment)
    assert enrolment.card_key == CARD_KEY
    return Till(tmp_path / "till", node, enrolment)


def test_a_code_pairs_and_the_first_pull_fills_the_till(till: Till, node: RealNode) -> None:
    pulled = till.sync.pull()

    assert isinstance(pulled, Pulled)
    assert (pulled.directory.place, pulled.directory.point_of_sale) == ("bar", "Bar 1")
    assert pulled.directory.currency == "GRAIN"
    assert till.money() == 1_000
    assert till.sync.seen() == node.world.solo.tip.height
    assert enrol(node, Keys(sign=bytes(32), box=bytes(32)), PIN) is Code.BAD_PIN


def test_offline_sales_become_final_when_the_network_returns(till: Till, node: RealNode) -> None:
    till.sync.pull()
    node.cut = True
    for _ in range(3):
        till.sell(400)
    assert (till.sync.push(), till.sync.pull()) == (NodeLost(), NodeLost())

    node.cut = False
    pushed = till.sync.push()

    assert isinstance(pushed, Pushed)
    assert [settled.verdict for settled in pushed.verdicts] == [ACCEPTED, ACCEPTED, OVERDRAWN]
    pulled = till.sync.pull()
    assert isinstance(pulled, Pulled)
    assert (pulled.settled_seq, pulled.unsent.count, till.money()) == (3, 0, 0)
    assert node.world.balance("place:bar") == 1_200
    assert node.world.sums() == {"GRAIN": 0}


def test_an_online_sale_is_all_or_nothing(till: Till) -> None:
    till.sync.pull()
    till.sell(5_000, online=True)

    pushed = till.sync.push()

    assert isinstance(pushed, Pushed)
    assert pushed.verdicts == (Settled(seq=1, verdict=rejected(Code.INSUFFICIENT_FUNDS)),)
    assert not pushed.provisional


def test_a_lost_answer_has_no_second_effect(till: Till, node: RealNode) -> None:
    till.sync.pull()
    till.sell(300)
    node.mute = True
    assert till.sync.push() == NodeLost()
    node.mute = False

    assert isinstance(till.sync.pull(), Pulled)

    assert till.sync.push() is None
    assert till.money() == 700


def test_a_thousand_sales_arrive_in_batches(till: Till, node: RealNode) -> None:
    till.sync.pull()
    for _ in range(1_001):
        till.sell(1, 1)

    pushes = [till.sync.push() for _ in range(4)]

    assert [push and getattr(push, "stored_seq", None) for push in pushes] == [
        500,
        1000,
        1001,
        None,
    ]
    till.sync.pull()
    assert till.journal.settled_seq == 1_001
    assert till.money(1) == 0
    assert node.world.balance("place:bar") == 1_001


def test_a_wrong_clock_does_not_keep_a_till_out(till: Till, node: RealNode) -> None:
    node.world.clock.now += 5 * 86_400_000

    assert isinstance(till.sync.pull(), Pulled)
    assert 401 in node.codes


def test_a_restored_image_goes_on_without_a_fork(
    till: Till, node: RealNode, tmp_path: Path
) -> None:
    till.sync.pull()
    till.journal.close()
    shutil.copytree(till.folder, tmp_path / "image")
    till.start()
    till.sync.pull()
    for _ in range(3):
        till.sell(100)
    till.sync.push()
    till.journal.close()

    restored = Till(tmp_path / "image", node, till.enrolment)
    assert isinstance(restored.sync.pull(), Pulled)
    assert restored.journal.head.seq == 3
    restored.sell(100)
    pushed = restored.sync.push()
    assert isinstance(pushed, Pushed)
    assert pushed.verdicts == (Settled(seq=4, verdict=ACCEPTED),)


def test_a_forked_till_is_told_and_the_place_keeps_the_first_branch(
    till: Till, node: RealNode, tmp_path: Path
) -> None:
    till.sync.pull()
    till.journal.close()
    shutil.copytree(till.folder, tmp_path / "image")
    till.start()
    till.sync.pull()
    till.sell(100)
    till.sync.push()

    clone = Till(tmp_path / "image", node, till.enrolment)
    clone.sell(999)
    assert clone.sync.pull() == NodeRefused(Code.FORK)
    assert clone.sync.push() == NodeRefused(Code.FORK)
    assert node.world.balance("place:bar") == 100
    with node.world.database.read() as connection:
        kept = connection.exec_driver_sql("SELECT packed FROM block_batch").scalars().all()
    mine = clone.journal.records(1, 1)[0].payload
    evidence = [packed for packed in kept if mine in unpack(packed)]
    assert len(evidence) == 1, "the other branch is kept as evidence"
    height = node.world.solo.tip.height
    assert clone.sync.push() == NodeRefused(Code.FORK)
    assert node.world.solo.tip.height == height


def test_a_revoked_till_is_told_and_its_late_sales_are_disputed(till: Till, node: RealNode) -> None:
    till.sync.pull()
    till.sell(100)
    till.sync.push()
    till.sell(200)
    node.world.solo.propose([TerminalRevoke(after=1, terminal=till.journal.author)])

    pushed = till.sync.push()

    assert isinstance(pushed, Pushed)
    assert [str(settled.verdict) for settled in pushed.verdicts] == ["disputed"]
    assert till.sync.pull() == NodeRefused(Code.AUTHOR_REVOKED)
    assert node.world.balance("place:bar") == 100


def test_a_node_that_restarts_finds_the_till_where_it_was(till: Till, node: RealNode) -> None:
    till.sync.pull()
    till.sell(100)
    till.sync.push()
    node.world.reopen()
    node.serve()
    till.sell(100)

    assert isinstance(till.sync.push(), Pushed)
    assert isinstance(till.sync.pull(), Pulled)
    assert till.money() == 800


def test_a_node_put_back_from_a_copy_gets_every_sale_again(
    till: Till, node: RealNode, tmp_path: Path
) -> None:
    till.sync.pull()
    till.sell(100)
    till.sync.push()
    till.sync.pull()
    node.world.database.close()
    shutil.copy(tmp_path / "node.db", tmp_path / "copy.db")
    node.world.reopen()
    node.serve()
    for _ in range(2):
        till.sell(100)
        till.sync.push()
    node.world.database.close()
    shutil.copy(tmp_path / "copy.db", tmp_path / "node.db")
    node.world.reopen()
    node.serve()

    till.sell(100)
    for _ in range(3):
        till.sync.push()
        till.sync.pull()

    assert till.journal.stored_seq == 4


# ---------- the node's key ----------


@pytest.fixture
def later(node: RealNode) -> RealNode:
    """A node whose chain knows how keys change."""
    assert isinstance(node.world.solo.propose([PolicySet("-", ProtocolPolicy(2))]), tuple)
    return node


def test_a_till_that_was_off_follows_the_node_through_two_keys(till: Till, later: RealNode) -> None:
    till.sync.pull()
    till.sell(100)
    till.journal.close()
    for seed in (b"N" * 32, b"O" * 32):
        assert isinstance(later.world.solo.rotate(seed), tuple)
        gift = later.world.issue(0, 100, f"gift:{seed[0]}")
        assert isinstance(later.world.solo.propose([gift]), tuple)
    till.start()

    assert isinstance(till.sync.pull(), Pulled)
    assert till.enrolment.answer.node_key == public_key(b"O" * 32).hex()
    pushed = till.sync.push()
    assert isinstance(pushed, Pushed)
    assert [settled.verdict for settled in pushed.verdicts] == [ACCEPTED]
    assert till.sync.seen() == later.world.solo.tip.height - 1  # the sale made one more
    till.sync.pull()
    assert till.money() == 1_000 + 200 - 100


def test_a_node_put_back_from_before_its_new_key_is_ours_again_once_it_has_it(
    till: Till, later: RealNode, tmp_path: Path
) -> None:
    later.world.database.close()
    shutil.copy(tmp_path / "node.db", tmp_path / "copy.db")
    later.world.reopen()
    later.serve()
    later.world.solo.rotate(b"N" * 32)
    later.world.solo.propose([later.world.issue(0, 100, "lost")])
    assert isinstance(till.sync.pull(), Pulled)

    later.world.database.close()
    shutil.copy(tmp_path / "copy.db", tmp_path / "node.db")
    later.world.reopen()
    later.serve()
    assert till.sync.pull() == NodeLost(stranger=True)
    later.world.solo.resume()
    later.world.solo.rotate(b"N" * 32)
    assert isinstance(later.world.solo.propose([later.world.issue(0, 100, "again")]), tuple)
    till.journal.close()
    till.start()
    assert isinstance(till.sync.pull(), Pulled)


def test_a_till_that_a_thief_has_led_away_is_ours_again_by_a_pairing(
    till: Till, later: RealNode
) -> None:
    """The old key was stolen, and the till met the thief before it heard of the new one."""
    till.sync.pull()
    stolen = replace(till.enrolment.answer, node_key=PublicKey(public_key(b"E" * 32).hex()))
    till.keep_pair(stolen)
    till.journal.close()
    till.start()
    till.sell(100)
    assert till.sync.pull() == NodeLost(stranger=True)
    till.journal.mark_stored(1)  # the thief has said that it has this sale

    again = enrol(later, KEYS, PIN)
    assert isinstance(again, Enrolment)
    till.enrolment = again
    till.journal.close()
    till.start()
    assert isinstance(till.sync.pull(), Pulled)
    assert isinstance(till.sync.push(), Pushed)
    assert later.world.balance("place:bar") == 100


def test_a_node_put_back_is_shown_what_it_has_sealed_and_lost(
    till: Till, node: RealNode, tmp_path: Path
) -> None:
    node.world.database.close()
    shutil.copy(tmp_path / "node.db", tmp_path / "copy.db")
    node.world.reopen()
    node.serve()
    for _ in range(3):
        till.sync.pull()
        till.sell(100)
        till.sync.push()
    till.sync.pull()
    seen, time = till.sync.seen(), node.world.solo.tip.time

    node.world.database.close()
    shutil.copy(tmp_path / "copy.db", tmp_path / "node.db")
    node.world.reopen()
    node.serve()
    assert isinstance(till.sync.pull(), Pulled)
    assert node.world.solo.missing == Missing(seen, till.journal.author, time)
