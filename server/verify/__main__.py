"""`python -m server.verify`: the commands."""

import sys
from pathlib import Path

import click

from server.ledger.audit import audit
from server.verify.files import UnreadableError, open_chain, read_note, read_receipt
from server.verify.history import what_is_wrong
from server.verify.words import about_chain, about_receipt
from shared.checkpoint import Checkpoint, read_checkpoint
from shared.errors import Refused
from shared.ids import ChainId
from shared.receipt import Flaw, check

KEY_BYTES = 32
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Key(click.ParamType[bytes]):
    """A public key in hex."""

    name = "hex"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        try:
            key = bytes.fromhex(value)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            self.fail("a node's public key has 64 hex digits", param, ctx)
        return key


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def verify() -> None:
    """Prove what a node has given to you, without the node."""


@verify.command()
@click.argument("file", type=_FILE)
@click.option("--key", "--node-key", "key", type=_Key(), required=True, help="The node's, in hex.")
def receipt(file: Path, key: bytes) -> None:
    """Prove a receipt (the answer of /api/v1/receipts) under a node's public key.

    Take the key from the node's people or from a till, not from where the receipt came from.
    """
    try:
        found = check(read_receipt(file), key=key)
    except UnreadableError as error:
        raise click.UsageError(str(error)) from None
    if isinstance(found, Flaw):
        click.echo(f"Not proven: {found}.")
        sys.exit(1)
    click.echo(about_receipt(found))


@verify.command()
@click.argument("file", type=_FILE)
@click.option("--chain", default="", metavar="ID", help="The chain that it must be.")
@click.option("--checkpoint", type=_FILE, help="One that you kept: history must hold it.")
@click.option("--key", "--node-key", "key", type=_Key(), help="Who signed the checkpoint, in hex.")
def chain(file: Path, chain: str, checkpoint: Path | None, key: bytes | None) -> None:
    """Prove an exported chain: execute it again from its bytes alone.

    Compare the chain's id with the one you know; a checkpoint shows that what you saw once is still
    what the chain says.
    """
    if (checkpoint is None) != (key is None):
        raise click.UsageError("--checkpoint and --key go together")
    try:
        held = _held(checkpoint, key)
        with open_chain(file) as found:
            named, report = found.chain, audit(found.blocks)
    except UnreadableError as error:
        raise click.UsageError(str(error)) from None
    if wrong := what_is_wrong(report, named, ChainId(chain), held):
        click.echo(f"Not proven: {wrong}.")
        sys.exit(1)
    click.echo(about_chain(report, held))


def _held(file: Path | None, key: bytes | None) -> Checkpoint | None:
    if file is None or key is None:
        return None
    try:
        return read_checkpoint(read_note(file), public=key)
    except Refused as refused:
        raise UnreadableError(f"{file} is not a checkpoint of this key ({refused})") from None


def main() -> None:
    """Run the command line."""
    verify(prog_name="tirelire verify")


if __name__ == "__main__":
    main()
