"""A chain of each protocol must audit green for ever, with the state it had when it was recorded.

The hashes stand here as well as in the files: whoever changes what old blocks mean must change a
number that says so, and write an ADR (tests/vectors/README.md).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.ledger.governance import handed_over
from server.ledger.records import Author, Card, Lost, Member, Proposal
from shared.bodies import PolicySet
from shared.ids import ChainId, author_id
from shared.kinds import KINDS
from shared.policy import POLICY_SINCE
from shared.transaction import MAX_PAYLOAD_BYTES
from tests.server.ledger import story, story_two
from tests.server.ledger.recorded import Recorded, read
from tests.server.ledger.world import World


@dataclass(frozen=True)
class Kept:
    """What is kept for ever of a protocol's chain; `tell` tells its story anew."""

    file: Path
    tell: Callable[[], World]
    chain: ChainId
    state: str
    root: str
    blocks: int
    transactions: int


FIRST = Kept(
    file=story.FILE,
    tell=story.tell,
    chain=ChainId("92f3d35fa3bb522dc2e2696e3a5e960e"),
    state="be0fed7989596f98243506f83d7c24b98c6cba21cf9ac058eb578a1ad05ebb15",
    root="63e21e3c32834b2255756671cadc2eb8cabe45ac659c9cc172b1d7a0824d4117",
    blocks=22,
    transactions=62,
)
SECOND = Kept(
    file=story_two.FILE,
    tell=story_two.tell,
    chain=ChainId("92f3d35fa3bb522dc2e2696e3a5e960e"),
    state="d33850f091d56ea28c1e3c6d8b74e021af11785e9735cd1e35cdc35564b1761f",
    root="cbe77bfcd845b37395e5685ba2bf7aa97bc4140252a82c54b96976bca94d30ea",
    blocks=126,
    transactions=305,
)
BOTH = pytest.mark.parametrize("kept", [FIRST, SECOND], ids=["protocol 1", "protocol 2"])


@pytest.fixture(scope="module")
def first() -> Recorded:
    return read(FIRST.file)


@pytest.fixture(scope="module")
def second() -> Recorded:
    return read(SECOND.file)


@BOTH
def test_it_audits_green(kept: Kept) -> None:
    recorded = read(kept.file)
    assert (recorded.chain, recorded.state) == (kept.chain, kept.state)
    assert recorded.log == (kept.transactions, kept.root)
    report = recorded.report
    assert report.finding is None
    assert (report.blocks, report.transactions) == (kept.blocks, kept.transactions)
    assert (report.tip.chain, report.tip.state) == (kept.chain, kept.state)
    assert report.tip.log.root().hex() == kept.root


@BOTH
def test_its_verdicts_are_those_of_its_time(kept: Kept) -> None:
    recorded = read(kept.file)
    past = recorded.report.memory.past
    assert [str(done.verdict) for *_, done in past] == recorded.verdicts


@BOTH
def test_the_same_story_told_today_is_the_same_chain(kept: Kept) -> None:
    told, recorded = kept.tell(), read(kept.file)
    assert [str(done.verdict) for *_, done in told.memory.past] == recorded.verdicts
    assert told.tip.state == kept.state


def test_it_holds_each_kind_of_protocol_1_and_each_status(first: Recorded) -> None:
    took_effect = {transaction.envelope.kind for transaction in first.took_effect()}
    assert took_effect == {kind.name for kind in KINDS.values() if kind.since == 1}
    assert {"accepted", "overdrawn", "disputed"} <= set(first.verdicts)
    assert _statuses(first) == {"active", "revoked", "quarantined"}


def test_it_holds_each_body_and_each_policy_of_protocol_2(second: Recorded) -> None:
    bodies = [each.body for each in second.took_effect()]
    every = {body for kind in KINDS.values() for body in kind.bodies}
    assert {type(body) for body in bodies} == every
    policies = {type(body.value) for body in bodies if isinstance(body, PolicySet)}
    assert policies >= {policy for policy, begins in POLICY_SINCE.items() if begins == 2}
    assert {"accepted", "overdrawn", "disputed"} <= set(second.verdicts)
    assert _statuses(second) == {"active", "revoked", "quarantined"}


def test_protocol_2_begins_on_the_chain(second: Recorded) -> None:
    """What was not active before is taken after; the later body was a mistake of its kind."""
    gifts = [each for each in second.took_effect() if each.envelope.kind == "gift"]
    assert "rejected(kind_not_active)" in second.verdicts[: second.verdicts.index("accepted", 20)]
    assert len(gifts) == 2
    raised = next(
        height
        for height, block in enumerate(second.blocks)
        if any(b'"policy":"protocol","version":2' in raw for raw in block.batches)
    )
    assert raised == 6


def test_what_a_federation_leaves_is_in_its_state(second: Recorded) -> None:
    memory = second.report.memory
    assert handed_over(memory) is not None
    assert len(memory.rows(Lost)) == 1
    assert {each.status for each in memory.rows(Proposal).values()} == {"done", "dropped", "open"}
    assert {each.reason for each in memory.rows(Card).values()} >= {"fork", "lost", ""}
    assert len(memory.rows(Member)) == 3
    names = memory.rows(Author).items()
    renamed = [key for key, each in names if author_id(bytes.fromhex(each.key)) != key[0]]
    assert len(renamed) == 3


def test_a_branch_is_larger_than_any_other_payload_may_be(second: Recorded) -> None:
    large = [each for each in second.took_effect() if len(each.raw) > MAX_PAYLOAD_BYTES]
    assert [each.envelope.kind for each in large] == ["fork.adopt"]


def _statuses(recorded: Recorded) -> set[str]:
    return {author.status for author in recorded.report.memory.rows(Author).values()}
