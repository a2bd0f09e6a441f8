"""Reloads and melts on a node's real database and engine: nothing here is played."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import inspect

from server.demurrage.chain import StoreChain
from server.demurrage.plan import DAY_MS, day_of
from server.demurrage.run import Run
from server.engine.genesis import found
from server.engine.solo import Solo
from server.ledger.records import Balance
from server.payments.ledger import EngineLedger
from server.payments.reloads import Identity, Opened, Reloads
from server.payments.settings import PaymentSettings
from server.payments.table import METADATA, SqlIntents, SqlTasks
from server.store.database import Database, open_database
from server.store.listing import Live
from shared.amounts import Amount
from shared.bodies import AssetClass, AssetCreate, Issue, PolicySet
from shared.host.clock import SimulatedClock
from shared.ids import EUR, AssetId, BootId, reserve, wallet
from tests.server.demurrage.test_chain import GRAIN, POLICY
from tests.server.payments.test_ledger import ASSOCIATION, CENTRAL
from tests.server.payments.world import FED, LIMITS, WALLET, World, wanted, world

SEED: Final = b"\x07" * 32
BOOT: Final = BootId("0" * 16)


class Node:
    """A database, an engine and its reloads over the world's provider."""

    def __init__(self, home: Path, outside: World) -> None:
        self.clock = SimulatedClock(home / "clock")
        self.database: Database = open_database(home / "ledger.db")
        bodies = [
            *CENTRAL,
            AssetCreate(
                asset=GRAIN,
                asset_class=AssetClass.LOCAL,
                issuer=ASSOCIATION,
                name="Grain",
                peg="EUR",
                priority=0,
                scale=2,
                symbol="g",
            ),
            PolicySet(subject=GRAIN, value=POLICY),
            Issue(amount=Amount(100_00), asset=GRAIN, evidence="start", wallet=WALLET),
        ]
        chain = found(
            self.database, seed=SEED, name="node", boot=BOOT, clock=self.clock, bodies=bodies
        )
        self.engine = Solo(self.database, seed=SEED, boot=BOOT, clock=self.clock)
        self.live = Live(self.database.read)
        numbers = iter(range(1, 100))
        self.reloads = Reloads(
            identity=Identity(chain=chain, node=self.engine.author),
            settings=PaymentSettings(limits=LIMITS),
            gateway=outside.gateway,
            ledger=EngineLedger(self.engine, self.live),
            intents=SqlIntents(self.database.write, self.database.read),
            tasks=SqlTasks(self.database.write, self.database.read),
            now_ms=lambda: outside.clock[0],
            new_id=lambda: f"{next(numbers):032x}",
        )

    def amount(self, account: str, asset: AssetId) -> int:
        found_row = self.live.get(Balance, (account, asset))
        return 0 if found_row is None else found_row.amount


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


@pytest.fixture
def node(tmp_path: Path, outside: World) -> Iterator[Node]:
    made = Node(tmp_path, outside)
    yield made
    made.database.close()


def test_the_migrations_make_the_tables_as_described(node: Node) -> None:
    with node.database.read() as connection:
        there = inspect(connection)
        for table in METADATA.sorted_tables:
            found_columns = {
                column["name"]: column["nullable"] for column in there.get_columns(table.name)
            }
            assert found_columns == {column.name: column.nullable for column in table.columns}
            unique = {
                tuple(item["column_names"]) for item in there.get_unique_constraints(table.name)
            }
            assert unique == {(column.name,) for column in table.columns if column.unique}
            indexed = {tuple(item["column_names"]) for item in there.get_indexes(table.name)}
            assert indexed == {(column.name,) for column in table.columns if column.index}
            checks = {item["name"] for item in there.get_check_constraints(table.name)}
            assert checks == {"local_reload_amount"} & {f"{table.name}_amount"}


def test_one_reload_from_twenty_threads(node: Node, outside: World) -> None:
    opened = node.reloads.open(wanted())
    assert isinstance(opened, Opened)
    intent = node.reloads.get(opened.intent)
    assert intent is not None
    session = str(intent.session)
    outside.provider.pay(session)
    height = node.engine.tip.height
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: node.reloads.settle(session), range(40)))
    assert node.amount(wallet(WALLET), FED) == 20_00
    assert node.amount(reserve(ASSOCIATION), EUR) == 20_00
    assert node.engine.tip.height == height + 1


def test_a_hundred_days(node: Node) -> None:
    run = Run(
        chain=StoreChain(node.database.read),
        engine=node.engine,
        now_ms=node.clock.now_ms,
        move_to=node.clock.move_to,
    )
    today = day_of(node.clock.now_ms())
    days = list(run.until(today + 95))
    assert sum(day.rejected for day in days) == 0
    assert [(day.day - today, day.melted) for day in days if day.melts] == [(90, {GRAIN: 1_00})]
    assert node.amount(wallet(WALLET), GRAIN) == 99_00
    assert node.clock.now_ms() // DAY_MS == today + 95
