"""PostgreSQL by itself: one node writes, nobody waits for ever, and each refusal is in words."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import select

from server.store.database import Database, open_database
from server.store.local import FACT
from server.store.postgres import translate
from server.store.writer import StoreError
from tools.postgres import Server, name_of

ANOTHER = r"another node writes into this database .* un autre nœud écrit dans cette base"
LOCK = "SELECT pid, classid, objid FROM pg_locks WHERE locktype = 'advisory' AND granted"


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    database = open_database(address)
    yield database
    database.close()


def put(database: Database, name: str) -> None:
    database.run(lambda connection: connection.execute(FACT.insert().values(name=name, value="")))


def facts(database: Database) -> list[str]:
    named = FACT.c.name != "index_version"
    with database.read() as connection:
        return list(connection.execute(select(FACT.c.name).where(named)).scalars())


def test_a_statement_is_written_once_for_both() -> None:
    assert translate("SELECT a FROM t WHERE b = ? AND c LIKE 'x%'") == (
        "SELECT a FROM t WHERE b = %s AND c LIKE 'x%%'"
    )
    assert translate("SELECT a FROM t WHERE b IN (SELECT value FROM json_each(?))") == (
        "SELECT a FROM t WHERE b = ANY (ARRAY(SELECT json_array_elements_text(CAST(%s AS json))))"
    )


# ---------- one writer ----------


def test_a_second_node_is_refused_in_both_languages(address: str, database: Database) -> None:
    with pytest.raises(StoreError, match=ANOTHER):
        open_database(address)
    put(database, "a")
    database.close()
    again = open_database(address)
    assert facts(again) == ["a"]
    again.close()


def test_who_lost_the_lock_stops_instead_of_writing_unlocked(
    postgres: Server, address: str, database: Database
) -> None:
    """The lock is the writer's session: when it ends, somebody else may have both."""
    put(database, "a")
    with postgres.connect(name_of(address)) as outside:
        ((pid, kind, which),) = outside.execute(LOCK).fetchall()
        outside.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        outside.execute("SELECT pg_advisory_lock(%s::bigint::int, %s::bigint::int)", (kind, which))
        for name in ("b", "c"):
            with pytest.raises(StoreError, match=ANOTHER):
                put(database, name)
        with pytest.raises(StoreError, match=ANOTHER), database.write():
            pass
        assert facts(database) == ["a"]
    put(database, "d")
    assert facts(database) == ["a", "d"]


def test_a_node_that_was_away_does_not_believe_what_it_remembers(
    postgres: Server, address: str, database: Database
) -> None:
    said: list[str] = []

    class Remembering:
        """A lane that says when it has to forget."""

        def run(self, _connection: object, items: object) -> list[None]:
            said.append("run")
            return [None] * len(items)  # type: ignore[arg-type]  # the writer gives a sequence

        def committed(self) -> None:
            said.append("committed")

        def lost(self) -> None:
            said.append("lost")

    lane = Remembering()
    database.writer.submit(lane, 1)
    with postgres.connect(name_of(address)) as outside:
        ((pid, *_),) = outside.execute(LOCK).fetchall()
        outside.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    other = open_database(address)
    put(other, "elsewhere")
    other.close()
    database.writer.submit(lane, 2)
    assert said == ["run", "committed", "lost", "run", "committed"]


def test_nodes_in_two_schemas_of_one_database_do_not_meet(
    postgres: Server, address: str, database: Database
) -> None:
    with postgres.connect(name_of(address)) as outside:
        outside.execute("CREATE SCHEMA second")
    second = open_database(f"{address}&options=-csearch_path%3Dsecond")
    put(second, "b")
    put(database, "a")
    assert (facts(database), facts(second)) == (["a"], ["b"])
    second.close()


# ---------- who reads ----------


def test_readers_and_the_writer_do_not_wait_for_one_another(database: Database) -> None:
    with database.read() as reader:
        before = list(reader.execute(select(FACT.c.name)).scalars())
        for number in range(3):
            put(database, f"n{number}")
        assert list(reader.execute(select(FACT.c.name)).scalars()) == before
        locks = reader.exec_driver_sql(
            "SELECT count(*) FROM pg_locks WHERE NOT granted"
        ).scalar_one()
        assert locks == 0
    assert facts(database) == ["n0", "n1", "n2"]


def test_every_session_has_its_limits(database: Database) -> None:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    found = {}
    for way in (database.read, database.write):
        with way() as connection:
            found[way.__name__] = [
                connection.exec_driver_sql(f"SHOW {name}").scalar_one()
                for name in (*names, "transaction_isolation", "transaction_read_only")
            ]
    assert found == {
        "read": ["5min", "5s", "10min", "repeatable read", "on"],
        "write": ["2min", "5s", "5min", "read committed", "off"],
    }


def test_a_reader_that_was_cut_off_is_told(
    postgres: Server, address: str, database: Database
) -> None:
    def read() -> None:
        with database.read() as connection:
            pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            with postgres.connect(name_of(address)) as outside:
                outside.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            connection.exec_driver_sql("SELECT 1")

    with pytest.raises(StoreError, match="lost while reading"):
        read()
    assert facts(database) == []


def test_a_writer_that_waits_too_long_is_told(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("SET statement_timeout = '50ms'")
    with pytest.raises(StoreError, match="statement timeout"), database.write() as connection:
        connection.exec_driver_sql("SELECT pg_sleep(10)")
    put(database, "a")
    assert facts(database) == ["a"]


# ---------- what it cannot do ----------


@pytest.mark.parametrize(
    "address, said",
    [
        ("postgresql://", "cannot be opened"),
        ("postgresql://x@/nothing?host=/nowhere", "nothing.* cannot be opened"),
        ("no address", "cannot be read"),
    ],
)
def test_an_address_that_leads_nowhere_is_named(address: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as caught:
        open_database(address)
    assert "\n" not in str(caught.value)
    assert "sqlalche" not in str(caught.value)


def test_a_password_is_never_shown() -> None:
    with pytest.raises(StoreError) as caught:
        open_database("postgresql://x:hidden@/nothing?host=/nowhere")
    assert "hidden" not in str(caught.value)


def test_a_database_in_another_alphabet_is_refused(postgres: Server) -> None:
    with postgres.connect() as outside:
        outside.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(StoreError, match="LATIN1: make one in UTF8"):
        open_database(postgres.address("latin"))


def test_a_server_that_does_not_wait_for_its_disk_is_named(database: Database) -> None:
    """The tests' own server is such a one."""
    said = "fsync and full_page_writes off: a power cut would lose money"
    assert database.damage() == said
    assert database.size() > 5_000_000


def test_blocks_only_grow(postgres: Server, address: str, database: Database) -> None:
    put(database, "a")
    with postgres.connect(name_of(address)) as outside:
        for words in (
            "UPDATE block_batch SET count = 1",
            "DELETE FROM block_header",
            "TRUNCATE block_batch, block_header CASCADE",
        ):
            with pytest.raises(psycopg.IntegrityError, match="only grows"):
                outside.execute(words.encode())


def test_the_last_transaction_of_a_lost_session_is_known(
    postgres: Server, address: str, database: Database
) -> None:
    backend = database._backend
    names = []
    with database.write() as connection:
        names.append(backend.begin(connection))
    with postgres.connect(name_of(address)) as outside, outside.transaction(force_rollback=True):
        names += outside.execute("SELECT pg_current_xact_id()::text").fetchone() or ()
    with database.read() as connection:
        assert [backend.committed(connection, name) for name in names] == [True, False]
