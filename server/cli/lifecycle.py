"""`node init`, `serve`, `backup`, `restore`, `resume`, `key`: a node's life."""

import os
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from server.cli.common import Scene, asking, scene_options


@click.command()
@click.option("--name", default="", help="What people see of this node [the place's name].")
@click.option("--place", default="", help='The first place, for example "Le Grand Champ".')
@click.option("--federated", default="", metavar="CODE", help="A euro token, for example FED.")
@click.option("--local", default="", metavar="CODE", help="A local asset, for example GRAIN.")
@click.option("--local-name", default="", help="Its name [the code].")
@click.option("--local-symbol", default="", help="Its symbol [the first letter].")
@click.option("--listen", default="127.0.0.1:8600", show_default=True, help="Host and port.")
@click.option("--database", default="", metavar="ADDRESS", help="PostgreSQL [SQLite in the home].")
@click.option("--time-zone", default="Europe/Paris", show_default=True)
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
@click.option("--simulated-clock", is_flag=True, help="Time can be moved: demos and tests only.")
@scene_options
def init(scene: Scene, *, name: str, place: str, simulated_clock: bool, **rest: str) -> None:
    """Make a new node: home, keys, settings, genesis, and a link for its first admin."""
    from server.founding import Plan, found_node  # noqa: PLC0415 - see `serve`

    plan = Plan(
        name=name or place or "Tirelire",
        place=place,
        simulated_clock=simulated_clock,
        environment=dict(os.environ),
        **rest,
    )
    made = found_node(scene.home, plan)
    answer = {"home": str(scene.home.path), "chain": made.chain, "link": made.link}
    scene.show(answer, _show_founded)


def _show_founded(answer: dict[str, Any], to: Console) -> None:
    to.print(f"A node was made in {answer['home']} (chain {answer['chain'][:8]}).")
    to.print("Start it:            tirelire node serve --home " + answer["home"])
    to.print("First admin, once:   " + answer["link"])
    to.print("Keep a copy of the folder `keys` elsewhere: without it the node cannot go on.")


@click.command()
@scene_options
def serve(scene: Scene) -> None:
    """Serve until SIGTERM or Ctrl-C; the log is in HOME/logs."""
    from server.serve import serve as serve_node  # noqa: PLC0415 - granian takes its time to load

    serve_node(scene.home, click.echo)


@click.command()
@click.option("--to", default="", metavar="FOLDER", help="Where to put it [HOME/backups].")
@click.option("--without-keys", is_flag=True, help="Leave the secret keys out.")
@click.option("--elsewhere", is_flag=True, help="The folder is on another machine or disk.")
@scene_options
def backup(scene: Scene, *, to: str, without_keys: bool, elsewhere: bool) -> None:
    """Copy the node while it serves: database, settings and keys.  Keep the copy as closed."""
    folder = str(Path(to).expanduser().absolute()) if to else ""
    with asking(scene) as ask:
        answer = ask("backup", to=folder, without_keys=without_keys, elsewhere=elsewhere)

    def show(found: dict[str, Any], to_: Console) -> None:
        keys = "with its keys: keep it closed" if found["keys"] else "without its keys"
        to_.print(f"{found['path']}  height {found['height']}, {keys}")

    scene.show(answer, show)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Over an existing node: its data is moved aside.")
@scene_options
def restore(scene: Scene, *, folder: Path, force: bool) -> None:
    """Put a backup back; it is audited before anything is moved."""
    from server.control.keeping import restore as restore_backup  # noqa: PLC0415 - see `serve`

    answer = restore_backup(folder, scene.home, force=force)

    def show(found: dict[str, Any], to: Console) -> None:
        to.print(f"Restored and audited up to height {found['height']}.")
        if found["aside"]:
            to.print(f"What was there before is in {found['aside']}.")
        to.print("If a terminal knows newer blocks, the node will keep its sales and say so.")

    scene.show(answer, show)


@click.command()
@click.option("--till-lies", is_flag=True, help="Revoke the till that spoke: nothing is lost.")
@scene_options
def resume(scene: Scene, *, till_lies: bool) -> None:
    """Make blocks again after a till spoke of blocks that this node does not have.

    Only when no newer backup exists: the chain says from then on which blocks are lost.  `node
    doctor` names the till that spoke of them, and says whether it has proven it.
    """
    with asking(scene) as ask:
        answer = ask("resume", till_lies=till_lies)
    scene.show(answer, _show_resumed)


def _show_resumed(answer: dict[str, Any], to: Console) -> None:
    if answer["revoked"]:
        to.print(f"Revoked the terminal {answer['revoked'][:8]}: pair it anew once it is well.")
    to.print(f"Sealing again, height {answer['height']}.")


@click.group()
def key() -> None:
    """Look after the key with which this node signs."""


@key.command("rotate")
@scene_options
def key_rotate(scene: Scene) -> None:
    """Go on with a new key; the chain knows the node by its name all the same.

    Tills follow by themselves when they next hear this node, also after months.
    """
    with asking(scene) as ask:
        answer = ask("key.rotate")
    scene.show(answer, _show_key)


def _show_key(answer: dict[str, Any], to: Console) -> None:
    to.print(f"New key {answer['key'][:16]}… from block {answer['height'] + 1} on.")
    to.print("Make a backup elsewhere now: tills that follow do not go back to the key before.")
