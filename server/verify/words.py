"""What was proven, in words for a person."""

from datetime import UTC, datetime

from server.ledger.audit import Report
from server.ledger.records import Author
from shared.block import LAST_MS
from shared.bodies import Role
from shared.checkpoint import ORIGIN, Checkpoint
from shared.receipt import Proven


def about_receipt(proven: Proven) -> str:
    """Say what a good receipt proves."""
    envelope, checkpoint = proven.transaction.envelope, proven.checkpoint
    return "\n".join(
        (
            "Good: this transaction and its verdict are in the log that was signed.",
            f"  verdict      {proven.verdict}",
            f"  kind         {envelope.kind}",
            f"  body         {printable(bytes(envelope.body).decode())}",
            f"  author       {envelope.author}, number {envelope.seq}",
            f"  at           {moment(envelope.at)}, by its author's clock",
            f"  transaction  {proven.transaction.hash}",
            f"  chain        {checkpoint.origin.removeprefix(ORIGIN)}",
            f"  log          leaf {proven.index} of {checkpoint.size}",
            f"  root         {checkpoint.root.hex()}",
            *(f"  signed by    {key.hex()}" for key in sorted(proven.signers)),
        )
    )


def about_chain(report: Report, held: Checkpoint | None) -> str:
    """Say what a good chain is, and which nodes have sealed it."""
    tip = report.tip
    lines = [
        f"Good: {report.blocks} blocks, {report.transactions} transactions.",
        f"  chain        {tip.chain}",
        f"  height       {tip.height}, {moment(tip.time)}",
        f"  state        {tip.state}",
        f"  log          {tip.log.size} leaves",
        f"  root         {tip.log.root().hex()}",
    ]
    for (author,), record in sorted(report.memory.records[Author].items()):
        if isinstance(record, Author) and record.role is Role.NODE:
            lines.append(f"  node         {author}, key {record.key}")
    if held is not None:
        lines.append(f"  checkpoint   held: the first {held.size} leaves are those you saw")
    return "\n".join(lines)


def moment(time_ms: int) -> str:
    """Write a time in UTC; a clock may say anything, also what no calendar has."""
    if time_ms >= LAST_MS:
        return f"{time_ms} ms since 1970"
    return datetime.fromtimestamp(time_ms // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def printable(text: str) -> str:
    """Take out what would move a terminal's cursor: bodies are written by strangers."""
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
