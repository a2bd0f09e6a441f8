"""Dialogues with the till: `>>` tells it an event, `<<` is the next command it must give.

    (
        selling()
        >> AddProduct(BEER)
        >> Charge()
        << Signal(Tune.WAITING)
    ).ends_on(AwaitingSale)

A command that was not expected fails at the next event, or at the end.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shared.ids import AssetId, CardRef, Hash, PlaceId
from shared.policy import OfflinePolicy
from terminal.till.commands import Command
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
from terminal.till.events import Event, Journalled, Started, Unsent
from terminal.till.flow import step
from terminal.till.receipts import Basis, Draft, Entry, SaleDraft, Sold
from terminal.till.state import Link, Page, Selling, Till

NOW = 1_795_560_420_000  # 24 November 2026, 22:47 UTC
SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

BEER, JUG, LEMONADE, CUP, CUP_BACK = map(ProductId, ("beer", "jug", "lemonade", "cup", "cup-back"))
BEERS, SOFTS, CUPS = map(CategoryId, ("beers", "softs", "cups"))
FED, CHAMP, HOURS = map(AssetId, ("FED", "CHAMP", "HOURS"))
ALICE, BOB, LOST, BROKE, STRANGER, STAFF = (
    CardRef(digit * 32) for digit in ("a", "b", "c", "d", "e", "f")
)
MAIA, LEO, ZOE = map(OperatorId, ("maia", "leo", "zoe"))
NOTHING = Unsent(count=0, amount=0)

POLICY = OfflinePolicy(
    t0_limit=1000, t0_sales=2, t0_terminal_cap=50_000, soft_ms=4 * HOUR, hard_ms=12 * HOUR
)

ASSETS = {
    FED: Asset(
        id=FED, name="Euro fédéré", symbol="€", scale=2, federated=True, here=True, cash=Cash.ONLINE
    ),
    CHAMP: Asset(
        id=CHAMP, name="Champ", symbol="CH", scale=2, federated=False, here=True, cash=Cash.OFFLINE
    ),
    HOURS: Asset(
        id=HOURS, name="Heures", symbol="h", scale=0, federated=False, here=False, cash=Cash.NO
    ),
}


def product(item: ProductId, name: str, price: int, group: CategoryId) -> Product:
    return Product(id=item, name=name, price=price, category=group, vat_bp=2000)


PRODUCTS = (
    product(BEER, "Bière pression", 500, BEERS),
    product(JUG, "Pichet 1,5 L", 2200, BEERS),
    product(LEMONADE, "Limonade", 300, SOFTS),
    product(CUP, "Consigne gobelet", 100, CUPS),
    product(CUP_BACK, "Retour gobelet", -100, CUPS),
)


def card(ref: CardRef, number: str, fed: int, **extra: Any) -> Card:
    base = Card(
        ref=ref, number=number, status=CardStatus.VALID, tier="T0", balances={FED: fed, HOURS: 3}
    )
    return replace(base, **extra)


CARDS = {
    ALICE: card(ALICE, "4F2A 91C0", 1250),
    BOB: card(BOB, "77B0 1234", 5000),
    LOST: card(LOST, "1111 2222", 900, status=CardStatus.BLOCKED, blocked_at_ms=NOW - 48 * HOUR),
    BROKE: card(BROKE, "9999 0000", 700, overdrawn=True),
}

OPERATORS = (
    Operator(id=MAIA, name="Maïa", role=Role.MANAGE, pin="1234", card=STAFF),
    Operator(id=LEO, name="Léo", role=Role.SELL, pin="4321", card=None, left_handed=True),
    Operator(id=ZOE, name="Zoé", role=Role.SELL, pin="5555", card=None),
)

DIRECTORY = Directory(
    place=PlaceId("champ"),
    place_name="Le Grand Champ",
    point_of_sale="Bar 2",
    currency=FED,
    assets=ASSETS,
    categories=(
        Category(id=BEERS, name="Bières", colour="ochre", icon="beer"),
        Category(id=SOFTS, name="Softs", colour="teal", icon="soft"),
        Category(id=CUPS, name="Consigne", colour="slate", icon="deposit"),
    ),
    products=PRODUCTS,
    operators=OPERATORS,
    cards=CARDS,
    policy=POLICY,
    reload_maximum=15_000,
    as_of_ms=NOW - 12 * MINUTE,
    utc_offset_minutes=0,
)

OFFLINE = Link(last_answer_ms=NOW - 12 * MINUTE, last_sync_ms=NOW - 12 * MINUTE)
ONLINE = Link(last_answer_ms=NOW - SECOND, last_sync_ms=NOW - SECOND)


class Dialogue:
    """A till that is being talked to."""

    def __init__(self, till: Till) -> None:
        self.till = till
        self.unread: tuple[Command, ...] = ()

    def __rshift__(self, event: Event) -> Dialogue:
        assert not self.unread, f"before {event}: the till also asked for {self.unread}"
        self.till, self.unread = step(self.till, event)
        return self

    def __lshift__(self, command: Command) -> Dialogue:
        assert self.unread, f"the till did not ask for {command}"
        assert self.unread[0] == command
        self.unread = self.unread[1:]
        return self

    def ends_on(self, page: type[Page] | Page) -> Till:
        """Check that nothing is left unsaid, and on which page the till is."""
        assert not self.unread, f"the till also asked for {self.unread}"
        if isinstance(page, Page):
            assert self.till.page == page
        else:
            assert isinstance(self.till.page, page), self.till.page
        return self.till


def till(page: Page | None = None, **known: Any) -> Till:
    """A till at 22:47, offline for 12 minutes, with Maïa logged in, and what else is given."""
    base = Till(
        page=Selling() if page is None else page,
        now_ms=NOW,
        directory=DIRECTORY,
        operator=OPERATORS[0],
        link=OFFLINE,
        trusted_clock=True,
        address="https://node.example",
        serial="7F3A-52",
    )
    return replace(base, **known)


def selling(**known: Any) -> Dialogue:
    """On the sale page."""
    return Dialogue(till(**known))


def sold(name: ProductId, quantity: int = 1) -> Sold:
    """A line of a sale."""
    known = {p.id: p for p in PRODUCTS}[name]
    return Sold(
        product=name, label=known.name, quantity=quantity, unit_price=known.price, vat_bp=2000
    )


def sale(
    *lines: Sold, card: CardRef = ALICE, basis: Basis = "cached", operator: OperatorId = MAIA
) -> SaleDraft:
    """A sale as the flow drafts it."""
    return SaleDraft(
        basis=basis,
        card=card,
        number=CARDS[card].number,
        lines=lines,
        total=sum(line.quantity * line.unit_price for line in lines),
        operator=operator,
    )


def entry(draft: Draft, seq: int = 7, at_ms: int = NOW - MINUTE) -> Entry:
    """A durable entry."""
    return Entry(seq=seq, hash=Hash("0" * 64), at_ms=at_ms, draft=draft)


def durable(draft: Draft, *, tap: int = 1, seq: int = 7, unsent: int = 1) -> Journalled:
    """The journal's answer."""
    return Journalled(
        tap=tap, entry=entry(draft, seq, NOW), unsent=Unsent(count=unsent, amount=500 * unsent)
    )


def started(**known: Any) -> Started:
    """What the shell says after a start, with what else is given."""
    base = Started(
        now_ms=NOW,
        trusted_clock=True,
        serial="7F3A-52",
        address="https://node.example",
        directory=DIRECTORY,
        last_sync_ms=NOW - MINUTE,
        last=None,
        unanswered=None,
        outstanding=(),
        unsent=NOTHING,
        sales=NOTHING,
    )
    return replace(base, **known)
