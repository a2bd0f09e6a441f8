"""`node status`, `chain-link`, `doctor`, `reload-status`: looking without changing."""

from typing import Any, Final

import click
from rich.console import Console
from rich.text import Text

from server.cli.common import Scene, asking, moment, money, scene_options, table
from server.control.errors import NotPossibleError
from shared.host import HostError

COLOURS: Final = {"ok": "green", "warn": "yellow", "bad": "red"}


@click.command()
@scene_options
def status(scene: Scene) -> None:
    """Say what this node is and how it is."""
    with asking(scene) as ask:
        answer = ask("status")
    scene.show(answer, _show_status)


def _show_status(node: dict[str, Any], to: Console) -> None:
    sealing = "sealing" if node["sealing"] else ("not sealing: blocks are missing here", "red")
    to.print(Text.assemble((node["name"], "bold"), f"  {node['address']}"))
    to.print(Text.assemble(f"height {node['height']}, ", sealing))
    to.print(f"chain {node['chain']}")
    to.print(f"key   {node['key']}")
    to.print(f"payments: {node['payments']}    time: {moment(node['time_ms'])}")
    to.print()
    assets = [
        (asset["asset"], asset["name"], asset["class"], money(asset["outstanding"], asset))
        for asset in node["assets"]
    ]
    to.print(table(["asset", "name", "class", "outstanding"], assets))
    to.print()
    _show_terminals(node["terminals"], to)
    to.print()
    audit = node["audit"]
    if audit is None:
        to.print("audit: never (tirelire node audit)")
    elif audit["bad_height"] is None:
        to.print(f"audit: good up to height {audit['height']}, {moment(audit['at_ms'])}")
    else:
        to.print(f"audit: height {audit['bad_height']}: {audit['cause']}", style="red")
    away = moment(node["backup_elsewhere_ms"])
    to.print(f"backup: {moment(node['backup_ms'])}; elsewhere: {away}")
    to.print(f"dead letters: {node['dead_letters']}    open tasks: {len(node['tasks'])}")


def _show_terminals(terminals: list[dict[str, Any]], to: Console) -> None:
    rows = [
        (
            f"{each['terminal'][:4]} {each['terminal'][4:8]}".upper(),
            each["label"],
            each["place"],
            each["status"],
            moment(each["seen_ms"]),
            str(each["unsent"]),
        )
        for each in terminals
    ]
    to.print(table(["terminal", "label", "place", "status", "last sync", "unsent"], rows))


@click.command("chain-link")
@scene_options
def chain_link(scene: Scene) -> None:
    """Say where others can read the whole chain of this node, and with what they prove it.

    The part after the # is a secret that opens it: it shows, without names, what every card did.
    """
    with asking(scene) as ask:
        answer = ask("chain.link")

    def show(found: dict[str, Any], to: Console) -> None:
        to.print(found["link"])
        if found["open"]:
            to.print("Anybody may read it ([chain] open in node.toml).")
        to.print(f"tirelire verify chain '{found['link']}' --chain {found['chain']}")
        to.print(f"key {found['key']}")

    scene.show(answer, show)


@click.command()
@scene_options
def doctor(scene: Scene) -> None:
    """Look at everything that may go wrong; exit code 1 when a line is red."""
    from server.control.looking import closed  # noqa: PLC0415 - it knows the whole node

    answer = closed(scene.home)
    try:
        if not answer:
            with asking(scene) as ask:
                answer = ask("doctor")
    except (HostError, NotPossibleError) as error:
        answer = closed(scene.home, error)
    scene.show(answer, _show_doctor)
    if any(line["level"] == "bad" for line in answer):
        raise SystemExit(1)


def _show_doctor(lines: list[dict[str, str]], to: Console) -> None:
    for line in lines:
        colour = COLOURS[line["level"]]
        level = (f"{line['level']:<5}", colour)
        to.print(Text.assemble(level, f" {line['check']:<9} {line['text']}"))
        if line["fix"]:
            to.print(f"                → {line['fix']}")


@click.command("reload-status")
@click.argument("reload")
@scene_options
def reload_status(scene: Scene, *, reload: str) -> None:
    """Say how far a paid reload is, by its id or the payment service's session."""
    with asking(scene) as ask:
        answer = ask("reload.status", wanted=reload)

    def show(found: dict[str, Any], to: Console) -> None:
        for name, value in found.items():
            to.print(f"{name:<12} {value if value is not None else '-'}")

    scene.show(answer, show)
