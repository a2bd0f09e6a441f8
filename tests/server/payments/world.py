"""A small world around reloads: provider, gateway, table, book and doors, on one clock."""

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final

from flask import Flask
from sqlalchemy import Engine, create_engine

from server.payments.gateway import StripeGateway
from server.payments.port import Booked, Booking, Credit, Ledger, Pages
from server.payments.reload import Intent
from server.payments.reloads import Identity, Opened, Reloads, Settled, Wanted
from server.payments.settings import Limits, PaymentSettings
from server.payments.standin.courier import Courier
from server.payments.standin.page import blueprint as standin_blueprint
from server.payments.standin.provider import Provider
from server.payments.standin.state import State as StandinState
from server.payments.table import METADATA, SqlIntents, SqlTasks
from server.payments.webhook import WEBHOOK_PATH, blueprint
from shared.ids import AssetId, AuthorId, CardRef, ChainId, Hash, WalletId

CHAIN: Final = ChainId("c" * 32)
NODE: Final = AuthorId("a" * 32)
WALLET: Final = WalletId("1" * 32)
CARD: Final = CardRef("2" * 32)
BLOCKED: Final = CardRef("b" * 32)
FED: Final = AssetId("FED")
SECRET: Final = "whsec_test"
START_MS: Final = 1_790_000_000_000
PAGES: Final = Pages(
    success_url="http://node.test/payments/return?session_id={CHECKOUT_SESSION_ID}",
    cancel_url="http://node.test/qr/x",
    language="fr",
    label="Recharge",
)


class Crash(BaseException):
    """The power goes at this instant."""


@dataclass
class Book:
    """A ledger as small as can be: unique evidence, balances, a blocked card."""

    balances: Counter[str] = field(default_factory=Counter)
    used: dict[str, Booking] = field(default_factory=dict)
    attempts: int = 0
    refuses: str = ""
    crash_after: bool = False
    lock: Lock = field(default_factory=Lock)

    def credit(self, order: Credit) -> Booking:
        with self.lock:
            self.attempts += 1
            if order.evidence not in self.used:
                if self.refuses:
                    return Booking(Booked.REFUSED, code=self.refuses)
                held = order.card == BLOCKED
                transaction = Hash(sha256(order.evidence.encode()).hexdigest())
                account = f"hold:{transaction}" if held else f"wallet:{WALLET}"
                self.balances[account] += order.amount
                status = Booked.HELD if held else Booked.CREDITED
                self.used[order.evidence] = Booking(status, transaction)
            booking = self.used[order.evidence]
        if self.crash_after:
            self.crash_after = False
            raise Crash
        return booking

    def balance(self, wallet_id: WalletId, asset: AssetId) -> int:
        return self.balances[f"wallet:{wallet_id}"]

    def outstanding(self, asset: AssetId) -> int:
        return self.balances.total()

    def fees_reserve(self) -> int:
        return 100_00


class World:
    """Everything of one node, over the files of one folder: a second World is a restart."""

    def __init__(self, home: Path, ledger: Ledger, clock: list[int] | None = None) -> None:
        self.clock = clock if clock is not None else [START_MS]
        self.ledger = ledger
        numbers = itertools.count(1)
        self.engine: Engine = create_engine(f"sqlite:///{home / 'node.db'}")
        METADATA.create_all(self.engine)
        self.admins = SqlTasks(self.engine.begin, self.engine.begin)
        self.intents = SqlIntents(self.engine.begin, self.engine.begin)
        self.provider = Provider(
            state=StandinState(home / "standin.db"),
            now_s=lambda: self.clock[0] // 1000,
            new_id=lambda: f"{self.clock[0]}{next(numbers)}",
            pages="http://node.test",
        )
        self.gateway = StripeGateway("sk_test_standin", SECRET, retries=0, transport=self.provider)
        self.reloads = self._reloads(next(numbers))
        self.app = Flask("test")
        self.app.register_blueprint(blueprint(self.reloads, self.gateway, _after))
        self.app.register_blueprint(standin_blueprint(self.provider, lambda: None))
        self.browser = self.app.test_client()

    def _reloads(self, first: int) -> Reloads:
        ids = itertools.count(self.clock[0] * 1000 + first)
        return Reloads(
            identity=Identity(chain=CHAIN, node=NODE),
            settings=PaymentSettings(limits=LIMITS),
            gateway=self.gateway,
            ledger=self.ledger,
            intents=self.intents,
            tasks=self.admins,
            now_ms=lambda: self.clock[0],
            new_id=lambda: f"{next(ids):032x}",
        )

    @property
    def book(self) -> Book:
        """The ledger of most tests."""
        assert isinstance(self.ledger, Book)
        return self.ledger

    def close(self) -> None:
        self.engine.dispose()

    def pass_minutes(self, minutes: int) -> None:
        self.clock[0] += minutes * 60_000

    def open(self, amount: int = 20_00, card: CardRef = CARD) -> Intent:
        """Open a reload and give its row."""
        opened = self.reloads.open(wanted(amount, card))
        assert isinstance(opened, Opened)
        intent = self.reloads.get(opened.intent)
        assert intent is not None
        return intent

    def open_session(self, amount: int = 20_00, card: CardRef = CARD) -> str:
        """Open a reload and give its session."""
        session = self.open(amount, card).session
        assert session is not None
        return session

    # The three doors.

    def webhook(self) -> int:
        """Let the courier make a round; give how many letters the node took."""
        return self.courier().round()

    def courier(
        self, order: Callable[[list[tuple[str, str]]], list[tuple[str, str]]] = list
    ) -> Courier:
        return Courier(self.provider.state, SECRET, self.send, lambda: int(time.time()), order)

    def send(self, body: bytes, signature: str) -> bool:
        return self.post(body, signature) == 200

    def post(self, body: bytes, signature: str) -> int:
        headers = {"Stripe-Signature": signature}
        client = self.app.test_client()
        return client.post(WEBHOOK_PATH, data=body, headers=headers).status_code

    def come_back(self, session: str) -> str:
        answer = self.browser.get(f"/payments/return?session_id={session}")
        assert answer.status_code == 303
        return answer.location

    def sweep(self) -> None:
        self.reloads.sweep()

    def tasks(self) -> list[tuple[str, str]]:
        return [(task.kind, task.detail) for task in self.admins.open()]

    def state_of(self, session: str) -> str:
        intent = self.intents.by_session(session)
        return "" if intent is None else intent.state.value


LIMITS: Final = Limits(
    per_reload_min=5_00,
    per_reload_max=150_00,
    per_wallet=250_00,
    per_30_days=300_00,
    outstanding_warning=400_00,
    outstanding_max=500_00,
    yearly_warning=300_00,
)


def wanted(amount: int = 20_00, card: CardRef = CARD) -> Wanted:
    return Wanted(wallet=WALLET, card=card, amount=amount, pages=PAGES)


def _after(settled: Settled | None) -> str:
    return "/how/checking" if settled is None else f"/how/{settled.outcome}"


@contextmanager
def world(
    home: Path, ledger: Ledger | None = None, clock: list[int] | None = None
) -> Iterator[World]:
    made = World(home, ledger or Book(), clock)
    try:
        yield made
    finally:
        made.close()
