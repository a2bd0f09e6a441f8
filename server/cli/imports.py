"""`node cards` and `node catalogue`: cards, and files from outside, all of a file or nothing."""

from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.text import Text

from server.cli.common import Scene, asking, money, scene_options, table

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
CAUSES: Final = {
    "columns": "not three columns",
    "link": "the link is not https://host/qr/<uuid4>",
    "number": "the printed number is not eight letters and digits",
    "chip": "the chip number is not 8, 14 or 20 hexadecimal digits",
    "chip_random": "a chip number that begins with 08 changes at each tap",
    "twice": "stands in this file already, line",
    "chip_taken": "its chip belongs to card",
    "number_taken": "its number belongs to card",
    "link_taken": "its link belongs to card",
}


@click.group()
def cards() -> None:
    """Cards: import, list and look."""


@cards.command("import")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@scene_options
def cards_import(scene: Scene, *, file: Path, dry_run: bool) -> None:
    """Register the cards of a maker's file (link, printed number, chip): all of them or none."""
    content = file.read_bytes().decode("utf-8", "surrogateescape")
    with asking(scene) as ask:
        answer = ask("cards.import", name=file.name, content=content, dry_run=dry_run)
    scene.show(answer, _show_import)
    if answer["problems"]:
        raise SystemExit(1)


def _show_import(found: dict[str, Any], to: Console) -> None:
    for bad in found["problems"]:
        reason = CAUSES.get(bad["cause"], bad["cause"])
        said = f": {reason} {bad['detail']}".rstrip()
        to.print(Text.assemble((f"line {bad['line']}", "red"), said))
    counts = f"{found['new']} new, {found['known']} known, {len(found['problems'])} wrong"
    to.print(f"{counts}; {found['imported']} imported")


@cards.command("list")
@scene_options
def cards_list(scene: Scene) -> None:
    """List the cards of this node with their links."""
    with asking(scene) as ask:
        answer = ask("cards.list")

    def show(found: list[dict[str, str]], to: Console) -> None:
        rows = [(each["number"], each["batch"], each["link"]) for each in found]
        to.print(table(["number", "batch", "link"], rows))

    scene.show(answer, show)


@cards.command("show")
@click.argument("number")
@scene_options
def cards_show(scene: Scene, *, number: str) -> None:
    """Say what a card is called on the chain, where its value is, and how much."""
    with asking(scene) as ask:
        answer = ask("cards.show", number=number)
    scene.show(answer, _show_card)


def _show_card(found: dict[str, Any], to: Console) -> None:
    to.print(f"{found['number']}  {found['status']}, {found['tier']}, of {found['home']}")
    to.print(f"card={found['card']}")
    to.print(f"wallet={found['wallet']}")
    for code, held in found["held"].items():
        to.print(f"{code:<12} {money(held['amount'], held)}")


@click.group()
def catalogue() -> None:
    """Products and team."""


@catalogue.command("import")
@click.argument("file", type=FILE)
@scene_options
def catalogue_import(scene: Scene, *, file: Path) -> None:
    """Take products and team of a TOML file, by name: all of it or nothing."""
    content = file.read_bytes().decode("utf-8", "surrogateescape")
    with asking(scene) as ask:
        answer = ask("catalogue.import", content=content)
    words = "{imported} taken; terminals get them with their next sync (revision {revision})"
    scene.show(answer, lambda a, to: to.print(words.format(**a)))
