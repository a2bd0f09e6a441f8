"""`node audit`, `node rebuild`: proving a node, and making its index anew."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from server.cli.common import Scene, asking, scene_options
from server.control.desk import connect

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--links", is_flag=True, help="Only links, seals and hashes: ten times as fast.")
@click.option("--checkpoint", type=_FILE, help="One that you kept: history must hold it.")
@click.option("--key", "keys", multiple=True, metavar="HEX", help="Who signed it; may be repeated.")
@click.option("--need", type=click.IntRange(min=1), help="How many of the keys [all of them].")
@scene_options
def audit(
    scene: Scene,
    *,
    links: bool,
    checkpoint: Path | None,
    keys: tuple[str, ...],
    need: int | None,
) -> None:
    """Execute everything again from the blocks and compare; exit code 1 when something is wrong.

    Compare with a checkpoint that was not kept on this machine: whoever has this node's key could
    have written another history that is as good.
    """
    if (checkpoint is None) != (not keys):
        raise click.UsageError("--checkpoint and --key go together")
    if links and checkpoint:
        raise click.UsageError("--checkpoint needs the whole audit: leave --links out")
    note = checkpoint.read_text("utf-8", "replace") if checkpoint else ""
    act = "audit.links" if links else "audit"
    asked = {} if links else {"note": note, "keys": keys, "need": need or 0}
    if _serves(scene):
        with asking(scene) as ask:
            answer = ask(act, **asked)
    else:
        from server.control.auditing import audit_home  # noqa: PLC0415 - it knows the whole node

        answer = audit_home(scene.home, act, **asked)
    scene.show(answer, _show_audit)
    if answer["bad_height"] is not None:
        raise SystemExit(1)


def _show_audit(found: dict[str, Any], to: Console) -> None:
    if found["bad_height"] is not None:
        to.print(f"Wrong at height {found['bad_height']}: {found['cause']}", style="red")
        return
    count, ms = found["transactions"], found["duration_ms"]
    to.print(f"Good: {found['height'] + 1} blocks, {count} transactions in {ms} ms.")
    if "state" in found:
        to.print(f"state {found['state']}")
    else:
        to.print("Links, seals and hashes only: the rules and the tables were not looked at.")


@click.command()
@scene_options
def rebuild(scene: Scene) -> None:
    """Make all tables of the index anew from the blocks; refused when the blocks are damaged.

    A serving node seals nothing meanwhile: tills keep their sales and send them afterwards.
    """
    if _serves(scene):
        with asking(scene) as ask:
            answer = ask("rebuild")
    else:
        answer = _stopped(scene)

    def show(found: dict[str, Any], to: Console) -> None:
        count = found["transactions"]
        to.print(f"Rebuilt up to height {found['height']}, {count} transactions.")
        to.print(f"state {found['state']}")

    scene.show(answer, show)


def _serves(scene: Scene) -> bool:
    """Tell whether the node of the scene's home serves."""
    scene.home.require()
    connection = connect(scene.home)
    if connection is not None:
        connection.close()
    return connection is not None


def _stopped(scene: Scene) -> dict[str, Any]:
    """Rebuild without opening the node, which a damaged index may not allow."""
    from server.control.auditing import rebuild_home  # noqa: PLC0415 - it knows the whole node

    def told(height: int, top: int) -> None:
        if not scene.as_json:
            click.echo(f"height {height} of {top}", err=True)

    return rebuild_home(scene.home, told)
