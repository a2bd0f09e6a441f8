"""A node on a disk with a bar, the federated euro, a melting Grain, a till and three cards."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from server.engine.port import Stored
from server.ledger.records import Card
from server.office.accounts import SqlAccounts
from server.office.books import Books
from server.office.deck import SqlDeck
from server.office.front import Node
from server.office.office import NodeOffice
from server.office.shop import SqlShop
from server.office.sql_books import SqlBooks
from server.office.tills import SqlTills
from server.office.watch import Machine, SqlWatch
from server.web.views.chain import Audit
from shared.amounts import Amount
from shared.bodies import AssetClass, AssetCreate, Body, Issue, PolicySet, Refund, ReserveBook, Sale
from shared.detail import Detail, Line, detail_hash
from shared.ids import AssetId, Hash, Name, card_reference
from shared.policy import DemurragePolicy
from tests.server.engine.world import BAR, GRAIN, START_MS, Clock, World

FED = AssetId("FED")
CARD_KEY = b"k" * 32
PASSWORD = "une phrase de passe"
PRODUCT = {"name": "Bière", "category": "Bières", "price": "3,50", "vat": "2000"}
FORM = {"name": "Claire", "email": "Claire@example.org", "password": PASSWORD, "again": PASSWORD}
MELT = DemurragePolicy(
    enabled=True,
    fixed=0,
    floor=100,
    grace_days=180,
    min_use_bp=500,
    notice_days=(60, 30, 7),
    rate_bp=200,
    step_days=30,
    weight_commons=1,
    weight_maintenance=1,
    weight_nodes=1,
)
CARD_FILE = """\
https://node.example/qr/b194aeb9-0f77-4e3c-9ef6-047ea6b8726e,B194AEB9,A24B043F
https://node.example/qr/b24f7780-bfcb-43a9-8f3f-9bc989bdb861,B24F7780,34632BF9000001
https://node.example/qr/4462ad16-54f7-47d9-89ab-e0d5a83baee4,4462AD16,C48D2E3F
"""
UIDS = ("A24B043F", "34632BF9000001", "C48D2E3F")


def ref(number: int) -> str:
    return card_reference(CARD_KEY, bytes.fromhex(UIDS[number]))


def bought(*lines: tuple[str, int, int], operator: str = "-") -> Detail:
    made = tuple(
        Line(item=f"p{k}", label=label, quantity=count, unit_price=price, vat=2000)
        for k, (label, count, price) in enumerate(lines)
    )
    total = sum(line.quantity * line.unit_price for line in made)
    salt = sha256(repr(lines).encode()).hexdigest()[:32]
    return Detail(lines=made, operator=operator, salt=salt, total=Amount(total))


class OfficeWorld(World):
    """The engine's world with an office on top; it starts without cards and products."""

    def __init__(self, where: Path | str) -> None:
        super().__init__(where, tills=1, cards=0, clock=Clock())
        read, write, now = self.database.read, self.database.write, self.clock.now_ms
        self.deck = SqlDeck(write, read, now, CARD_KEY)
        self.accounts = SqlAccounts(write, read, now)
        self.keeper = SqlTills(write, read, now)
        self.audits = 0
        node = Node(
            name="Les Nuits du Moulin",
            zone=ZoneInfo("Europe/Paris"),
            now_ms=now,
            books=self.books,
            engine=self.solo,
            audit=self._audit,
            dead_letters=lambda: 0,
            machine=Machine(
                free_bytes=lambda: 2_000_000_000,
                database_bytes=lambda: 4_096,
                skew_ms=lambda: None,
                version="0.1.0",
                started_ms=START_MS,
            ),
            stand_in=True,
        )
        shop = SqlShop(write, read, lambda number: bool(self.deck.by_number(number)), node.today)
        self.office = NodeOffice(
            node,
            accounts=self.accounts,
            tills=self.keeper,
            deck=self.deck,
            shop=shop,
            keeper=SqlWatch(write, read, now),
            payments=None,
        )

    def books(self) -> Books:
        return SqlBooks(self.database.read)

    def _audit(self) -> Audit:
        self.audits += 1
        height = self.solo.tip.height
        return Audit(
            at_ms=self.clock.now_ms(), from_height=0, to_height=height, operations=9, duration_ms=5
        )

    def do(self, *bodies: Body) -> None:
        outcome = self.solo.propose(bodies)
        assert isinstance(outcome, tuple), outcome

    def federated(self) -> None:
        self.do(
            AssetCreate(
                asset=FED,
                asset_class=AssetClass.FEDERATED,
                issuer=BAR,
                name=Name("Euro"),
                peg="EUR",
                priority=2,
                scale=2,
                symbol="€",
            ),
            PolicySet(subject=GRAIN, value=MELT),
            ReserveBook(amount=Amount(5_000), entry="fees", evidence="stripe:f:1", holder=BAR),
        )

    def import_cards(self) -> None:
        preview = self.office.preview_import("lot.csv", CARD_FILE.encode())
        outcome = self.office.import_cards(preview.id)  # type: ignore[union-attr]  # it was not refused  # a good file
        assert outcome.count == 3, outcome  # type: ignore[union-attr]  # it was not refused

    def fund(self, number: int, amount: int) -> None:
        page = self.office.card(("B194AEB9", "B24F7780", "4462AD16")[number])
        assert page is not None
        record = self.books().get(Card, (ref(number),))
        assert record is not None
        self.do(
            Issue(
                amount=Amount(amount),
                asset=GRAIN,
                evidence=f"desk:{number}:{amount}",
                wallet=record.wallet,
            )
        )

    def sell(self, number: int, detail: Detail) -> Hash:
        body = Sale(
            basis="cached",
            card=ref(number),  # type: ignore[arg-type]  # made by card_reference
            detail=detail_hash(detail),
            inside=(),
            total=detail.total,
        )
        return self.send([body], [detail])

    def give_back(self, seq: int, detail: Detail) -> Hash:
        till = self.till[0]
        body = Refund(amount=detail.total, author=till.author, detail=detail_hash(detail), seq=seq)
        return self.send([body], [detail])

    def send(self, bodies: Sequence[Body], details: Sequence[Detail]) -> Hash:
        till = self.till[0]
        first = till.seq + 1
        till.write(*bodies, at=self.clock.now_ms())
        answer = self.solo.submit(till.batch(first), details)
        assert isinstance(answer, Stored), answer
        return answer.placed[-1].hash
