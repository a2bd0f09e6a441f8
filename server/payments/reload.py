"""What one reload may become: the table of its states, and how a session is judged against it.

Pure.  `TRANSITIONS` is the machine: a missing row means that the fact changes nothing, which is
what makes repeated, late and reordered events harmless.  The states only move towards the money:
a payment counts even when we had given the reload up, and nothing leaves `credited` or `held`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from msgspec import ValidationError, convert

from shared.ids import AssetId, AuthorId, CardRef, ChainId, Hash, Hex32, WalletId


class State(StrEnum):
    """Where a reload is."""

    CREATED = "created"  # stored here; Stripe may or may not have heard of it
    OPEN = "open"  # the person can pay
    PAID = "paid"  # Stripe has the money; the ledger has not answered yet
    CREDITED = "credited"  # on the wallet
    HELD = "held"  # on `hold:<tx>`: an admin decides
    EXPIRED = "expired"  # not paid in time, or the bank said no


class Fact(StrEnum):
    """Something that became true about a reload."""

    OPENED = "opened"
    PAID = "paid"
    CREDITED = "credited"
    HELD = "held"
    LAPSED = "lapsed"


TRANSITIONS: Final[Mapping[tuple[State, Fact], State]] = {
    (State.CREATED, Fact.OPENED): State.OPEN,
    (State.CREATED, Fact.PAID): State.PAID,  # the webhook was faster than our own commit
    (State.CREATED, Fact.LAPSED): State.EXPIRED,
    (State.OPEN, Fact.PAID): State.PAID,
    (State.OPEN, Fact.LAPSED): State.EXPIRED,
    (State.EXPIRED, Fact.PAID): State.PAID,  # money beats a timer
    (State.PAID, Fact.CREDITED): State.CREDITED,
    (State.PAID, Fact.HELD): State.HELD,
}
FINAL: Final = frozenset({State.CREDITED, State.HELD})


def sources(fact: Fact) -> tuple[State, ...]:
    """Give the states in which this fact changes something."""
    return tuple(state for state, seen in TRANSITIONS if seen is fact)


def target(fact: Fact) -> State:
    """Give the one state that this fact leads to."""
    return next(after for (_, seen), after in TRANSITIONS.items() if seen is fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A Checkout Session as the provider's API gives it; amounts in cents."""

    id: str
    url: str | None
    status: str
    payment_status: str
    payment: str | None
    payment_failed: bool
    amount: int
    currency: str
    metadata: Mapping[str, str]
    created_ms: int
    expires_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A fact about a reload and what became known with it."""

    fact: Fact
    session: str | None = None
    url: str | None = None
    payment: str | None = None
    transaction: Hash | None = None
    note: str | None = None


PREFIX: Final = "tirelire_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One reload that somebody asked for; everything but the last six fields never changes."""

    id: str
    chain: ChainId
    node: AuthorId
    wallet: WalletId
    card: CardRef
    asset: AssetId
    amount: int
    currency: str
    opened_ms: int
    expires_ms: int
    state: State = State.CREATED
    session: str | None = None
    url: str | None = None
    payment: str | None = None
    transaction: Hash | None = None
    note: str = ""

    @property
    def idempotency_key(self) -> str:
        """Name the one session that may exist for this reload, however often we ask for it."""
        return sha256(f"tirelire/reload/{self.chain}/{self.id}".encode()).hexdigest()

    @property
    def metadata(self) -> dict[str, str]:
        """What Stripe keeps for us, so that a node restored from nothing can credit it still."""
        return {
            f"{PREFIX}{name}": str(value)
            for name, value in (
                ("chain", self.chain),
                ("node", self.node),
                ("reload", self.id),
                ("wallet", self.wallet),
                ("card", self.card),
                ("asset", self.asset),
                ("amount", self.amount),
            )
        }


def claim(session: Session) -> Intent | None:
    """Read the reload that a session says it pays for; None when it says nothing usable.

    Only holders of our secret key can write metadata, so a claim is ours as far as Stripe is.
    """
    fields = {
        name.removeprefix(PREFIX): value
        for name, value in session.metadata.items()
        if name.startswith(PREFIX)
    }
    try:
        return Intent(
            id=str(convert(fields.get("reload"), Hex32)),
            chain=convert(fields.get("chain"), ChainId),
            node=convert(fields.get("node"), AuthorId),
            wallet=convert(fields.get("wallet"), WalletId),
            card=convert(fields.get("card"), CardRef),
            asset=convert(fields.get("asset"), AssetId),
            amount=convert(fields.get("amount"), int, strict=False),
            currency=session.currency,
            opened_ms=session.created_ms,
            expires_ms=session.expires_ms,
            session=session.id,
            url=session.url,
        )
    except ValidationError:
        return None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Not paid yet, and it still can be."""


@dataclass(frozen=True, slots=True)
class Lapsed:
    """It will not be paid any more."""

    why: str


@dataclass(frozen=True, slots=True)
class Paid:
    """Stripe holds the money; `payment` is the object that may be credited once."""

    payment: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The session does not say what we asked for: nothing is credited, somebody must look."""

    field: str
    expected: str
    found: str


Judgement = Waiting | Lapsed | Paid | Mismatch


def judge(intent: Intent, session: Session) -> Judgement:
    """Compare what Stripe says with what was asked for, and say what follows."""
    comparisons = [
        ("session", intent.session or session.id, session.id),
        ("amount", str(intent.amount), str(session.amount)),
        ("currency", intent.currency, session.currency),
        *(
            (f"metadata {name}", value, session.metadata.get(name, ""))
            for name, value in intent.metadata.items()
        ),
    ]
    for field, expected, found in comparisons:
        if expected != found:
            return Mismatch(field, expected, found)
    if session.payment_status == "paid":
        if session.payment is None:
            return Mismatch("payment", "a PaymentIntent", "none")
        return Paid(session.payment)
    if session.payment_failed:
        return Lapsed("payment failed")
    if session.status == "expired":
        return Lapsed("not paid in time")
    return Waiting()


def evidence(payment: str) -> str:
    """Name the credit of a payment on the chain, where it is unique (PROTOCOL §7)."""
    return f"stripe:{payment}:credit"
