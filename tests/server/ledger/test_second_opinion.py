"""The second opinion: a rule or an executor that books wrongly is found without either."""

from dataclasses import replace
from typing import TypeVar, cast

import msgspec
import pytest

from server.ledger.audit import _Bad, _check
from server.ledger.executor import BlockResult, execute
from server.ledger.memory import Memory
from server.ledger.records import Balance, Evidence, Key, Posting, Record
from server.ledger.second_opinion import sums, wrong_effects
from shared.amounts import Amount
from shared.bodies import PolicySet, Reload
from shared.ids import Hash, place
from shared.policy import ProtocolPolicy
from tests.server.ledger.world import BAR, FED, World, card, founded, purse

R = TypeVar("R", bound=Record)
E9 = "e9"


@pytest.fixture
def world() -> World:
    world = founded()
    world.reload(1, 2000, "e1")
    return world


def reloaded(world: World, *evidence: str) -> BlockResult:
    """Execute reloads of 100, one for each evidence, without sealing them."""
    batch = world.batch(world.node, *(Reload(Amount(100), FED, card(1), e) for e in evidence))
    height = world.tip.height + 1
    return execute(world.memory, [batch], height=height, time=world.time, sealer=world.node.id)


def with_change(
    result: BlockResult, table: str, key: tuple[str, ...], value: object
) -> BlockResult:
    changes = tuple(
        (name, at, value if (name, at) == (table, key) else record)
        for name, at, record in result.changes
    )
    assert changes != result.changes
    return replace(result, changes=changes)  # type: ignore[arg-type]  # a lie


def with_postings(result: BlockResult, *postings: Posting) -> BlockResult:
    first = result.executed[0]
    lie = replace(first, done=replace(first.done, postings=postings))
    return replace(result, executed=(lie, *result.executed[1:]))


def test_an_honest_block_is_right(world: World) -> None:
    assert wrong_effects(world.memory, reloaded(world, E9, "e10")) is None


def test_a_balance_that_nothing_moved_is_as_it_was(world: World) -> None:
    honest = reloaded(world, E9)
    for amount, words in ((0, None), (1, f"{purse(3)} is not the sum of its postings in FED")):
        told = (*honest.changes, ("balance", (purse(3), FED), Balance(amount)))
        assert wrong_effects(world.memory, replace(honest, changes=told)) == words


def test_a_balance_that_its_postings_do_not_give(world: World) -> None:
    lie = with_change(reloaded(world, E9), "balance", (purse(1), FED), Balance(2101))
    assert wrong_effects(world.memory, lie) == f"{purse(1)} is not the sum of its postings in FED"


def test_a_posting_that_nobody_s_balance_shows(world: World) -> None:
    result = reloaded(world, E9)
    more = Posting(place(BAR), purse(2), FED, 1)
    lie = with_postings(result, *result.executed[0].done.postings, more)
    assert wrong_effects(world.memory, lie) == "a posting changes no balance"


@pytest.mark.parametrize("amount, target", [(0, purse(2)), (-5, purse(2)), (5, place(BAR))])
def test_a_posting_of_nothing_or_to_itself(world: World, amount: int, target: str) -> None:
    lie = with_postings(reloaded(world, E9), Posting(place(BAR), target, FED, amount))  # type: ignore[arg-type]  # a lie
    assert wrong_effects(world.memory, lie) == f"place:bar pays {amount} to {target}"


def test_an_account_below_its_floor(world: World) -> None:
    result = reloaded(world, E9)
    taken = Posting(purse(2), place(BAR), FED, 7)
    lie = replace(
        with_postings(result, taken),
        changes=(
            ("balance", (purse(2), FED), Balance(-7)),
            ("balance", (place(BAR), FED), Balance(7)),
        ),
    )
    assert wrong_effects(world.memory, lie) == f"{purse(2)} is below zero in FED"


def test_an_evidence_of_an_earlier_block(world: World) -> None:
    before = Memory()
    before.records = {**world.memory.records, Evidence: {(E9,): Evidence(Hash("0" * 64))}}
    assert wrong_effects(before, reloaded(world, E9)) == "evidence e9 was used before"


def test_an_evidence_twice_in_one_block(world: World) -> None:
    result = reloaded(world, E9, "e10")
    first, second = result.executed
    body = msgspec.structs.replace(second.done.body, evidence=E9)  # type: ignore[type-var]  # a body
    lie = replace(result, executed=(first, replace(second, done=replace(second.done, body=body))))
    assert wrong_effects(world.memory, lie) == "evidence e9 was used twice"


def test_an_evidence_that_nothing_has_used(world: World) -> None:
    lie = with_change(reloaded(world, E9), "evidence", (E9,), Evidence(Hash("0" * 64)))
    assert wrong_effects(world.memory, lie) == "evidence e9 was used by nothing that took effect"


def owned(world: World, name: str, owner: str = "") -> BlockResult:
    """Execute a reload of protocol 2, and let its evidence be that of a node."""
    world.do(world.node, PolicySet("-", ProtocolPolicy(2)))
    result = reloaded(world, name)
    right = f"{world.node.id} {name}"
    return replace(
        result,
        changes=tuple(
            (table, (f"{owner} {name}" if owner and key == (right,) else key[0], *key[1:]), record)
            for table, key, record in result.changes
        ),
    )


def test_a_nodes_own_evidence(world: World) -> None:
    honest = owned(world, E9)
    assert wrong_effects(world.memory, honest) is None
    name = (f"{world.node.id} {E9}",)
    world.memory.records[Evidence][name] = Evidence(Hash("0" * 64))
    assert wrong_effects(world.memory, honest) == "evidence e9 was used before"


def test_evidence_that_protocol_1_has_used(world: World) -> None:
    honest = owned(world, E9)
    world.memory.records[Evidence][E9,] = Evidence(Hash("0" * 64))
    assert wrong_effects(world.memory, honest) == "evidence e9 was used before"


def test_evidence_that_another_node_has_used(world: World) -> None:
    lie = owned(world, E9, "ab" * 16)
    assert wrong_effects(world.memory, lie) == "evidence e9 was used by nothing that took effect"


def test_an_evidence_that_was_not_used_up(world: World) -> None:
    result = reloaded(world, E9)
    lie = replace(result, changes=tuple(c for c in result.changes if c[0] != "evidence"))
    assert wrong_effects(world.memory, lie) == "evidence e9 was not used up"


@pytest.mark.parametrize(
    "amount, words",
    [(9_999, "FED does not add up to zero"), (-1, f"{purse(1)} is below zero in FED")],
)
def test_sums_and_floors_of_a_whole_state(world: World, amount: int, words: str) -> None:
    assert sums(world.memory) is None
    world.memory.records[Balance][purse(1), FED] = Balance(amount)
    assert sums(world.memory) == words


class Forgetful(Memory):
    """A state that says one thing to the executor and another to whoever asks after it."""

    asked: int = 0

    def get(self, record: type[R], key: Key) -> R | None:
        found = super().get(record, key)
        if isinstance(found, Balance) and key == (purse(1), FED):
            self.asked += 1
            if self.asked > 1:
                return cast("R", Balance(Amount(found.amount + 1)))
        return found


def test_an_audit_hears_the_second_opinion(world: World) -> None:
    memory = Forgetful()
    memory.records = {record: dict(rows) for record, rows in world.memory.records.items()}
    before = world.tip
    world.sale(1, 300)
    with pytest.raises(_Bad, match="is not the sum of its postings in FED"):
        _check(memory, before, world.blocks[-1], world.node.id)
