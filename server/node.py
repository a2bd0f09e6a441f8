"""The composition root of a node: settings, keys, database, engine, office, payments, API, jobs.

The only module that knows how everything fits together.  `open_node` needs the home's lock, which
the caller holds.  Raises HostError with a sentence for whoever runs the node.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from flask import Flask
from sqlalchemy import func, select

from server import VERSION
from server.api.application import before
from server.api.chain_parts import ChainParts, link_secret
from server.api.port import Identity as ApiIdentity
from server.api.proofs import Proofs
from server.api.routes import BASE, Surroundings as ApiSurroundings, application
from server.api.tables import TableChain, TableNotes
from server.app import create_app
from server.demurrage.chain import StoreChain
from server.demurrage.run import Run
from server.engine.port import EngineStoppedError
from server.engine.solo import Solo
from server.home import Home, Keys, read_keys, settle_key
from server.jobs.audit import Outcome, check_database, timed_audit
from server.limits import RateLimit
from server.office.accounts import SqlAccounts
from server.office.deck import SqlDeck
from server.office.front import Node as OfficeNode
from server.office.office import NodeOffice
from server.office.payments import Till
from server.office.shop import SqlShop
from server.office.sql_books import SqlBooks
from server.office.tills import SqlTills
from server.office.watch import Machine, SqlWatch
from server.payments.compose import Payments, Surroundings as PaymentSurroundings, compose
from server.payments.ledger import EngineLedger
from server.payments.reload import Intent
from server.payments.reloads import Identity as PaymentIdentity, Settled
from server.payments.table import SqlIntents, SqlTasks
from server.settings import NodeSettings, read_settings
from server.store.database import Database, open_database
from server.store.listing import Live
from server.store.local import DEAD_LETTER
from server.store.packing import salvage
from server.store.proofs import open_log
from server.store.schema import BLOCK_HEADER
from server.store.stored import open_blocks
from server.store.writer import StoreError
from server.web.settings import PageSettings
from server.web.statics import Statics
from shared.block import header_hash
from shared.checkpoint import origin, sign_text
from shared.host import HostError
from shared.host.clock import Clock, SimulatedClock, SystemClock
from shared.ids import BootId, ChainId, chain_id
from shared.signing import public_key

STRIPE_PAGES: Final = ("https://checkout.stripe.com",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A running node: what pages, API, jobs and the command line work with."""

    home: Home
    settings: NodeSettings
    clock: Clock
    chain: ChainId
    database: Database
    engine: Solo
    office: NodeOffice
    payments: Payments
    tasks: SqlTasks
    demurrage: Run
    api: ApiSurroundings

    def books(self) -> SqlBooks:
        """Take a fresh look at the ledger."""
        return SqlBooks(self.database.read)

    def intent_of(self, session: str) -> Intent | None:
        """Give the reload of a provider's session."""
        return SqlIntents(self.database.write, self.database.read).by_session(session)

    def chain_link(self) -> str:
        """Give the address at which this node gives its chain, with the secret that opens it."""
        address = f"{self.settings.public_url}{BASE}/chain"
        return f"{address}#{link_secret(read_keys(self.home).pages)}"

    def audit(self) -> Outcome:
        """Rebuild everything from the blocks and compare."""
        return check_database(self.database, self.chain)

    def app(self) -> Flask:
        """Make the web application."""
        settings = self.settings
        pages = PageSettings(
            secret=read_keys(self.home).pages,
            zone=settings.place.time_zone,
            language=settings.place.language,
            https=settings.https,
            pay_at=() if self.payments.standin else STRIPE_PAGES,
            public_address=settings.public_url,
        )
        app = create_app(
            office=self.office,
            settings=pages,
            now_ms=self.clock.now_ms,
            blueprints=self.payments.blueprints,
        )
        whole = before(app.wsgi_app, application(self.api))
        app.wsgi_app = whole  # type: ignore[method-assign,assignment]  # as Flask's manual says
        return app


@contextmanager
def open_node(home: Home) -> Iterator[Node]:
    """Open the node of a home, and close it at the end.  The caller holds the home's lock."""
    home.require()
    settings = read_settings(home.settings, os.environ)
    keys = read_keys(home)
    clock = make_clock(home, settings)
    database = open_ledger(home, settings)
    try:
        yield _assemble(home, settings, keys, clock, database)
    finally:
        database.close()


