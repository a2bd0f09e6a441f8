"""One festival evening, the same on every page: the figures of the sample office.

Saturday 20 June 2026 at 22:47:05 in Paris.  Every total here is the sum of its parts.
"""

from datetime import date
from typing import Final

from server.web.views.cards import CardRow, CardState
from server.web.views.catalogue import Operator, OperatorRole, Product
from server.web.views.chain import Audit, Block, Operation
from server.web.views.common import (
    Asset,
    Level,
    Line,
    LineKind,
    LineResult,
    Money,
    Part,
    PartKind,
    Place,
)
from server.web.views.money import AssetPage, Forecast, MeltNotice, MeltPage, NextMelt
from server.web.views.overview import Check, CheckKind, HourSales, Todo, TodoKind
from server.web.views.public import PublicPlace
from server.web.views.terminals import TerminalRow, TerminalState

# fmt: off
# (Tables of data: one row a thing.)

NOW: Final = 1_781_988_425_000  # 2026-06-20T20:47:05Z
MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
DAY_START: Final = NOW - 16 * HOUR - 47 * MINUTE - 5_000

FED: Final = Asset(code="FED", name="Euro fédéré", symbol="€", scale=2, backed=True)
GRAIN: Final = Asset(code="GRAIN", name="Grain", symbol="G", scale=2, melts=True)
BAR: Final = Place(id="bar", name="Bar du Moulin")
CANTEEN: Final = Place(id="cantine", name="Cantine des Prés")
CAP: Final = 150_000
HARD: Final = 12 * HOUR


def fed(amount: int) -> Money:
    """Give cents of the federated euro."""
    return Money(amount, FED)


def gra(amount: int) -> Money:
    """Give hundredths of a Grain."""
    return Money(amount, GRAIN)


# ---------- the day ----------

FED_HOURS: Final = (9650, 14200, 8800, 7450, 11000, 18650, 34200, 46850, 51200, 60400, 43100)
GRAIN_HOURS: Final = (4400, 6150, 3000, 2200, 3550, 7000, 11800, 13150, 15000, 17200, 9600)
HOURS: Final = tuple(
    HourSales(start_ms=DAY_START + (6 + k) * HOUR, amounts=(f, g))
    for k, (f, g) in enumerate(zip(FED_HOURS, GRAIN_HOURS, strict=True))
)

SALES: Final = (
    Line(at_ms=NOW - 40_000, kind=LineKind.SALE, label="Galette complète", where="Cantine",
         who="Tom", money=fed(750), card="17D044C2"),
    Line(at_ms=NOW - 55_000, kind=LineKind.SALE, label="2 bières ambrées, consigne", where="Bar 1",
         who="Yann", money=fed(800), card="41C88E6B"),
    Line(at_ms=NOW - 95_000, kind=LineKind.SALE, label="Crêpe sucre", where="Crêpes", who="Inès",
         money=gra(300), card="17D044C2"),
    Line(at_ms=NOW - 150_000, kind=LineKind.SALE, label="Limonade", where="Bar 1", who="Yann",
         money=fed(250), card="B194AEB9"),
    Line(at_ms=NOW - 210_000, kind=LineKind.REFUND, label="Remboursement, 1 consigne",
         where="Bar 1", who="Yann", money=fed(-100), card="B194AEB9"),
    Line(at_ms=NOW - 2 * HOUR, kind=LineKind.SALE, label="3 bières ambrées", where="Bar 2",
         who="Yann", money=fed(1050), result=LineResult.OVERDRAWN, loss=fed(150),
         card="8E6BD7F1"),
    Line(at_ms=NOW - 3 * HOUR, kind=LineKind.SALE, where="Bar 2", who="Yann",
         result=LineResult.REJECTED, reason="unknown_card"),
    Line(at_ms=NOW - 4 * HOUR, kind=LineKind.SALE, label="Cidre brut", where="Bar 3", who="Soizic",
         money=fed(350), result=LineResult.DISPUTED, card="41C88E6B"),
)

# ---------- terminals ----------


def _till(name: str, place: Place, state: TerminalState, **more: object) -> TerminalRow:
    ident = name.lower().replace(" ", "-").replace("ê", "e")
    return TerminalRow(id=ident, name=name, place=place.name, state=state, **more)  # type: ignore[arg-type]  # fields by name


