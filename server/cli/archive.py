"""`node export`, `node import`: the whole chain as one file (docs/chain-file.md)."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from server.cli.common import Scene, asking, scene_options


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@scene_options
def export_chain(scene: Scene, *, file: Path) -> None:
    """Write the whole chain into one file, for anybody to prove; no secrets, no people."""
    with asking(scene) as ask:
        answer = ask("export", file=str(file.expanduser().absolute()))

    def show(found: dict[str, Any], to: Console) -> None:
        to.print(f"{found['path']}  {found['blocks']} blocks, {found['bytes']} bytes")
        to.print(f"state {found['state']}")

    scene.show(answer, show)


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@scene_options
def import_chain(scene: Scene, *, file: Path) -> None:
    """Fill a home that has keys and settings but no database from an exported chain.

    The chain is audited first.  Products, people and payments under way are not in it: when there
    is a backup, restore that instead.
    """
    from server.control.archive import import_chain as fill  # noqa: PLC0415 - loads the whole node

    answer = fill(file, scene.home)

    def show(found: dict[str, Any], to: Console) -> None:
        count = found["transactions"]
        to.print(f"Imported and audited up to height {found['height']}, {count} transactions.")
        to.print(f"state {found['state']}")

    scene.show(answer, show)
