"""The terminal's real journal and sync against the real engine, database and machine API."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from server.store.packing import unpack
from shared.amounts import Amount
from shared.bodies import Sale, TerminalRevoke
from shared.codec import encode
from shared.detail import Detail, Line, detail_hash
from shared.errors import Code
from shared.ids import BootId
from shared.verdict import ACCEPTED, OVERDRAWN, rejected
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
            unsent=lambda: Unsent(count=self.journal.head.seq - self.journal.stored_seq, amount=0),
            now_ms=self.time.now_ms,
            chance=lambda: 1.0,
        )

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
