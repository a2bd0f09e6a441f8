"""No page reads the whole chain: SQLite finds what it is asked for by an index."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from server.api.tables import TableSnapshot
from server.ledger.records import Balance
from server.office.sql_books import SqlBooks
from server.store import readers
from server.store.codec import BY_RECORD
from server.store.database import Database, open_database
from server.store.importing import append_chain
from server.store.linking import key_terms
from server.store.proofs import LogReader
from server.store.view import StoreView
from shared.ids import Account, AuthorId
from tests.server.verify.chains import recorded

AUTHOR = AuthorId("71857d1d2d3d3e24aa926a4c677ba6ef")
WALLET = Account("wallet:000000000000000000000000000a0001")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A chain with rows: what finds nothing asks no further."""
    database = open_database(tmp_path / "node.db")
    with database.write() as connection:
        append_chain(connection, recorded())
    yield database
    database.close()


def plans(database: Database, ask: Callable[[SqlBooks], object]) -> list[str]:
    """Give the steps of every question that somebody asks."""
    asked: list[tuple[str, Any]] = []

    def hear(*given: Any) -> None:
        asked.append(given[2:4])

    with database.read() as connection:
        event.listen(connection.engine, "before_cursor_execute", hear)
        ask(SqlBooks(database.read))
        event.remove(connection.engine, "before_cursor_execute", hear)
        return [
            step.detail
            for statement, values in asked
            if statement != "BEGIN"
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]


@pytest.mark.parametrize(
    "ask",
    [
        lambda books: books.entries(count=5),
        lambda books: books.entries(count=5, before=(7, 1), kinds=("sale", "refund")),
        lambda books: books.entries(count=5, kinds=("reload", "cash_reload")),
        lambda books: books.entries(count=5, author=AUTHOR, kinds=("sale",)),
        lambda books: books.entries(count=5, account=WALLET),
        lambda books: books.takings(1_790_000_000_000),
        lambda books: books.sold_since(1_790_000_000_000),
        lambda books: books.in_block(3),
        lambda books: books.block(3),
        lambda books: books.blocks(3),
        lambda books: books.get(Balance, (WALLET, "FED")),
    ],
)
def test_pages(database: Database, ask: Callable[[SqlBooks], object]) -> None:
    steps = plans(database, ask)
    assert steps
    assert [step for step in steps if step.startswith(("SCAN chain_", "SCAN block_"))] == []


def test_what_a_block_a_proof_and_a_till_ask(database: Database) -> None:
    def ask(books: SqlBooks) -> None:
        with books.read() as connection:
            readers.placed(connection, AUTHOR, 1, 5)
            readers.done(connection, AUTHOR, [1, 2])
            LogReader(connection).entry(AUTHOR, 1)
            key_terms(connection)
            tills = TableSnapshot(connection, "2026-11-25", "Europe/Paris")
            tills.verdicts(AUTHOR, 3, 0, 5)
            tills.payloads(AUTHOR, 2)
            tills.cards(3, "", 5)
            tills.cards(-1, "", 5)
            StoreView(connection).get(Balance, (WALLET, "FED"))
            connection.exec_driver_sql(BY_RECORD[Balance].some, ('["wallet:x"]',))

    steps = plans(database, ask)
    assert len(steps) > 10
    assert [step for step in steps if step.startswith(("SCAN chain_", "SCAN block_"))] == []


def test_rare_kinds_have_their_index(database: Database) -> None:
    rare = plans(database, lambda books: books.entries(count=5, kinds=("reload",)))
    assert any("chain_compact_transaction_kind (kind=?" in step for step in rare)
