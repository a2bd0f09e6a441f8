"""The history of an account, newest first, without an index that every sale would spread out.

An index of postings by account has its entries all over the disk: after a million sales each one
changes a page of its own.  Here each block says of every balance that it changed at which height it
had changed before (`chain_step`), and the balance says at which it changed last; so the heights of
an account are a chain of look-ups, and what is written lies together at the end.

`History` is what the writer remembers of those heights, as true as the transaction in which it was
learned: whoever loses one must forget it.
"""

from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import Final

from sqlalchemy import BindParameter, Connection, bindparam, or_, select

from server.ledger.records import Key, Record
from server.store.codec import statement
from server.store.dialect import ANY_TEXT
from server.store.schema import CHAIN_STEP, COMPACT_POSTING, NAME, RECORDS, STORED
from shared.codec import encode
from shared.ids import Account

Changes = Sequence[tuple[str, Key, Record]]
BALANCE: Final = "balance"
MOST_HEIGHTS: Final = 200_000
_BALANCE: Final = RECORDS[BALANCE].c
_KNOWN: Final = (
    f"{statement(select(_BALANCE.account, _BALANCE.asset, _BALANCE.changed))}"
    f" WHERE account {ANY_TEXT}"
)
_ACCOUNT: Final[BindParameter[int]] = bindparam("account")
_HEIGHT: Final[BindParameter[int]] = bindparam("height")
_NUMBER: Final = select(NAME.c.id).where(NAME.c.text == bindparam("name"))
_LAST: Final = select(STORED[BALANCE].c.changed).where(STORED[BALANCE].c.account == _ACCOUNT)
_EARLIER: Final = select(CHAIN_STEP.c.before).where(
    CHAIN_STEP.c.height == _HEIGHT,
    CHAIN_STEP.c.account == _ACCOUNT,
    CHAIN_STEP.c.before.is_not(None),
)
_MOVE: Final = COMPACT_POSTING.c
_INDEXES: Final = (
    select(_MOVE.idx)
    .distinct()
    .where(_MOVE.height == _HEIGHT, or_(_MOVE.source == _ACCOUNT, _MOVE.target == _ACCOUNT))
    .order_by(_MOVE.idx.desc())
)


class History:
    """The height at which each balance changed last.  The oldest are forgotten."""

    def __init__(self, most: int = MOST_HEIGHTS) -> None:
        self._most = most
        self._heights: dict[Key, int | None] = {}

    def step(
        self, connection: Connection, height: int, changes: Changes
    ) -> Mapping[Key, int | None]:
        """Give where the balances that a block changes had changed before; and remember it."""
        heights = self._heights
        if len(heights) > self._most:
            for key in list(heights)[: len(heights) - self._most * 3 // 4]:
                del heights[key]
        keys = [key for name, key, _ in changes if name == BALANCE]
        missing = [key for key in keys if key not in heights]
        if missing:
            heights.update(dict.fromkeys(missing))
            accounts = encode(sorted({str(key[0]) for key in missing})).decode()
            found = connection.exec_driver_sql(_KNOWN, (accounts,))
            wanted = set(missing)
            heights.update(
                ((account, asset), changed)
                for account, asset, changed in found
                if (account, asset) in wanted
            )
        before = {key: heights[key] for key in keys}
        heights.update(dict.fromkeys(keys, height))
        return before


def moves(connection: Connection, account: Account, upto: int) -> Iterator[tuple[int, int]]:
    """Give (height, index) of what moved an account in blocks up to a height, newest first."""
    number = connection.execute(_NUMBER, {"name": account}).scalar_one_or_none()
    if number is None:
        return
    for height in _heights(connection, number):
        if height <= upto:
            place = {"height": height, "account": number}
            for idx in connection.execute(_INDEXES, place).scalars():
                yield height, idx


def _heights(connection: Connection, number: int) -> Iterator[int]:
    """Give the heights at which any balance of an account changed, each once, newest first."""
    last = connection.execute(_LAST, {"account": number}).scalars()
    waiting = sorted({-height for height in last})
    while waiting:
        height = -heappop(waiting)
        yield height
        place = {"height": height, "account": number}
        for before in connection.execute(_EARLIER, place).scalars():
            if -before not in waiting:
                heappush(waiting, -before)
