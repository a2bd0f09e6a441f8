"""What the chain knows of a card's purse: the cents that its sales have claimed (PROTOCOL §6).

A card counts what it has spent from 0 upwards, ever.  Each slot sale claims an interval of that
count, so two sales of one cent are two cards.  Claims are kept sorted, disjoint and joined: however
many sales an honest card makes, they are a handful.
"""

from typing import Final

from server.ledger.effect import Context
from server.ledger.records import Group, Lost, Purse
from shared.bodies import Span
from shared.ids import AssetId, CardRef, purse

Claims = tuple[tuple[int, int], ...]
NO_PURSE: Final = Purse(
    claims=(), credit=0, epoch=0, expires=0, group=0, number=0, void_line=0, voided=0
)
"""What is known of a card that never had one."""


def claim(claims: Claims, span: Span) -> tuple[Claims, bool]:
    """Add an interval to claims; tell whether it overlaps one of them."""
    before, after = span
    overlaps = any(low < after and before < high for low, high in claims)
    joined: list[tuple[int, int]] = []
    for low, high in sorted((*claims, span)):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return tuple(joined), overlaps


def counted(context: Context, record: Purse, span: Span) -> Span | None:
    """Give the part of an interval that counts as spent: what the chain can have promised.

    A till that lies can name any cents, and those above the credit would use up the card's count.
    They count only after blocks were lost, up to the next issue: what was issued in those may have
    promised them.
    """
    before, after = span
    if after > record.credit and record.epoch == len(context.state.rows(Lost)):
        after = record.credit
    return (before, after) if before < after else None


def highest(claims: Claims) -> int:
    """Give the end of the last claim."""
    return claims[-1][1] if claims else 0


def purse_of(context: Context, card: CardRef) -> Purse:
    """Give what is known of a card's purse."""
    return context.state.get(Purse, (card,)) or NO_PURSE


def purse_group(context: Context, number: int) -> tuple[AssetId, ...]:
    """Give a purse group's assets in the order in which they are spent; none: no such group."""
    group = context.state.get(Group, (number,))
    assets = context.state.assets()
    order = ((assets[code].priority, code) for code in group.assets) if group else ()
    return tuple(code for _, code in sorted(order))


def funds(context: Context, card: CardRef, assets: tuple[AssetId, ...]) -> int:
    """Give what a purse holds in all its assets, in cents."""
    return sum(context.state.balance(purse(card), asset) for asset in assets)


def is_open(context: Context, card: CardRef) -> bool:
    """Tell whether a purse still holds something, or a card may still claim something of it."""
    record = purse_of(context, card)
    line = record.void_line
    spent = sum(high - max(low, line) for low, high in record.claims if high > line)
    unclaimed = record.credit - line - spent
    return unclaimed > 0 or funds(context, card, purse_group(context, record.group)) > 0
