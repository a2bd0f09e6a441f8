"""What was proven, in words for a person."""

from datetime import UTC, datetime

from shared.checkpoint import ORIGIN
from shared.receipt import Proven


def about_receipt(proven: Proven) -> str:
    """Say what a good receipt proves."""
    envelope, checkpoint = proven.transaction.envelope, proven.checkpoint
    at = datetime.fromtimestamp(envelope.at // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return "\n".join(
        (
            "Good: this transaction and its verdict are in the log that the node has signed.",
            f"  verdict      {proven.verdict}",
            f"  kind         {envelope.kind}",
            f"  body         {printable(bytes(envelope.body).decode())}",
            f"  author       {envelope.author}, number {envelope.seq}",
            f"  at           {at}, by its author's clock",
            f"  transaction  {proven.transaction.hash}",
            f"  chain        {checkpoint.origin.removeprefix(ORIGIN)}",
            f"  log          leaf {proven.index} of {checkpoint.size}",
            f"  root         {checkpoint.root.hex()}",
        )
    )


def printable(text: str) -> str:
    """Take out what would move a terminal's cursor: bodies are written by strangers."""
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
