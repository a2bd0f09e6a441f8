"""What the pages of cards show: search, one card, import."""

from dataclasses import dataclass
from enum import StrEnum

from server.web.views.common import Line, Money


class CardState(StrEnum):
    """What a card may do."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """A card in a list; `number` is the printed one, without its dash."""

    number: str
    batch: str
    state: CardState
    balances: tuple[Money, ...]
    last_use_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsPage:
    """What a search found, and the figures of all cards."""

    query: str
    registered: int
    used: int
    blocked: int
    found: tuple[CardRow, ...]
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage:
    """`unaware` names the terminals that have not heard of the block yet."""

    now_ms: int
    row: CardRow
    reference: str
    held: tuple[Money, ...]
    blocked_ms: int | None
    lines: tuple[Line, ...]
    terminals: int
    unaware: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProblem:
    """A line that cannot enter: `cause` is a key of `words.IMPORT_CAUSES`, `detail` its figure."""

    line: int
    content: str
    cause: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPreview:
    """What a card file would do."""

    id: str
    file_name: str
    lines: int
    new: int
    known: int
    problems: tuple[ImportProblem, ...]
    known_numbers: tuple[str, ...] = ()
