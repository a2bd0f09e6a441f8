"""Chains that are kept for ever as vectors: blocks as they were sealed, and what an audit says.

`tests/vectors/README.md` tells when one may change: never without an ADR.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from server.ledger.audit import Report, audit
from server.ledger.chain import Block
from shared.ids import ChainId
from shared.signing import from_text, to_text
from shared.transaction import Transaction, parse_batch
from tests.server.ledger.world import World

VECTORS = Path(__file__).parents[2] / "vectors"


@dataclass(frozen=True)
class Recorded:
    """A chain from its file, what the file says of it, and what an audit says today."""

    blocks: list[Block]
    chain: ChainId
    state: str
    log: tuple[int, str]
    verdicts: list[str]
    report: Report

    def took_effect(self) -> list[Transaction]:
        """Give the transactions that were not rejected, in the order of the log."""
        done = {(author, seq): each for author, seq, each in self.report.memory.past}
        return [
            transaction
            for block in self.blocks
            for raw in block.batches
            for transaction in parse_batch(raw).transactions
            if (found := done.get((transaction.envelope.author, transaction.envelope.seq)))
            and found.hash == transaction.hash
            and found.verdict.took_effect
        ]


def blocks_of(file: Path) -> list[Block]:
    """Give the blocks of a vector."""
    return [
        Block(
            header=row["header"].encode(),
            seal=from_text(row["seal"]),
            batches=tuple(batch.encode() for batch in row["batches"]),
        )
        for row in json.loads(file.read_text("utf-8"))["blocks"]
    ]


def read(file: Path) -> Recorded:
    """Read a vector and audit its blocks from their bytes."""
    vector, blocks = json.loads(file.read_text("utf-8")), blocks_of(file)
    return Recorded(
        blocks,
        ChainId(vector["chain"]),
        vector["state"],
        (vector["log"]["size"], vector["log"]["root"]),
        vector["verdicts"],
        audit(blocks, chain=ChainId(vector["chain"])),
    )


def as_json(world: World) -> str:
    """Write the vector: blocks as they are stored, and what an audit of them must say."""
    report = audit(world.blocks)
    log = report.tip.log
    blocks = [
        {
            "batches": [batch.decode() for batch in block.batches],
            "header": block.header.decode(),
            "seal": to_text(block.seal),
        }
        for block in world.blocks
    ]
    vector = {
        "blocks": blocks,
        "chain": report.tip.chain,
        "height": report.tip.height,
        "log": {"root": log.root().hex(), "size": log.size},
        "state": report.tip.state,
        "verdicts": [str(done.verdict) for *_, done in report.memory.past],
    }
    return json.dumps(vector, indent=1, ensure_ascii=False) + "\n"
