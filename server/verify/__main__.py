"""`python -m server.verify`: the commands."""

import sys
from pathlib import Path

import click

from server.verify.files import UnreadableError, read_receipt
from server.verify.words import about_receipt
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


def main() -> None:
    """Run the command line."""
    verify(prog_name="tirelire verify")


if __name__ == "__main__":
    main()
