"""The rule of correction: a mistake is undone by the opposite postings, and both stay (DESIGN §4).

What can be undone is what one hand did to wallets: issue, cash, transfer, gift, exchange, stamp.
It is undone whole and once, or not at all when what it gave was spent.  Debts that it had repaid
come back as far as their wallet has not the means, and the place of the loss has not taken out what
it was repaid; value that returns to a wallet repays its debts, as any value that reaches it.
"""

from typing import Final, TypeAlias

from msgspec.structs import replace

from server.ledger.effect import (
    DISPUTES,
    Context,
    Effect,
    Outcome,
    Signed,
    merged_into,
    owing,
    received,
    repay,
    serves,
    winds_down,
)
from server.ledger.exchange import rate
from server.ledger.money import Records, free
from server.ledger.records import Corrected, Posting, Wallet
from server.ledger.state import Done
from shared.bodies import Badge, CashReload, Correction, Exchange, Gift, Issue, Transfer
from shared.errors import Code
from shared.ids import POT_GUARANTEE, Account, AssetId, PlaceId, WalletId, loss, place, wallet

Undone: TypeAlias = Issue | CashReload | Transfer | Gift | Exchange | Badge
_WALLET: Final = wallet(WalletId(""))
_LOSS: Final = loss(PlaceId(""))
_NOBODY: Final = Wallet((), PlaceId(""), PlaceId(""))


def correction(context: Context, signed: Signed, body: Correction) -> Outcome:
    """Undo a mistake; the node that answers for it, and for whoever gives something back, signs."""
    key = (body.author, body.seq)
    done = context.state.transaction(*key)
    if done is None or not done.verdict.took_effect or not isinstance(done.body, Undone):
        return Code.CANNOT_CORRECT
    if code := _may_not_undo(context, signed, done.body, PlaceId(done.place)):
        return code
    if context.state.get(Corrected, key):
        return Code.ALREADY_SETTLED
    postings = _opposite(context, done)
    if postings is None or _rate_has_changed(context, done):
        return Code.CANNOT_CORRECT
    booked, records = _settled(context, postings)
    if _makes_tokens_of_losses(context, booked):
        return Code.PLACE_SHORT
    mark = (key, Corrected(signed.transaction.hash))
    return Effect(booked, (mark, *records))


def _may_not_undo(context: Context, signed: Signed, body: Undone, at: PlaceId) -> Code | None:
    """Say why a node may not undo something; `at` is the terminal's place, if one did it.

    What an issuer or a till has made they may take back.  What was given to somebody is theirs: the
    node of their home takes it back, or nobody does.
    """
    match body:
        case CashReload():  # also once the place has left: what was set aside goes home
            return winds_down(context, signed, at)
        case Issue() | Badge():
            return serves(context, signed, context.state.assets()[body.asset].issuer)
        case Exchange():
            return _serves_home(context, signed, body.wallet)
        case Transfer() | Gift():
            code = _serves_home(context, signed, body.source)
            return code or _serves_home(context, signed, body.target)


def _serves_home(context: Context, signed: Signed, name: WalletId) -> Code | None:
    holder = context.state.get(Wallet, (merged_into(context, name),)) or _NOBODY
    return serves(context, signed, holder.home)


def _rate_has_changed(context: Context, done: Done) -> bool:
    """Tell whether an exchange would give something else by now.

    To undo it then would be a bet that its holder wins or takes back.
    """
    body = done.body
    if not isinstance(body, Exchange):
        return False
    found = rate(context, body.give, body.take)
    taken = sum(each.amount for each in done.postings if each.target == wallet(body.wallet))
    return found is None or body.amount * found.take // found.give != taken


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
    if any(posting.source == posting.target for posting in postings):
        return None
    return _without_what_is_there(context, postings)


def _without_what_is_there(context: Context, postings: tuple[Posting, ...]) -> tuple[Posting, ...]:
    """Let debts come back only as far as their wallet has not what it gives back."""
    lacks: dict[tuple[Account, AssetId], int] = {}
    for each in postings:
        key = (each.source, each.asset)
        lacks[key] = lacks.get(key, -context.state.balance(*key)) + each.amount
    kept: list[Posting] = []
    for each in postings:
        amount, key = each.amount, (each.target, each.asset)
        if _creditor(each.source):
            amount = max(0, min(amount, lacks[key]))
            lacks[key] -= amount
        if amount:
            kept.append(replace(each, amount=amount))
    return tuple(kept)


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
        if at := _creditor(posting.source):
            wallets[name] = owing(record, posting.asset, at, posting.amount)
            continue
        repaid, wallets[name] = repay(context, record, name, posting.asset, posting.amount)
        booked.extend(repaid)
        clocks += received(context, name, posting.asset, sender=_sender(posting))
    return tuple(booked), (*(((name,), record) for name, record in wallets.items()), *clocks)


def _creditor(account: Account) -> PlaceId | None:
    """Give whom a debt was repaid to, if that is what an account was paid for."""
    if account == POT_GUARANTEE:
        return DISPUTES
    return PlaceId(account.removeprefix(_LOSS)) if account.startswith(_LOSS) else None


def _makes_tokens_of_losses(context: Context, postings: tuple[Posting, ...]) -> bool:
    """Tell whether a place would have taken out what is a loss again."""
    for posting in postings:
        at = _creditor(posting.source)
        if at is None or at == DISPUTES:
            continue
        own = (loss(at), place(at))
        change = sum(
            each.amount * ((each.target in own) - (each.source in own))
            for each in postings
            if each.asset == posting.asset
        )
        if change < 0 and free(context.state, at, posting.asset) + change < 0:
            return True
    return False


def _holder(account: Account) -> WalletId:
    return WalletId(account.removeprefix(_WALLET))


def _sender(posting: Posting) -> WalletId:
    """Give whose clock comes with value that returns: the other wallet's, else its own."""
    giver = posting.source if posting.source.startswith(_WALLET) else posting.target
    return _holder(giver)
