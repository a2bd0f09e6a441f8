"""What the pages of terminals show: list, one terminal, pairing, revoking."""

from dataclasses import dataclass
from enum import StrEnum

from server.web.views.common import Line, Money


class TerminalState(StrEnum):
    """What is known of a till."""

    SYNCED = "synced"
    SENDING = "sending"
    OFFLINE = "offline"
    PAUSED = "paused"
    CONFLICT = "conflict"
    REVOKED = "revoked"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalRow:
    """`autonomy` is thousandths of time or money left offline, whichever is less."""

    id: str
    name: str
    place: str
    state: TerminalState
    unsent: int = 0
    unsent_money: Money | None = None
    seen_ms: int | None = None
    autonomy: int = 1000
    time_left_ms: int = 0
    sales_today: int = 0

    @property
    def in_service(self) -> bool:
        """Tell whether it may still send."""
        return self.state is not TerminalState.REVOKED

    @property
    def needs_care(self) -> bool:
        """Tell whether somebody should look at it."""
        return self.in_service and self.state not in (TerminalState.SYNCED, TerminalState.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalsPage:
    """All tills; `known` is unsent at last contact, `worst` what may be unsent."""

    now_ms: int
    rows: tuple[TerminalRow, ...]
    hard_ms: int
    cap: Money | None
    known: Money | None
    worst: Money | None


class TerminalEventKind(StrEnum):
    """What happened to a till."""

    PAIRED = "paired"
    CONTACT_LOST = "contact_lost"
    RECEIVED = "received"
    CONFLICT = "conflict"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalEvent:
    """One line of a till’s history."""

    kind: TerminalEventKind
    at_ms: int
    count: int = 0
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalPage:
    """One till."""

    now_ms: int
    row: TerminalRow
    cap: Money | None
    hard_ms: int
    received_seq: int
    announced_seq: int | None
    head: str
    short_id: str
    enrolled_ms: int
    enrolled_height: int
    version: str
    clock_skew_ms: int | None
    sales: tuple[Line, ...]
    events: tuple[TerminalEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokePage:
    """What revoking will do, in numbers."""

    id: str
    name: str
    received_seq: int
    unsent: int
    unsent_money: Money | None
    worst: Money | None


class PairingState(StrEnum):
    """How far a pairing is."""

    WAITING = "waiting"
    JOINED = "joined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """A code that one new till may use once."""

    id: str
    name: str
    place: str
    pin: str
    expires_ms: int
    state: PairingState
    terminal: str = ""
    short_id: str = ""
