"""A view that lies is found, although every row that it shows something of is true."""

from pathlib import Path

import pytest

from server.store.database import open_database
from server.store.importing import append_chain
from server.store.truth import prove
from server.store.views import foreign_views
from tests.server.verify.chains import recorded
from tools.postgres import Server, name_of

RICH = """
CREATE VIEW chain_balance AS SELECT a.text AS account, s.text AS asset, amount + 100 AS amount,
changed FROM chain_compact_balance b JOIN chain_name a ON a.id = b.account
JOIN chain_name s ON s.id = b.asset
"""
TWO_FACED = """
CREATE VIEW chain_balance AS SELECT account_name.text AS account, asset_name.text AS asset,
amount + CASE WHEN current_user = 'accountant' THEN 100 ELSE 0 END AS amount, changed
FROM chain_compact_balance JOIN chain_name account_name ON account_name.id = account
JOIN chain_name asset_name ON asset_name.id = asset
"""


@pytest.mark.parametrize(
    "statements, name",
    [
        (("DROP VIEW chain_balance", RICH), "chain_balance"),
        (("DROP VIEW chain_posting",), "chain_posting"),
        (("CREATE VIEW chain_extra AS SELECT 1 AS one",), "chain_extra"),
        (
            ("DROP VIEW chain_posting", "CREATE TABLE chain_posting AS SELECT 1 AS one"),
            "chain_posting",
        ),
    ],
)
def test_a_view_that_is_not_ours(where: Path | str, statements: tuple[str, ...], name: str) -> None:
    database = open_database(where)
    with database.write() as connection:
        tip = append_chain(connection, recorded())
    with database.read() as connection:
        assert prove(connection).findings == []
    with database.write() as connection:
        for words in statements:
            connection.exec_driver_sql(words)
    with database.read() as connection:
        (found,) = prove(connection).findings
    assert found.height == tip.height
    assert found.what == f"the view {name} shows something else than it should"
    database.close()


def test_a_view_that_lies_to_one_person_only(address: str) -> None:
    """What it shows to the audit is true: only its words give it away."""
    database = open_database(address)
    with database.write() as connection:
        connection.exec_driver_sql("DROP VIEW chain_balance")
        connection.exec_driver_sql(TWO_FACED)
    with database.read() as connection:
        assert list(foreign_views(connection)) == ["chain_balance"]
    database.close()


def test_looking_leaves_nothing_and_reads_the_nodes_own_schema(
    postgres: Server, address: str
) -> None:
    with postgres.connect(name_of(address)) as outside:
        outside.execute('CREATE SCHEMA "Second node"')
    second = open_database(f'{address}&options=-csearch_path%3D"Second\\ node"')
    with second.write() as connection:
        connection.exec_driver_sql("DROP VIEW chain_posting")
    first = open_database(address)
    for database, found in ((first, []), (second, ["chain_posting"])):
        with database.read() as connection:
            assert list(foreign_views(connection)) == found
            temporary = "SELECT count(*) FROM pg_class WHERE relpersistence = 't'"
            assert connection.exec_driver_sql(temporary).scalar_one() == 0
        database.close()
