"""The till's composition root and command line: `./tirelire terminal run|pair|journal|status`.

This is the one place that picks drivers. What cannot be used (a home that another process holds,
settings with a mistake) ends with one sentence and exit code 1, a word that is not understood with
2; a till that was told to stop ends with 0.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import Concatenate, ParamSpec

import click
from rich.console import Console as Rich

from hardware.signals.panel import NullPanel, Panel
from hardware.signals.player import Player
from shared.codec import prepare
from shared.errors import MESSAGES, Code
from shared.host import HostError, in_words, logs
from shared.host.clock import Clock, SimulatedClock, SystemClock
from shared.host.commands import Commands
from shared.host.files import make_private_folder
from shared.host.lock import HomeLock
from shared.transaction import open_payload
from terminal.control import Control
from terminal.hand import Hand
from terminal.home import Home
from terminal.offline_queue.journal import Journal
from terminal.pins import ArgonPins
from terminal.reader.nfcpy_driver import NfcpyField
from terminal.reader.reader import CardReader, Field
from terminal.reader.simulated import SimulatedField
from terminal.settings import Settings, load
from terminal.shell import Paper, Shell
from terminal.till.events import Event
from terminal.till.ports import JournalError
from terminal.till.state import Till
from terminal.ui.console import Console, Typed
from terminal.ui.kivy.app import Panel as Screen, open_window
from terminal.ui.kivy.demo import Demo, VirtualCard
from terminal.ui.pages.pen import Layout
from terminal.ui.port import Display
from terminal.ui.sound import Instrument, Loudspeaker, SoundAndLight, find_player

LARGE_WIDTH = 1024
STDIN = 0
SWITCH_S = 0.0005  # the window's thread must not keep a tap waiting for Python's usual 5 ms


@dataclass(frozen=True, slots=True)
class Place:
    """The home that a command works on, locked, and its settings."""

    home: Path
    settings: Settings


P = ParamSpec("P")


def in_home(command: Callable[Concatenate[Place, P], None]) -> Callable[..., None]:
    """Give a command its `--home`: made if it is new, and held against other processes."""

    @click.option(
        "--home",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path.home() / "tirelire-terminal",
        envvar="TIRELIRE_TERMINAL_HOME",
        help="The till's home directory (or TIRELIRE_TERMINAL_HOME).  [~/tirelire-terminal]",
    )
    @wraps(command)
    def held(home: Path, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            _make(home)
            with HomeLock(home):
                command(Place(home, load(home)), *args, **kwargs)
        except (HostError, JournalError) as error:
            raise click.ClickException(str(error)) from error

    return held


def _make(home: Path) -> None:
    """Make a home; one that is there keeps its rights: it may be a shared folder."""
    try:
        if not home.exists():
            make_private_folder(home)
    except OSError as error:
        raise HostError(in_words(error)) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", help="The same for every command.", metavar="DIRECTORY")
@click.pass_context
def main(context: click.Context, home: str | None) -> None:
    """Run and look after a till."""
    if home is not None:
        context.default_map = {name: {"home": home} for name in main.commands}


@main.command()
@in_home
def run(place: Place) -> None:
    """Sell: open the window (or the console) and go on until told to stop."""
    home, settings = place.home, place.settings
    logs.set_up(home / "logs", name="terminal")
    prepare()
    sys.setswitchinterval(SWITCH_S)
    clock = _clock(settings)
    desk = Home(home, settings, clock)
    simulated = SimulatedField() if settings.reader == "simulated" else None
    field: Field = NfcpyField(settings.reader_path) if simulated is None else simulated
    hand = None if simulated is None else Hand(simulated)
    signals = SoundAndLight(_instruments(home, settings))
    small = max(settings.width, settings.height) < LARGE_WIDTH
    shell = Shell(
        desk=desk,
        reader=CardReader(field, Pauses()),
        pins=ArgonPins(),
        signals=signals,
        clock=clock,
        display=lambda post: _display(home, settings, post, hand),
        layout=Layout(columns=3 if small else 4, rows=3),
        till=Till(language=desk.language),
        trusted_clock=settings.clock_chip,
    )
    control = None
    if settings.control:
        path = home / "control.sock"
        control = Control(path, screen=shell.screen, display=shell.display, cards=hand)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: shell.terminate())
    shell.start()
    try:
        shell.display.run()
    finally:
        shell.close()
        if control is not None:
            control.close()
        signals.close()
    if shell.failed:
        sys.exit(1)  # the supervisor starts it again; the log says why


class Pauses(SystemClock):
    """The reader's `Time`: real even where the till's clock is moved."""

    def pause(self, ms: int) -> None:
        """Let this much time pass."""
        time.sleep(ms / 1000)


def _clock(settings: Settings) -> Clock:
    if settings.simulated_clock:
        return SimulatedClock(Path(settings.simulated_clock))
    return SystemClock()


def _display(
    home: Path, settings: Settings, post: Callable[[Event], None], hand: Hand | None
) -> Display:
    if settings.display == "console":
        tap = None if hand is None else hand.tap_soon
        return Console(post, words=Typed(STDIN), rich=Rich(), tap=tap)
    screen = Screen(
        width=settings.width,
        height=settings.height,
        rotation=settings.rotation,
        fullscreen=settings.fullscreen,
        home=home / "kivy",
    )
    demo = None
    if hand is not None and settings.demo_cards:
        cards = [VirtualCard(card.name, bytes.fromhex(card.uid)) for card in settings.demo_cards]
        demo = Demo(title="Cartes simulées / Simulated cards", cards=cards, hold=hand.tap_soon)
    return open_window(screen, post, demo)


def _instruments(home: Path, settings: Settings) -> list[Instrument]:
    instruments: list[Instrument] = []
    player = find_player() if settings.sound else None
    if player is not None:
        instruments.append(Loudspeaker(player, home / "tones"))
    instruments.append(Player(_panel(settings)))
    return instruments


def _panel(settings: Settings) -> Panel:
    if settings.signals == "none":
        return NullPanel()
    # gpiozero is on a Pi only: a till on a laptop must not need it.
    from hardware.signals.gpio import (  # noqa: PLC0415 - see above
        GpioPanel,
        Pins,
        factory_for,
        make_factory,
        this_model,
    )

    return GpioPanel(Pins(), make_factory(factory_for(this_model())))


@main.command()
@click.argument("address")
@click.argument("code")
@in_home
def pair(place: Place, address: str, code: str) -> None:
    """Enrol this till at the node ADDRESS with the six digits that its page shows."""
    home, settings = place.home, place.settings
    desk = Home(home, settings, SystemClock())
    answer = desk.pair(address, code)
    if answer is None:
        raise click.ClickException(f"no answer from {address}")
    if isinstance(answer, Code):
        raise click.ClickException(MESSAGES[answer].en)
    _, directory = answer
    desk.close()
    click.echo(f"{desk.serial} is now a till of {directory.place_name}: {directory.point_of_sale}")


@main.command()
@click.option("--last", default=20, show_default=True, help="How many entries to show.")
@in_home
def journal(place: Place, last: int) -> None:
    """Show the newest entries of the journal and what the node said about them."""
    desk, _ = _opened(place)
    for record in islice(_book(desk).newest_first(), last):
        kind = open_payload(record.payload).envelope.kind
        verdict = _book(desk).verdict(record.seq) or "-"
        click.echo(f"{record.seq:6}  {kind:12} {record.hash[:16]}  {verdict}")
    desk.close()


@main.command()
@in_home
def status(place: Place) -> None:
    """Say who this till is and what is not sent yet."""
    desk, paper = _opened(place)
    known = paper.journal.recover()
    click.echo(f"till     {desk.serial}")
    click.echo(f"node     {desk.address}")
    click.echo(f"key      {desk.node_key}")
    click.echo(f"entries  {_book(desk).head.seq}")
    click.echo(f"unsent   {known.unsent.count} sales, {known.unsent.amount} in minor units")
    desk.close()


def _opened(place: Place) -> tuple[Home, Paper]:
    """Open a till that does not run."""
    home, settings = place.home, place.settings
    desk = Home(home, settings, SystemClock())
    paper = desk.open()
    if paper is None:
        raise click.ClickException(f"the till {desk.serial} is not paired yet")
    return desk, paper


def _book(desk: Home) -> Journal:
    if desk.journal is None:
        raise click.ClickException("the journal is not open")
    return desk.journal


if __name__ == "__main__":
    main(prog_name="tirelire terminal")
