"""The details of a sale: what was bought.  They stay off the chain (PROTOCOL §3).

The transaction carries only the SHA-256 of the canonical detail; the document itself travels beside
the batch to the place's own node.  A salt of 16 random bytes keeps the hash from being guessed.
"""

from hashlib import sha256
from typing import Annotated, Final

import msgspec

from shared.amounts import MAX_AMOUNT, Amount
from shared.codec import encode
from shared.ids import Hash, Hex32, Name, Token

NO_OPERATOR: Final = "-"

Quantity = Annotated[int, msgspec.Meta(ge=1, le=999)]
Price = Annotated[int, msgspec.Meta(ge=-MAX_AMOUNT, le=MAX_AMOUNT)]
BasisPoints = Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One product of a sale.  A returned deposit has a negative `unit_price`."""

    item: Token
    label: Name
    quantity: Quantity
    unit_price: Price
    vat: BasisPoints


class Detail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a sale, refund or cash reload was made of, and by whom (`-`: nobody logged in)."""

    lines: tuple[Line, ...]
    operator: Token
    salt: Hex32
    total: Amount


def detail_hash(detail: Detail) -> Hash:
    """Give what the transaction carries: SHA-256 of the canonical detail, hex."""
    return Hash(sha256(encode(detail)).hexdigest())


def adds_up(detail: Detail) -> bool:
    """Tell whether the lines give the total; a cash reload has no lines."""
    lines = detail.lines
    return not lines or sum(line.quantity * line.unit_price for line in lines) == detail.total