TERMINALS: Final = (
    _till("Bar 2", BAR, TerminalState.OFFLINE, unsent=38, unsent_money=fed(26350),
          seen_ms=NOW - 2 * HOUR - 35 * MINUTE, autonomy=784,
          time_left_ms=9 * HOUR + 25 * MINUTE, sales_today=106),
    _till("Buvette du lac", BAR, TerminalState.OFFLINE, unsent=9, unsent_money=fed(5850),
          seen_ms=NOW - 41 * MINUTE, autonomy=943, time_left_ms=11 * HOUR + 19 * MINUTE,
          sales_today=52),
    _till("Bar 4", BAR, TerminalState.NEVER),
    _till("Crêpes", CANTEEN, TerminalState.SENDING, unsent=12, unsent_money=fed(7100),
          seen_ms=NOW - 1_000, sales_today=79),
    _till("Bar 1", BAR, TerminalState.SYNCED, seen_ms=NOW - 8_000, sales_today=214),
    _till("Cantine", CANTEEN, TerminalState.SYNCED, seen_ms=NOW - 12_000, sales_today=147),
    _till("Bar 3", BAR, TerminalState.REVOKED, seen_ms=NOW - 2 * DAY),
)
UNSENT: Final = fed(32200)

# ---------- overview ----------

TODO: Final = (
    Todo(kind=TodoKind.TERMINAL_OFFLINE, target="bar-2", name="Bar 2",
         since_ms=NOW - 2 * HOUR - 35 * MINUTE, count=38, money=fed(26350)),
    Todo(kind=TodoKind.TERMINAL_OFFLINE, target="buvette-du-lac", name="Buvette du lac",
         since_ms=NOW - 41 * MINUTE, count=9, money=fed(5850)),
    Todo(kind=TodoKind.NO_COPY, since_ms=NOW - 3 * DAY),
    Todo(kind=TodoKind.RELOAD_HELD, target="8E6BD7F1", name="8E6B-D7F1", count=1,
         money=fed(2000)),
)
CHECKS: Final = (
    Check(kind=CheckKind.AUDIT, level=Level.OK, at_ms=NOW - 17 * MINUTE, figure=1039),
    Check(kind=CheckKind.RESERVE, level=Level.OK, at_ms=NOW - 17 * MINUTE, figure=10_000),
    Check(kind=CheckKind.BACKUP, level=Level.WARN, at_ms=NOW - 3 * DAY),
    Check(kind=CheckKind.COPY, level=Level.WARN),
    Check(kind=CheckKind.CLOCK, level=Level.OK, figure=200),
    Check(kind=CheckKind.DISK, level=Level.OK, figure=21_400_000_000),
    Check(kind=CheckKind.STRIPE, level=Level.INFO),
)
FED_PARTS: Final = (
    Part(kind=PartKind.WALLETS, money=fed(987_450)),
    Part(kind=PartKind.PLACES, money=fed(823_650)),
    Part(kind=PartKind.HELD, money=fed(35_100)),
)
GRAIN_PARTS: Final = (
    Part(kind=PartKind.WALLETS, money=gra(390_530)),
    Part(kind=PartKind.PLACES, money=gra(187_670)),
    Part(kind=PartKind.MELTED, money=gra(21_400)),
    Part(kind=PartKind.FUNDS, money=gra(24_400)),
)
EUROS: Final = (
    Part(kind=PartKind.STRIPE_AVAILABLE, money=fed(1_689_000)),
    Part(kind=PartKind.STRIPE_TRANSIT, money=fed(152_200)),
    Part(kind=PartKind.LOSSES, money=fed(5_000)),
)
ASSETS: Final = (
    AssetPage(asset=FED, class_="federated", total=fed(1_846_200), parts=FED_PARTS),
    AssetPage(asset=GRAIN, class_="local", total=gra(624_000), parts=GRAIN_PARTS),
)
MELT: Final = MeltPage(
    asset=GRAIN, rate_bp=200, fixed=0, step_days=30, grace_days=180, floor=100, min_use_bp=500,
    notice_days=(60, 30, 7), delay_days=45, since=date(2025, 1, 1), melted=58_000, pending=21_400,
    to_place=6_100, to_validators=6_100, to_commons=12_200, to_maintenance=12_200,
    next=NextMelt(
        day=date(2026, 7, 1), at_most=gra(4_170), wallets=128, shared_from=date(2026, 8, 15),
        notices=(
            MeltNotice(days_before=60, day=date(2026, 5, 2), wallets=311, sent=True),
            MeltNotice(days_before=30, day=date(2026, 6, 1), wallets=204, sent=True),
            MeltNotice(days_before=7, day=date(2026, 6, 24), wallets=128, sent=False),
        ),
    ),
    forecast=tuple(
        Forecast(month=date(2026, month, 1), at_most=gra(amount), wallets=wallets)
        for month, amount, wallets in (
            (7, 4170, 128), (8, 3890, 117), (9, 3620, 109), (10, 6140, 203), (11, 5800, 190),
            (12, 5410, 178),
        )
    ),
)

# ---------- cards ----------

