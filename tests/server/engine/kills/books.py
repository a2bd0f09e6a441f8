"""The books that are kept beside the node: plain dicts, fed with what the clients intended.

They know two assets at one place, GRAIN before FED, and debts in FED, by PROTOCOL §7 and nothing
else.  `take` gives the verdict that the ledger must have given.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from shared.bodies import Body, CashReload, Issue, Refund, Reload, Sale
from tests.server.engine.kills.script import CARDS
from tests.server.engine.world import card, wallet_of

PLACE, LOSS = "place:bar", "loss:bar"
WALLETS = {card(number): f"wallet:{wallet_of(number)}" for number in range(CARDS)}


@dataclass
class Part:
    """What one account paid of a sale, as far as it was not given back."""

    source: str
    asset: str
    amount: int


@dataclass
class Sold:
    """A sale: its parts in the order they were paid (none: it was rejected)."""

    wallet: str
    parts: list[Part]
    left: int


@dataclass
class Books:
    """Balances by (account, asset), what each wallet owes, and every sale."""

    held: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    owed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    sold: dict[tuple[str, int], Sold] = field(default_factory=dict)

    def take(self, author: str, seq: int, body: Body) -> str:
        """Book one transaction and give its verdict."""
        match body:
            case Sale():
                return self._sale((author, seq), WALLETS[body.card], body.total, body.basis)
            case Refund():
                return self._refund((body.author, body.seq), body.amount)
            case CashReload():
                self._credit("issuer:GRAIN", WALLETS[body.card], "GRAIN", body.amount)
            case Issue():
                self._credit("issuer:GRAIN", f"wallet:{body.wallet}", "GRAIN", body.amount)
            case Reload():
                self._move("external", "reserve:bar", "EUR", body.amount)
                self._credit("issuer:FED", WALLETS[body.card], "FED", body.amount)
        return "accepted"

    def _sale(self, name: tuple[str, int], wallet: str, total: int, basis: str) -> str:
        grain = min(total, self.held[wallet, "GRAIN"])
        fed = min(total - grain, self.held[wallet, "FED"])
        short = total - grain - fed
        if short and basis == "online":
            self.sold[name] = Sold(wallet, [], 0)
            return "rejected(insufficient_funds)"
        parts = [Part(wallet, "GRAIN", grain), Part(wallet, "FED", fed), Part(LOSS, "FED", short)]
        for part in parts:
            self._move(part.source, PLACE, part.asset, part.amount)
        self.owed[wallet] += short
        self.sold[name] = Sold(wallet, parts, total)
        return "overdrawn" if short else "accepted"

    def _refund(self, name: tuple[str, int], amount: int) -> str:
        sale = self.sold.get(name)
        if sale is None:
            return "rejected(unknown_sale)"
        if not sale.parts:  # it was rejected: there is nothing to give back
            return "accepted"
        if amount > sale.left:
            return "rejected(refund_too_large)"
        sale.left -= amount
        for part in reversed(sale.parts):
            back = min(part.amount, amount)
            part.amount, amount = part.amount - back, amount - back
            debt = min(back, self.owed[sale.wallet]) if part.source == LOSS else 0
            self.owed[sale.wallet] -= debt
            self._move(PLACE, LOSS, part.asset, debt)
            self._move(PLACE, sale.wallet, part.asset, back - debt)
        return "accepted"

    def _credit(self, source: str, wallet: str, asset: str, amount: int) -> None:
        self._move(source, wallet, asset, amount)
        paid = min(amount, self.owed[wallet]) if asset == "FED" else 0
        self.owed[wallet] -= paid
        self._move(wallet, LOSS, asset, paid)

    def _move(self, source: str, target: str, asset: str, amount: int) -> None:
        self.held[source, asset] -= amount
        self.held[target, asset] += amount
