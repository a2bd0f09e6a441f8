"""PROTOCOL §4 as dialogues with a node that is small and obviously right."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from shared.errors import Code
from shared.policy import OFFLINE
from shared.verdict import ACCEPTED
from terminal.offline_queue.records import News
from terminal.sync.transport import Reply, Request
from terminal.till.events import NodeLost, NodeRefused, Pulled, Pushed, Settled, Unsent
from tests.terminal.sync.made import Terminal
from tests.terminal.sync.node_model import CARD, T0, NodeModel

ALL_SENT = Unsent(count=0, amount=0)


def test_a_first_pull_gives_everything_the_till_needs(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, NodeModel())
    assert terminal.sync.directory()[1] == 0
    assert terminal.sync.directory()[0].place_name == "Le Bar"

    pulled = terminal.sync.pull()

    assert isinstance(pulled, Pulled)
    view = pulled.directory
    assert (view.place, view.point_of_sale, view.currency) == ("bar", "Bar 1", "FED")
    assert view.cards[CARD].balances == {"FED": 100_000}
    assert view.cards[CARD].number == "12345678"
    assert view.policy == OFFLINE
    assert terminal.sync.seen() == 1
    terminal.restart()
    assert terminal.sync.directory() == (view, T0)
    assert terminal.sync.seen() == 1


def test_sales_go_out_and_come_back_with_verdicts_and_balances(tmp_path: Path) -> None:
    node = NodeModel()
    terminal = Terminal(tmp_path, node)
    terminal.sync.pull()
    terminal.sell(500, 2)

    assert terminal.sync.push() == Pushed(
        at_ms=T0,
        stored_seq=2,
        verdicts=(Settled(seq=1, verdict=ACCEPTED), Settled(seq=2, verdict=ACCEPTED)),
        provisional=False,
        unsent=ALL_SENT,
    )
    assert node.details == 2
    pulled = terminal.sync.pull()
    assert isinstance(pulled, Pulled)
    assert pulled.settled_seq == 2
    assert pulled.directory.cards[CARD].balances == {"FED": 99_000}
    assert terminal.sync.push() is None


def test_nothing_is_sent_before_the_heads_were_compared(tmp_path: Path) -> None:
    node = NodeModel()
    terminal = Terminal(tmp_path, node)
    terminal.sell(500)

    assert terminal.sync.push() is None
    assert node.head.seq == 0
    terminal.sync.pull()
    assert isinstance(terminal.sync.push(), Pushed)


def test_a_long_queue_goes_in_batches_of_500_without_a_pause(tmp_path: Path) -> None:
    node = NodeModel()
    terminal = Terminal(tmp_path, node)
    terminal.sync.pull()
    terminal.sell(1, 1200)

    stored = []
    while (pushed := terminal.sync.push()) is not None:
        assert isinstance(pushed, Pushed)
        stored.append(pushed.stored_seq)
        assert terminal.sync.pause_s() == (0.0 if pushed.stored_seq < 1200 else 3.0)

    assert stored == [500, 1000, 1200]


def test_a_lost_answer_is_made_good_by_the_next_round(tmp_path: Path) -> None:
    node = NodeModel()

    class LoseOne:
        lose = 0

        def send(self, request: Request) -> Reply | None:
            reply = node.send(request)
            self.lose -= 1
            return None if self.lose == 0 else reply

    way = LoseOne()
    terminal = Terminal(tmp_path, way)
    terminal.sync.pull()
    terminal.sell(500)
    way.lose = 1

    assert terminal.sync.push() == NodeLost()
    assert terminal.journal.stored_seq == 0
    pulled = terminal.sync.pull()  # says that it has the batch, and the verdict
    assert isinstance(pulled, Pulled)
    assert pulled.verdicts == (Settled(seq=1, verdict=ACCEPTED),)
    assert terminal.sync.push() is None
    assert (node.effects, node.balance) == (1, 99_500)


def test_a_wrong_clock_costs_one_more_question(tmp_path: Path) -> None:
    node = NodeModel(now_ms=T0 + 3 * 86_400_000)
    terminal = Terminal(tmp_path, node)

    assert isinstance(terminal.sync.pull(), Pulled)
    assert isinstance(terminal.sync.pull(), Pulled)

    assert node.stale == 1
    terminal.sell(500)
    assert terminal.journal.records(1)[0].at_ms == T0 + 3 * 86_400_000  # a verified header's


def test_a_node_put_back_gets_the_rest_again(tmp_path: Path) -> None:
    node = NodeModel()
    terminal = Terminal(tmp_path, node)
    terminal.sync.pull()
    terminal.sell(500, 3)
    terminal.round()
    node.forget(1)
    terminal.sell(500)

    gap = terminal.sync.push()

    assert isinstance(gap, Pushed)
    assert (gap.stored_seq, gap.unsent.count) == (1, 3)
    assert isinstance(terminal.sync.push(), Pushed)
    assert node.head.seq == 4


def test_a_node_put_back_is_noticed_by_a_pull_too(tmp_path: Path) -> None:
    node = NodeModel()
    terminal = Terminal(tmp_path, node)
    terminal.sync.pull()
    terminal.sell(500, 3)
    terminal.round()
    node.forget(2)

    terminal.sync.pull()
    terminal.sync.push()

    assert node.head.seq == 3


def test_a_restored_image_takes_back_its_own_entries_before_it_sends(tmp_path: Path) -> None:
    node = NodeModel()
    (tmp_path / "till").mkdir()
    terminal = Terminal(tmp_path / "till", node)
    terminal.sync.pull()
    terminal.sell(500, 2)
    terminal.round()
    terminal.journal.close()
    shutil.copytree(tmp_path / "till", tmp_path / "image")
    terminal.restart()
    terminal.sell(1, 700)
    for _ in range(3):
        terminal.round()
    terminal.journal.close()

    restored = Terminal(tmp_path / "image", node, terminal.time)
    assert restored.journal.head.seq == 2
    pulled = restored.sync.pull()

    assert isinstance(pulled, Pulled)
    assert restored.journal.head.seq == 702
    assert pulled.unsent == ALL_SENT
    restored.sell(100)
    assert isinstance(restored.sync.push(), Pushed)
    assert node.head.seq == 703


def test_a_fork_stops_the_sending_and_says_so(tmp_path: Path) -> None:
    node = NodeModel()
    (tmp_path / "till").mkdir()
    terminal = Terminal(tmp_path / "till", node)
    terminal.sync.pull()
    terminal.sell(500)
    terminal.round()
    terminal.journal.close()
    shutil.copytree(tmp_path / "till", tmp_path / "image")
    terminal.restart()
    terminal.sync.pull()
    terminal.sell(500)
    terminal.round()

    clone = Terminal(tmp_path / "image", node, terminal.time)
    clone.sell(999)  # sold offline before it heard of what it had lost

    assert clone.round() == (None, NodeRefused(Code.FORK))
    assert clone.round() == (NodeRefused(Code.FORK), NodeRefused(Code.FORK))
    clone.sell(999)  # selling goes on within its rules, nothing is dropped
    assert clone.journal.head.seq == 3
    assert node.head.seq == 2


@pytest.mark.parametrize("code", [Code.NODE_BUSY, Code.INTERNAL, Code.NODE_BEHIND])
def test_a_node_that_is_not_well_is_waited_for(tmp_path: Path, code: Code) -> None:
    node = NodeModel()
    terminal = Terminal(tmp_path, node)
    terminal.sync.pull()
    terminal.sell(500)
    node.down = code

    assert terminal.round() == (NodeLost(), NodeLost())
    node.down = None
    assert isinstance(terminal.sync.push(), Pushed)


@pytest.mark.parametrize(
    "status, code",
    [
        ("revoked", Code.AUTHOR_REVOKED),
        ("quarantined", Code.AUTHOR_QUARANTINED),
    ],
)
def test_a_till_that_is_not_wanted_is_told(tmp_path: Path, status: str, code: Code) -> None:
    node = NodeModel(status=status)
    terminal = Terminal(tmp_path, node)
    terminal.sell(500)

    assert terminal.sync.pull() == NodeRefused(code)
    assert isinstance(terminal.sync.push(), Pushed)  # its late sales still go to the node


def test_whom_the_node_has_revoked_stays_so_without_network_and_after_a_restart(
    tmp_path: Path,
) -> None:
    node = NodeModel(status="revoked")
    terminal = Terminal(tmp_path, node)
    terminal.sync.pull()
    node.down = Code.NODE_BUSY
    terminal.restart()

    assert terminal.sync.pull() == NodeRefused(Code.AUTHOR_REVOKED)
    node.down, node.status = None, "active"
    assert isinstance(terminal.sync.pull(), Pulled)
    node.down = Code.NODE_BUSY
    assert terminal.sync.pull() == NodeLost()


def test_a_dead_letter_is_shown_kept_and_tried_again(tmp_path: Path) -> None:
    node = NodeModel()
    terminal = Terminal(tmp_path, node)
    terminal.sync.pull()
    terminal.sell(500)
    node.refuse["/api/v1/batches"] = Code.BAD_SIGNATURE

    refused = NodeRefused(Code.BAD_SIGNATURE)
    assert terminal.round() == (refused, refused)  # also when the deltas come
    assert terminal.sync.pause_s() == 1.0
    terminal.sell(500)
    assert terminal.journal.head.seq == 2
    node.refuse.clear()
    pushed = terminal.sync.push()
    assert isinstance(pushed, Pushed)
    assert pushed.stored_seq == 2


def test_details_that_the_node_does_not_take_do_not_block_the_sales(tmp_path: Path) -> None:
    node = NodeModel()

    class NoDetails:
        def send(self, request: Request) -> Reply | None:
            if b"tirelire-details" in request.body:
                node.refuse["/api/v1/batches"] = Code.BAD_FRAMING
            reply = node.send(request)
            node.refuse.clear()
            return reply

    terminal = Terminal(tmp_path, NoDetails())
    terminal.sync.pull()
    terminal.sell(500)

    assert isinstance(terminal.sync.push(), Pushed)
    assert (node.head.seq, node.details) == (1, 0)


def test_a_batch_too_large_for_a_proxy_is_halved(tmp_path: Path) -> None:
    node = NodeModel()

    class Small:
        def send(self, request: Request) -> Reply | None:
            if len(request.body) > 2000:
                node.refuse["/api/v1/batches"] = Code.TOO_LARGE
            reply = node.send(request)
            node.refuse.clear()
            return reply

    terminal = Terminal(tmp_path, Small())
    terminal.sync.pull()
    terminal.sell(500, 4)

    pushed = [terminal.sync.push() for _ in range(3)]

    assert [isinstance(one, Pushed) for one in pushed[:2]] == [True, True]
    assert node.head.seq == 4


def test_a_header_that_the_node_did_not_seal_is_not_believed(tmp_path: Path) -> None:
    node = NodeModel()

    class Forged:
        def send(self, request: Request) -> Reply | None:
            reply = node.send(request)
            assert reply is not None
            return Reply(reply.status, reply.body.replace(b'height\\":1', b'height\\":9'))

    terminal = Terminal(tmp_path, Forged())

    assert terminal.sync.pull() == NodeLost(stranger=True)
    assert terminal.sync.seen() == 0
    assert terminal.journal.cards() == {}


def test_an_unknown_cursor_begins_anew(tmp_path: Path) -> None:
    node = NodeModel()
    terminal = Terminal(tmp_path, node)
    terminal.sync.pull()
    terminal.journal.keep(News(state={"cursor": b"from another world"}))

    assert isinstance(terminal.sync.pull(), Pulled)


def test_balances_count_only_when_the_last_page_came(tmp_path: Path) -> None:
    node = NodeModel(page=2)
    terminal = Terminal(tmp_path, node)
    terminal.sync.pull()
    terminal.sell(1, 5)
    terminal.sync.push()

    pulled = terminal.sync.pull()

    assert isinstance(pulled, Pulled)
    assert pulled.settled_seq == 5
    assert [v.seq for v in pulled.verdicts] == [1, 2, 3, 4, 5]
