"""How the node's key became another: what a till that trusts an earlier one is shown."""

import pytest

from server.api.tables import MOST_ROTATIONS
from shared.bodies import TerminalRevoke
from shared.ids import PublicKey
from shared.proofs import next_key
from shared.signing import public_key
from shared.wire import KeysAnswer
from tests.server.api.world import Terminal, World, code, good, sale

KEYS = "/api/v1/keys"
NEW, NEWER = b"N" * 32, b"O" * 32


def key(seed: bytes) -> PublicKey:
    return PublicKey(public_key(seed).hex())


def first_key(world: World) -> PublicKey:
    return PublicKey(world.node.engine.key)


def ask(till: Terminal, known: str) -> KeysAnswer:
    return good(till.get(KEYS, f"known={known}"), KeysAnswer)


def followed(world: World, answer: KeysAnswer, known: PublicKey) -> list[PublicKey]:
    """Give the keys that whoever trusts `known` is led to, each proven by the one before."""
    identity, keys = world.node.api.identity, []
    for step in answer.steps:
        known = next_key(step, chain=identity.chain, author=identity.node, key=known)
        keys.append(known)
    return keys


def test_nothing_has_happened_to_the_key_of_now(world: World) -> None:
    till, first = world.terminal(), first_key(world)
    assert ask(till, first).steps == ()
    world.node.engine.rotate(NEW)
    assert ask(till, key(NEW)).steps == ()


def test_each_key_proves_the_next_among_other_transactions(world: World) -> None:
    world.cards(1_000)
    till, first = world.terminal(), first_key(world)
    till.send(*[sale(0, 1, salt=n) for n in range(40)])
    world.node.engine.rotate(NEW)
    till.send(sale(0, 1), sale(0, 1))
    world.node.engine.rotate(NEWER)
    till.send(sale(0, 1))
    answer = ask(till, first)
    assert followed(world, answer, first) == [key(NEW), key(NEWER)]
    later = ask(till, key(NEW))
    assert later.steps == answer.steps[1:]
    assert followed(world, later, key(NEW)) == [key(NEWER)]


def test_a_key_that_comes_back_is_meant_as_it_was_last(world: World) -> None:
    till = world.terminal()
    for seed in (NEW, NEWER, NEW, b"P" * 32):
        assert isinstance(world.node.engine.rotate(seed), tuple)
    assert followed(world, ask(till, key(NEW)), key(NEW)) == [key(b"P" * 32)]


def test_a_long_way_comes_in_parts(world: World) -> None:
    till, known = world.terminal(), first_key(world)
    seeds = [bytes([n]) * 32 for n in range(100, 100 + MOST_ROTATIONS + 1)]
    for seed in seeds:
        world.node.engine.rotate(seed)
    parts = []
    while keys := followed(world, ask(till, known), known):
        parts.append(len(keys))
        known = keys[-1]
    assert (parts, known) == ([MOST_ROTATIONS, 1], key(seeds[-1]))


def test_a_till_that_is_revoked_may_know_whom_it_talks_to(world: World) -> None:
    till, first = world.terminal(), first_key(world)
    world.node.engine.rotate(NEW)
    world.propose(TerminalRevoke(after=0, terminal=till.author))
    assert followed(world, ask(till, first), first) == [key(NEW)]


def test_a_key_that_never_was_ours(world: World) -> None:
    till = world.terminal()
    assert code(till.get(KEYS, f"known={till.key.hex()}")) == (404, "not_found")


@pytest.mark.parametrize("query", ["", "known=", f"known={'A' * 64}", f"known={'a' * 63}"])
def test_what_is_no_key(world: World, query: str) -> None:
    assert code(world.terminal().get(KEYS, query)) == (400, "bad_request")


def test_only_terminals_ask(world: World) -> None:
    answer = world.client.get(f"{KEYS}?known={first_key(world)}")
    assert code(answer) == (401, "bad_read_signature")
