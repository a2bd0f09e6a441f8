"""What the databases refuse by triggers, where a constraint cannot say it or costs too much.

`only_grows`: no row is changed or taken away.  `follows_at_once`: the foreign keys of a table that
gets hundreds of rows in one statement.  SQLite keeps them as they are declared; PostgreSQL would
ask one question and lock one row for each row that comes, half of its work for a block, so there
one question is asked about all rows of a statement.  Nothing has to be asked when a row goes away,
as long as the tables that it names only grow.
"""

from typing import Final

from sqlalchemy import DDL, ForeignKeyConstraint, Table, event

_SQLITE_GROWS: Final = (
    "CREATE TRIGGER {0}_no_{1} BEFORE {1} ON {0} BEGIN SELECT RAISE(ABORT, '{0} only grows'); END"
)
_ONLY_GROWS: Final = (
    "CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '%% only grows', TG_TABLE_NAME "
    "USING ERRCODE = 'integrity_constraint_violation'; END $$"
)
_GROWS: Final = (
    "CREATE TRIGGER {0}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {0} "
    "EXECUTE FUNCTION only_grows()"
)
_FOLLOWS: Final = (
    "CREATE OR REPLACE FUNCTION {0}_follows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF EXISTS (SELECT FROM (SELECT DISTINCT {1} FROM fresh) f "
    "WHERE (SELECT true FROM {2} p WHERE {3}) IS NULL) "
    "THEN RAISE EXCEPTION 'a row of {0} names no row of {2}' "
    "USING ERRCODE = 'foreign_key_violation'; END IF; RETURN NULL; END $$"
)
_AFTERWARDS: Final = (
    "CREATE TRIGGER {0}_follows AFTER INSERT ON {0} REFERENCING NEW TABLE AS fresh "
    "EXECUTE FUNCTION {0}_follows()"
)


def only_grows(*tables: Table) -> None:
    """Let no row of these tables be changed or taken away."""
    for table in tables:
        for verb in ("update", "delete"):
            _when_made(table, "sqlite", _SQLITE_GROWS.format(table.name, verb))
        _when_made(table, "postgresql", _ONLY_GROWS)
        _when_made(table, "postgresql", _GROWS.format(table.name))


def follows_at_once(*tables: Table) -> None:
    """Check the one foreign key of each of these tables, which names a table that only grows."""
    for table in tables:
        (key,) = table.foreign_key_constraints
        key.ddl_if(dialect="sqlite")
        _when_made(table, "postgresql", _FOLLOWS.format(table.name, *_named(key)))
        _when_made(table, "postgresql", _AFTERWARDS.format(table.name))


def _named(key: ForeignKeyConstraint) -> tuple[str, str, str]:
    """Give the columns of a foreign key, the table that it names, and when a row there is meant."""
    same = " AND ".join(f"p.{each.column.name} = f.{each.parent.name}" for each in key.elements)
    return ", ".join(key.column_keys), key.referred_table.name, same


def _when_made(table: Table, dialect: str, statement: str) -> None:
    ddl: DDL = DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types
    event.listen(table, "after_create", ddl.execute_if(dialect=dialect))
