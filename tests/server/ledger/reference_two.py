"""What protocol 2 adds to the reference, as plainly: locks, exchange, merge, lines, corrections.

As in `reference.py` there are no bytes, no blocks and no executor here, only dicts and PROTOCOL §7.
"""

from copy import deepcopy
from dataclasses import dataclass, field

from tests.server.ledger.reference import RESERVE, Reference, Sold

RATES = {("GRAIN", "FED"): (3, 2), ("BEAN", "FED"): (1, 1)}
"""So many of the first for so many of the second, and back."""
LINES = {"TIME": "bar"}
"""What a line of a sale can ask for, and the only place that takes it."""
TWO = {"bar": ["GRAIN", "FED", "BEAN"], "kiosk": ["FED", "BEAN"], "tent": ["FED"]}
"""The order of sales once the bar takes the kiosk's beans."""
SHORT = {"wallet": "insufficient_funds", "place": "place_short"}
"""What is said of an account that has not enough."""
Move = tuple[str, str, str, int]


@dataclass
class Locked:
    """An amount on its way out, and what became of it."""

    account: str
    asset: str
    amount: int
    status: str = "locked"


@dataclass
class Second(Reference):
    """Balances, debts and what is locked, merged, and could be corrected."""

    merged: dict[str, str] = field(default_factory=dict)
    locks: dict[str, Locked] = field(default_factory=dict)
    said: list[Move] = field(default_factory=list)
    booked: dict[tuple[str, int], list[Move]] = field(default_factory=dict)
    corrected: set[tuple[str, int]] = field(default_factory=set)
    taken_back: dict[tuple[str, int], int] = field(default_factory=dict)
    reloads: dict[tuple[str, int], tuple[str, int, str]] = field(default_factory=dict)

    def heir(self, wallet: str) -> str:
        while wallet in self.merged:
            wallet = self.merged[wallet]
        return wallet

    # ---------- between wallets ----------

    def issue(self, asset: str, wallet: str, amount: int, evidence: str) -> str:
        if asset in LINES:
            if evidence in self.evidence:
                return "rejected(evidence_used)"
            self.evidence.add(evidence)
            self._credit(f"issuer:{asset}", self.heir(wallet), asset, amount)
            return "accepted"
        return super().issue(asset, self.heir(wallet), amount, evidence)

    def transfer(self, source: str, target: str, asset: str, amount: int) -> str:
        if source in self.merged:
            return "rejected(wallet_merged)"
        return super().transfer(source, self.heir(target), asset, amount)

    def merge(self, source: str, target: str) -> str:
        if source in self.merged or target in self.merged:
            return "rejected(wallet_merged)"
        if source == target:
            return "rejected(bad_field)"
        for debt in self.debts.pop(source, []):
            self._owe(target, debt.asset, debt.place, debt.amount)
        for (account, asset), amount in list(self.held.items()):
            if account == f"wallet:{source}":
                self._move(account, f"wallet:{target}", asset, amount)
        for asset in {asset for _, asset in list(self.held)}:
            self._repay(target, asset, self.held[f"wallet:{target}", asset])
        self.merged[source] = target
        self.wallets = {card: self.heir(wallet) for card, wallet in self.wallets.items()}
        return "accepted"

    def exchange(self, wallet: str, give: str, take: str, amount: int) -> str:
        if wallet in self.merged:
            return "rejected(wallet_merged)"
        if (give, take) in RATES:
            pool, (per, out) = f"pool:{give}-{take}", RATES[give, take]
        elif (take, give) in RATES:
            pool, (out, per) = f"pool:{take}-{give}", RATES[take, give]
        else:
            return "rejected(no_rate)"
        taken = amount * out // per
        if taken == 0:
            return "rejected(too_small)"
        if self.held[f"wallet:{wallet}", give] < amount:
            return "rejected(insufficient_funds)"
        lacking = max(0, taken - self.held[pool, take])
        if lacking and take == "FED":
            return "rejected(pot_short)"
        self._move(f"wallet:{wallet}", pool, give, amount)
        self._move(f"issuer:{take}", pool, take, lacking)
        self._credit(pool, wallet, take, taken)
        return "accepted"

    # ---------- lines of a sale ----------

    def split(
        self, name: tuple[str, int], place: str, card: str, lines: list[tuple[str, int]], total: int
    ) -> str:
        whole = total + sum(amount for _, amount in lines)
        sold = self.sales[name] = Sold(place, card, whole, [], rejected=True)
        if card not in self.wallets:
            return "rejected(unknown_card)"
        if card in self.blocked:
            return "rejected(card_blocked)"
        wallet = f"wallet:{self.wallets[card]}"
        if any(LINES[asset] != place for asset, _ in lines):
            return "rejected(not_accepted)"
        left = {asset: self.held[wallet, asset] for asset in (*LINES, *self.order[place])}
        wanted = [[asset] for asset, amount in lines for _ in range(amount)]
        wanted += [self.order[place]] * total
        for choices in wanted:
            asset = next((code for code in choices if left[code]), None)
            if asset is None:
                sold.cents.clear()
                return "rejected(insufficient_funds)"
            left[asset] -= 1
            sold.cents.append((wallet, asset))
        sold.rejected = False
        for source, asset in sold.cents:
            self._move(source, f"place:{place}", asset, 1)
        return "accepted"

    # ---------- out of the system ----------

    def cash_out(self, name: str, wallet: str, asset: str, amount: int) -> str:
        if wallet in self.merged:
            return "rejected(wallet_merged)"
        if self.held[f"wallet:{wallet}", asset] < amount:
            return "rejected(insufficient_funds)"
        return self._lock(name, f"wallet:{wallet}", asset, amount)

    def settle(self, name: str, place: str, asset: str, amount: int) -> str:
        if self._free(place, asset) < amount:
            return "rejected(place_short)"
        return self._lock(name, f"place:{place}", asset, amount)

    def _lock(self, name: str, account: str, asset: str, amount: int) -> str:
        self.locks[name] = Locked(account, asset, amount)
        self._move(account, f"hold:{name}", asset, amount)
        return "accepted"

    def done(self, kind: str, name: str, evidence: str) -> str:
        lock = self.locks.get(name)
        if lock is None or not lock.account.startswith(kind):
            return "rejected(unknown_lock)"
        if evidence in self.evidence:
            return "rejected(evidence_used)"
        if lock.status != "locked":
            return "rejected(already_settled)"
        self.evidence.add(evidence)
        self._move(f"hold:{name}", f"issuer:{lock.asset}", lock.asset, lock.amount)
        if lock.asset == "FED":
            self._move(RESERVE, "external", "EUR", lock.amount)
        lock.status = "done"
        return "accepted"

    def failed(self, kind: str, name: str, evidence: str) -> str:
        lock = self.locks.get(name)
        if lock is None or not lock.account.startswith(kind):
            return "rejected(unknown_lock)"
        if evidence in self.evidence:
            return "rejected(evidence_used)"
        if lock.status == "failed":
            return "rejected(already_settled)"
        self.evidence.add(evidence)
        source = f"hold:{name}"
        if lock.status == "done":
            source = f"issuer:{lock.asset}"
            if lock.asset == "FED":
                self._move("external", RESERVE, "EUR", lock.amount)
        owner = lock.account.removeprefix("wallet:")
        if owner == lock.account:
            self._move(source, lock.account, lock.asset, lock.amount)
        else:
            self._credit(source, self.heir(owner), lock.asset, lock.amount)
        lock.status = "failed"
        return "accepted"

    def chargeback(self, name: tuple[str, int], amount: int, evidence: str) -> str:
        if name not in self.reloads:
            return "rejected(unknown_reload)"
        if evidence in self.evidence:
            return "rejected(evidence_used)"
        card, paid, aside = self.reloads[name]
        if self.taken_back.get(name, 0) + amount > paid:
            return "rejected(refund_too_large)"
        self.evidence.add(evidence)
        self.taken_back[name] = self.taken_back.get(name, 0) + amount
        self._move(RESERVE, "external", "EUR", amount)
        owner = self.wallets.get(card)
        for _ in range(amount):
            if self.held[f"hold:{aside}", "FED"]:
                self._move(f"hold:{aside}", "issuer:FED", "FED", 1)
            elif owner and self.held[f"wallet:{owner}", "FED"]:
                self._move(f"wallet:{owner}", "issuer:FED", "FED", 1)
            else:
                self._move("loss:dispute", "issuer:FED", "FED", 1)
                if owner:
                    self._owe(owner, "FED", "dispute", 1)
        return "accepted"

    # ---------- mistakes ----------

    def correct(self, name: tuple[str, int]) -> str:
        if name not in self.booked:
            return "rejected(cannot_correct)"
        if name in self.corrected:
            return "rejected(already_settled)"
        back = [
            (self._now(target), self._now(source), asset, amount)
            for source, target, asset, amount in reversed(self.booked[name])
        ]
        if any(source == target for source, target, _, _ in back):
            return "rejected(cannot_correct)"
        before = deepcopy((self.held, self.debts))
        if short := self._undo(back):
            self.held, self.debts = before
            return f"rejected({short})"
        self.corrected.add(name)
        return "accepted"

    def _undo(self, back: list[Move]) -> str:
        """Move it back, and say what is short."""
        short, restored = "", []
        for source, target, asset, cents in back:
            amount, (kind, _, place) = cents, source.partition(":")
            if kind == "loss":  # a debt comes back if its wallet cannot give back what it got
                gives = [move[3] for move in back if (move[0], move[2]) == (target, asset)]
                amount = max(0, min(cents, sum(gives) - self.held[target, asset]))
                restored.append((place, asset, self._free(place, asset)))
            elif kind != "issuer" and self.held[source, asset] < amount:
                short = short or SHORT.get(kind, "pot_short")
            self._move(source, target, asset, amount)
            owner = target.removeprefix("wallet:")
            if kind == "loss":
                self._owe(owner, asset, place, amount)
            elif owner != target:
                self._repay(owner, asset, amount)
        for place, asset, was in restored:
            if place != "dispute" and self._free(place, asset) < min(0, was):
                return "place_short"  # it has taken out what its loss was repaid with
        return short

    def _now(self, account: str) -> str:
        owner = account.removeprefix("wallet:")
        return account if owner == account else f"wallet:{self.heir(owner)}"

    def _came_back(self, wallet: str, asset: str) -> None:
        """Let a cent of a refund pay what its wallet owes."""
        self._repay(wallet, asset, 1)

    def _repay(self, wallet: str, asset: str, amount: int) -> None:
        """Pay debts in an asset out of an amount that is there, oldest first."""
        for debt in self.debts[wallet]:
            part = min(amount, debt.amount) if debt.asset == asset else 0
            self._move(f"wallet:{wallet}", f"loss:{debt.place}", asset, part)
            amount -= part
            debt.amount -= part

    def _move(self, source: str, target: str, asset: str, amount: int) -> None:
        super()._move(source, target, asset, amount)
        if amount:
            self.said.append((source, target, asset, amount))