CARDS: Final = {
    card.number: card
    for card in (
        CardRow(number="8E6BD7F1", batch="Édition 2026", state=CardState.BLOCKED,
                balances=(fed(1450), gra(600)), last_use_ms=NOW - 23 * HOUR - 6 * MINUTE),
        CardRow(number="41C88E6B", batch="Édition 2025", state=CardState.ACTIVE,
                balances=(fed(0), gra(320)), last_use_ms=NOW - 356 * DAY),
        CardRow(number="17D044C2", batch="Édition 2026", state=CardState.ACTIVE,
                balances=(fed(1250), gra(700)), last_use_ms=NOW - 40_000),
        CardRow(number="B194AEB9", batch="Édition 2026", state=CardState.NEW, balances=()),
    )
}
CARD_LINES: Final = (
    Line(at_ms=NOW - 22 * HOUR - 51 * MINUTE, kind=LineKind.RELOAD_HELD, money=fed(2000),
         after=fed(1450)),
    Line(at_ms=NOW - 22 * HOUR - 52 * MINUTE, kind=LineKind.BLOCK, after=fed(1450)),
    Line(at_ms=NOW - 23 * HOUR - 6 * MINUTE, kind=LineKind.SALE, label="2 bières ambrées",
         where="Bar 1 · Bar du Moulin", money=fed(-700), after=fed(1450)),
    Line(at_ms=NOW - 25 * HOUR - 39 * MINUTE, kind=LineKind.SALE, label="Galette complète",
         where="Cantine · Cantine des Prés", money=fed(-750), after=fed(2150)),
    Line(at_ms=NOW - 27 * HOUR - 17 * MINUTE, kind=LineKind.NOTICE, after=gra(600)),
    Line(at_ms=NOW - 2 * DAY, kind=LineKind.CASH_RELOAD, where="Accueil", money=fed(2900),
         after=fed(2900)),
)

# ---------- products and team ----------

PRODUCTS: Final = tuple(
    Product(id=f"p{k}", name=name, category=category, price=fed(price), vat_bp=vat, on_sale=on)
    for k, (name, category, price, vat, on) in enumerate(
        (
            ("Bière ambrée 25 cl", "Bières", 350, 2000, True),
            ("Bière blonde 25 cl", "Bières", 300, 2000, True),
            ("Cidre brut 25 cl", "Bières", 300, 2000, True),
            ("Limonade 25 cl", "Sans alcool", 250, 1000, True),
            ("Café", "Sans alcool", 150, 1000, True),
            ("Galette complète", "Manger", 750, 1000, True),
            ("Consigne gobelet", "Consignes", 100, 0, True),
            ("Vin chaud", "Bières", 300, 2000, False),
        )
    )
)
OPERATORS: Final = (
    Operator(id="o1", name="Yann Kerbrat", role=OperatorRole.SELLER, has_pin=False,
             card="17D044C2", until=date(2026, 6, 21)),
    Operator(id="o2", name="Inès Oualid", role=OperatorRole.MANAGER, has_pin=True,
             card="41C88E6B", until=date(2026, 6, 21)),
    Operator(id="o3", name="Soizic Le Bihan", role=OperatorRole.MANAGER, has_pin=True),
    Operator(id="o4", name="Tom Rivière", role=OperatorRole.SELLER, has_pin=True,
             until=date(2026, 6, 19), active=False),
)

# ---------- chain ----------

BLOCKS: Final = tuple(
    Block(height=height, operations=operations, at_ms=NOW - ago, hash=head * 16)
    for height, operations, ago, head in (
        (1042, 1, 13_000, "9f2e"), (1041, 38, 53_000, "c40b"), (1040, 6, 87_000, "07aa"),
        (1039, 1, 1_025_000, "b8d1"), (1038, 214, 1_044_000, "55e7"), (1037, 12, 1_083_000, "e09c"),
    )
)
AUDITS: Final = (
    Audit(at_ms=NOW - 17 * MINUTE, from_height=0, to_height=1039, operations=48168,
          duration_ms=1800),
    Audit(at_ms=NOW - 17 * HOUR, from_height=0, to_height=611, operations=30120,
          duration_ms=1200),
    Audit(at_ms=NOW - 33 * HOUR, from_height=0, to_height=590, operations=29871, duration_ms=900,
          bad_height=402, cause="balance"),
)
OPERATIONS: Final = (
    Operation(author="Bar 1", seq=2091, kind="sale", result=LineResult.ACCEPTED),
    Operation(author="Bar 2", seq=1874, kind="sale", result=LineResult.OVERDRAWN),
    Operation(author="Bar 2", seq=1875, kind="sale", result=LineResult.REJECTED,
              code="card_blocked"),
)
PUBLIC_PLACES: Final = (
    PublicPlace(name="Bar du Moulin", accepts=("Euro fédéré", "Grain"), reloads_online=True,
                reloads_cash=True, since_ms=NOW - 530 * DAY),
    PublicPlace(name="Cantine des Prés", accepts=("Euro fédéré", "Grain"), reloads_online=True,
                reloads_cash=False, since_ms=NOW - 460 * DAY),
    PublicPlace(name="Épicerie de la Gare", accepts=("Grain",), reloads_online=False,
                reloads_cash=False, since_ms=NOW - 15 * DAY),
)
