"""Questions about many rows at once, and single records outside a block.

`Listing` answers within one snapshot; `Live` opens a snapshot for each record that is asked for.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Final, TypeVar, cast

from sqlalchemy import Connection

from server.ledger.records import Key, Record
from server.store.codec import BY_RECORD, key_of
from server.store.view import StoreView
from shared.ids import AuthorId

R = TypeVar("R", bound=Record)

_LATE_SALES: Final = """
SELECT author, seq FROM chain_transaction
WHERE height > ? AND seen < ? AND kind = 'sale' ORDER BY height, idx
"""


class Listing:
    """Tables of the final state, over one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, record: type[R]) -> Iterable[tuple[Key, R]]:
        """Give every record of a table."""
        shelf = BY_RECORD[record]
        for row in self._connection.exec_driver_sql(shelf.columns):
            yield key_of(row, shelf.keys), cast("R", shelf.read(row[shelf.keys :]))

    def late_sales(self, above: int, unseen: int) -> Iterable[tuple[AuthorId, int]]:
        """Give the sales executed above a height by authors who had not seen another one."""
        found = self._connection.exec_driver_sql(_LATE_SALES, (above, unseen))
        return [(AuthorId(author), seq) for author, seq in found]


class Live:
    """Single records of the newest block."""

    def __init__(self, read: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._read = read

    def get(self, record: type[R], key: Key) -> R | None:
        """Give one record."""
        with self._read() as connection:
            return StoreView(connection).get(record, key)
