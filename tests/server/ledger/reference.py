"""A second ledger, written to be obviously right: plain dicts, one cent at a time, no speed.

It knows the money kinds of a node with three places and nothing of bytes, blocks or the executor:
only PROTOCOL §7.  A differential test holds the real one against it.
"""

from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field

ORDER = {"bar": ["GRAIN", "FED"], "kiosk": ["FED", "BEAN"], "tent": ["FED"]}
"""What each place accepts, in the order in which a sale spends it."""
LOCAL = {"GRAIN": "bar", "BEAN": "kiosk"}
RESERVE = "reserve:bar"


@dataclass
class Sold:
    """A sale: each of its cents, as (account it came from, asset), in the order they were paid."""

    place: str
    card: str
    total: int
    cents: list[tuple[str, str]]
    rejected: bool
    returned: int = 0


@dataclass
class Debt:
    """What a wallet owes a place's loss account."""

    asset: str
    place: str
    amount: int


@dataclass
class Reference:
    """Balances by (account, asset); who owes what to whom, oldest first."""

    wallets: dict[str, str]  # by card
    held: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    debts: dict[str, list[Debt]] = field(default_factory=lambda: defaultdict(list))
    blocked: set[str] = field(default_factory=set)
    evidence: set[str] = field(default_factory=set)
    sales: dict[tuple[str, int], Sold] = field(default_factory=dict)
    order: dict[str, list[str]] = field(default_factory=lambda: ORDER)

    # ---------- value comes in ----------

    def issue(self, asset: str, wallet: str, amount: int, evidence: str) -> str:
        if asset not in LOCAL:
            return "rejected(wrong_asset)"
        if evidence in self.evidence:
            return "rejected(evidence_used)"
        self.evidence.add(evidence)
        self._credit(f"issuer:{asset}", wallet, asset, amount)
        return "accepted"

    def reload(self, card: str, amount: int, evidence: str, name: str) -> str:
        if evidence in self.evidence:
            return "rejected(evidence_used)"
        self.evidence.add(evidence)
        self._move("external", RESERVE, "EUR", amount)
        self._top_up("issuer:FED", card, "FED", amount, name)
        return "accepted"

    def cash_reload(self, place: str, card: str, asset: str, amount: int, name: str) -> str:
        if asset == "FED":
            source = f"place:{place}"
            if self._free(place, asset) < amount:
                return "rejected(place_short)"
        elif LOCAL[asset] == place:
            source = f"issuer:{asset}"
        else:
            return "rejected(wrong_asset)"
        self._top_up(source, card, asset, amount, name)
        return "accepted"

    def _top_up(self, source: str, card: str, asset: str, amount: int, name: str) -> None:
        if card in self.blocked or card not in self.wallets:
            self._move(source, f"hold:{name}", asset, amount)
        else:
            self._credit(source, self.wallets[card], asset, amount)

    def _credit(self, source: str, wallet: str, asset: str, amount: int) -> None:
        self._move(source, f"wallet:{wallet}", asset, amount)
        for debt in self.debts[wallet]:
            part = min(amount, debt.amount) if debt.asset == asset else 0
            self._move(f"wallet:{wallet}", f"loss:{debt.place}", asset, part)
            amount -= part
            debt.amount -= part

    # ---------- sales ----------

    def sale(self, name: tuple[str, int], place: str, card: str, total: int, basis: str) -> str:
        sold = self.sales[name] = Sold(place, card, total, [], rejected=True)
        if card not in self.wallets:
            return "rejected(unknown_card)"
        if basis == "online" and card in self.blocked:
            return "rejected(card_blocked)"
        wallet = f"wallet:{self.wallets[card]}"
        left = {asset: self.held[wallet, asset] for asset in self.order[place]}
        for _ in range(total):
            asset = next((code for code in self.order[place] if left[code]), None)
            if asset is not None:
                left[asset] -= 1
                sold.cents.append((wallet, asset))
            elif basis == "online":
                sold.cents.clear()
                return "rejected(insufficient_funds)"
            else:
                sold.cents.append((f"loss:{place}", self.order[place][-1]))
        sold.rejected = False
        for source, asset in sold.cents:
            self._move(source, f"place:{place}", asset, 1)
        missing = sum(source.startswith("loss:") for source, _ in sold.cents)
        if missing:
            self._owe(self.wallets[card], self.order[place][-1], place, missing)
        return "overdrawn" if missing else "accepted"

    def refund(self, place: str, name: tuple[str, int], amount: int) -> str:
        sold = self.sales.get(name)
        if sold is None:
            return "rejected(unknown_sale)"
        if sold.place != place:
            return "rejected(not_authorised)"
        if sold.rejected:
            return "accepted"
        if sold.returned + amount > sold.total:
            return "rejected(refund_too_large)"
        kept = sold.total - sold.returned
        back = sold.cents[kept - amount : kept][::-1]  # the cent paid last comes back first
        holder = self.wallets[sold.card]
        before = deepcopy((self.held, self.debts))
        for source, asset in back:
            owes = source == f"loss:{place}" and self._owe(holder, asset, place, -1)
            self._move(f"place:{place}", source if owes else f"wallet:{holder}", asset, 1)
            if not owes:
                self._came_back(holder, asset)
        if any(self._free(place, asset) < 0 for _, asset in back):
            self.held, self.debts = before
            return "rejected(place_short)"
        sold.returned += amount
        return "accepted"

    def _came_back(self, wallet: str, asset: str) -> None:
        """Let a cent of a refund rest where it is."""

    def _owe(self, wallet: str, asset: str, place: str, amount: int) -> bool:
        """Add to a debt, or take one cent from it; tell whether there was one to take from."""
        for debt in self.debts[wallet]:
            if (debt.asset, debt.place) == (asset, place) and debt.amount:
                debt.amount += amount
                return True
        if amount > 0:
            self.debts[wallet].append(Debt(asset, place, amount))
        return False

    # ---------- the rest ----------

    def transfer(self, source: str, target: str, asset: str, amount: int) -> str:
        if source == target:
            return "rejected(bad_field)"
        if self.held[f"wallet:{source}", asset] < amount:
            return "rejected(insufficient_funds)"
        self._credit(f"wallet:{source}", target, asset, amount)
        return "accepted"

    def block(self, card: str) -> str:
        if card not in self.wallets:
            return "rejected(unknown_card)"
        if card in self.blocked:
            return "rejected(card_blocked)"
        self.blocked.add(card)
        return "accepted"

    def _move(self, source: str, target: str, asset: str, amount: int) -> None:
        self.held[source, asset] -= amount
        self.held[target, asset] += amount

    def _free(self, place: str, asset: str) -> int:
        """What may leave a place: a loss never turns into unbacked tokens."""
        return self.held[f"place:{place}", asset] + self.held[f"loss:{place}", asset]
