"""A view that lies is found, although every row that it shows something of is true."""

from pathlib import Path

import pytest

from server.store.database import open_database
from server.store.importing import append_chain
from server.store.truth import prove
from tests.server.verify.chains import recorded

RICH = """
CREATE VIEW chain_balance AS SELECT a.text AS account, s.text AS asset, amount + 100 AS amount,
changed FROM chain_compact_balance b JOIN chain_name a ON a.id = b.account
JOIN chain_name s ON s.id = b.asset
"""


@pytest.mark.parametrize(
    "statements, name",
    [
        (("DROP VIEW chain_balance", RICH), "chain_balance"),
        (("DROP VIEW chain_posting",), "chain_posting"),
        (("CREATE VIEW chain_extra AS SELECT 1 AS one",), "chain_extra"),
    ],
)
def test_a_view_that_is_not_ours(tmp_path: Path, statements: tuple[str, ...], name: str) -> None:
    database = open_database(tmp_path / "node.db")
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
