"""Reloads: open one, settle one, and sweep what was left open.

`settle` is the single door to the ledger: webhook, return page and sweep all call it with nothing
but a session's id, and it believes nothing but what the provider's API says at that moment.  A
credit is unique on chain by its evidence, so the worst that a race, a repetition or a crash at
any instant can do is ask the ledger for an answer it has already given.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Lock

from server.payments import limits
from server.payments.limits import Declined, Standing
from server.payments.port import (
    Booked,
    Credit,
    Gateway,
    GatewayRefusedError,
    GatewayUnavailableError,
    Intents,
    Ledger,
    LedgerUnavailableError,
    Pages,
    Tasks,
)
from server.payments.reload import (
    FINAL,
    Fact,
    Intent,
    Lapsed,
    Mismatch,
    Paid,
    Progress,
    Session,
    State,
    claim,
    evidence,
    judge,
)
from server.payments.settings import PaymentSettings
from shared.ids import AuthorId, CardRef, ChainId, WalletId

STRIPES = 16
MINUTE_MS = 60_000
# After this Stripe has forgotten the idempotency key and every session has expired.
LOOK_BACK_MS = 25 * 60 * MINUTE_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose reloads these are: several nodes may share one Stripe account."""

    chain: ChainId
    node: AuthorId


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person asks for."""

    wallet: WalletId
    card: CardRef
    amount: int
    pages: Pages


@dataclass(frozen=True, slots=True)
class Opened:
    """Send the person to this page."""

    intent: str
    url: str


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The provider did not answer; nothing was charged, try again in a moment."""

    intent: str


class Outcome(StrEnum):
    """What a session turned out to be."""

    WAITING = "waiting"
    CREDITED = "credited"
    HELD = "held"
    EXPIRED = "expired"
    STUCK = "stuck"  # paid, and the ledger refuses: it stays in view and is tried again
    MISMATCH = "mismatch"
    FOREIGN = "foreign"  # another chain's, another node's, or not a reload


