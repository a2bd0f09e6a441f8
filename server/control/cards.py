"""Acts on files: cards as their maker lists them, products and team as TOML."""

from typing import Any

from server.control.errors import NotPossibleError
from server.control.reading import mistaken
from server.ledger.records import Asset, Balance, Card
from server.node import Node
from server.web.parsing import read_card_number
from server.web.port import Mistakes, NotDone, Refusal
from server.web.views.cards import ImportPreview
from shared.ids import purse, wallet


def import_cards(node: Node, name: str, content: str, *, dry_run: bool = False) -> dict[str, Any]:
    """Register all new cards of a file, or none when a line is wrong."""
    preview = node.office.preview_import(name, content.encode("utf-8", "surrogateescape"))
    if isinstance(preview, Mistakes):
        raise NotPossibleError(f"{name} cannot be read: {mistaken(preview)}")
    found = _summary(preview)
    if dry_run or preview.problems or not preview.new:
        return {**found, "imported": 0}
    outcome = node.office.import_cards(preview.id)
    if isinstance(outcome, NotDone):
        if outcome.why is Refusal.GONE:
            raise NotPossibleError("this node serves no place yet: tirelire node place create NAME")
        raise NotPossibleError(f"nothing was imported: {outcome.why.value} {outcome.detail}")
    return {**found, "imported": outcome.count}


def _summary(preview: ImportPreview) -> dict[str, Any]:
    return {
        "lines": preview.lines,
        "new": preview.new,
        "known": preview.known,
        "problems": [
            {"line": bad.line, "content": bad.content, "cause": bad.cause, "detail": bad.detail}
            for bad in preview.problems
        ],
    }


def list_cards(node: Node) -> list[dict[str, Any]]:
    """List the cards of this node with their links."""
    address = node.settings.public_url
    return [
        {
            "card": known.ref,
            "number": known.number,
            "batch": known.batch,
            "link": f"{address}/qr/{known.token}",
        }
        for known in node.office.deck.every()
    ]


def show_card(node: Node, number: str) -> dict[str, Any]:
    """Say what the chain knows of a card with this printed number, and what is on it.

    `held` is in smallest units, of its wallet and its purse together.
    """
    known = node.office.deck.by_number(read_card_number(number))
    books = node.books()
    card = books.get(Card, (known.ref,)) if known else None
    if known is None or card is None:
        raise NotPossibleError(f"no card of this node has the number {number}")
    accounts = (wallet(card.wallet), purse(known.ref))
    held = {}
    for (code,), asset in sorted(books.rows(Asset)):
        found = [books.get(Balance, (account, code)) for account in accounts]
        if amount := sum(each.amount for each in found if each):
            held[str(code)] = {"amount": amount, "scale": asset.scale, "symbol": asset.symbol}
    return {
        "number": known.number,
        "card": known.ref,
        "wallet": card.wallet,
        "home": card.home,
        "status": card.status,
        "tier": card.tier,
        "held": held,
    }


def import_catalogue(node: Node, content: str) -> dict[str, Any]:
    """Take products and team of a TOML file: all of it or nothing."""
    outcome = node.office.import_catalogue(content.encode("utf-8", "surrogateescape"))
    if isinstance(outcome, Mistakes):
        raise NotPossibleError(f"nothing was imported: {mistaken(outcome)}")
    return {"imported": outcome.of, "revision": node.office.shop.revision()}
