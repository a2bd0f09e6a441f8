"""Cards: printed numbers and QR links of this node, beside what the chain knows of each.

An import registers all new cards in one atomic proposal and only then writes their numbers; a
crash in between is healed by importing the same file again (cards that the chain knows and this
node does not are taken as new numbers, not as new cards).
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, insert, select

from server.engine.port import Engine
from server.ledger.records import Card
from server.office.accounts import Begin
from server.office.books import Books
from server.office.card_file import MAX_BYTES, CardFile, FileCard, read_card_file
from server.office.proposing import propose
from server.office.tables import CARD, CARD_FILE
from server.web.port import Done, Mistakes, NotDone, Refusal
from server.web.views.cards import ImportPreview, ImportProblem
from shared.bodies import CardRegister
from shared.errors import Code
from shared.ids import CardRef, PlaceId, WalletId, card_reference

KEPT_MS: Final = 24 * 3_600_000
MOST_FOUND: Final = 50
LEAST_QUERY: Final = 3


@dataclass(frozen=True, slots=True)
class Known:
    """A card as this node keeps it."""

    ref: CardRef
    number: str
    token: str
    batch: str


@dataclass(frozen=True, slots=True)
class SqlDeck:
    """The table of cards; `card_key` makes pseudonyms of chip numbers."""

    write: Begin
    read: Begin
    now_ms: Callable[[], int]
    card_key: bytes

    def every(self) -> tuple[Known, ...]:
        """Give every card, in the order of their numbers."""
        return self._where()

    def by_number(self, number: str) -> Known | None:
        """Find a card by its printed number."""
        found = self._where(CARD.c.number == number)
        return found[0] if found else None

    def by_token(self, token: str) -> Known | None:
        """Find a card by the token of its QR link."""
        found = self._where(CARD.c.token == token.lower())
        return found[0] if found else None

    def search(self, number: str) -> tuple[Known, ...]:
        """Find cards by a part of the printed number, one more than are shown."""
        if len(number) < LEAST_QUERY:
            return ()
        return self._where(CARD.c.number.contains(number, autoescape=True))[: MOST_FOUND + 1]

    def _where(self, *conditions: object) -> tuple[Known, ...]:
        statement = select(CARD).order_by(CARD.c.number)
        for condition in conditions:
            statement = statement.where(condition)  # type: ignore[arg-type]  # column expressions
        with self.read() as connection:
            return tuple(
                Known(CardRef(row.ref), row.number, row.token, row.batch)
                for row in connection.execute(statement)
            )

    # ---------- import ----------

    def keep_file(self, name: str, content: bytes) -> str | Mistakes:
        """Keep a card file until it is imported; old ones are forgotten."""
        if len(content) > MAX_BYTES:
            return Mistakes({"file": "file_size"})
        try:
            content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return Mistakes({"file": "file_text"})
        ident, now = secrets.token_hex(8), self.now_ms()
        with self.write() as connection:
            connection.execute(delete(CARD_FILE).where(CARD_FILE.c.made_ms <= now - KEPT_MS))
            connection.execute(
                insert(CARD_FILE).values(id=ident, name=name, content=content, made_ms=now)
            )
        return ident

    def _judged(self, file: str) -> tuple[str, CardFile] | None:
        with self.read() as connection:
            row = connection.execute(select(CARD_FILE).where(CARD_FILE.c.id == file)).one_or_none()
        if row is None:
            return None
        known = (
            FileCard(ref=each.ref, number=each.number, token=each.token) for each in self.every()
        )
        return row.name, read_card_file(row.content, self._reference, known)

    def _reference(self, uid: bytes) -> str:
        return card_reference(self.card_key, uid)

    def preview(self, file: str) -> ImportPreview | None:
        """Compare a kept file with the cards known now."""
        judged = self._judged(file)
        if judged is None:
            return None
        name, found = judged
        return ImportPreview(
            id=file,
            file_name=name,
            lines=found.lines,
            new=len(found.new),
            known=len(found.known),
            problems=tuple(
                ImportProblem(
                    line=bad.line, content=bad.content, cause=bad.cause, detail=bad.detail
                )
                for bad in found.bad
            ),
            known_numbers=tuple(card.number for card in found.known),
        )

    def import_file(self, file: str, books: Books, engine: Engine, home: PlaceId) -> Done | NotDone:
        """Register the new cards of a faultless file, or none."""
        judged = self._judged(file)
        if judged is None:
            return NotDone(Refusal.GONE)
        name, found = judged
        if found.bad or not found.new:
            return NotDone(Refusal.ALREADY)
        if code := _register(found.new, books, engine, home):
            return NotDone(Refusal.LEDGER, code)
        now = self.now_ms()
        with self.write() as connection:
            connection.execute(
                insert(CARD),
                [
                    {
                        "ref": card.ref,
                        "number": card.number,
                        "token": card.token,
                        "batch": name.rsplit(".", 1)[0],
                        "made_ms": now,
                    }
                    for card in found.new
                ],
            )
            connection.execute(delete(CARD_FILE).where(CARD_FILE.c.id == file))
        return Done(file, len(found.new))


def _register(
    cards: Sequence[FileCard], books: Books, engine: Engine, home: PlaceId
) -> Code | None:
    """Propose the cards that the chain does not know, all or none."""
    bodies = [
        CardRegister(
            card=CardRef(card.ref),
            home=home,
            tier="T0",
            wallet=WalletId(secrets.token_hex(16)),
        )
        for card in cards
        if books.get(Card, (card.ref,)) is None
    ]
    return propose(engine, bodies) if bodies else None
