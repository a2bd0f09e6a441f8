"""Pays the dividends of this node's free currencies: each member's part of each period, once.

What is proposed is read from the ledger's own rule, so a run can be cut anywhere and begun again: a
part that was paid is not due any more.  A member who was not paid for some days (the node was off)
gets the part of each of those periods.  Ends early when the ledger refuses a part.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy import Connection

from server.engine.port import Engine, NotProposed
from server.ledger.community import belongs, created
from server.ledger.effect import Context
from server.ledger.records import Member, Rule
from server.ledger.state import State, View
from server.store.view import StoreView
from shared.amounts import Amount
from shared.bodies import AssetClass, Dividend
from shared.ids import AssetId, AuthorId, WalletId
from shared.policy import DividendPolicy
from shared.transaction import MAX_TRANSACTIONS

MOST_PERIODS: Final = 400
"""How far back a run makes up for what was not paid."""


def pay(
    engine: Engine, read: Callable[[], AbstractContextManager[Connection]], time_ms: int
) -> int:
    """Propose all that is due and give how many parts that was.  `read` opens a snapshot."""
    paid = 0
    while True:
        with read() as connection:
            bodies = due(StoreView(connection), engine.author, time_ms)
        if not bodies:
            return paid
        for start in range(0, len(bodies), MAX_TRANSACTIONS):
            outcome = engine.propose(bodies[start : start + MAX_TRANSACTIONS])
            if isinstance(outcome, NotProposed):
                return paid
            paid += len(outcome)


def due(view: View, node: AuthorId, time_ms: int) -> tuple[Dividend, ...]:
    """Give the parts of the oldest period that a free currency of the node's places owes.

    Only one period of one asset: what a later one creates follows from what this one has.
    """
    context = Context(State(view), height=0, time=time_ms)
    places = context.state.places()
    for code, asset in sorted(context.state.assets().items()):
        ours = asset.issuer in places and places[asset.issuer].node == node
        rule = context.state.get(Rule, ("dividend", code))
        if not ours or asset.asset_class is not AssetClass.LIBRE or asset.archived or rule is None:
            continue
        if isinstance(rule.value, DividendPolicy) and (
            parts := _oldest(context, code, rule.value.period_days)
        ):
            return parts
    return ()


def _oldest(context: Context, asset: AssetId, days: int) -> tuple[Dividend, ...]:
    members = sorted(context.state.rows(Member, (asset,)).items())
    today = context.day // days
    first = min((max(row.paid + 1, row.since // days) for _, row in members), default=today + 1)
    for period in range(max(first, today + 1 - MOST_PERIODS), today + 1):
        owed = [key for key, row in members if row.paid < period and belongs(row, period, days)]
        amount = created(context, asset, period).amount if owed else 0
        if amount:
            return tuple(
                Dividend(Amount(amount), asset, period, WalletId(str(wallet))) for _, wallet in owed
            )
    return ()
