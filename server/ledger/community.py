"""Rules of belonging: memberships, stamps, and the equal dividend of a free currency (DESIGN §4).

A membership is a fact with an end, no amount.  In each period every member of a free currency may
create the same part of it, once; the first who does fixes it for all, with the mass and the members
of that moment.  Whoever joins after that waits for the next period, so that a period creates no
more than max(floor × members, mass × ppm / 1,000,000).
"""

from typing import Final

from msgspec.structs import replace

from server.ledger.effect import (
    Context,
    Effect,
    Outcome,
    Signed,
    credit,
    merged_into,
    received,
    serves,
    wallet_of,
)
from server.ledger.money import Records
from server.ledger.records import Card, Created, Key, Member, Posting, Rule, Wallet
from shared.bodies import AssetClass, Badge, Dividend, Membership, Role
from shared.errors import Code
from shared.ids import AssetId, WalletId, issuer, wallet
from shared.policy import NO_DIVIDEND, DividendPolicy

NEVER: Final = -1
"""Before the first day and the first period."""
MILLION: Final = 1_000_000
_JOINED: Final = frozenset({AssetClass.MEMBERSHIP, AssetClass.LIBRE})
_ONE: Final = 1


def badge(context: Context, signed: Signed, body: Badge) -> Outcome:
    """Put a stamp on a card: at its issuer's tills, or by its node."""
    asset = context.state.assets().get(body.asset)
    if asset is None:
        return Code.UNKNOWN_ASSET
    if signed.record.role is Role.TERMINAL:
        if signed.place != asset.issuer:
            return Code.NOT_AUTHORISED
    elif code := serves(context, signed, asset.issuer):
        return code
    if asset.asset_class is not AssetClass.BADGE:
        return Code.WRONG_ASSET
    if asset.archived:
        return Code.ASSET_ARCHIVED
    card = context.state.get(Card, (body.card,))
    if card is None:
        return Code.UNKNOWN_CARD
    if card.status == "blocked":
        return Code.CARD_BLOCKED
    holder = wallet(wallet_of(context, card))
    return Effect((Posting(issuer(body.asset), holder, body.asset, _ONE),))


# ---------- members ----------


def membership(context: Context, signed: Signed, body: Membership) -> Outcome:
    """Make a wallet's holder a member until a day, or end that."""
    asset = context.state.assets().get(body.asset)
    if asset is None:
        return Code.UNKNOWN_ASSET
    if code := serves(context, signed, asset.issuer):
        return code
    if asset.asset_class not in _JOINED:
        return Code.WRONG_ASSET
    if context.state.get(Wallet, (body.wallet,)) is None:
        return Code.UNKNOWN_WALLET
    key = (body.asset, merged_into(context, body.wallet))
    current = context.day // _period_days(context, body.asset)
    known = context.state.get(Member, key)
    if known is not None and known.until // _period_days(context, body.asset) < current:
        known = None  # it has ended, and its rest of the period with it
    if body.until < (known.until if known else context.day):
        return Code.NOT_A_MEMBER if known is None else _member(key, known, body)
    if asset.archived:
        return Code.ASSET_ARCHIVED
    fixed = context.state.get(Created, (body.asset, current))
    fresh = Member(paid=current if fixed else NEVER, since=context.day, until=NEVER)
    return _member(key, known or fresh, body)


def _member(key: Key, known: Member, body: Membership) -> Effect:
    return Effect(records=((key, replace(known, until=body.until)),))


def merged_membership(
    context: Context, asset: AssetId, source: WalletId, target: WalletId
) -> Records:
    """Let a membership go over to the wallet that its own is merged into.

    Of two the longer one stays, with what either has got: one person, one part.
    """
    leaves = context.state.get(Member, (asset, source))
    if leaves is None:
        return ()
    stays = context.state.get(Member, (asset, target)) or leaves
    longer = max(stays, leaves, key=lambda member: member.until)
    joined = replace(longer, paid=max(stays.paid, leaves.paid))
    return (((asset, target), joined), ((asset, source), replace(leaves, until=NEVER)))


# ---------- the dividend ----------


def dividend(context: Context, signed: Signed, body: Dividend) -> Outcome:
    """Create a member's part of a period: the current one, or one that it was a member in."""
    asset = context.state.assets().get(body.asset)
    if asset is None:
        return Code.UNKNOWN_ASSET
    if code := serves(context, signed, asset.issuer):
        return code
    if asset.asset_class is not AssetClass.LIBRE:
        return Code.WRONG_ASSET
    if asset.archived:
        return Code.ASSET_ARCHIVED
    target = merged_into(context, body.wallet)
    member = context.state.get(Member, (body.asset, target))
    days = _period_days(context, body.asset)
    if member is None or not belongs(member, body.period, days):
        return Code.NOT_A_MEMBER
    if not member.paid < body.period <= context.day // days:
        return Code.WRONG_PERIOD
    part = created(context, body.asset, body.period)
    if body.amount != part.amount:
        return Code.WRONG_AMOUNT
    postings, after = credit(context, issuer(body.asset), target, body.asset, body.amount)
    return Effect(
        postings,
        (
            ((target,), after),
            ((body.asset, target), replace(member, paid=body.period)),
            ((body.asset, body.period), part),
            *received(context, target, body.asset),
        ),
    )


def created(context: Context, asset: AssetId, period: int) -> Created:
    """Give what each member gets of a period: as fixed, or as the first of them fixes it now."""
    fixed = context.state.get(Created, (asset, period))
    if fixed is not None:
        return fixed
    policy, _ = context.policy(asset, NO_DIVIDEND)
    rows = context.state.rows(Member, (asset,)).values()
    members = sum(belongs(member, period, policy.period_days) for member in rows)
    mass = -context.state.balance(issuer(asset), asset)
    amount = max(policy.floor, policy.ppm * mass // (MILLION * max(1, members)))
    return Created(amount=amount, mass=mass, members=members)


def belongs(member: Member, period: int, days: int) -> bool:
    """Tell whether somebody is a member on a day of a period."""
    return member.since // days <= period <= member.until // days


def _period_days(context: Context, asset: AssetId) -> int:
    return context.policy(asset, NO_DIVIDEND)[0].period_days


def dividend_policy(
    context: Context, signed: Signed, subject: str, value: DividendPolicy
) -> Code | None:
    """Say why a dividend may not be set; None when it may.

    A period keeps its length for good: else the numbers of periods would change, and what was
    created for one could be created again under another.
    """
    asset = context.state.assets().get(AssetId(subject))
    if asset is None:
        return Code.UNKNOWN_ASSET
    if code := serves(context, signed, asset.issuer):
        return code
    if asset.asset_class is not AssetClass.LIBRE:
        return Code.UNKNOWN_POLICY
    known = context.state.get(Rule, ("dividend", subject))
    days = _period_days(context, AssetId(subject))
    return Code.BAD_FIELD if known is not None and value.period_days != days else None
