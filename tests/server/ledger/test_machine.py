"""A machine that says anything of any kind, and what must hold whatever is said.

It draws a kind, a body for it out of what the chain knows and a bit of what it does not, and who
signs.  The executor must answer with a verdict, and the money must add up.  At the end the chain is
handed over to another engine, and its blocks are audited from their bytes.
"""

from collections import Counter
from random import Random

import msgspec
import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from server.ledger.audit import audit
from server.ledger.records import Purse, Validators
from shared.bodies import EngineHandover, KeyRotate, Role
from shared.ids import ZERO_HASH
from shared.kinds import KINDS, NAMES
from shared.signing import public_key
from tests.server.ledger.drawing import OFTEN, Past, body_of
from tests.server.ledger.federation import federated
from tests.server.ledger.invariants import faults
from tests.server.ledger.world import DAY

SHAPES = [body for kind in KINDS.values() for body in kind.bodies if body is not EngineHandover]
MONEY = ("sale", "refund", "purse", "reload", "exchange", "cash_out", "settlement", "merge")
"""What moves money is said twice as often as what does not."""
DRAWN = SHAPES + [shape for shape in SHAPES if NAMES[shape].startswith(MONEY)]
SEEDS = {public_key(bytes([n]) * 32): bytes([n]) * 32 for n in range(150, 191)}
TOOK: Counter[str] = Counter()
"""What took effect in this process, by kind."""


class Anything(RuleBasedStateMachine):
    """A federation in which anybody says anything."""

    def __init__(self) -> None:
        super().__init__()
        self.here = federated()
        self.world = self.here.world
        self.past = Past(self.here)
        here = self.here
        self.nodes = [here.bar_node, here.bar_node, here.bar_node, here.cafe_node, here.third_node]
        self.tills = [here.bar_till, here.bar_till, here.cafe_till, here.revoked_till]

    @rule(seed=st.integers(0, 2**64 - 1))
    def say(self, seed: int) -> None:
        chance = Random(seed)
        shape = chance.choice(DRAWN)
        fitting = self.nodes if Role.NODE in KINDS[NAMES[shape]].signers else self.tills
        author = chance.choice(fitting if chance.random() < OFTEN else self.nodes + self.tills)
        try:
            body = body_of(chance, shape, self.past, author.id)
        except msgspec.ValidationError:
            return
        result = self.world.seal(self.world.batch(author, body, seen=self.world.tip.height))
        [item] = result.executed
        if item.verdict.took_effect:
            TOOK[NAMES[shape]] += 1
            self.past.said.append((body, author.id, author.seq, author.prev))
            if isinstance(body, KeyRotate):
                author.first = author.first or author.seed
                author.seed = SEEDS[bytes.fromhex(body.key)]

    @rule(hours=st.sampled_from([1, 30, 24 * 50]))
    def wait(self, hours: int) -> None:
        self.world.time += hours * DAY // 24

    # ---------- what always holds ----------

    @invariant()
    def the_books_hold(self) -> None:
        assert faults(self.world.memory) == []

    @invariant()
    def claims_are_sorted_and_disjoint(self) -> None:
        for purse in self.world.memory.rows(Purse).values():
            ends = [end for claim in purse.claims for end in claim]
            assert ends == sorted(set(ends))

    @invariant()
    def somebody_decides(self) -> None:
        [validators] = self.world.memory.rows(Validators).values()
        assert len(set(validators.nodes)) == len(validators.nodes) >= 1

    def teardown(self) -> None:
        nodes = {node.id: node for node in self.nodes}
        [validators] = self.world.memory.rows(Validators).values()
        decider = nodes[validators.nodes[0]]
        end = EngineHandover("cometbft", ZERO_HASH, 1, validators.nodes)
        assert self.world.do(decider, end) == ["accepted"]
        report = audit(self.world.blocks)
        assert report.finding is None
        assert report.tip == self.world.tip


Anything.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=40,
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
)
TestAnything = Anything.TestCase


@pytest.mark.soak
def test_every_kind_takes_effect_in_a_long_run() -> None:
    class Long(Anything):
        pass

    Long.TestCase.settings = settings(
        max_examples=800,
        stateful_step_count=60,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    Long.TestCase("runTest").runTest()
    assert set(KINDS) - {"genesis", "engine.handover"} <= set(TOOK)
