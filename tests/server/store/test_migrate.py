"""The migrated tables are those that the code describes."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Integer, inspect

from server.jobs.table import METADATA as JOBS
from server.office.tables import METADATA as OFFICE
from server.payments.table import METADATA as PAYMENTS
from server.store import local, migrate, schema
from server.store.database import open_database

EVERYTHING = (schema.METADATA, local.METADATA, JOBS, OFFICE, PAYMENTS)


def differ(*given: object) -> bool | None:
    """Take all whole numbers for one type, as SQLite does; leave the rest to alembic."""
    *_, there, described = given
    return False if isinstance(there, Integer) and isinstance(described, Integer) else None


def test_migrations_give_what_the_code_describes(tmp_path: Path) -> None:
    database = open_database(tmp_path / "node.db")
    with database.write() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": migrate.VERSION_TABLE, "compare_type": differ}
        )
        assert compare_metadata(context, list(EVERYTHING)) == []  # type: ignore[arg-type]  # a list is documented
    database.close()


def test_checks_are_there_which_alembic_does_not_compare(tmp_path: Path) -> None:
    database = open_database(tmp_path / "node.db")
    with database.read() as connection:
        found = inspect(connection)
        for metadata in EVERYTHING:
            for table in metadata.sorted_tables:
                described = {
                    constraint.name
                    for constraint in table.constraints
                    if isinstance(constraint, CheckConstraint)
                }
                there = {check["name"] for check in found.get_check_constraints(table.name)}
                assert there == described, table.name
    database.close()


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "node.db"
    schemas = []
    for _ in range(2):
        database = open_database(path)
        with database.read() as connection:
            rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master")
            schemas.append(sorted(map(tuple, rows)))
        database.close()
    assert schemas[0] == schemas[1]