@dataclass(frozen=True, slots=True)
class Settled:
    """The state of a reload after looking; `intent` is None when it is not ours."""

    outcome: Outcome
    intent: Intent | None = None


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one round of the poll did, by outcome; `failed` could not be asked."""

    seen: dict[Outcome, int]
    failed: int


class Reloads:
    """The reloads of one node."""

    def __init__(
        self,
        *,
        identity: Identity,
        settings: PaymentSettings,
        gateway: Gateway,
        ledger: Ledger,
        intents: Intents,
        tasks: Tasks,
        now_ms: Callable[[], int],
        new_id: Callable[[], str],
    ) -> None:
        """Put the ports together."""
        self._identity = identity
        self._settings = settings
        self._gateway = gateway
        self._ledger = ledger
        self._intents = intents
        self._tasks = tasks
        self._now_ms = now_ms
        self._new_id = new_id
        # Correctness does not need these locks (the evidence is unique on chain); they spare the
        # chain a rejected transaction each time a webhook and a return page meet in one process.
        self._locks = tuple(Lock() for _ in range(STRIPES))
        # The limits are read and the reload stored under one lock, else two pages pass them both.
        self._opening = Lock()

    def open(self, wanted: Wanted) -> Opened | Declined | Unavailable:
        """Store a reload, then ask the provider for its page.

        Stored first, so that a crash or a lost answer leaves a row that the sweep can match with
        the provider's session.  Raises GatewayRefusedError and LedgerUnavailableError.
        """
        with self._opening:
            declined = limits.check(
                self._settings.limits, wanted.amount, self._standing(wanted.wallet)
            )
            if declined is not None:
                return declined
            intent = self._new_intent(wanted)
            self._intents.add(intent, intent.opened_ms)
        try:
            session = self._gateway.create_checkout(intent, wanted.pages)
        except GatewayUnavailableError:
            return Unavailable(intent.id)
        self._attach(intent, session)
        return Opened(intent.id, session.url or wanted.pages.success_url)

    def get(self, intent_id: str) -> Intent | None:
        """Find a reload by its id."""
        return self._intents.get(intent_id)

    def settle(self, session_id: str) -> Settled:
        """Look at a session and do what it calls for; safe to call at any time by anybody.

        Raises GatewayUnavailableError, GatewayRefusedError and LedgerUnavailableError: nothing is
        lost then, the next webhook, visit or sweep goes on from the stored state.
        """
        with self._turn(session_id):
            known = self._intents.by_session(session_id)
            if known is not None and known.state in FINAL:
                return _final(known)
            session = self._gateway.fetch_session(session_id)
            if session is None:
                self._forgotten(known)
                return Settled(Outcome.FOREIGN)
            return self._look(known, session)

    def visit(self, session_id: str) -> Settled:
        """Settle for somebody at the return page: as `settle`, but only a session that we know.

        Anybody can make up a session's id; a visit to an unknown one must not cost us a request.
        """
        if self._intents.by_session(session_id) is None:
            return Settled(Outcome.FOREIGN)
        return self.settle(session_id)

    def sweep(self) -> Sweep:
        """Settle what no webhook came for, and match sessions whose answer never reached us."""
        now = self._now_ms()
        seen: dict[Outcome, int] = {}
        failed = 0
        try:
            recent = self._gateway.sessions_since(now - LOOK_BACK_MS)
            ids = [session.id for session in recent if self._is_ours(claim(session))]
        except GatewayUnavailableError:
            ids, failed = [], 1
        ids += [intent.session for intent in self._intents.unfinished() if intent.session]
        for session_id in dict.fromkeys(ids):
            try:
                outcome = self.settle(session_id).outcome
            except (GatewayUnavailableError, GatewayRefusedError, LedgerUnavailableError):
                failed += 1
            else:
                seen[outcome] = seen.get(outcome, 0) + 1
        if not failed:
            self._give_up_unheard(now)
        self._warn(now)
        return Sweep(seen, failed)

    # -- opening ---------------------------------------------------------------------------

    def _standing(self, wallet: WalletId) -> Standing:
        asset = self._settings.asset
        return Standing(
            balance=self._ledger.balance(wallet, asset),
            pending=self._intents.pending(wallet),
            last_30_days=self._intents.total_since(wallet, self._now_ms() - limits.WINDOW_MS),
            outstanding=self._ledger.outstanding(asset),
            fees_reserve=self._ledger.fees_reserve(),
        )

    def _new_intent(self, wanted: Wanted) -> Intent:
        now = self._now_ms()
        return Intent(
            id=self._new_id(),
            chain=self._identity.chain,
            node=self._identity.node,
            wallet=wanted.wallet,
            card=wanted.card,
            asset=self._settings.asset,
            amount=wanted.amount,
            currency=self._settings.currency,
            opened_ms=now,
            expires_ms=now + self._settings.session_minutes * MINUTE_MS,
        )

    def _attach(self, intent: Intent, session: Session) -> None:
        opened = Progress(fact=Fact.OPENED, session=session.id, url=session.url)
        self._intents.advance(intent.id, opened, self._now_ms())

    # -- settling --------------------------------------------------------------------------

    def _turn(self, session_id: str) -> AbstractContextManager[object]:
        return self._locks[hash(session_id) % STRIPES]

    def _look(self, known: Intent | None, session: Session) -> Settled:
        """Find whose session it is, then judge it."""
        if known is None:
            claimed = claim(session)
            if claimed is None or not self._is_ours(claimed):
                return Settled(Outcome.FOREIGN)
            known = self._adopt(claimed, session)
        judgement = judge(known, session)
        if isinstance(judgement, Mismatch):
            return self._mismatch(known, session, judgement)
        if isinstance(judgement, Paid):
            return self._credit(known, judgement)
        if isinstance(judgement, Lapsed):
            lapsed = Progress(fact=Fact.LAPSED, note=judgement.why)
            self._intents.advance(known.id, lapsed, self._now_ms())
            return Settled(Outcome.EXPIRED, self._intents.get(known.id))
        return Settled(Outcome.WAITING, known)

    def _forgotten(self, known: Intent | None) -> None:
        """Stop asking for a session that the provider has lost (other keys, a new stand-in)."""
        if known is not None and known.expires_ms + MINUTE_MS < self._now_ms():
            lapsed = Progress(fact=Fact.LAPSED, note="unknown to the provider")
            self._intents.advance(known.id, lapsed, self._now_ms())

    def _is_ours(self, claimed: Intent | None) -> bool:
        if claimed is None:
            return False
        return Identity(chain=claimed.chain, node=claimed.node) == self._identity

    def _adopt(self, claimed: Intent, session: Session) -> Intent:
        """Match a session by its metadata with the row that did not hear of it.

        Without a row this database is older than the payment (a restored node): the reload is
        stored anew from what Stripe kept for us, since somebody's money depends on it.
        """
        self._intents.add(replace(claimed, session=None, url=None), self._now_ms())
        stored = self._intents.get(claimed.id)
        if stored is not None and stored.session is None:
            self._attach(stored, session)
            stored = self._intents.get(claimed.id)
        return claimed if stored is None else stored

    def _mismatch(self, intent: Intent, session: Session, found: Mismatch) -> Settled:
        self._tasks.raise_once(
            f"reload-mismatch:{session.id}",
            "reload_mismatch",
            intent.id,
            f"{session.id}: {found.field} is {found.found}, expected {found.expected}",
            self._now_ms(),
        )
        return Settled(Outcome.MISMATCH, intent)

    def _credit(self, intent: Intent, paid: Paid) -> Settled:
        progress = Progress(fact=Fact.PAID, payment=paid.payment)
        self._intents.advance(intent.id, progress, self._now_ms())
        booking = self._ledger.credit(
            Credit(
                card=intent.card,
                asset=intent.asset,
                amount=intent.amount,
                evidence=evidence(paid.payment),
            )
        )
        if booking.status is Booked.REFUSED:
            self._task(intent, "reload_stuck", f"{paid.payment} is paid, refused: {booking.code}")
            return Settled(Outcome.STUCK, self._intents.get(intent.id))
        held = booking.status is Booked.HELD
        if held:
            # Before the final state: a crash in between shows the task again, never not at all.
            self._task(intent, "reload_held", f"{paid.payment} waits on hold:{booking.transaction}")
        fact = Fact.HELD if held else Fact.CREDITED
        done = Progress(fact=fact, transaction=booking.transaction)
        self._intents.advance(intent.id, done, self._now_ms())
        return Settled(Outcome.HELD if held else Outcome.CREDITED, self._intents.get(intent.id))

    def _task(self, intent: Intent, kind: str, detail: str) -> None:
        self._tasks.raise_once(f"{kind}:{intent.id}", kind, intent.id, detail, self._now_ms())

    # -- sweeping --------------------------------------------------------------------------

    def _give_up_unheard(self, now: int) -> None:
        """Expire what the provider has never heard of, once no answer can arrive any more."""
        for intent in self._intents.unfinished():
            if intent.state is State.CREATED and intent.expires_ms + MINUTE_MS < now:
                lapsed = Progress(fact=Fact.LAPSED, note="never reached the provider")
                self._intents.advance(intent.id, lapsed, now)

    def _warn(self, now: int) -> None:
        reached = limits.warnings(
            self._settings.limits,
            outstanding=self._ledger.outstanding(self._settings.asset),
            yearly=self._intents.volume_since(now - limits.YEAR_MS),
        )
        for figure in reached:
            self._tasks.raise_once(
                f"{figure.name}:{figure.level}",
                f"{figure.name}_warning",
                self._settings.asset,
                f"{figure.reached} reached, warning at {figure.level}",
                now,
            )


def _final(intent: Intent) -> Settled:
    return Settled(Outcome.HELD if intent.state is State.HELD else Outcome.CREDITED, intent)
