"""The basket: what is in it, what it costs, and what to take out so that it fits.

A basket is a tuple of (product, quantity) in the order of the first tap. Its total may be
negative (returned cups); only a positive total can be charged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from terminal.till.directory import Directory, Product, ProductId
from terminal.till.receipts import Sold

Basket: TypeAlias = tuple[tuple[ProductId, int], ...]

MAX_QUANTITY = 999  # of one line (shared.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """Take `quantity` of `product` out, and the basket costs `new_total`."""

    product: ProductId
    quantity: int
    new_total: int


def add(basket: Basket, product: ProductId) -> Basket:
    """One more of a product; a new one goes to the end."""
    if product not in dict(basket):
        return (*basket, (product, 1))
    return tuple((p, min(n + (p == product), MAX_QUANTITY)) for p, n in basket)


def remove(basket: Basket, product: ProductId, quantity: int = 1) -> Basket:
    """Fewer of a product; a line that reaches zero leaves the basket."""
    fewer = ((p, n - quantity if p == product else n) for p, n in basket)
    return tuple((p, n) for p, n in fewer if n > 0)


def products(directory: Directory) -> dict[ProductId, Product]:
    """Give the catalogue by id."""
    return {product.id: product for product in directory.products}


def still_sold(basket: Basket, directory: Directory) -> Basket:
    """Drop what left the catalogue: it has no price any more."""
    known = products(directory)
    return tuple((p, n) for p, n in basket if p in known)


def total(basket: Basket, directory: Directory) -> int:
    """Sum of the basket in minor units of the currency, at the catalogue's prices."""
    known = products(directory)
    return sum(known[p].price * n for p, n in basket)


def lines(basket: Basket, directory: Directory) -> tuple[Sold, ...]:
    """Freeze the basket as lines of a sale; names may change later."""
    known = products(directory)
    return tuple(
        Sold(
            product=p,
            label=known[p].name,
            quantity=n,
            unit_price=known[p].price,
            vat_bp=known[p].vat_bp,
        )
        for p, n in basket
    )


def removal(basket: Basket, directory: Directory, room: int) -> Removal | None:
    """Find the smallest thing to give up so that the basket costs at most `room`.

    Fewest items first; then from the product there is most of (who asked for two beers and a
    lemonade gives up a beer, not the lemonade); then the cheapest. None if no single product will
    do, or if nothing to charge would remain.
    """
    known = products(directory)
    cost = total(basket, directory)
    candidates = [
        (take, -quantity, known[p].price, p)
        for p, quantity in basket
        for take in range(1, quantity + 1)
        if 0 < cost - take * known[p].price <= room
    ]
    if not candidates:
        return None
    take, _, price, product = min(candidates)
    return Removal(product=product, quantity=take, new_total=cost - take * price)
