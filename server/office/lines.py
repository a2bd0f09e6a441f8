"""Entries of the ledger as lines people read: what was bought, where, by whom, how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from server.ledger.records import Author, Card
from server.office.books import Books, Entry
from server.office.money import Position
from server.web.views.common import Line, LineKind, LineResult, Money
from shared.amounts import NO_BREAK_SPACE
from shared.bodies import AnySale, CardBlock, CashReload, Refund, Reload
from shared.detail import Detail
from shared.ids import Account, AssetId, CardRef
from shared.verdict import Status, Verdict

KINDS: Final = {
    "sale": LineKind.SALE,
    "refund": LineKind.REFUND,
    "reload": LineKind.RELOAD,
    "issue": LineKind.ISSUE,
    "cash_reload": LineKind.CASH_RELOAD,
    "transfer": LineKind.TRANSFER,
    "gift": LineKind.GIFT,
    "merge": LineKind.MERGE,
    "exchange": LineKind.EXCHANGE,
    "purse.issue": LineKind.PURSE_ISSUE,
    "purse.release": LineKind.PURSE_RELEASE,
    "cash_out": LineKind.CASH_OUT,
    "cash_out.failed": LineKind.CASH_OUT_FAILED,
    "dispute": LineKind.DISPUTE,
    "dividend": LineKind.DIVIDEND,
    "badge": LineKind.BADGE,
    "membership": LineKind.MEMBERSHIP,
    "correction": LineKind.CORRECTION,
    "notice": LineKind.NOTICE,
    "melt": LineKind.MELT,
    "melt_reversal": LineKind.MELT_REVERSAL,
    "card.block": LineKind.BLOCK,
}
RESULTS: Final = {
    Status.ACCEPTED: LineResult.ACCEPTED,
    Status.OVERDRAWN: LineResult.OVERDRAWN,
    Status.DISPUTED: LineResult.DISPUTED,
    Status.REJECTED: LineResult.REJECTED,
}
MOST_NAMED: Final = 3


def result_of(verdict: Verdict) -> LineResult:
    """Give a verdict in the words of the pages."""
    return RESULTS[verdict.status]


def bought(detail: Detail | None) -> str:
    """Say what was bought: `2 × Bière, Consigne`, cut after three products."""
    if detail is None or not detail.lines:
        return ""
    named = [
        line.label
        if line.quantity == 1
        else f"{line.quantity}{NO_BREAK_SPACE}×{NO_BREAK_SPACE}{line.label}"
        for line in detail.lines
    ]
    rest = len(named) - MOST_NAMED
    return ", ".join(named[:MOST_NAMED]) + (f" +{rest}" if rest > 0 else "")


@dataclass(frozen=True, slots=True)
class Lines:
    """Writes entries as lines; `operators` are names by id, `numbers` printed ones by card."""

    books: Books
    position: Position
    operators: Mapping[str, str]
    numbers: Mapping[str, str]
    usual: AssetId | None

    def of_till(self, entry: Entry) -> Line:
        """Write an entry as the place sees it: a sale comes in, a refund goes out."""
        detail = self._detail(entry)
        author = self.books.get(Author, (entry.author,))
        paid = [each for each in entry.postings if not each.source.startswith("loss:")]
        lost = [each for each in entry.postings if each.source.startswith("loss:")]
        asset = (paid or lost)[0].asset if entry.postings else self.usual
        amount = self._amount(entry)
        sign = -1 if isinstance(entry.body, Refund) else 1
        card = self._card(entry)
        return Line(
            at_ms=entry.at_ms,
            kind=KINDS.get(entry.kind, LineKind.OTHER),
            label=bought(detail),
            where=author.label if author else "",
            who=self.operators.get(detail.operator, "") if detail else "",
            money=self._money(asset, sign * amount),
            result=result_of(entry.verdict),
            loss=self._money(lost[0].asset, sum(each.amount for each in lost)) if lost else None,
            reason=entry.verdict.code or "",
            card=self.numbers.get(card, "") if card else "",
        )

    def of_wallet(self, entry: Entry, account: Account, after: dict[AssetId, int]) -> list[Line]:
        """Write an entry as a wallet sees it, one line an asset; `after` are balances after it.

        `after` is taken back to what it was before the entry, for the next older one.
        """
        moved: dict[AssetId, int] = {}
        for each in entry.postings:
            change = (each.target == account) - (each.source == account)
            if change:
                moved[each.asset] = moved.get(each.asset, 0) + change * each.amount
        author = self.books.get(Author, (entry.author,))
        lines = []
        for asset, change in moved.items():
            balance = after.get(asset, 0)
            lines.append(
                Line(
                    at_ms=entry.at_ms,
                    kind=KINDS.get(entry.kind, LineKind.OTHER),
                    label=bought(self._detail(entry)),
                    where=author.label if author and author.place else "",
                    money=self._money(asset, change),
                    after=self._money(asset, balance),
                    result=result_of(entry.verdict),
                )
            )
            after[asset] = balance - change
        return lines

    def _money(self, asset: AssetId | None, amount: int) -> Money | None:
        if asset is None or asset not in self.position.assets or not amount:
            return None
        return self.position.money(asset, amount)

    def _detail(self, entry: Entry) -> Detail | None:
        if isinstance(entry.body, AnySale | Refund | CashReload):
            return self.books.detail(entry.author, entry.seq)
        return None

    def _card(self, entry: Entry) -> CardRef | None:
        return entry.body.card if isinstance(entry.body, AnySale | CashReload | Reload) else None

    @staticmethod
    def _amount(entry: Entry) -> int:
        body = entry.body
        if isinstance(body, AnySale):
            return body.total
        return body.amount if isinstance(body, Refund | CashReload | Reload) else 0


def blocked_at(books: Books, card: CardRef) -> int | None:
    """Give when a card was blocked, by the time of its block."""
    record = books.get(Card, (card,))
    if record is None or record.status == "active":
        return None
    for entry in books.entries(count=10_000, kinds=("card.block",)):
        if isinstance(entry.body, CardBlock) and entry.body.card == card:
            return entry.time_ms
    return None
