"""Names as whole numbers: what rows of the index say instead of accounts, assets, authors, places.

A number is a few bytes where a wallet's name is forty, and rows in the order of numbers stand
together.  The accounts that may go below zero have numbers below zero, so that the floor of every
balance is a CHECK that needs no name (`schema.NAME`).  Only the writer gives numbers; readers see
names through the views.

What `Names` remembers is as true as the transaction it was learned in: whoever loses one must
forget it, as the cache of records.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, func, select

from server.store.codec import statement
from server.store.dialect import ANY_TEXT, Inserter
from server.store.schema import NAME
from shared.codec import encode
from shared.ids import may_be_negative

MOST_NAMES: Final = 200_000
_KNOWN: Final = f"{statement(select(NAME.c.text, NAME.c.id))} WHERE text {ANY_TEXT}"
_ENDS: Final = statement(
    select(
        select(func.min(NAME.c.id)).scalar_subquery(),
        select(func.max(NAME.c.id)).scalar_subquery(),
    )
)
_NEW: Final = Inserter(NAME)


class Names:
    """Numbers by name.  The oldest are forgotten when there are too many."""

    def __init__(self, most: int = MOST_NAMES) -> None:
        self._most = most
        self._numbers: dict[str, int] = {}

    def learn(self, connection: Connection, names: Iterable[str]) -> dict[str, int]:
        """Give the numbers of names, and of others; new names get the next number and a row."""
        numbers = self._numbers
        if len(numbers) > self._most:
            for name in list(numbers)[: len(numbers) - self._most * 3 // 4]:
                del numbers[name]
        missing = [name for name in dict.fromkeys(names) if name not in numbers]
        if missing:
            known = connection.exec_driver_sql(_KNOWN, (encode(missing).decode(),))
            numbers.update((name, number) for name, number in known)
            new = [name for name in missing if name not in numbers]
            if new:
                self._number(connection, new)
        return numbers

    def _number(self, connection: Connection, names: list[str]) -> None:
        low, high = connection.exec_driver_sql(_ENDS).one()
        low, high = min(low or 0, 0), max(high or 0, 0)
        rows: list[tuple[int, str]] = []
        for name in names:
            if may_be_negative(name):
                low -= 1
                rows.append((low, name))
            else:
                high += 1
                rows.append((high, name))
        _NEW.write(connection, rows)
        self._numbers.update((name, number) for number, name in rows)
