"""Rules of demurrage on the chain: notice, melt, reversal, distribution (PROTOCOL §8).

What a step takes is `server.ledger.demurrage`'s; here it is tied to notices, pots and months.
"""

from datetime import date, timedelta
from typing import Final

from server.ledger.demurrage import (
    Notice as NoticeRule,
    covers,
    is_step_day,
    is_use,
    recipients,
    split,
    step,
)
from server.ledger.effect import (
    Context,
    Effect,
    Outcome,
    Signed,
    credit,
    holding,
    idle_clock,
    linked,
    melting,
    merged_into,
    received,
    serves,
    winds_down,
)
from server.ledger.records import (
    Announced,
    Card,
    Evidence,
    Idle,
    Melted,
    Pending,
    Posting,
    Remainder,
    Wallet,
)
from server.ledger.refunds import LATER, payer_of
from shared.bodies import AnySale, Distribute, Melt, MeltReversal, Notice
from shared.errors import Code
from shared.ids import (
    POT_COMMONS,
    POT_GUARANTEE,
    POT_MAINTENANCE,
    Account,
    AssetId,
    AuthorId,
    PlaceId,
    WalletId,
    melt_pending,
    place,
    wallet,
)
from shared.policy import NO_DEMURRAGE, DemurragePolicy

WAITING_DAYS: Final = 45
_EPOCH: Final = date(1970, 1, 1)


def month_of(day: int) -> int:
    """Give the month of a UTC day: year × 12 + month − 1."""
    when = _EPOCH + timedelta(days=day)
    return when.year * 12 + when.month - 1


