"""A till to measure: the real shell, reader, flow and journal; its screens go to a queue."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Final

import msgspec

from shared.errors import Code
from shared.host.clock import SystemClock
from shared.ids import AssetId, BootId, CardRef, ChainId, PlaceId, card_reference
from shared.policy import OFFLINE
from terminal.offline_queue.drafts import Knowledge, TillJournal
from terminal.offline_queue.journal import Journal
from terminal.offline_queue.records import Identity
from terminal.reader.reader import CardReader
from terminal.reader.session import Chip
from terminal.reader.simulated import SimulatedCard, SimulatedField
from terminal.shell import Paper, Shell
from terminal.till.commands import Tune
from terminal.till.directory import (
    Asset,
    Card,
    CardStatus,
    Cash,
    Category,
    CategoryId,
    Directory,
    Operator,
    OperatorId,
    Product,
    ProductId,
    Role,
)
from terminal.till.events import AddProduct, Charge, Continue, Enter, Event, Key, NodeLost
from terminal.till.state import Till
from terminal.ui.pages.pen import Layout
from terminal.ui.screen import CardWait, Locked, Paid, Sale, Screen

PATIENCE_S: Final = 60
CARD_KEY: Final = bytes(32)
BEER: Final = ProductId("beer")
MAIA: Final = OperatorId("maia")
PRICE: Final = 500
PIN: Final = "1234"
POLL_MS: Final = 2


class FastTime(SystemClock):
    """The reader's `Time`: polls more often than a device, as what precedes the UID is not ours."""

    def pause(self, ms: int) -> None:
        """Wait a little, whatever was asked for."""
        time.sleep(min(ms, POLL_MS) / 1000)


class Watched:
    """A `Reader` that notes when it gave a UID."""

    def __init__(self, field: SimulatedField) -> None:
        self._reader = CardReader(field, FastTime())
        self.at = 0.0

    def wait(self, timeout_s: float) -> bytes | None:
        """Wait for a card."""
        uid = self._reader.wait(timeout_s)
        if uid is not None:
            self.at = time.perf_counter()
        return uid

    def close(self) -> None:
        """Let go of the field."""
        self._reader.close()


class Screens:
    """A `Display` without a window: each screen with the moment in which it was shown."""

    def __init__(self, post: Callable[[Event], None]) -> None:
        self.post = post
        self._shown: SimpleQueue[tuple[float, Screen]] = SimpleQueue()

    def show(self, screen: Screen) -> None:
        """Keep a screen."""
        self._shown.put((time.perf_counter(), screen))

    def until(self, kind: type[Screen]) -> float:
        """Wait for a screen of a class; give when it was shown.  Raises Empty when none comes."""
        while True:
            at, screen = self._shown.get(timeout=PATIENCE_S)
            if type(screen) is kind:
                return at

    def run(self) -> None:
        """Own no thread."""

    def stop(self) -> None:
        """Own no thread."""

    def touch(self, target: str) -> bool:
        """Have no buttons."""
        raise NotImplementedError(target)

    def touch_at(self, x: int, y: int) -> None:
        """Have no buttons."""
        raise NotImplementedError((x, y))

    def picture(self, path: Path) -> bool:
        """Have no picture."""
        raise NotImplementedError(path)


class AnyPin:
    """A `PinVerifier` for whom every code is Maïa's: Argon2 is slow on purpose, and not a tap."""

    def find(self, operators: tuple[Operator, ...], pin: str) -> OperatorId | None:
        """Let Maïa in."""
        return MAIA if pin and operators else None


class Silence:
    """`Signals` that nobody hears."""

    def play(self, tune: Tune) -> None:
        """Play nothing."""


class Away:
    """A `Sync` whose node never answers: each sale is decided here."""

    def __init__(self, known: Directory) -> None:
        self._known = known

    def directory(self) -> tuple[Directory, int]:
        """Give what was known when the network went."""
        return self._known, self._known.as_of_ms

    def push(self) -> NodeLost:
        """Find nobody."""
        return NodeLost()

    def pull(self) -> NodeLost:
        """Find nobody."""
        return NodeLost()

    def pause_s(self) -> float:
        """Wait as a till does that has failed for a while."""
        return PATIENCE_S


