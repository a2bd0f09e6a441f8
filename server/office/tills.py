"""Terminals: what the chain says of each, what it said of itself, pairing codes, revocation.

A terminal that is silent is known only by its last words: `unsent` is what it kept then.  A pairing
code works once, for ten minutes, and is drawn among a million; guessing it is for the API to limit.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, insert, select, update

from server.ledger.records import Author, Head, Place as PlaceRecord, Rule
from server.office.accounts import Begin
from server.office.books import Books
from server.office.catalogue import read_name
from server.office.tables import PAIRING, TERMINAL
from server.store.dialect import insert as insert_or
from server.web.port import Mistakes
from server.web.views.terminals import Pairing, PairingState, TerminalState
from shared.bodies import Role
from shared.ids import AuthorId
from shared.policy import OFFLINE, OfflinePolicy

CODE_MS: Final = 10 * 60_000
# A till says how it is at least this often while it has the network.
SILENT_MS: Final = 2 * 60_000
FULL: Final = 1000
SHORT: Final = 8


def short_id(author: AuthorId) -> str:
    """Give the id that people compare on both screens: `7C1E 93AF`."""
    return f"{author[:4]} {author[4:SHORT]}".upper()


def offline_policy(books: Books, place: str) -> OfflinePolicy:
    """Give what the terminals of a place may do offline."""
    for subject in (place, "-"):
        rule = books.get(Rule, ("offline", subject))
        if rule and isinstance(rule.value, OfflinePolicy):
            return rule.value
    return OFFLINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a terminal last said of itself, and what it was last told."""

    seen_ms: int | None = None
    announced_seq: int | None = None
    unsent_count: int = 0
    unsent_amount: int = 0
    skew_ms: int | None = None
    version: str = ""
    revision: int = 0
    height: int = 0


NOTHING_SAID: Final = Said()


def state_of(record: Author, said: Said, policy: OfflinePolicy, now_ms: int) -> TerminalState:
    """Say how a terminal is, from the chain first and then from its last words."""
    if record.status == "revoked":
        return TerminalState.REVOKED
    if record.status == "quarantined":
        return TerminalState.CONFLICT
    if said.seen_ms is None:
        return TerminalState.NEVER
    silent_ms = now_ms - said.seen_ms
    if silent_ms >= policy.hard_ms:
        return TerminalState.PAUSED
    if silent_ms >= SILENT_MS:
        return TerminalState.OFFLINE
    return TerminalState.SENDING if said.unsent_count else TerminalState.SYNCED


def autonomy(said: Said, policy: OfflinePolicy, now_ms: int) -> tuple[int, int]:
    """Give what is left offline: thousandths of time or money, whichever is less, and the time."""
    if said.seen_ms is None:
        return 0, 0
    silent_ms = now_ms - said.seen_ms
    if silent_ms < SILENT_MS:
        silent_ms = 0
    left_ms = max(0, policy.hard_ms - silent_ms)
    of_time = left_ms * FULL // policy.hard_ms if policy.hard_ms else 0
    cap = policy.t0_terminal_cap
    of_money = max(0, cap - said.unsent_amount) * FULL // cap if cap else 0
    return min(of_time, of_money), left_ms


