"""A node's payments, put together: the stand-in without keys, Stripe with them."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import create_engine

from server.payments.compose import Payments, Surroundings, compose
from server.payments.reload import State
from server.payments.reloads import Identity, Opened
from server.payments.settings import PaymentSettings, PaymentSettingsError
from server.payments.table import METADATA
from server.payments.webhook import WEBHOOK_PATH
from tests.server.payments.world import CARD, CHAIN, NODE, START_MS, WALLET, Book, wanted


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Surroundings]:
    engine = create_engine(f"sqlite:///{tmp_path / 'node.db'}")
    METADATA.create_all(engine)
    numbers = itertools.count(1)
    yield Surroundings(
        identity=Identity(chain=CHAIN, node=NODE),
        ledger=Book(),
        write=engine.begin,
        read=engine.begin,
        data=tmp_path,
        base_url="http://node.test",
        own_url="http://127.0.0.1:1",
        now_ms=lambda: START_MS,
        wall_s=lambda: int(time.time()),
        new_id=lambda: f"{next(numbers):032x}",
        after=lambda settled: "/checking" if settled is None else f"/{settled.outcome}",
    )
    engine.dispose()


def app(payments: Payments) -> Flask:
    made = Flask("test")
    for page in payments.blueprints:
        made.register_blueprint(page)
    return made


def test_the_whole_way_with_fake_money(around: Surroundings) -> None:
    arrived = Event()
    served: list[Flask] = []

    def send(body: bytes, signature: str) -> bool:
        headers = {"Stripe-Signature": signature}
        answer = served[0].test_client().post(WEBHOOK_PATH, data=body, headers=headers)
        arrived.set()
        return answer.status_code == 200

    payments = compose(PaymentSettings(), replace(around, send=send), production=False)
    assert payments.standin
    served.append(app(payments))
    browser = served[0].test_client()
    pages = payments.pages("/qr/x", language="en", label="Top up")
    opened = payments.reloads.open(replace(wanted(), pages=pages))
    assert isinstance(opened, Opened)
    page = opened.url.removeprefix("http://node.test")
    assert "Test payment: no real money." in browser.get(page).text
    back = browser.post(page, data={"act": "pay"}).location
    assert back.startswith("http://node.test/payments/return?session_id=cs_test_")
    assert browser.get(back).location == "/credited"
    assert arrived.wait(10)
    intent = payments.reloads.get(opened.intent)
    assert intent is not None
    assert (intent.state, intent.card, intent.wallet) == (State.CREDITED, CARD, WALLET)


def test_a_letter_that_was_lost_waits_for_the_poll(around: Surroundings) -> None:
    payments = compose(
        PaymentSettings(), replace(around, send=lambda body, signature: False), production=False
    )
    pages = payments.pages("/qr/x", language="fr", label="Recharge")
    opened = payments.reloads.open(replace(wanted(), pages=pages))
    assert isinstance(opened, Opened)
    client = app(payments).test_client()
    client.post(opened.url.removeprefix("http://node.test"), data={"act": "pay"})
    payments.poll()
    intent = payments.reloads.get(opened.intent)
    assert intent is not None
    assert intent.state is State.CREDITED


def test_fake_money_is_refused_in_production(around: Surroundings) -> None:
    with pytest.raises(PaymentSettingsError, match="needs real Stripe keys"):
        compose(PaymentSettings(), around, production=True)
    assert list(around.data.glob("*standin*")) == []


def test_with_keys_there_is_no_standin(around: Surroundings) -> None:
    settings = PaymentSettings(secret_key="sk_live_x", webhook_secret="whsec_x")
    payments = compose(settings, around, production=True)
    assert (payments.standin, len(payments.blueprints)) == (False, 1)
    assert list(around.data.glob("*standin*")) == []
