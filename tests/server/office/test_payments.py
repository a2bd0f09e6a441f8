"""A card holder's payment through the real payments and the real engine."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from server.office.payments import Till
from server.payments.compose import Payments, Surroundings, compose
from server.payments.ledger import EngineLedger
from server.payments.reloads import Identity
from server.payments.settings import PaymentSettings
from server.store.listing import Live
from server.web.port import NotDone, Redirect, Refusal
from server.web.views.common import LineKind
from server.web.views.overview import Overview, TodoKind
from server.web.views.public import ReceiptState
from tests.server.office.world import PRODUCT, OfficeWorld

ADDRESS = "https://node.example"
LINK = "b194aeb9-0f77-4e3c-9ef6-047ea6b8726e"
OTHER = "b24f7780-bfcb-43a9-8f3f-9bc989bdb861"


def never_mind(body: bytes, signature: str) -> bool:
    """Take an event and forget it: receipts must find out by themselves."""
    return bool(body and signature)


class PayingWorld(OfficeWorld):
    """The office's world with the payment stand-in, whose events never arrive by themselves."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "node.db")
        self.federated()
        self.import_cards()
        self.office.save_product("", PRODUCT)
        around = Surroundings(
            identity=Identity(chain=self.chain, node=self.solo.author),
            ledger=EngineLedger(self.solo, Live(self.database.read)),
            write=self.database.write,
            read=self.database.read,
            data=folder,
            base_url=ADDRESS,
            own_url=ADDRESS,
            now_ms=self.clock.now_ms,
            wall_s=lambda: self.clock.now // 1000,
            new_id=lambda: secrets.token_hex(16),
            after=lambda _settled: "/qr",
            send=never_mind,
        )
        self.payments: Payments = compose(PaymentSettings(), around, production=False)
        self.office.payments = Till(
            reloads=self.payments.reloads,
            find=self.payments.intents.by_session,
            deck=self.deck,
            address=ADDRESS,
            contact="bonjour@node.example",
        )
        app = Flask("payments")
        for blueprint in self.payments.blueprints:
            app.register_blueprint(blueprint)
        self.browser = app.test_client()

    def open(self, amount: int = 2_000, link: str = LINK) -> str:
        """Open a payment and give its session."""
        outcome = self.office.start_reload(link, amount, "fr")
        assert isinstance(outcome, Redirect), outcome
        return outcome.url.rsplit("/", 1)[1]

    def press(self, session: str, act: str) -> str:
        """Press a button of the payment page and give where it leads."""
        rules = [str(rule) for rule in self.browser.application.url_map.iter_rules()]
        path = next(rule for rule in rules if rule.endswith("<session>")).replace(
            "<session>", session
        )
        return str(self.browser.post(path, data={"act": act}).location)

    def state(self, session: str, link: str = LINK) -> ReceiptState | None:
        receipt = self.office.receipt(link, session)
        return receipt.state if receipt else None


@pytest.fixture
def world(tmp_path: Path) -> Iterator[PayingWorld]:
    made = PayingWorld(tmp_path)
    yield made
    made.database.close()


def test_a_payment_is_credited_by_looking_at_its_receipt(world: PayingWorld) -> None:
    session = world.open()
    assert world.state(session) is ReceiptState.WAITING
    assert world.press(session, "pay") == f"{ADDRESS}/qr/{LINK}/receipt?session={session}"
    receipt = world.office.receipt(LINK, session)
    assert receipt is not None
    assert (receipt.state, receipt.money.amount, receipt.holder) == ("recorded", 2_000, "Bar")
    assert receipt.height == world.solo.tip.height
    height = world.solo.tip.height
    assert world.state(session) is ReceiptState.RECORDED
    assert world.solo.tip.height == height
    page = world.office.reserve()
    assert page is not None
    assert (page.outstanding, page.backing) == (2_000, 2_000)


def test_a_payment_for_a_card_that_was_blocked_meanwhile_is_set_aside(world: PayingWorld) -> None:
    session = world.open()
    world.office.block_card("B194AEB9")
    world.press(session, "pay")
    assert world.state(session) is ReceiptState.HELD
    card = world.office.card("B194AEB9")
    assert card is not None
    assert [money.amount for money in card.held] == [2_000]
    view = world.office.overview()
    assert isinstance(view, Overview)
    assert [(todo.kind, todo.name, todo.money and todo.money.amount) for todo in view.todo][-1] == (
        TodoKind.RELOAD_HELD,
        "B194AEB9",
        2_000,
    )


def test_a_receipt_belongs_to_its_card(world: PayingWorld) -> None:
    session = world.open()
    assert world.state(session, OTHER) is None
    assert world.state("cs_unknown") is None
    assert world.office.receipt("no-card", session) is None
    assert world.office.receipt(LINK, "") is None


def test_who_gives_up_has_paid_nothing(world: PayingWorld) -> None:
    session = world.open()
    assert world.press(session, "cancel") == f"{ADDRESS}/qr/{LINK}"
    world.clock.now += 3_600_000
    assert world.state(session) is ReceiptState.CANCELLED
    card = world.office.card("B194AEB9")
    assert card is not None
    assert card.lines == ()


def test_what_cannot_be_paid_is_refused_before_the_payment_page(world: PayingWorld) -> None:
    world.office.block_card("B24F7780")
    assert world.office.start_reload(OTHER, 2_000, "fr") == NotDone(Refusal.CARD_BLOCKED)
    assert world.office.start_reload("no-card", 2_000, "fr") == NotDone(Refusal.GONE)
    for _ in range(2):
        world.press(world.open(12_000), "pay")
    # A wallet holds at most 250 €; how much is missing to that is not for everybody to know.
    assert world.office.start_reload(LINK, 2_000, "fr") == NotDone(Refusal.AMOUNT)


def test_a_reload_is_in_the_cards_history(world: PayingWorld) -> None:
    session = world.open()
    world.press(session, "pay")
    world.state(session)
    card = world.office.card("B194AEB9")
    assert card is not None
    assert [(line.kind, line.after and line.after.amount) for line in card.lines] == [
        (LineKind.RELOAD, 2_000)
    ]


def test_a_holder_sees_the_limits_and_no_money(world: PayingWorld) -> None:
    page = world.office.holder(LINK.upper())
    assert page is not None
    assert (page.number, page.least, page.most, page.state) == ("B194AEB9", 500, 15_000, "active")
    assert world.office.holder("no-card") is None
    assert world.office.find_token("b194-aeb9") == LINK
    assert world.office.find_token("00000000") == ""