@dataclass(frozen=True, slots=True)
class SqlTills:
    """The node's own tables of terminals and codes."""

    write: Begin
    read: Begin
    now_ms: Callable[[], int]

    # ---------- what they say ----------

    def said(self) -> dict[str, Said]:
        """Give the last words of every terminal."""
        with self.read() as connection:
            return {row.author: _said(row) for row in connection.execute(select(TERMINAL))}

    def heard(
        self, author: AuthorId, *, seq: int, unsent: int, amount: int, at_ms: int, version: str
    ) -> None:
        """Keep what a terminal says of itself (its heartbeat); `at_ms` is its own clock."""
        now = self.now_ms()
        self._keep(
            author,
            seen_ms=now,
            announced_seq=seq,
            unsent_count=unsent,
            unsent_amount=amount,
            skew_ms=at_ms - now,
            version=version,
        )

    def told(self, author: AuthorId, *, revision: int, height: int) -> None:
        """Keep up to where a terminal has the deltas."""
        self._keep(author, seen_ms=self.now_ms(), revision=revision, height=height)

    def _keep(self, author: AuthorId, **values: Any) -> None:
        with self.write() as connection:
            fresh = insert_or(connection, TERMINAL).values(author=author, **values)
            connection.execute(fresh.on_conflict_do_update(index_elements=["author"], set_=values))

    # ---------- pairing ----------

    def start_pairing(self, books: Books, place: str, name: str) -> str | Mistakes:
        """Make a code for one new terminal of a place and give the pairing's id."""
        label, mistake = read_name(name)
        mistakes = {"name": mistake} if mistake else {}
        if books.get(PlaceRecord, (place,)) is None:
            mistakes["place"] = "place"
        if not mistake and label in {author.label for _key, author in terminals(books)}:
            mistakes["name"] = "taken"
        if mistakes:
            return Mistakes(mistakes)
        now, ident = self.now_ms(), secrets.token_hex(8)
        with self.write() as connection:
            open_pins = select(PAIRING.c.pin).where(
                PAIRING.c.state == "waiting", PAIRING.c.expires_ms > now
            )
            used = set(connection.execute(open_pins).scalars())
            pin = next(
                p for p in iter(lambda: f"{secrets.randbelow(10**6):06}", "") if p not in used
            )
            connection.execute(
                insert(PAIRING).values(
                    id=ident,
                    place=place,
                    label=label,
                    pin=pin,
                    made_ms=now,
                    expires_ms=now + CODE_MS,
                    state="waiting",
                )
            )
        return ident

    def joined(self, pairing: str, terminal: AuthorId) -> None:
        """Keep which terminal used a code, once it is enrolled."""
        with self.write() as connection:
            mine = update(PAIRING).where(PAIRING.c.id == pairing)
            connection.execute(mine.values(state="joined", terminal=terminal))

    def cancel(self, pairing: str) -> None:
        """Make a code worthless."""
        waiting = (PAIRING.c.id == pairing, PAIRING.c.state == "waiting")
        with self.write() as connection:
            connection.execute(update(PAIRING).where(*waiting).values(state="cancelled"))

    def pairing(self, pairing: str) -> Pairing | None:
        """Give a pairing and how far it is."""
        with self.read() as connection:
            row = connection.execute(select(PAIRING).where(PAIRING.c.id == pairing)).one_or_none()
        return None if row is None else self._pairing(row)

    def _pairing(self, row: Row[Any]) -> Pairing:
        state = PairingState(row.state)
        if state is PairingState.WAITING and row.expires_ms <= self.now_ms():
            state = PairingState.EXPIRED
        if state is PairingState.JOINED and not row.terminal:
            state = PairingState.WAITING
        terminal = row.terminal or ""
        return Pairing(
            id=row.id,
            name=row.label,
            place=row.place,
            pin=row.pin,
            expires_ms=row.expires_ms,
            state=state,
            terminal=terminal,
            short_id=short_id(AuthorId(terminal)) if terminal else "",
        )


def _said(row: Row[Any]) -> Said:
    return Said(
        seen_ms=row.seen_ms,
        announced_seq=row.announced_seq,
        unsent_count=row.unsent_count or 0,
        unsent_amount=row.unsent_amount or 0,
        skew_ms=row.skew_ms,
        version=row.version or "",
        revision=row.revision or 0,
        height=row.height or 0,
    )


def terminals(books: Books) -> list[tuple[AuthorId, Author]]:
    """Give every terminal that was ever enrolled."""
    return [
        (AuthorId(str(key[0])), author)
        for key, author in books.rows(Author)
        if author.role is Role.TERMINAL
    ]


def received(books: Books, author: AuthorId) -> Head | None:
    """Give the last transaction received of a terminal."""
    return books.get(Head, (author,))
