"""Proofs over HTTP: what anybody gets passes the checks, and each wrong request has its code."""

from dataclasses import replace
from typing import TypeVar

import pytest

from server.api.route import Call
from server.store.proofs import LogReader
from shared.block import write_leaf
from shared.checkpoint import Checkpoint, read_checkpoint
from shared.errors import Code, Refused
from shared.merkle import leaf_hash
from shared.merkle_proof import proves_consistency, proves_inclusion
from shared.receipt import Proven, check
from shared.transaction import payload_hash
from shared.verdict import parse_verdict
from shared.wire import ConsistencyAnswer, InclusionAnswer, Message, Receipt
from tests.server.api.world import Terminal, World, code, good, sale

M = TypeVar("M", bound=Message)


@pytest.fixture
def till(world: World) -> Terminal:
    world.cards(1_000)
    till = world.terminal()
    till.send(sale(0, 300), sale(0, 5_000), sale(9, 1))
    return till


def get(world: World, path: str, shape: type[M]) -> M:
    return good(world.client.get(f"/api/v1/{path}"), shape)


def checkpoint(world: World) -> Checkpoint:
    answer = world.client.get("/api/v1/checkpoint")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    return read_checkpoint(answer.text, public=key(world))


def of(till: Terminal, seq: int) -> str:
    return f"author={till.author}&seq={seq}&hash={payload_hash(till.payloads[seq - 1])}"


def key(world: World) -> bytes:
    return bytes.fromhex(world.node.engine.key)


def test_the_checkpoint_is_the_tips(world: World, till: Terminal) -> None:
    tip = world.node.engine.tip
    wanted = Checkpoint(f"tirelire-chain/{till.chain}", tip.log.size, tip.log.root())
    assert checkpoint(world) == wanted


def test_a_receipt_convinces_somebody_who_knows_only_the_key(world: World, till: Terminal) -> None:
    verdicts = []
    for seq in (1, 2, 3):
        given = get(world, f"receipts?{of(till, seq)}", Receipt)
        proven = check(given, keys=(key(world),))
        assert isinstance(proven, Proven)
        assert proven.transaction.raw == till.payloads[seq - 1]
        verdicts.append(str(proven.verdict))
    assert verdicts == ["accepted", "overdrawn", "rejected(unknown_card)"]


def test_the_founding_has_a_receipt_too(world: World) -> None:
    node = world.node.api.identity.node
    with world.node.database.read() as connection:
        first = LogReader(connection).entry(node, 1)
    assert first is not None
    name = first.transaction.hash
    given = get(world, f"receipts?author={node}&seq=1&hash={name}", Receipt)
    assert isinstance(check(given, keys=(key(world),)), Proven)
    assert given.index == 0


def test_inclusion_now_and_then(world: World, till: Terminal) -> None:
    leaf = leaf_hash(
        write_leaf(till.author, 1, payload_hash(till.payloads[0]), parse_verdict("accepted"))
    )
    for size in ("", f"&size={world.node.engine.tip.log.size - 1}"):
        found = get(world, f"proofs/inclusion?{of(till, 1)}{size}", InclusionAnswer)
        proof, root = [bytes.fromhex(each) for each in found.proof], bytes.fromhex(found.root)
        assert proves_inclusion(leaf, found.index, found.size, proof, root)


def test_what_was_seen_before_is_still_the_beginning(world: World, till: Terminal) -> None:
    before = checkpoint(world)
    till.send(sale(0, 1))
    after = checkpoint(world)
    assert after.size == before.size + 1
    found = get(world, f"proofs/consistency?from={before.size}", ConsistencyAnswer)
    assert (found.old_root, found.new_root) == (before.root.hex(), after.root.hex())
    proof = [bytes.fromhex(each) for each in found.proof]
    assert proves_consistency(before.size, before.root, after.size, after.root, proof)
    same = get(world, f"proofs/consistency?from=0&to={before.size}", ConsistencyAnswer)
    assert (same.old, same.new, same.proof) == (0, before.size, ())


def test_not_more_often_than_is_good(world: World) -> None:
    busy = replace(world.node.api.proofs, wait=lambda address: 1 if address == "192.0.2.1" else 0)
    for ask in (busy.checkpoint, busy.receipt, busy.inclusion, busy.consistency):
        with pytest.raises(Refused) as refused:
            ask(Call(method="GET", path="/", address="192.0.2.1"))
        assert refused.value.code is Code.TOO_MANY_ATTEMPTS
    assert busy.checkpoint(Call(method="GET", path="/", address="192.0.2.2"))


@pytest.mark.parametrize(
    "path",
    [
        "receipts",
        "receipts?author=AUTHOR",
        "receipts?author=AUTHOR&seq=1",
        "receipts?author=AUTHOR&seq=1&hash=x",
        "receipts?author=AUTHOR&seq=0&hash=HASH",
        "receipts?author=AUTHOR&seq=-1&hash=HASH",
        "receipts?author=AUTHOR&seq=01&hash=HASH",
        "receipts?author=AUTHOR&seq=99999999999999999&hash=HASH",
        "receipts?author=x&seq=1&hash=HASH",
        "proofs/inclusion?author=AUTHOR",
        "proofs/inclusion?author=AUTHOR&seq=1&hash=HASH&size=",
        "proofs/inclusion?author=AUTHOR&seq=1&hash=HASH&size=1.0",
        "proofs/consistency",
        "proofs/consistency?from=x",
        "proofs/consistency?from=1&to=",
    ],
)
def test_what_is_not_written_as_it_should_be(world: World, till: Terminal, path: str) -> None:
    asked = path.replace("AUTHOR", till.author).replace("HASH", payload_hash(till.payloads[0]))
    answer = world.client.get(f"/api/v1/{asked}")
    assert code(answer) == (400, "bad_request")


@pytest.mark.parametrize(
    "path",
    [
        "receipts?author=AUTHOR&seq=4&hash=HASH",
        "receipts?author=AUTHOR&seq=2&hash=HASH",
        "receipts?author=ffffffffffffffffffffffffffffffff&seq=1&hash=HASH",
        "proofs/inclusion?author=AUTHOR&seq=4&hash=HASH",
        "proofs/inclusion?author=AUTHOR&seq=1&hash=HASH&size=1",
        "proofs/inclusion?author=AUTHOR&seq=1&hash=HASH&size=9999",
        "proofs/consistency?from=9999",
        "proofs/consistency?from=1&to=9999",
        "proofs/consistency?from=3&to=2",
    ],
)
def test_what_is_not_in_the_log(world: World, till: Terminal, path: str) -> None:
    asked = path.replace("AUTHOR", till.author).replace("HASH", payload_hash(till.payloads[0]))
    answer = world.client.get(f"/api/v1/{asked}")
    assert code(answer) == (404, "not_found")
