"""Puts payments together for a node: Stripe when there are keys, else the stand-in.

Raises PaymentSettingsError before anything is made when the settings could lose or fake money.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Final

from flask import Blueprint

from server.payments.gateway import StripeGateway
from server.payments.port import Gateway, Ledger, Pages
from server.payments.reloads import Identity, Reloads, Sweep
from server.payments.settings import PaymentSettings, check
from server.payments.standin.courier import Courier, HttpSend, Send
from server.payments.standin.page import blueprint as standin_page
from server.payments.standin.provider import Provider
from server.payments.standin.state import State
from server.payments.table import Begin, SqlIntents, SqlTasks
from server.payments.webhook import RETURN_PATH, WEBHOOK_PATH, After, blueprint

STANDIN_KEY: Final = "sk_test_standin"
STANDIN_FILE: Final = "payments-standin.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the node gives to payments.

    `base_url` is where people's browsers find the node, `own_url` where it finds itself.  `now_ms`
    may be simulated; `wall_s` is the real time, which webhook signatures are checked against.
    `stylesheet` is the address of the pages' style, for the stand-in's page.
    """

    identity: Identity
    ledger: Ledger
    write: Begin
    read: Begin
    data: Path
    base_url: str
    own_url: str
    now_ms: Callable[[], int]
    wall_s: Callable[[], int]
    new_id: Callable[[], str]
    after: After
    stylesheet: str = ""
    send: Send | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payments:
    """What the node uses: reloads, the blueprints to serve, the hourly poll, rows to show."""

    reloads: Reloads
    intents: SqlIntents
    tasks: SqlTasks
    blueprints: tuple[Blueprint, ...]
    standin: bool
    _base_url: str
    _courier: Courier | None

    def pages(self, back: str, *, language: str, label: str) -> Pages:
        """Say where the payment page sends people: `back` is the path when they give up."""
        return Pages(
            success_url=f"{self._base_url}{RETURN_PATH}?session_id={{CHECKOUT_SESSION_ID}}",
            cancel_url=f"{self._base_url}{back}",
            language=language,
            label=label,
        )

    def poll(self) -> Sweep:
        """Do the hourly round: letters that the node did not take, then every open reload."""
        if self._courier is not None:
            self._courier.round()
        return self.reloads.sweep()


def compose(settings: PaymentSettings, around: Surroundings, *, production: bool) -> Payments:
    """Make the payments of a node."""
    check(settings, production=production)
    if not settings.standin:
        gateway = StripeGateway(
            settings.secret_key, settings.webhook_secret, timeout_s=settings.timeout_s
        )
        return _payments(settings, around, gateway)
    # The courier and the webhook live in one process: the secret need not outlive it.
    secret = f"whsec_{around.new_id()}"
    provider = Provider(
        state=State(around.data / STANDIN_FILE),
        now_s=lambda: around.now_ms() // 1000,
        new_id=around.new_id,
        pages=around.base_url,
    )
    send = around.send or HttpSend(f"{around.own_url}{WEBHOOK_PATH}")
    courier = Courier(provider.state, secret, send, around.wall_s)
    played = StripeGateway(STANDIN_KEY, secret, retries=0, transport=provider)
    page = standin_page(provider, lambda: _in_background(courier), around.stylesheet)
    return _payments(settings, around, played, page, courier)


def _payments(
    settings: PaymentSettings,
    around: Surroundings,
    gateway: Gateway,
    page: Blueprint | None = None,
    courier: Courier | None = None,
) -> Payments:
    intents = SqlIntents(around.write, around.read)
    tasks = SqlTasks(around.write, around.read)
    reloads = Reloads(
        identity=around.identity,
        settings=settings,
        gateway=gateway,
        ledger=around.ledger,
        intents=intents,
        tasks=tasks,
        now_ms=around.now_ms,
        new_id=around.new_id,
    )
    doors = blueprint(reloads, gateway, around.after)
    return Payments(
        reloads=reloads,
        intents=intents,
        tasks=tasks,
        blueprints=(doors,) if page is None else (doors, page),
        standin=settings.standin,
        _base_url=around.base_url,
        _courier=courier,
    )


def _in_background(courier: Courier) -> None:
    """Post while the person is sent back, as Stripe does; what fails waits for the poll."""
    Thread(target=courier.round, name="standin-courier", daemon=True).start()
