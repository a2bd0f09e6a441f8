"""The office in the field: terminals and cards, with what the ledger knows of each."""

from dataclasses import dataclass
from typing import Final

from server.engine.port import Engine
from server.ledger.records import Author, Balance, Card
from server.office.books import Books
from server.office.deck import MOST_FOUND, Known, SqlDeck
from server.office.lines import Lines, blocked_at
from server.office.money import Position
from server.office.proposing import propose
from server.office.tills import (
    NOTHING_SAID,
    Said,
    SqlTills,
    autonomy,
    offline_policy,
    received,
    short_id,
    state_of,
    terminals,
)
from server.web.parsing import read_card_number
from server.web.port import Done, NotDone, Refusal
from server.web.views.cards import CardPage, CardRow, CardsPage, CardState
from server.web.views.common import Money
from server.web.views.terminals import (
    RevokePage,
    TerminalEvent,
    TerminalEventKind,
    TerminalPage,
    TerminalRow,
    TerminalsPage,
    TerminalState,
)
from shared.bodies import CardBlock, TerminalEnrol, TerminalRevoke
from shared.ids import ZERO_HASH, Account, AssetId, AuthorId, CardRef, hold, wallet

LAST_SALES: Final = 10
LAST_LINES: Final = 50
TILL_KINDS: Final = ("sale", "refund", "cash_reload")
RELOAD_KINDS: Final = ("reload", "cash_reload")
ORDER: Final = (
    TerminalState.CONFLICT,
    TerminalState.PAUSED,
    TerminalState.OFFLINE,
    TerminalState.SENDING,
    TerminalState.NEVER,
    TerminalState.SYNCED,
    TerminalState.REVOKED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One look at the field: `position` and `lines` are those of this page."""

    books: Books
    position: Position
    lines: Lines
    tills: SqlTills
    deck: SqlDeck
    places: dict[str, str]
    now_ms: int
    day_start_ms: int

    def _usual(self, amount: int) -> Money | None:
        code = self.lines.usual
        return None if code is None else self.position.money(code, amount)

    # ---------- terminals ----------

    def rows(self) -> tuple[TerminalRow, ...]:
        """Give every terminal, the ones that need care first."""
        said = self.tills.said()
        sold = self.books.sold_since(self.day_start_ms)
        rows = [
            self._row(author, record, said.get(author, NOTHING_SAID), sold.get(author, 0))
            for author, record in terminals(self.books)
        ]
        return tuple(sorted(rows, key=lambda row: (ORDER.index(row.state), -row.unsent, row.name)))

    def _row(self, author: AuthorId, record: Author, said: Said, sold: int) -> TerminalRow:
        policy = offline_policy(self.books, record.place)
        left, left_ms = autonomy(said, policy, self.now_ms)
        return TerminalRow(
            id=author,
            name=record.label,
            place=self.places.get(record.place, record.place),
            state=state_of(record, said, policy, self.now_ms),
            unsent=said.unsent_count,
            unsent_money=self._usual(said.unsent_amount) if said.unsent_count else None,
            seen_ms=said.seen_ms,
            autonomy=left,
            time_left_ms=left_ms,
            sales_today=sold,
        )

    def page(self) -> TerminalsPage:
        """Give the list of terminals with the exposure of those that are silent."""
        rows = self.rows()
        policy = offline_policy(self.books, "-")
        known = sum(row.unsent_money.amount for row in rows if row.unsent_money and row.in_service)
        silent = (TerminalState.OFFLINE, TerminalState.PAUSED)
        worst = policy.t0_terminal_cap * sum(row.state in silent for row in rows)
        return TerminalsPage(
            now_ms=self.now_ms,
            rows=rows,
            hard_ms=policy.hard_ms,
            cap=self._usual(policy.t0_terminal_cap),
            known=self._usual(known),
            worst=self._usual(worst),
        )

    def terminal(self, terminal: str) -> TerminalPage | None:
        """Give one terminal."""
        row = next((each for each in self.rows() if each.id == terminal), None)
        record = self.books.get(Author, (terminal,))
        if row is None or record is None:
            return None
        author = AuthorId(terminal)
        said = self.tills.said().get(author, NOTHING_SAID)
        head = received(self.books, author)
        policy = offline_policy(self.books, record.place)
        events = self._events(author, row)
        paired = events[-1] if events else None
        entries = self.books.entries(count=LAST_SALES, kinds=TILL_KINDS, author=author)
        return TerminalPage(
            now_ms=self.now_ms,
            row=row,
            cap=self._usual(policy.t0_terminal_cap),
            hard_ms=policy.hard_ms,
            received_seq=head.seq if head else 0,
            announced_seq=said.announced_seq,
            head=head.hash if head else ZERO_HASH,
            short_id=short_id(author),
            enrolled_ms=paired.at_ms if paired else 0,
            enrolled_height=paired.height or 0 if paired else 0,
            version=said.version,
            clock_skew_ms=None if said.skew_ms is None else abs(said.skew_ms),
            sales=tuple(self.lines.of_till(entry) for entry in entries),
            events=events,
        )

    def _events(self, author: AuthorId, row: TerminalRow) -> tuple[TerminalEvent, ...]:
        found = []
        if row.state in {TerminalState.OFFLINE, TerminalState.PAUSED} and row.seen_ms:
            lost = TerminalEventKind.CONTACT_LOST
            found.append(TerminalEvent(kind=lost, at_ms=row.seen_ms))
        kinds = ("terminal.revoke", "terminal.enrol")
        record = self.books.get(Author, (author,))
        for entry in self.books.entries(count=10_000, kinds=kinds):
            body = entry.body
            if not entry.verdict.took_effect:
                continue
            if isinstance(body, TerminalRevoke) and body.terminal == author:
                kind = TerminalEventKind.REVOKED
            elif isinstance(body, TerminalEnrol) and record and body.key == record.key:
                kind = TerminalEventKind.PAIRED
            else:
                continue
            found.append(TerminalEvent(kind=kind, at_ms=entry.time_ms, height=entry.height))
        return tuple(found)

    def revocation(self, terminal: str) -> RevokePage | None:
        """Give what revoking would do; None when the terminal is unknown or revoked."""
        row = next((each for each in self.rows() if each.id == terminal), None)
        record = self.books.get(Author, (terminal,))
        if row is None or record is None or record.status == "revoked":
            return None
        head = received(self.books, AuthorId(terminal))
        policy = offline_policy(self.books, record.place)
        return RevokePage(
            id=row.id,
            name=row.name,
            received_seq=head.seq if head else 0,
            unsent=row.unsent,
            unsent_money=row.unsent_money,
            worst=self._usual(policy.t0_terminal_cap),
        )

    def revoke(self, terminal: str, engine: Engine) -> Done | NotDone:
        """Revoke on chain, from the last transaction received."""
        record = self.books.get(Author, (terminal,))
        if record is None:
            return NotDone(Refusal.GONE)
        if record.status == "revoked":
            return NotDone(Refusal.ALREADY)
        head = received(self.books, AuthorId(terminal))
        body = TerminalRevoke(after=head.seq if head else 0, terminal=AuthorId(terminal))
        if code := propose(engine, [body]):
            return NotDone(Refusal.LEDGER, code)
        return Done(terminal)

    # ---------- cards ----------

    def cards(self, query: str) -> CardsPage:
        """Find cards by a part of the printed number."""
        states = [self._state(record) for _key, record in self.books.rows(Card)]
        every = self.deck.every()
        found = self.deck.search(read_card_number(query))
        return CardsPage(
            query=query,
            registered=len(every),
            used=sum(state is not CardState.NEW for state in states),
            blocked=states.count(CardState.BLOCKED),
            found=tuple(self._card_row(known) for known in found[:MOST_FOUND]),
            more=len(found) > MOST_FOUND,
        )

    def _state(self, record: Card) -> CardState:
        if record.status != "active":
            return CardState.BLOCKED
        account = wallet(record.wallet)
        touched = any(account in held for held in self.position.accounts.values())
        return CardState.ACTIVE if touched else CardState.NEW

    def _card_row(self, known: Known) -> CardRow:
        record = self.books.get(Card, (known.ref,))
        state = self._state(record) if record else CardState.NEW
        account = wallet(record.wallet) if record else Account("")
        last = self.books.entries(count=1, account=account, kinds=("sale",)) if record else ()
        return CardRow(
            number=known.number,
            batch=known.batch,
            state=state,
            balances=self._balances(account),
            last_use_ms=last[0].at_ms if last else None,
        )

    def _balances(self, account: Account) -> tuple[Money, ...]:
        held = ((code, self.books.get(Balance, (account, code))) for code in self.position.assets)
        return tuple(self.position.money(code, each.amount) for code, each in held if each)

    def card(self, number: str) -> CardPage | None:
        """Give one card by its printed number."""
        known = self.deck.by_number(read_card_number(number))
        record = self.books.get(Card, (known.ref,)) if known else None
        if known is None or record is None:
            return None
        account = wallet(record.wallet)
        after = {AssetId(m.asset.code): m.amount for m in self._balances(account)}
        lines = [
            line
            for entry in self.books.entries(count=LAST_LINES, account=account)
            for line in self.lines.of_wallet(entry, account, after)
        ]
        unaware, in_service = self._unaware(known.ref)
        return CardPage(
            now_ms=self.now_ms,
            row=self._card_row(known),
            reference=known.ref,
            held=self._held(known.ref),
            blocked_ms=blocked_at(self.books, known.ref),
            lines=tuple(lines),
            terminals=in_service,
            unaware=unaware if record.status != "active" else (),
        )

    def _held(self, card: CardRef) -> tuple[Money, ...]:
        """Give what was paid, by bank or in cash, for a blocked card and is set aside."""
        found = []
        for entry in self.books.entries(count=10_000, kinds=RELOAD_KINDS):
            if getattr(entry.body, "card", None) != card:
                continue
            for code in self.position.assets:
                balance = self.books.get(Balance, (hold(entry.hash), code))
                if balance and balance.amount:
                    found.append(self.position.money(code, balance.amount))
        return tuple(found)

    def _unaware(self, card: CardRef) -> tuple[tuple[str, ...], int]:
        """Give who has not heard of a card's block, and how many terminals are in service."""
        height = self._blocked_height(card)
        said = self.tills.said()
        serving = [(a, r) for a, r in terminals(self.books) if r.status == "active"]
        late = [r.label for a, r in serving if said.get(a, NOTHING_SAID).height < height]
        return tuple(sorted(late)), len(serving)

    def _blocked_height(self, card: CardRef) -> int:
        for entry in self.books.entries(count=10_000, kinds=("card.block",)):
            if isinstance(entry.body, CardBlock) and entry.body.card == card:
                return entry.height
        return 0

    def block_card(self, number: str, engine: Engine) -> Done | NotDone:
        """Block a card on chain."""
        known = self.deck.by_number(read_card_number(number))
        record = self.books.get(Card, (known.ref,)) if known else None
        if known is None or record is None:
            return NotDone(Refusal.GONE)
        if record.status != "active":
            return NotDone(Refusal.ALREADY)
        if code := propose(engine, [CardBlock(card=known.ref, reason="admin")]):
            return NotDone(Refusal.LEDGER, code)
        unaware, serving = self._unaware(known.ref)
        return Done(known.number, serving - len(unaware), serving)
