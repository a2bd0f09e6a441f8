"""`node place`, `asset`, `terminal`, `user`: who and what takes part."""

from typing import Any, Final

import click
from rich.console import Console
from rich.text import Text

from server.cli.common import Scene, asking, moment, scene_options, waits
from server.cli.looking import _show_terminals
from shared.bodies import AssetClass

CLASSES: Final = [each.value for each in AssetClass]


@click.group()
def place() -> None:
    """Places: organisations that accept payment."""


@place.command("create")
@click.argument("name")
@click.option("--code", default="", help="Its code on the chain [made from the name].")
@scene_options
def place_create(scene: Scene, *, name: str, code: str) -> None:
    """Register a place that this node serves."""
    with asking(scene) as ask:
        answer = ask("place.create", name=name, place=code)
    scene.show(answer, lambda a, to: to.print(f"{a['place']} (block {a['height']})"))


@click.group()
def asset() -> None:
    """Assets: units of value."""


@asset.command("create")
@click.argument("code")
@click.argument("name")
@click.option("--class", "asset_class", type=click.Choice(CLASSES), default="local")
@click.option("--issuer", default="", help="The place that stands behind it [the first].")
@click.option("--symbol", default="", help="Behind amounts [the first letter].")
@click.option(
    "--priority", type=int, default=10, show_default=True, help="Smallest is spent first."
)
@click.option("--no-peg", is_flag=True, help="One unit of a local or gift is not worth one euro.")
@click.option("--scale", type=int, help="Decimals [2; 0 of points, badges and memberships].")
@scene_options
def asset_create(scene: Scene, *, code: str, no_peg: bool, **rest: Any) -> None:
    """Register an asset, for example: asset create GRAIN Grain."""
    with asking(scene) as ask:
        answer = ask("asset.create", asset=code, peg="-" if no_peg else "", **rest)
    scene.show(answer, _show_asset)


def _show_asset(made: dict[str, Any], to: Console) -> None:
    to.print(f"{made['asset']} (block {made['height']})")
    to.print(waits(made["votes_missing"]), end="")


@click.group()
def terminal() -> None:
    """Terminals: tills."""


@terminal.command("list")
@scene_options
def terminal_list(scene: Scene) -> None:
    """List every till."""
    with asking(scene) as ask:
        answer = ask("terminal.list")
    scene.show(answer, _show_terminals)


@terminal.command("pair-pin")
@click.argument("label")
@click.option("--place", default="", help="The place it sells for [the first].")
@scene_options
def pair_pin(scene: Scene, *, label: str, place: str) -> None:
    """Make a code for one new till: six digits, ten minutes, once."""
    with asking(scene) as ask:
        answer = ask("terminal.pair-pin", label=label, place=place)

    def show(found: dict[str, Any], to: Console) -> None:
        pin = (f"{found['pin'][:3]} {found['pin'][3:]}", "bold")
        to.print(Text.assemble(pin, f"  for {found['label']}"))
        to.print(f"at {found['address']}, until {moment(found['expires_ms'])}, once")

    scene.show(answer, show)


@terminal.command("revoke")
@click.argument("terminal")
@scene_options
def revoke(scene: Scene, *, terminal: str) -> None:
    """Revoke a till by its label or id: later sales of it are disputed."""
    with asking(scene) as ask:
        answer = ask("terminal.revoke", terminal=terminal)
    words = "{terminal}: revoked after its transaction {after}"
    scene.show(answer, lambda a, to: to.print(words.format(**a)))


@click.group()
def user() -> None:
    """People who administer this node."""


@user.command("invite")
@scene_options
def invite(scene: Scene) -> None:
    """Make a link that lets one person become an admin, once, within a week."""
    with asking(scene) as ask:
        answer = ask("user.invite")
    scene.show(answer, lambda a, to: to.print(a["link"]))