def open_ledger(home: Home, settings: NodeSettings) -> Database:
    """Open the database of a home that was made, and never a new one.  Raises HostError."""
    hint = "" if settings.database else ": see `tirelire node restore`"
    if not settings.database and not home.database.exists():
        raise HostError(f"{home.database} is missing{hint}")
    try:
        return open_database(place_of_database(home, settings))
    except StoreError as error:
        raise HostError(f"{error}{hint}") from error


def place_of_database(home: Home, settings: NodeSettings) -> Path | str:
    """Give where the ledger is kept: the settings' PostgreSQL, else a file in the home."""
    return settings.database or home.database


def make_clock(home: Home, settings: NodeSettings) -> Clock:
    """Give the machine's clock, or one that can be moved when the node was made so."""
    return SimulatedClock(home.clock) if settings.simulated_clock else SystemClock()


def local_date(clock: Clock, settings: NodeSettings) -> date:
    """Give the date at the place."""
    return datetime.fromtimestamp(clock.now_ms() // 1000, settings.zone).date()


def new_boot() -> BootId:
    """Draw the name of this start of the process."""
    return BootId(secrets.token_hex(8))


def read_genesis(database: Database) -> bytes:
    """Give the genesis header.  Raises HostError when there is no chain."""
    first = select(BLOCK_HEADER.c.packed).where(BLOCK_HEADER.c.height == 0)
    with database.read() as connection:
        packed: bytes | None = connection.execute(first).scalar_one_or_none()
    if packed is None:
        raise HostError("the database holds no chain: restore a backup, or make a new node")
    return salvage(packed)


def _assemble(
    home: Home, settings: NodeSettings, keys: Keys, clock: Clock, database: Database
) -> Node:
    genesis = read_genesis(database)
    chain = chain_id(header_hash(genesis))
    engine = _engine(home, database, keys, clock)
    tables = _Tables(database, settings, keys, clock)
    payments = _payments(home, settings, chain, engine, tables, clock)
    office = _office(home, settings, chain, engine, tables, payments)
    identity = ApiIdentity(
        chain=chain,
        genesis=genesis.decode(),
        node=engine.author,
        name=settings.name,
        card_key=keys.card,
    )
    return Node(
        home=home,
        settings=settings,
        clock=clock,
        chain=chain,
        database=database,
        engine=engine,
        office=office,
        payments=payments,
        tasks=tables.tasks,
        demurrage=Run(
            chain=StoreChain(database.read),
            engine=engine,
            now_ms=clock.now_ms,
            move_to=clock.move_to if isinstance(clock, SimulatedClock) else None,
        ),
        api=_api(identity, settings, engine, tables, clock, keys),
    )


def _engine(home: Home, database: Database, keys: Keys, clock: Clock) -> Solo:
    """Start the engine with the key that the chain says, and let the key's file hold that one."""
    try:
        engine = Solo(database, seed=keys.node, boot=new_boot(), clock=clock, spare=keys.spare)
    except ValueError as error:
        raise HostError(f"{error}: put the right one into {home.keys}") from None
    except EngineStoppedError as error:
        raise HostError(f"the node cannot begin: {error}") from error
    settle_key(home, engine.seed)
    return engine


class _Tables:
    """The keepers of the local tables, made once."""

    def __init__(
        self, database: Database, settings: NodeSettings, keys: Keys, clock: Clock
    ) -> None:
        around = (database.write, database.read, clock.now_ms)
        self.database = database
        self.accounts = SqlAccounts(*around)
        self.tills = SqlTills(*around)
        self.deck = SqlDeck(*around, keys.card)
        self.keeper = SqlWatch(*around)
        self.tasks = SqlTasks(database.write, database.read)
        self.intents = SqlIntents(database.write, database.read)
        self.shop = SqlShop(
            database.write,
            database.read,
            lambda number: self.deck.by_number(number) is not None,
            lambda: local_date(clock, settings),
        )

    def dead_letters(self) -> int:
        """Count what came and could not be read."""
        with self.database.read() as connection:
            return connection.execute(select(func.count()).select_from(DEAD_LETTER)).scalar_one()

    def token_of(self, card: str) -> str:
        """Give the QR token of a card, or an empty string."""
        return next((known.token for known in self.deck.every() if known.ref == card), "")


def _payments(
    home: Home,
    settings: NodeSettings,
    chain: ChainId,
    engine: Solo,
    tables: _Tables,
    clock: Clock,
) -> Payments:
    database = tables.database

    def after(settled: Settled | None) -> str:
        intent = settled.intent if settled else None
        token = tables.token_of(intent.card) if intent else ""
        if intent is None or not token:
            return "/qr"
        return f"/qr/{token}/receipt?session={intent.session or ''}"

    around = PaymentSurroundings(
        identity=PaymentIdentity(chain=chain, node=engine.author),
        ledger=EngineLedger(engine, Live(database.read)),
        write=database.write,
        read=database.read,
        data=home.data,
        base_url=settings.public_url,
        own_url=settings.own_url,
        now_ms=clock.now_ms,
        wall_s=lambda: SystemClock().now_ms() // 1000,
        new_id=lambda: secrets.token_hex(16),
        after=after,
        stylesheet=Statics().address("app.css"),
    )
    return compose(settings.payments, around, production=settings.production)


def _office(
    home: Home,
    settings: NodeSettings,
    chain: ChainId,
    engine: Solo,
    tables: _Tables,
    payments: Payments,
) -> NodeOffice:
    database, now_ms = tables.database, tables.tills.now_ms
    node = OfficeNode(
        name=settings.name,
        zone=settings.zone,
        now_ms=now_ms,
        books=lambda: SqlBooks(database.read),
        engine=engine,
        audit=lambda: timed_audit(database, chain, now_ms)[1],
        dead_letters=tables.dead_letters,
        machine=Machine(
            free_bytes=lambda: shutil.disk_usage(home.path).free,
            database_bytes=database.size,
            skew_ms=lambda: None,
            version=VERSION,
            started_ms=now_ms(),
        ),
        stand_in=payments.standin,
        least=settings.payments.limits.per_reload_min,
        most=settings.payments.limits.per_reload_max,
        contact=settings.contact,
    )
    return NodeOffice(
        node,
        accounts=tables.accounts,
        tills=tables.tills,
        deck=tables.deck,
        shop=tables.shop,
        keeper=tables.keeper,
        payments=Till(
            reloads=payments.reloads,
            find=tables.intents.by_session,
            deck=tables.deck,
            address=settings.public_url,
            contact=settings.contact,
        ),
    )


def _api(
    identity: ApiIdentity,
    settings: NodeSettings,
    engine: Solo,
    tables: _Tables,
    clock: Clock,
    keys: Keys,
) -> ApiSurroundings:
    database, mono = tables.database, SystemClock().mono_ms
    log = origin(identity.chain)
    return ApiSurroundings(
        identity=identity,
        chain=TableChain(
            read=database.read,
            now_ms=clock.now_ms,
            is_sealing=lambda: engine.sealing,
            time_zone=settings.place.time_zone,
        ),
        notes=TableNotes(
            read=database.read,
            write=database.write,
            now_ms=clock.now_ms,
            tills=tables.tills,
            tasks=tables.tasks,
        ),
        engine=engine,
        proofs=Proofs(
            open_log=lambda: open_log(database.read),
            origin=log,
            sign=lambda text: sign_text(
                text, name=log, seed=engine.seed, public=public_key(engine.seed)
            ),
            wait=RateLimit(mono, per_minute=300, burst=300).wait_ms,
        ),
        parts=ChainParts(
            open_blocks=lambda first: open_blocks(database.read, first),
            is_open=settings.chain_is_open,
            secret=link_secret(keys.pages),
            # A part is 4 MiB and 50 ms of work: a twentieth of a core at the most.
            wait=RateLimit(mono, per_minute=60, burst=60).wait_ms,
            wait_all=RateLimit(mono, per_minute=60, burst=120).wait_ms,
        ),
        now_ms=clock.now_ms,
        new_nonce=lambda: secrets.token_hex(16),
        # Six digits and ten minutes: these rates leave a guess in a thousand.
        wait=RateLimit(mono, per_minute=6, burst=6).wait_ms,
        wait_all=RateLimit(mono, per_minute=60, burst=60).wait_ms,
        wait_to_bury=RateLimit(mono, per_minute=10, burst=20).wait_ms,
        version=VERSION,
    )
