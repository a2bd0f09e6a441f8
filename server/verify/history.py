"""Whether an audited chain is the one that somebody knows.

An audit proves that a chain is one that its rules allow.  That it is *the* chain, only something
held from elsewhere can show: its id, or a checkpoint that was signed when one looked last.
"""

from itertools import islice

from server.ledger.audit import Report
from shared.block import write_leaf
from shared.checkpoint import Checkpoint, origin
from shared.ids import ChainId
from shared.merkle import tree_hash


def what_is_wrong(
    report: Report, named: ChainId, wanted: ChainId, held: Checkpoint | None
) -> str | None:
    """Give the first thing that is wrong, in words.

    `named` is what the file calls itself, `wanted` the id that it must have (or empty).
    """
    if report.finding is not None:
        return f"at height {report.finding.height}: {report.finding.what}"
    chain = report.tip.chain
    if named != chain:
        return f"the file calls itself {named} and is chain {chain}"
    if wanted not in {"", chain}:
        return f"it is another chain, {chain}"
    return _against(report, held) if held else None


def _against(report: Report, held: Checkpoint) -> str | None:
    if held.origin != origin(report.tip.chain):
        return "the checkpoint is of another chain"
    if held.size > report.tip.log.size:
        return f"the checkpoint has {held.size} transactions, this chain {report.tip.log.size}"
    first = islice(report.memory.done.items(), held.size)
    root = tree_hash(write_leaf(*key, done.hash, done.verdict) for key, done in first)
    return None if root == held.root else "history before the checkpoint has been rewritten"
