"""What the pages of products and of the team show."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.web.views.common import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Something to sell."""

    id: str
    name: str
    category: str
    price: Money
    vat_bp: int
    on_sale: bool = True


class OperatorRole(StrEnum):
    """What somebody may do at a till."""

    SELLER = "seller"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Someone who can open a terminal; `card` is the printed number of their staff card."""

    id: str
    name: str
    role: OperatorRole
    has_pin: bool
    card: str = ""
    until: date | None = None
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPage:
    """Everybody who can open a till."""

    operators: tuple[Operator, ...]
