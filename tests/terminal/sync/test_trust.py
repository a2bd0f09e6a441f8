"""A till follows its node's key by itself, and believes nobody who cannot prove it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from shared.errors import Code
from shared.signing import Purpose, public_key, sign, to_text
from shared.wire import KeysAnswer, KeyStep
from terminal.sync.transport import Reply, Request
from terminal.sync.trust import MOST_ANSWERS
from terminal.till.events import NodeLost, Pulled, Pushed
from tests.terminal.sync.made import Terminal
from tests.terminal.sync.node_model import NODE_SEED, PAIR, NodeModel, good, key_step, problem

NEW, NEWER, EVIL = b"N" * 32, b"O" * 32, b"E" * 32
STRANGER = NodeLost(stranger=True)


def key(seed: bytes) -> str:
    return public_key(seed).hex()


def asked(way: Way) -> list[str]:
    return [request.query for request in way.requests if request.path == "/api/v1/keys"]


@dataclass
class Way:
    """A way to a node that can be pointed at another one."""

    node: NodeModel
    requests: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Reply | None:
        self.requests.append(request)
        return self.node.send(request)


@dataclass
class Met:
    """A till that has met its node and sold, and the way between them."""

    terminal: Terminal
    way: Way

    @property
    def node(self) -> NodeModel:
        return self.way.node


@pytest.fixture
def met(tmp_path: Path) -> Met:
    way = Way(NodeModel())
    terminal = Terminal(tmp_path, way)
    assert isinstance(terminal.sync.pull(), Pulled)
    terminal.sell(500)
    assert isinstance(terminal.sync.push(), Pushed)
    return Met(terminal, way)


# ---------- the node's own keys ----------


def test_a_till_follows_one_rotation_and_sells_on(met: Met) -> None:
    met.node.rotate(NEW)
    assert isinstance(met.terminal.sync.pull(), Pulled)
    assert met.terminal.pair == structs.replace(PAIR, node_key=key(NEW))
    met.terminal.sell(500)
    assert isinstance(met.terminal.sync.push(), Pushed)
    assert isinstance(met.terminal.sync.pull(), Pulled)
    assert asked(met.way) == [f"known={PAIR.node_key}"]  # only when it was needed


def test_a_till_that_was_off_for_months_follows_all(met: Met) -> None:
    for seed in (NEW, NEWER, b"P" * 32):
        met.node.rotate(seed)
    met.terminal.restart()
    assert isinstance(met.terminal.sync.pull(), Pulled)
    assert met.terminal.pair.node_key == key(b"P" * 32)
    met.terminal.restart()
    assert isinstance(met.terminal.sync.pull(), Pulled)
    assert len(asked(met.way)) == 1


def test_a_long_way_comes_in_parts(met: Met) -> None:
    for seed in (NEW, NEWER, b"P" * 32):
        met.node.rotate(seed)
    met.node.page = 2
    assert isinstance(met.terminal.sync.pull(), Pulled)
    assert asked(met.way) == [f"known={PAIR.node_key}", f"known={key(NEWER)}"]


def test_a_till_follows_before_the_new_key_has_sealed_anything(met: Met) -> None:
    """The block of the rotation is the last of the old key: nobody sells, and yet it counts."""
    met.node.steps += [key_step(NODE_SEED, NEW), key_step(NEW, NEWER)]
    met.node.says = NEWER
    assert isinstance(met.terminal.sync.pull(), Pulled)  # sealed by the key before both
    assert met.terminal.pair.node_key == key(NEWER)
    met.node.seed = NEWER
    assert isinstance(met.terminal.sync.pull(), Pulled)


def test_a_header_of_a_key_on_the_way_is_good(met: Met) -> None:
    met.node.steps += [key_step(NODE_SEED, NEW), key_step(NEW, NEWER)]
    met.node.seed, met.node.says = NEW, NEWER
    assert isinstance(met.terminal.sync.pull(), Pulled)
    assert met.terminal.pair.node_key == key(NEWER)


def test_a_key_that_is_only_said_is_not_believed(met: Met) -> None:
    """A header of ours, shown again by whoever heard it: he cannot bring a key of his own."""
    met.node.says = EVIL
    no_change(met)
    met.node.steps.append(key_step(NODE_SEED, NEW))
    met.terminal.restart()
    no_change(met)


def test_a_rotation_between_two_answers_costs_nothing(met: Met) -> None:
    """What was said is the key before the last: the till stops there, and follows the next time."""
    met.node.rotate(NEW)
    met.node.steps.append(key_step(NEW, NEWER))
    assert isinstance(met.terminal.sync.pull(), Pulled)
    assert met.terminal.pair.node_key == key(NEW)
    met.node.seed = NEWER
    assert isinstance(met.terminal.sync.pull(), Pulled)
    assert met.terminal.pair.node_key == key(NEWER)


def test_the_key_is_durable_before_it_is_believed(met: Met) -> None:
    met.node.rotate(NEW)
    met.terminal.disk_full = True
    seen = met.terminal.sync.seen()
    assert met.terminal.sync.pull() == NodeLost()  # the till's own trouble
    assert (met.terminal.pair, met.terminal.sync.seen()) == (PAIR, seen)
    met.terminal.disk_full = False
    met.terminal.time.now += 60_000
    met.node.now_ms = met.terminal.time.now
    assert isinstance(met.terminal.sync.pull(), Pulled)
    assert met.terminal.pair.node_key == key(NEW)


@pytest.mark.parametrize("answer", [None, problem(503, Code.NODE_BUSY)])
def test_a_proof_that_is_lost_on_the_way_is_asked_for_again(met: Met, answer: Reply | None) -> None:
    """Nobody calls the organisers because the network broke just now."""

    class Cut(NodeModel):
        def send(self, request: Request) -> Reply | None:
            return answer if request.path == "/api/v1/keys" else super().send(request)

    met.node.rotate(NEW)
    honest, met.way.node = met.node, Cut(seed=NEW)
    seen = met.terminal.sync.seen()
    assert met.terminal.sync.pull() == NodeLost()
    assert (met.terminal.pair, met.terminal.sync.seen()) == (PAIR, seen)
    met.way.node = honest
    met.terminal.restart()
    assert isinstance(met.terminal.sync.pull(), Pulled)


def test_a_cut_before_the_disk_has_it_is_made_good_by_the_next_start(met: Met) -> None:
    met.node.rotate(NEW)
    assert isinstance(met.terminal.sync.pull(), Pulled)
    met.terminal.pair = PAIR  # what an old image, put back, holds
    met.terminal.restart()
    assert isinstance(met.terminal.sync.pull(), Pulled)
    assert met.terminal.pair.node_key == key(NEW)


# ---------- others ----------


def no_change(met: Met) -> None:
    """The till holds what it held, and says in its own time that it met a stranger."""
    pair, before = met.terminal.pair, met.terminal.sync.directory()
    seen, stored = met.terminal.sync.seen(), met.terminal.journal.stored_seq
    assert met.terminal.sync.pull() == STRANGER
    assert (met.terminal.pair, met.terminal.sync.directory()) == (pair, before)
    assert (met.terminal.sync.seen(), met.terminal.journal.stored_seq) == (seen, stored)


def signed(old: bytes, step: KeyStep) -> KeyStep:
    """Sign what a step says with a key."""
    signature = sign(old, Purpose.TRANSACTION, step.payload.encode())
    return structs.replace(step, signature=to_text(signature))


GOOD = key_step(NODE_SEED, EVIL)
OTHERS = key_step(EVIL, EVIL)
FALSE: dict[str, KeyStep] = {
    "signed by the new key itself": structs.replace(GOOD, signature=OTHERS.signature),
    "in a block of the new key": structs.replace(GOOD, block=OTHERS.block),
    "not in the block": structs.replace(GOOD, block=key_step(NODE_SEED, NEW).block),
    "at another place": structs.replace(GOOD, index=1),
    "with a proof too much": structs.replace(GOOD, proof=("0" * 64,)),
    "no signature": structs.replace(GOOD, signature="A" * 86),
    "no base64": structs.replace(GOOD, signature="!"),
    "no payload": structs.replace(GOOD, payload="{}"),
    "another key than was signed": structs.replace(
        GOOD, payload=GOOD.payload.replace(key(EVIL), key(NEW))
    ),
    "no proof of possession": signed(
        NODE_SEED, structs.replace(GOOD, payload=GOOD.payload.replace(key(EVIL), key(NEW)))
    ),
}


@pytest.mark.parametrize("false", FALSE.values(), ids=FALSE)
def test_a_step_that_proves_nothing_changes_nothing(met: Met, false: KeyStep) -> None:
    met.way.node = NodeModel(seed=EVIL, steps=[false])
    no_change(met)
    met.way.node = NodeModel(seed=EVIL, steps=[GOOD])  # but for that one fault it would have done
    met.terminal.restart()
    assert isinstance(met.terminal.sync.pull(), Pulled)


def test_a_good_step_and_a_false_one_are_false_together(met: Met) -> None:
    met.way.node = NodeModel(seed=EVIL, steps=[key_step(NODE_SEED, NEW), OTHERS])
    no_change(met)


def test_true_steps_do_not_make_a_stranger_true(met: Met) -> None:
    """The steps are public to every till: whoever shows them must have sealed with their end."""
    met.way.node = NodeModel(seed=EVIL, steps=[key_step(NODE_SEED, NEW)])
    no_change(met)


def test_the_thief_of_the_old_key_gets_nothing_from_a_till_that_has_followed(met: Met) -> None:
    met.node.rotate(NEW)
    assert isinstance(met.terminal.sync.pull(), Pulled)
    honest = met.node
    for steps in ([], [GOOD], [key_step(NODE_SEED, NEW), key_step(NODE_SEED, EVIL)]):
        for seed in (NODE_SEED, EVIL):
            met.way.node = NodeModel(seed=seed, steps=list(steps), payloads=list(honest.payloads))
            met.way.node.hashes = list(honest.hashes)
            met.terminal.restart()
            no_change(met)
    met.way.node = honest
    met.terminal.restart()
    assert isinstance(met.terminal.sync.pull(), Pulled)


def test_a_branch_off_is_not_followed(met: Met) -> None:
    """Two histories: the till has followed one, its key proves nothing of the other."""
    met.node.rotate(NEW)
    met.terminal.sync.pull()
    met.way.node = NodeModel(seed=NEWER, steps=[key_step(NODE_SEED, NEWER)])
    no_change(met)


@pytest.mark.parametrize("body", [b"{}", b"<html>", b'{"steps":[{}]}'])
def test_what_is_no_answer_leads_nowhere(met: Met, body: bytes) -> None:
    class Mute(NodeModel):
        def send(self, request: Request) -> Reply | None:
            return Reply(200, body) if request.path == "/api/v1/keys" else super().send(request)

    met.way.node = Mute(seed=NEW)
    no_change(met)


def test_steps_that_never_end_do_not_hold_the_till(met: Met) -> None:
    class Endless(NodeModel):
        parts = 0

        def send(self, request: Request) -> Reply | None:
            if request.path != "/api/v1/keys":
                return super().send(request)
            old, new = (NODE_SEED, *(bytes([n]) * 32 for n in range(1, 99)))[
                self.parts : self.parts + 2
            ]
            self.parts += 1
            return good(KeysAnswer(steps=(key_step(old, new),)))

    met.way.node = Endless(seed=EVIL)
    no_change(met)
    assert met.way.node.parts == MOST_ANSWERS


def test_a_stranger_is_sent_nothing_and_said_in_one_line(
    met: Met, caplog: pytest.LogCaptureFixture
) -> None:
    honest, met.way.node = met.node, NodeModel(seed=EVIL)
    no_change(met)
    met.terminal.sell(500)
    for _ in range(3):
        met.terminal.time.now += 60_000
        assert met.terminal.round() == (None, STRANGER)
    assert met.node.payloads == []
    lines = [record.message for record in caplog.records if "not our node" in record.message]
    assert len(lines) == 1
    met.way.node = honest
    met.terminal.time.now += 60_000
    assert isinstance(met.terminal.sync.pull(), Pulled)
    assert isinstance(met.terminal.sync.push(), Pushed)


@pytest.mark.parametrize("change", [{"chain": "c" * 32}, {"author": "a" * 32}])
def test_our_node_key_on_another_chain_is_not_our_node(met: Met, change: dict[str, Any]) -> None:
    met.terminal.pair = structs.replace(
        PAIR, chain=change.get("chain", PAIR.chain), node=change.get("author", PAIR.node)
    )
    met.terminal.restart()
    no_change(met)
