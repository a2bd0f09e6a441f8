"""`python -m server.verify`: the commands."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from server.ledger.audit import Report, audit
from server.verify.address import is_address, open_address
from server.verify.chain_file import ChainFile
from server.verify.files import (
    UnreadableError,
    open_chain,
    read_consistency,
    read_note,
    read_receipt,
)
from server.verify.words import about_chain, about_receipt
from shared.checkpoint import Checkpoint, read_cosigned
from shared.errors import Refused
from shared.host.commands import Commands, Misuse
from shared.ids import ChainId
from shared.merkle_proof import proves_consistency
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


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def verify() -> None:
    """Prove what a node has given to you, without the node."""


_KEYS = click.option(
    "--key", "--node-key", "keys", type=_Key(), multiple=True, help="A node's, in hex; again."
)
_NEED = click.option(
    "--need", type=click.IntRange(min=1), help="How many of the keys must sign [all of them]."
)


@verify.command()
@click.argument("file", type=_FILE)
@_KEYS
@_NEED
def receipt(file: Path, keys: tuple[bytes, ...], need: int | None) -> None:
    """Prove a receipt (the answer of /api/v1/receipts) under the public keys of nodes.

    Take the keys from the nodes' people or from a till, not from where the receipt came from.
    """
    if not keys:
        raise click.UsageError("--key is needed: the word of which node is it?")
    with _sentences():
        found = check(read_receipt(file), keys=keys, need=_enough(keys, need))
    if isinstance(found, Flaw):
        click.echo(f"Not proven: {found}.")
        sys.exit(1)
    click.echo(about_receipt(found))


@verify.command()
@click.argument("source", metavar="FILE|URL")
@click.option("--chain", default="", metavar="ID", help="The chain that it must be.")
@click.option("--checkpoint", type=_FILE, help="One that you kept: history must hold it.")
@_KEYS
@_NEED
def chain(
    source: str, chain: str, checkpoint: Path | None, keys: tuple[bytes, ...], need: int | None
) -> None:
    """Prove a chain: an exported file, or what a node gives; execute it again from its bytes.

    Compare the chain's id with the one you know; a checkpoint shows that what you saw once is still
    what the chain says.  URL is what `tirelire node chain-link` prints.
    """
    if (checkpoint is None) != (not keys):
        raise click.UsageError("--checkpoint and --key go together")
    with _sentences():
        held = _held(checkpoint, keys, _enough(keys, need)) if checkpoint else None
        with _open(source) as found:
            report = audit(found.blocks, held=held)
    if wrong := _what_is_wrong(report, found.chain, ChainId(chain)):
        click.echo(f"Not proven: {wrong}.")
        sys.exit(1)
    click.echo(about_chain(report, held))


@verify.command()
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option(
    "--proof", type=_FILE, required=True, help="The answer of /api/v1/proofs/consistency."
)
@_KEYS
@_NEED
def checkpoints(
    old: Path, new: Path, proof: Path, keys: tuple[bytes, ...], need: int | None
) -> None:
    """Prove that what a node showed once (OLD) is the beginning of what it shows now (NEW).

    Two checkpoints that no proof joins are two histories: keep both, they show it to anybody.
    """
    if not keys:
        raise click.UsageError("--key is needed: the word of which node is it?")
    with _sentences():
        enough = _enough(keys, need)
        first, second = _held(old, keys, enough), _held(new, keys, enough)
        answer = read_consistency(proof)
    if (answer.old, answer.new) != (first.size, second.size):
        raise Misuse(f"{proof} must be the proof from {first.size} to {second.size} leaves")
    if first.origin != second.origin:
        click.echo("Not proven: they are checkpoints of two chains.")
        sys.exit(1)
    hashes = [bytes.fromhex(part) for part in answer.proof]
    if not proves_consistency(first.size, first.root, second.size, second.root, hashes):
        click.echo("Not proven: these are two histories, or the proof was damaged on its way.")
        sys.exit(1)
    click.echo(f"Good: the first {first.size} leaves are those of the {second.size}.")


@contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except UnreadableError as error:
        raise Misuse(str(error)) from None


@contextmanager
def _open(source: str) -> Iterator[ChainFile]:
    if "://" in source and not is_address(source):
        raise UnreadableError(f"{source} is no file, and no address with http:// or https://")
    with open_address(source) if is_address(source) else open_chain(Path(source)) as found:
        yield found


def _enough(keys: tuple[bytes, ...], need: int | None) -> int:
    """Give how many must sign; a key that was given twice is one."""
    known = len(set(keys))
    if need is not None and need > known:
        raise click.UsageError(f"--need {need}, but only {known} keys were given")
    return need or known


def _held(file: Path, keys: tuple[bytes, ...], need: int) -> Checkpoint:
    try:
        return read_cosigned(read_note(file), keys=keys, need=need)[0]
    except Refused as refused:
        raise UnreadableError(f"{file} is not a checkpoint of these keys ({refused})") from None


def _what_is_wrong(report: Report, named: ChainId, wanted: ChainId) -> str | None:
    """Give the first thing that is wrong, in words.

    An audit proves that a chain is one that its rules allow.  That it is *the* chain, only
    something held from elsewhere can show: its id (`wanted`), or a checkpoint.  `named` is what the
    source calls itself.
    """
    if report.finding is not None:
        return f"at height {report.finding.height}: {report.finding.what}"
    chain = report.tip.chain
    if named != chain:
        return f"it calls itself {named} and is chain {chain}"
    return None if wanted in {"", chain} else f"it is another chain, {chain}"


def main() -> None:
    """Run the command line."""
    verify(prog_name="tirelire verify")


if __name__ == "__main__":
    main()
