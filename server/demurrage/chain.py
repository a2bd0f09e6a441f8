"""Reads a run's view of the final state: holders, notices, what waits, and late sales.

Clocks, policies and what a late sale is owed come from the ledger's own functions, so that what is
proposed is what the executor will find right.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from server.demurrage.plan import Holdings, Lot, Share
from server.ledger.effect import Context, holding, idle_clock, melting, melting_rules, merged_into
from server.ledger.melting import owed_back, reversal_evidence, spent_before
from server.ledger.records import (
    Announced,
    Balance,
    Card,
    Evidence,
    Key,
    Melted,
    Pending,
    Record,
)
from server.ledger.refunds import payer_of
from server.ledger.state import State, View
from server.store.listing import Listing
from server.store.view import StoreView
from shared.amounts import Amount
from shared.bodies import AnySale, MeltReversal
from shared.ids import AssetId, AuthorId, PlaceId, WalletId
from shared.policy import DemurragePolicy

R = TypeVar("R", bound=Record)
WALLET = "wallet:"


class Rows(Protocol):
    """Lists what a view only gives one by one."""

    def rows(self, record: type[R]) -> Iterable[tuple[Key, R]]:
        """Give every record of a table."""

    def late_sales(self, above: int, unseen: int) -> Iterable[tuple[AuthorId, int]]:
        """Give the sales executed above a height by authors who had not seen another one."""


class LedgerChain:
    """The `Chain` port over a ledger's state."""

    def __init__(self, view: View, rows: Rows) -> None:
        """Read single records from `view`, tables from `rows`."""
        self._view = view
        self._rows = rows

    def holdings(self) -> Sequence[Holdings]:
        """Give every asset whose policy is enabled, with its holders and notices."""
        context = self._context()
        found = {asset: melting(context, asset) for asset in sorted(self._view.assets())}
        rules = {asset: melting_rules(context, asset) for asset in found}
        held = self._held()
        announced = self._announced()
        return [
            Holdings(
                asset=asset,
                policy=rule[0],
                lots=tuple(_lots(context, asset, rule, held.get(asset, {}))),
                announced=announced.get(asset, {}),
                earlier=rules[asset][:-1],
                since=rule[1],
            )
            for asset, rule in found.items()
            if rule is not None
        ]

    def shares(self) -> Sequence[Share]:
        """Give what melted and waits, by asset, place and month."""
        return [
            Share(AssetId(str(asset)), PlaceId(str(place)), int(month), waiting.amount)
            for (asset, place, month), waiting in self._rows.rows(Pending)
        ]

    def reversals(self) -> Sequence[MeltReversal]:
        """Give what melts owe to sales that were made before them and came in after."""
        context = self._context()
        melts: dict[WalletId, list[tuple[WalletId, AssetId, int, Melted]]] = {}
        heights: list[int] = []
        for (name, asset, day), melted in self._rows.rows(Melted):
            if melted.reversed < melted.amount:
                wallet = WalletId(str(name))
                step = (wallet, AssetId(str(asset)), int(day), melted)
                melts.setdefault(merged_into(context, wallet), []).append(step)
                heights.append(melted.height)
        if not heights:
            return []
        return [
            body
            for sale in self._rows.late_sales(min(heights), max(heights))
            for payer in _payers(context, sale)
            for wallet, asset, day, melted in melts.get(payer, ())
            if (body := _reversal(context, wallet, asset, day, melted, sale)) is not None
        ]

    def _context(self) -> Context:
        return Context(State(self._view), height=0, time=0)

    def _held(self) -> dict[AssetId, dict[WalletId, int]]:
        held: dict[AssetId, dict[WalletId, int]] = {}
        for (account, asset), balance in self._rows.rows(Balance):
            name = str(account)
            if name.startswith(WALLET) and balance.amount > 0:
                wallets = held.setdefault(AssetId(str(asset)), {})
                wallets[WalletId(name.removeprefix(WALLET))] = balance.amount
        return held

    def _announced(self) -> dict[AssetId, dict[int, tuple[tuple[int, int], ...]]]:
        announced: dict[AssetId, dict[int, tuple[tuple[int, int], ...]]] = {}
        for (asset, day), record in self._rows.rows(Announced):
            announced.setdefault(AssetId(str(asset)), {})[int(day)] = record.notices
        return announced


def _payers(context: Context, sale: tuple[AuthorId, int]) -> tuple[WalletId, ...]:
    """Give the wallet that paid a sale, or what that became part of since."""
    sold = context.state.transaction(*sale)
    if sold is None or not isinstance(sold.body, AnySale):
        return ()
    card = context.state.get(Card, (sold.body.card,))
    return () if card is None else (payer_of(context, card, sold.height, sold.postings),)


def _lots(
    context: Context,
    asset: AssetId,
    rule: tuple[DemurragePolicy, int],
    held: dict[WalletId, int],
) -> Iterator[Lot]:
    policy, since = rule
    for wallet, balance in held.items():
        clock = idle_clock(context, wallet, asset, policy, since)
        if clock is not None:
            purses = holding(context, wallet, asset) - balance
            yield Lot(wallet, clock, balance, purses)


def _reversal(
    context: Context,
    wallet: WalletId,
    asset: AssetId,
    day: int,
    melted: Melted,
    sale: tuple[AuthorId, int],
) -> MeltReversal | None:
    rule = melting(context, asset, day)
    spent = spent_before(context, wallet, asset, sale, melted)
    if rule is None or spent == 0:
        return None
    _, due = owed_back(context, asset, melted, spent, rule[0])
    if due <= 0:
        return None
    author, seq = sale
    body = MeltReversal(
        amount=Amount(due), asset=asset, author=author, day=day, seq=seq, wallet=wallet
    )
    done = context.state.get(Evidence, (reversal_evidence(body),)) is not None
    return None if done else body


class StoreChain:
    """The `Chain` port over a node's database: each answer is of one snapshot."""

    def __init__(self, read: Callable[[], AbstractContextManager[Connection]]) -> None:
        """`read` opens a snapshot."""
        self._read = read

    def holdings(self) -> Sequence[Holdings]:
        """Give every asset whose policy is enabled, with its holders and notices."""
        with self._read() as connection:
            return _over(connection).holdings()

    def shares(self) -> Sequence[Share]:
        """Give what melted and waits, by asset, place and month."""
        with self._read() as connection:
            return _over(connection).shares()

    def reversals(self) -> Sequence[MeltReversal]:
        """Give what melts owe to sales that were made before them and came in after."""
        with self._read() as connection:
            return _over(connection).reversals()


def _over(connection: Connection) -> LedgerChain:
    return LedgerChain(StoreView(connection), Listing(connection))
