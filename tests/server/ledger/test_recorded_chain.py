"""A chain of protocol 1 must audit green for ever, with the state that it had when it was recorded.

The hashes stand here as well as in the file: whoever changes what old blocks mean must change a
number that says so, and write an ADR (tests/vectors/README.md).
"""

import json
from dataclasses import dataclass

import pytest

from server.ledger.audit import Report, audit
from server.ledger.chain import Block
from server.ledger.records import Author
from shared.ids import ChainId
from shared.kinds import KINDS
from shared.signing import from_text
from shared.transaction import parse_batch
from tests.server.ledger.story import FILE, tell

CHAIN = ChainId("92f3d35fa3bb522dc2e2696e3a5e960e")
STATE = "be0fed7989596f98243506f83d7c24b98c6cba21cf9ac058eb578a1ad05ebb15"
LOG = "63e21e3c32834b2255756671cadc2eb8cabe45ac659c9cc172b1d7a0824d4117"


@dataclass(frozen=True)
class Recorded:
    blocks: list[Block]
    verdicts: list[str]
    report: Report


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    vector = json.loads(FILE.read_text("utf-8"))
    blocks = [
        Block(
            header=row["header"].encode(),
            seal=from_text(row["seal"]),
            batches=tuple(batch.encode() for batch in row["batches"]),
        )
        for row in vector["blocks"]
    ]
    assert (vector["chain"], vector["state"]) == (CHAIN, STATE)
    assert vector["log"] == {"root": LOG, "size": 62}
    return Recorded(blocks, vector["verdicts"], audit(blocks, chain=CHAIN))


def test_it_audits_green(recorded: Recorded) -> None:
    report = recorded.report
    assert report.finding is None
    assert (report.tip.height, report.transactions) == (21, 62)
    assert (report.tip.state, report.tip.log.root().hex()) == (STATE, LOG)


def test_its_verdicts_are_those_of_its_time(recorded: Recorded) -> None:
    past = recorded.report.memory.past
    assert [str(done.verdict) for *_, done in past] == recorded.verdicts


def test_it_holds_each_kind_of_protocol_1_and_each_status(recorded: Recorded) -> None:
    done = {(author, seq): each for author, seq, each in recorded.report.memory.past}
    took_effect = {
        transaction.envelope.kind
        for block in recorded.blocks
        for raw in block.batches
        for transaction in parse_batch(raw).transactions
        if done[transaction.envelope.author, transaction.envelope.seq].verdict.took_effect
    }
    assert took_effect == {kind.name for kind in KINDS.values() if kind.since == 1}
    assert {"accepted", "overdrawn", "disputed"} <= set(recorded.verdicts)
    authors = recorded.report.memory.records[Author].values()
    assert {a.status for a in authors if isinstance(a, Author)} == {
        "active",
        "revoked",
        "quarantined",
    }


def test_the_same_story_told_today_gets_the_same_verdicts(recorded: Recorded) -> None:
    told = tell().memory.past
    assert [str(done.verdict) for *_, done in told] == recorded.verdicts
