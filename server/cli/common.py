"""What every command shares: the home, JSON, errors in one sentence, tables."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.table import Table

from server.control.desk import Ask, desk
from server.control.errors import NotPossibleError
from server.home import Home
from shared.host import HostError, in_words

P = ParamSpec("P")
T = TypeVar("T")
DEFAULT_HOME: Final = "~/tirelire-node"
HOME_VARIABLE: Final = "TIRELIRE_NODE_HOME"
WIDE: Final = 240


@dataclass(frozen=True, slots=True)
class Scene:
    """Which home, and how to answer."""

    home: Home
    as_json: bool

    def show(self, answer: Any, people: Callable[[Any, Console], None]) -> None:
        """Print an answer: as JSON, or in words."""
        if self.as_json:
            click.echo(json.dumps(answer, ensure_ascii=False, indent=2, sort_keys=True))
        else:
            people(answer, console())


def console() -> Console:
    """Give where people read: colours only on a terminal, and no wrapping in a pipe.

    Names are written as they are: what looks like rich's markup was written by a stranger.
    """
    plain = not os.isatty(1)
    width = WIDE if plain else None
    return Console(
        highlight=False, markup=False, emoji=False, soft_wrap=True, no_color=plain, width=width
    )


def scene_options(command: Callable[..., T]) -> Callable[..., T]:
    """Give a command `--home` and `--json`, as its first argument `scene`."""

    @click.option(
        "--home",
        envvar=HOME_VARIABLE,
        default=DEFAULT_HOME,
        show_default=True,
        help=f"The node's home directory (or {HOME_VARIABLE}).",
    )
    @click.option("--json", "as_json", is_flag=True, help="Answer as JSON.")
    @wraps(command)
    def with_scene(home: str, as_json: bool, **rest: Any) -> T:
        scene = Scene(Home(Path(home).expanduser().absolute()), as_json)
        with one_sentence():
            return command(scene, **rest)

    return with_scene


@contextmanager
def one_sentence() -> Iterator[None]:
    """Turn what cannot be done into one sentence and exit code 1."""
    try:
        yield
    except (HostError, NotPossibleError) as error:
        raise click.ClickException(str(error)) from None
    except UnicodeError:
        raise click.ClickException("write in UTF-8: this is not text") from None
    except BrokenPipeError:  # whoever read has read enough: click ends quietly
        raise
    except OSError as error:
        raise click.ClickException(in_words(error)) from None


@contextmanager
def asking(scene: Scene) -> Iterator[Ask]:
    """Open the desk of the scene's home."""
    with desk(scene.home) as ask:
        yield ask


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Make a table as plain as a page of a ledger."""
    made = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        made.add_column(column)
    for row in rows:
        made.add_row(*row)
    return made


def waits(missing: int) -> str:
    """Say what a proposal waits for, as a line of its own; nothing when none is."""
    who = "validator votes" if missing == 1 else "validators vote"
    return f"A proposal: it counts once {missing} more {who} for it (vote.cast).\n" * bool(missing)


def moment(time_ms: int | None) -> str:
    """Write a time in UTC, or `never`."""
    if time_ms is None:
        return "never"
    return datetime.fromtimestamp(time_ms // 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def money(amount: int, asset: Mapping[str, Any]) -> str:
    """Write an amount of an asset, as the node describes it."""
    scale = int(asset["scale"])
    units, rest = divmod(abs(amount), 10**scale)
    digits = f"{units:,}" + (f".{rest:0{scale}d}" if scale else "")
    return f"{'-' if amount < 0 else ''}{digits} {asset['symbol']}"
