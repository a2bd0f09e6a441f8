"""What goes into the journal: drafts the flow makes, and the entries that come back.

A draft says what happened; `complete` turns it into the signed statement's body and the detail
document, given the author and the random salt that only an impure caller can draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from shared.ids import AssetId, CardRef, Hash
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
