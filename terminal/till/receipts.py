"""What goes into the journal: drafts the flow makes, and the entries that come back.

A draft says what happened. `detail_of` and `body_of` turn it into the document that stays off the
chain and the statement that goes on it; the salt is drawn by the caller.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from shared.amounts import Amount
from shared.bodies import CashReload, Refund, Sale
from shared.detail import Detail, Line
from shared.ids import AssetId, AuthorId, CardRef, Hash
from terminal.till.directory import OperatorId, ProductId

Basis: TypeAlias = Literal["cached", "online"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """One line of goods, as it was sold (names and prices may change later)."""

    product: ProductId
    label: str
    quantity: int
    unit_price: int
    vat_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleDraft:
    """`total` is what the card pays: the sum of the lines, more than zero."""

    basis: Basis
    card: CardRef
    number: str
    lines: tuple[Sold, ...]
    total: int
    operator: OperatorId


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundDraft:
    """All of the sale `seq` of this till goes back to its card."""

    seq: int
    sale: SaleDraft
    operator: OperatorId

    @property
    def card(self) -> CardRef:
        """The card that paid."""
        return self.sale.card


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadDraft:
    """Cash was taken and becomes an amount on the card. `basis` says who had the last word."""

    basis: Basis
    card: CardRef
    number: str
    asset: AssetId
    amount: int
    operator: OperatorId


CardDraft: TypeAlias = SaleDraft | ReloadDraft
Draft: TypeAlias = CardDraft | RefundDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A durable entry of the journal."""

    seq: int
    hash: Hash
    at_ms: int
    draft: Draft


def detail_of(draft: Draft, salt: bytes) -> Detail:
    """Write what was sold, given back or topped up, and by whom. `salt`: 16 random bytes."""
    sold: tuple[Sold, ...] = ()
    if isinstance(draft, ReloadDraft):
        total = draft.amount
    else:
        sale = draft.sale if isinstance(draft, RefundDraft) else draft
        sold, total = sale.lines, sale.total
    lines = tuple(_line(one) for one in sold)
    return Detail(lines=lines, operator=draft.operator, salt=salt.hex(), total=Amount(total))


def _line(sold: Sold) -> Line:
    return Line(
        item=sold.product,
        label=sold.label,
        quantity=sold.quantity,
        unit_price=sold.unit_price,
        vat=sold.vat_bp,
    )


def body_of(draft: Draft, *, author: AuthorId, detail: Hash) -> Sale | Refund | CashReload:
    """Write what goes on the chain; `author` is this till, whose sales are given back."""
    if isinstance(draft, SaleDraft):
        total = Amount(draft.total)
        return Sale(basis=draft.basis, card=draft.card, detail=detail, inside=(), total=total)
    if isinstance(draft, RefundDraft):
        amount = Amount(draft.sale.total)
        return Refund(amount=amount, author=author, detail=detail, seq=draft.seq)
    amount = Amount(draft.amount)
    return CashReload(amount=amount, asset=draft.asset, card=draft.card, detail=detail)