def first_day(month: int) -> int:
    """Give the first UTC day of a month."""
    return (date(month // 12, month % 12 + 1, 1) - _EPOCH).days


def matures(month: int) -> int:
    """Give the first UTC day on which what melted in a month may be shared."""
    return first_day(month + 1) + WAITING_DAYS


def _issuer_signs(context: Context, signed: Signed, asset: AssetId) -> Code | None:
    record = context.state.assets().get(asset)
    return Code.UNKNOWN_ASSET if record is None else serves(context, signed, record.issuer)


def _issuer_ends(context: Context, signed: Signed, asset: AssetId) -> Code | None:
    """Say why a node may not let out what has melted; its issuer may have left."""
    record = context.state.assets().get(asset)
    return Code.UNKNOWN_ASSET if record is None else winds_down(context, signed, record.issuer)


def notice(context: Context, signed: Signed, body: Notice) -> Outcome:
    """Announce a melt day to all wallets that lie idle since a day."""
    if code := _issuer_signs(context, signed, body.asset):
        return code
    if melting(context, body.asset) is None:
        return Code.NO_DEMURRAGE
    if body.melt_day <= context.day or body.idle_since > context.day:
        return Code.WRONG_DAY
    key = (body.asset, body.melt_day)
    known = context.state.get(Announced, key)
    entry = (context.day, body.idle_since)
    notices = known.notices if known else ()
    if entry in notices:
        return Code.ALREADY_EXISTS
    return Effect(records=((key, Announced((*notices, entry))),))


def announced(
    context: Context, asset: AssetId, clock: Idle, day: int, policy: DemurragePolicy
) -> bool:
    """Tell whether a step of a wallet on a day was announced in time."""
    record = context.state.get(Announced, (asset, day))
    return record is not None and any(
        covers(NoticeRule(recorded, since, day), clock, day, policy)
        for recorded, since in record.notices
    )


def melt(context: Context, signed: Signed, body: Melt) -> Outcome:
    """Take one announced step from a wallet into the pot of its place."""
    if code := _issuer_signs(context, signed, body.asset):
        return code
    found = melting(context, body.asset, body.day)
    if found is None or melting(context, body.asset) is None:
        return Code.NO_DEMURRAGE
    holder = context.state.get(Wallet, (body.wallet,))
    if holder is None:
        return Code.UNKNOWN_WALLET
    if holder.merged:
        return Code.WALLET_MERGED
    policy, since = found
    clock = idle_clock(context, body.wallet, body.asset, policy, since)
    if clock is None or body.day > context.day or not is_step_day(clock, body.day, policy):
        return Code.WRONG_DAY
    if not announced(context, body.asset, clock, body.day, policy):
        return Code.NO_NOTICE
    before = holding(context, body.wallet, body.asset)
    there = context.state.balance(wallet(body.wallet), body.asset)
    if body.amount != min(before - step(before, policy), there):  # what a purse holds stays there
        return Code.WRONG_AMOUNT
    return _melt(
        context,
        body,
        before,
        holder.reloaded_at,
        Idle(clock.last_use, body.day + policy.step_days),
    )


def _melt(context: Context, body: Melt, before: int, at: PlaceId, clock: Idle) -> Outcome:
    month = month_of(context.day)
    pending = (body.asset, at, month)
    known = context.state.get(Pending, pending)
    melted = Melted(
        amount=body.amount,
        before=before,
        height=context.height,
        month=month,
        place=at,
        reversed=0,
    )
    return Effect(
        (Posting(wallet(body.wallet), melt_pending(at), body.asset, body.amount),),
        (
            ((body.wallet, body.asset), Idle(clock.last_use, clock.next_step)),
            ((body.wallet, body.asset, body.day), melted),
            (pending, Pending((known.amount if known else 0) + body.amount)),
        ),
    )


def melt_reversal(context: Context, signed: Signed, body: MeltReversal) -> Outcome:
    """Give back what a melt took too much, as it did not know of a sale made before it."""
    if code := _issuer_ends(context, signed, body.asset):
        return code
    key = (body.wallet, body.asset, body.day)
    melted = context.state.get(Melted, key)
    found = melting(context, body.asset, body.day)
    if melted is None or found is None:
        return Code.NOTHING_TO_REVERSE
    proof = reversal_evidence(body)
    if context.state.get(Evidence, (proof,)):
        return Code.EVIDENCE_USED
    spent = spent_before(context, body.wallet, body.asset, (body.author, body.seq), melted)
    source, due = owed_back(context, body.asset, melted, spent, found[0])
    if due <= 0:
        return Code.NOTHING_TO_REVERSE
    if body.amount != due:
        return Code.WRONG_AMOUNT
    after = Melted(
        amount=melted.amount,
        before=melted.before,
        height=melted.height,
        month=melted.month,
        place=melted.place,
        reversed=melted.reversed + due,
    )
    records = [(key, after), ((proof,), Evidence(signed.transaction.hash))]
    pending = (body.asset, melted.place, melted.month)
    waiting = context.state.get(Pending, pending)
    if source != POT_GUARANTEE and waiting:
        records.append((pending, Pending(waiting.amount - due)))
    target = merged_into(context, body.wallet)
    if context.protocol < LATER:
        return Effect((Posting(source, wallet(target), body.asset, due),), tuple(records))
    postings, owner = credit(context, source, target, body.asset, due)
    clock = received(context, target, body.asset, sender=body.wallet)
    return Effect(postings, (*records, ((target,), owner), *clock))


def reversal_evidence(body: MeltReversal) -> str:
    """Name the reversal of one melt for one sale, which happens once."""
    return f"melt_reversal:{body.wallet}:{body.asset}:{body.day}:{body.author}:{body.seq}"


def spent_before(
    context: Context, holder: WalletId, asset: AssetId, sale: tuple[AuthorId, int], melted: Melted
) -> int:
    """Give what a sale took of an asset, if it was made before a melt and came in after it."""
    sold = context.state.transaction(*sale)
    if sold is None or not isinstance(sold.body, AnySale) or not sold.verdict.took_effect:
        return 0
    if not sold.seen < melted.height < sold.height:
        return 0
    card = context.state.get(Card, (sold.body.card,))
    if card is None or merged_into(context, linked(card, melted.height), melted.height) != holder:
        return 0  # it would have been another wallet's: of two that are one by now, the other's
    if payer_of(context, card, sold.height, sold.postings) != merged_into(context, holder):
        return 0  # a loss posting does not say whose it is
    return sum(posting.amount for posting in sold.postings if posting.asset == asset)


def owed_back(
    context: Context, asset: AssetId, melted: Melted, spent: int, policy: DemurragePolicy
) -> tuple[Account, int]:
    """Give the pot and the amount that a melt owes a wallet, had it known of what was spent."""
    left = melted.before - spent
    should = 0 if is_use(spent, melted.before, policy) else left - step(left, policy)
    due = min(melted.amount - should, melted.amount - melted.reversed) if spent else 0
    waiting = context.state.get(Pending, (asset, melted.place, melted.month))
    if waiting and waiting.amount >= due:
        return melt_pending(melted.place), due
    return POT_GUARANTEE, min(due, context.state.balance(POT_GUARANTEE, asset))


def distribute(context: Context, signed: Signed, body: Distribute) -> Outcome:
    """Share what melted at a place in a month, with what earlier months could not share."""
    if code := _issuer_ends(context, signed, body.asset):
        return code
    if context.day < matures(body.month):
        return Code.WRONG_DAY
    key, rest = (body.asset, body.place, body.month), (body.asset, body.place)
    waiting = context.state.get(Pending, key)
    if waiting is None or waiting.amount == 0:
        return Code.POT_SHORT
    kept = context.state.get(Remainder, rest)
    policy, _ = context.policy(body.asset, NO_DEMURRAGE)
    shares = recipients(
        place(body.place),
        [
            place(code)
            for code, row in sorted(context.state.places().items())
            if row.node == signed.author
        ],
        policy,
        commons=POT_COMMONS,
        maintenance=POT_MAINTENANCE,
    )
    amounts, left = split(waiting.amount + (kept.amount if kept else 0), list(shares.values()))
    pot = melt_pending(body.place)
    postings = tuple(
        Posting(pot, Account(account), body.asset, amount)
        for account, amount in zip(shares, amounts, strict=True)
        if amount
    )
    return Effect(postings, ((key, Pending(0)), (rest, Remainder(left))))
