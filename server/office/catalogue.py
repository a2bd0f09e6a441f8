"""Products and team as people write them: a form of a page, or a TOML file.  Pure.

Both go through the same two readers, so a page and the command line refuse the same things.  A
mistake names its field and a closed word; the pages have the sentence for each.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from server.web.parsing import read_card_number, read_day, read_price

ROLES: Final = ("seller", "manager")
MAX_NAME: Final = 64
MAX_VAT_BP: Final = 10_000
PIN: Final = re.compile(r"[0-9]{4,8}")

Mistaken = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDraft:
    """A product that may be kept."""

    name: str
    category: str
    price: int
    vat_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorDraft:
    """A person of the team that may be kept; an empty PIN means: as it was."""

    name: str
    role: str
    pin: str
    card: str
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueDraft:
    """A whole TOML file."""

    products: tuple[ProductDraft, ...]
    operators: tuple[OperatorDraft, ...]


def read_name(text: str) -> tuple[str, str]:
    """Read a name into itself and the mistake it makes, if any."""
    name = " ".join(text.split())
    if not name:
        return "", "required"
    if len(name) > MAX_NAME:
        return name, "too_long"
    return (name, "") if name.isprintable() else (name, "characters")


def read_product(form: Mapping[str, str], scale: int) -> ProductDraft | Mistaken:
    """Read a product's fields `name`, `category`, `price` and `vat` (in basis points)."""
    mistakes: dict[str, str] = {}
    name, mistakes["name"] = read_name(form.get("name", ""))
    category, mistakes["category"] = read_name(form.get("category", ""))
    price = read_price(form.get("price", ""), scale)
    mistakes["price"] = "" if price is not None else "price"
    vat = form.get("vat", "")
    vat_bp = int(vat) if vat.isdecimal() and len(vat) < 6 else MAX_VAT_BP + 1
    mistakes["vat"] = "" if vat_bp <= MAX_VAT_BP else "vat"
    found = {field: word for field, word in mistakes.items() if word}
    if found or price is None:
        return found
    return ProductDraft(name=name, category=category, price=price, vat_bp=vat_bp)


def read_operator(
    form: Mapping[str, str], *, had_pin: bool, card_exists: Callable[[str], bool]
) -> OperatorDraft | Mistaken:
    """Read a person's fields `name`, `role`, `pin`, `card` (printed number) and `until` (a day)."""
    mistakes: dict[str, str] = {}
    name, mistakes["name"] = read_name(form.get("name", ""))
    role = form.get("role", "")
    mistakes["role"] = "" if role in ROLES else "role"
    pin, card = form.get("pin", "").strip(), read_card_number(form.get("card", ""))
    mistakes["pin"] = "" if not pin or PIN.fullmatch(pin) else "pin"
    mistakes["card"] = "" if not card or card_exists(card) else "card"
    if not pin and not had_pin and not card:
        mistakes["pin"] = "opens_with"
    day = form.get("until", "").strip()
    until = read_day(day)
    mistakes["until"] = "" if not day or until else "date"
    found = {field: word for field, word in mistakes.items() if word}
    if found:
        return found
    return OperatorDraft(name=name, role=role, pin=pin, card=card, until=until)


def read_catalogue(
    content: bytes,
    *,
    scale: int,
    card_exists: Callable[[str], bool],
    has_pin: Callable[[str], bool],
) -> CatalogueDraft | Mistaken:
    """Read a TOML file of `[[product]]` and `[[operator]]` tables, all of it or nothing.

    VAT is written in per cent.  The mistake's `detail` says in which table what is wrong.
    """
    try:
        tree = tomllib.loads(content.decode())
    except UnicodeDecodeError:
        return {"file": "file_text"}
    except tomllib.TOMLDecodeError as error:
        return {"file": "toml", "detail": str(error)}
    products: list[ProductDraft] = []
    operators: list[OperatorDraft] = []
    if set(tree) - {"product", "operator"}:
        return {"file": "toml", "detail": ", ".join(sorted(set(tree) - {"product", "operator"}))}
    for name in ("product", "operator"):
        if not isinstance(tree.get(name, []), list):
            return {"file": "toml", "detail": f"{name}: write [[{name}]]"}
    for index, row in enumerate(tree.get("product", ()), start=1):
        fields = _texts(row)
        product = read_product({**fields, "vat": _basis_points(fields.get("vat", "0"))}, scale)
        if not isinstance(product, ProductDraft):
            return {"file": "toml", "detail": _where("product", index, product)}
        products.append(product)
    for index, row in enumerate(tree.get("operator", ()), start=1):
        fields = _texts(row)
        had_pin = has_pin(fields.get("name", ""))
        operator = read_operator(fields, had_pin=had_pin, card_exists=card_exists)
        if not isinstance(operator, OperatorDraft):
            return {"file": "toml", "detail": _where("operator", index, operator)}
        operators.append(operator)
    return CatalogueDraft(products=tuple(products), operators=tuple(operators))


def _texts(row: object) -> dict[str, str]:
    return {key: str(value) for key, value in row.items()} if isinstance(row, dict) else {}


def _basis_points(percent: str) -> str:
    try:
        points = Decimal(percent.replace(",", ".")) * 100
        possible = 0 <= points <= MAX_VAT_BP and points == int(points)
    except ArithmeticError:  # no number, or not a number
        return ""
    return str(int(points)) if possible else ""


def _where(table: str, index: int, mistakes: Mistaken) -> str:
    return f"{table} {index}: " + ", ".join(f"{field} ({word})" for field, word in mistakes.items())
