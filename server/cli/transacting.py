"""`node kinds`, `transact`, `protocol`: any transaction that a node may sign, and since when."""

from typing import Any

import click
from rich.console import Console

from server.cli.common import Scene, asking, scene_options, table, waits


@click.command()
@scene_options
def kinds(scene: Scene) -> None:
    """List the kinds of transaction that a node signs, with their fields."""
    with asking(scene) as ask:
        answer = ask("kinds")
    scene.show(answer, _show_kinds)


def _show_kinds(found: list[dict[str, Any]], to: Console) -> None:
    rows = [
        (
            kind["kind"],
            "" if kind["active"] else f"protocol {kind['since']}",
            " | ".join(" ".join(fields) for fields in kind["fields"]),
            kind["meaning"],
        )
        for kind in found
    ]
    to.print(table(["kind", "from", "fields", "meaning"], rows))


@click.command()
@click.argument("kind")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@scene_options
def transact(scene: Scene, *, kind: str, fields: tuple[str, ...]) -> None:
    """Sign one transaction of any kind.

    For example: transact asset.accept asset=GRAIN place=cafe side=issuer accept=true

    A field that is no text is written as JSON; amounts are whole numbers of the smallest unit,
    and a day may be written as 2027-03-01.  The ledger answers with its reason if it refuses.
    Later transactions name this one by the author, the number and the hash that are printed.
    """
    words: dict[str, str] = {}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or name in words:
            raise click.BadParameter(f"write each field once, as name=value: {field}")
        words[name] = value
    with asking(scene) as ask:
        answer = ask("transact", kind=kind, fields=words)
    scene.show(answer, _show_placed)


def _show_placed(found: dict[str, Any], to: Console) -> None:
    to.print(f"{found['kind']}: {found['verdict']} (block {found['height']})")
    to.print(f"author={found['author']} seq={found['seq']}")
    to.print(f"hash {found['hash']}")
    to.print(waits(found["votes_missing"]), end="")


@click.command()
@click.argument("version", type=int, default=0, metavar="[VERSION]")
@scene_options
def protocol(scene: Scene, *, version: int) -> None:
    """Show the chain's protocol, or bring in a later one.  There is no way back."""
    with asking(scene) as ask:
        answer = ask("protocol", version=version)
    scene.show(answer, lambda a, to: to.print(f"protocol {a['protocol']} (block {a['height']})"))
