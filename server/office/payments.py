"""The office's window to payments: open one for a card, say how far one is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from server.ledger.records import Card, Place
from server.office.books import Books
from server.office.deck import SqlDeck
from server.office.money import Position
from server.payments.port import (
    GatewayRefusedError,
    GatewayUnavailableError,
    LedgerUnavailableError,
    Pages,
)
from server.payments.reload import Intent, State
from server.payments.reloads import Opened, Reloads, Unavailable, Wanted
from server.web.port import NotDone, Redirect, Refusal
from server.web.views.public import Receipt, ReceiptState

UNREACHABLE: Final = (GatewayUnavailableError, GatewayRefusedError, LedgerUnavailableError)
STATES: Final = {
    State.CREATED: ReceiptState.WAITING,
    State.OPEN: ReceiptState.WAITING,
    State.PAID: ReceiptState.PAID,
    State.CREDITED: ReceiptState.RECORDED,
    State.HELD: ReceiptState.HELD,
    State.EXPIRED: ReceiptState.CANCELLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    """Payments for cards; `address` is where holders find this node, `holder` who is paid."""

    reloads: Reloads
    find: Callable[[str], Intent | None]
    deck: SqlDeck
    address: str
    contact: str

    def start(self, books: Books, token: str, amount: int, language: str) -> Redirect | NotDone:
        """Open a payment and say where to pay."""
        known = self.deck.by_token(token)
        record = books.get(Card, (known.ref,)) if known else None
        if known is None or record is None:
            return NotDone(Refusal.GONE)
        if record.status != "active":
            return NotDone(Refusal.CARD_BLOCKED)
        back = f"{self.address}/qr/{token}"
        pages = Pages(
            success_url=f"{back}/receipt?session={{CHECKOUT_SESSION_ID}}",
            cancel_url=back,
            language=language,
            label=known.number,
        )
        wanted = Wanted(wallet=record.wallet, card=known.ref, amount=amount, pages=pages)
        try:
            outcome = self.reloads.open(wanted)
        except UNREACHABLE:
            return NotDone(Refusal.PAYMENT_DOWN)
        if isinstance(outcome, Opened):
            return Redirect(outcome.url)
        if isinstance(outcome, Unavailable):
            return NotDone(Refusal.PAYMENT_DOWN)
        # How much would fit is not said: it tells what the card holds, and the link is no secret.
        return NotDone(Refusal.AMOUNT)

    def receipt(self, books: Books, position: Position, token: str, session: str) -> Receipt | None:
        """Say how far a payment is; asking settles it if it can be."""
        known = self.deck.by_token(token)
        if known is None or not session:
            return None
        try:
            intent = self.reloads.visit(session).intent
        except UNREACHABLE:
            # The last known state is true, if not new.
            intent = self.find(session)
        if intent is None or intent.card != known.ref or intent.asset not in position.assets:
            return None
        return Receipt(
            state=STATES[intent.state],
            number=known.number,
            money=position.money(intent.asset, intent.amount),
            at_ms=intent.opened_ms,
            holder=_holder(books, position, intent),
            token=token,
            height=_height(books, intent),
            reference=intent.transaction or "",
            contact=self.contact,
        )


def _holder(books: Books, position: Position, intent: Intent) -> str:
    issuer = position.records[intent.asset].issuer
    place = books.get(Place, (issuer,))
    return place.name if place else issuer


def _height(books: Books, intent: Intent) -> int | None:
    """Find the block of a payment among the newest; None while it is on its way."""
    if intent.transaction is None:
        return None
    newest = books.entries(count=1000, kinds=("reload",))
    return next((each.height for each in newest if each.hash == intent.transaction), None)
