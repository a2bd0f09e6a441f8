"""The rule of correction: a mistake is undone by the opposite postings, and both stay (DESIGN §4).

What can be undone is what one hand did to wallets: issue, cash, transfer, gift, exchange, stamp.
It is undone whole and once, or not at all when what it gave was spent.  Debts that it had repaid
come back; value that returns to a wallet repays its debts, as any value that reaches it.
"""

from typing import Final, TypeAlias

from server.ledger.effect import (
    Context,
    Effect,
    Outcome,
    Signed,
    merged_into,
    owing,
    received,
    repay,
    serves,
)
from server.ledger.money import Records
from server.ledger.records import Corrected, Posting, Wallet
from server.ledger.state import Done
from shared.bodies import Badge, CashReload, Correction, Exchange, Gift, Issue, Transfer
from shared.errors import Code
from shared.ids import Account, PlaceId, WalletId, loss, wallet

Undone: TypeAlias = Issue | CashReload | Transfer | Gift | Exchange | Badge
_WALLET: Final = wallet(WalletId(""))
_LOSS: Final = loss(PlaceId(""))
_NOBODY: Final = Wallet((), PlaceId(""), PlaceId(""))


def correction(context: Context, signed: Signed, body: Correction) -> Outcome:
    """Undo a mistake; the node that serves the place where it was made signs."""
    key = (body.author, body.seq)
    done = context.state.transaction(*key)
    if done is None or not done.verdict.took_effect or not isinstance(done.body, Undone):
        return Code.CANNOT_CORRECT
    if code := serves(context, signed, _place(context, done.body, done.place)):
        return code
    if context.state.get(Corrected, key):
        return Code.ALREADY_SETTLED
    postings = _opposite(context, done)
    if postings is None:
        return Code.CANNOT_CORRECT
    booked, records = _settled(context, postings)
    mark = (key, Corrected(signed.transaction.hash))
    return Effect(booked, (mark, *records))


def _place(context: Context, body: Undone, at: str) -> PlaceId:
    """Give the place whose node answers for what was done; `at` is the terminal's, if one did."""
    if isinstance(body, CashReload):
        return PlaceId(at)
    if isinstance(body, Issue | Badge):
        return context.state.assets()[body.asset].issuer
    name = body.wallet if isinstance(body, Exchange) else body.source
    holder = context.state.get(Wallet, (name,))
    return holder.home if holder else PlaceId("")


def _opposite(context: Context, done: Done) -> tuple[Posting, ...] | None:
    """Give the postings the other way round, last first; None when both ends are one by now."""

    def now(account: Account) -> Account:
        if not account.startswith(_WALLET):
            return account
        return wallet(merged_into(context, _holder(account)))

    postings = tuple(
        Posting(now(posting.target), now(posting.source), posting.asset, posting.amount)
        for posting in reversed(done.postings)
    )
    return None if any(posting.source == posting.target for posting in postings) else postings


def _settled(
    context: Context, postings: tuple[Posting, ...]
) -> tuple[tuple[Posting, ...], Records]:
    """Give the postings with what they make wallets repay, and the wallets and clocks after it."""
    wallets: dict[WalletId, Wallet] = {}
    booked: list[Posting] = []
    clocks: Records = ()
    for posting in postings:
        booked.append(posting)
        if not posting.target.startswith(_WALLET):
            continue
        name = _holder(posting.target)
        record = wallets.get(name) or context.state.get(Wallet, (name,)) or _NOBODY
        if posting.source.startswith(_LOSS):
            at = PlaceId(posting.source.removeprefix(_LOSS))
            wallets[name] = owing(record, posting.asset, at, posting.amount)
            continue
        repaid, wallets[name] = repay(record, name, posting.asset, posting.amount, loss)
        booked.extend(repaid)
        clocks += received(context, name, posting.asset, sender=_sender(posting))
    return tuple(booked), (*(((name,), record) for name, record in wallets.items()), *clocks)


def _holder(account: Account) -> WalletId:
    return WalletId(account.removeprefix(_WALLET))


def _sender(posting: Posting) -> WalletId:
    """Give whose clock comes with value that returns: the other wallet's, else its own."""
    giver = posting.source if posting.source.startswith(_WALLET) else posting.target
    return _holder(giver)