@dataclass(frozen=True)
class Paired:
    """A `Desk` that is paired, in a folder."""

    folder: Path
    known: Directory
    serial: str = "7F3A-52"
    address: str = ""
    journals: list[Journal] = field(default_factory=list)

    def open(self) -> Paper:
        """Open the journal."""
        identity = Identity(seed=b"s" * 32, chain=ChainId("0c" * 16))
        journal = Journal.open(self.folder / "journal.db", identity, BootId("0b" * 8))
        self.journals.append(journal)
        knowledge = Knowledge(number=lambda _: "", seen=lambda: 0, day_starts_ms=lambda: 0)
        kept = TillJournal(journal, knowledge, time=SystemClock(), salt=secrets.token_bytes)
        return Paper(journal=kept, sync=Away(self.known), card_key=CARD_KEY)

    def pair(self, address: str, code: str) -> tuple[Paper, Directory] | Code | None:
        """Be paired already."""
        raise NotImplementedError(address, code)

    def remember(self, language: str) -> None:
        """Forget it."""

    def set_brightness(self, percent: int) -> None:
        """Have no backlight."""

    def power_off(self) -> None:
        """Go on."""

    def close(self) -> None:
        """Close the journal."""
        for journal in self.journals:
            journal.close()


def directory(uids: Sequence[bytes]) -> Directory:
    """Give what the till knows: a beer, an operator, and a card with money for each UID."""
    fed = AssetId("FED")
    cards: dict[CardRef, Card] = {}
    for number, uid in enumerate(uids):
        reference = card_reference(CARD_KEY, uid)
        cards[reference] = Card(
            ref=reference,
            number=f"{number:08d}",
            tier="T0",
            status=CardStatus.VALID,
            balances={fed: 10 * PRICE},
        )
    return Directory(
        place=PlaceId("bar"),
        place_name="Le Bar",
        point_of_sale="Bar 1",
        currency=fed,
        assets={
            fed: Asset(
                id=fed,
                name="Euro",
                symbol="€",
                scale=2,
                federated=True,
                here=True,
                cash=Cash.ONLINE,
            )
        },
        categories=(Category(id=CategoryId("beers"), name="Bières", colour="ochre", icon="beer"),),
        products=(
            Product(id=BEER, name="Bière", price=PRICE, category=CategoryId("beers"), vat_bp=2000),
        ),
        operators=(Operator(id=MAIA, name="Maïa", role=Role.SELL, pin="-", card=None),),
        cards=cards,
        policy=msgspec.structs.replace(OFFLINE, t0_terminal_cap=PRICE * len(uids)),
        reload_maximum=15_000,
        as_of_ms=SystemClock().now_ms(),
    )


@dataclass(frozen=True)
class Running:
    """A till that somebody logged in to; `tap` sells one beer."""

    shell: Shell
    screens: Screens
    field: SimulatedField
    reader: Watched
    journal: Journal

    def tap(self, uid: bytes) -> float:
        """Sell a beer to a card; give the seconds from its UID to the green page."""
        for event in (AddProduct(BEER), Charge()):
            self.shell.post(event)
        self.screens.until(CardWait)
        self.field.present(SimulatedCard(uid, Chip.NTAG213))
        took = self.screens.until(Paid) - self.reader.at
        self.shell.post(Continue())
        self.screens.until(Sale)
        return took


@contextmanager
def open_till(folder: Path, known: Directory) -> Iterator[Running]:
    """Start a till and log in."""
    made: list[Screens] = []

    def display(post: Callable[[Event], None]) -> Screens:
        made.append(Screens(post))
        return made[0]

    simulated = SimulatedField()
    reader, desk = Watched(simulated), Paired(folder, known)
    shell = Shell(
        desk=desk,
        reader=reader,
        pins=AnyPin(),
        signals=Silence(),
        clock=SystemClock(),
        display=display,
        layout=Layout(),
        till=Till(),
        trusted_clock=True,
    )
    shell.start()
    try:
        made[0].until(Locked)
        for event in (*map(Key, PIN), Enter()):
            shell.post(event)
        made[0].until(Sale)
        yield Running(shell, made[0], simulated, reader, desk.journals[0])
    finally:
        shell.close()
