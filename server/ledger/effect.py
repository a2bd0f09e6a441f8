"""What a rule is given and what it answers.

A rule reads the state and returns an `Effect` or the `Code` that rejects; it never changes anything
itself.  `rules.apply` books the postings all together or not at all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar

from msgspec.structs import replace

from server.ledger.demurrage import after_receipt, after_use, rule_on
from server.ledger.records import (
    Author,
    Card,
    Idle,
    Key,
    Place,
    Posting,
    Record,
    Rule,
    Validators,
    Wallet,
)
from server.ledger.state import State
from shared.bodies import Body, Role
from shared.errors import Code
from shared.ids import (
    POT_GUARANTEE,
    Account,
    AssetId,
    AuthorId,
    PlaceId,
    WalletId,
    loss,
    purse,
    wallet as wallet_account,
)
from shared.policy import POLICY_SINCE, PROTOCOL, DemurragePolicy, Policy
from shared.transaction import Transaction
from shared.verdict import ACCEPTED, Verdict

DAY_MS: Final = 86_400_000
CHAIN: Final = "-"
DISPUTES: Final = PlaceId("dispute")
"""Whom a wallet owes what a bank has taken back: no place, but `loss:dispute`."""
_NAMES: Final[dict[type[Any], str]] = {
    policy: str(policy.__struct_config__.tag) for policy in POLICY_SINCE
}
NOBODY: Final = AuthorId("")
B = TypeVar("B", bound=Body)
P = TypeVar("P", bound=Policy)


@dataclass(frozen=True, slots=True)
class Effect:
    """Postings to book in order, records to set, and the verdict."""

    postings: tuple[Posting, ...] = ()
    records: tuple[tuple[Key, Record], ...] = ()
    verdict: Verdict = ACCEPTED


Outcome: TypeAlias = Effect | Code


@dataclass(frozen=True, slots=True)
class Context:
    """The block under execution."""

    state: State
    height: int
    time: int
    sealer: AuthorId = NOBODY
    """The node that seals the block."""

    @property
    def day(self) -> int:
        """The UTC day of the block."""
        return self.time // DAY_MS

    @property
    def protocol(self) -> int:
        """The protocol of the chain."""
        return self.policy(CHAIN, PROTOCOL)[0].version

    def policy(self, subject: str, default: P) -> tuple[P, int]:
        """Give the policy of a subject and the day since which it holds."""
        record = self.state.get(Rule, (_NAMES[type(default)], subject))
        if record is None or not isinstance(record.value, type(default)):
            return default, 0
        return record.value, record.since


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed the transaction that a rule is asked about.

    When validators have `agreed` to what its author had proposed, `transaction` is the vote that
    decided.
    """

    author: AuthorId
    record: Author
    transaction: Transaction
    ends_batch: bool = True
    agreed: bool = False

    @property
    def place(self) -> PlaceId:
        """The place of a terminal."""
        return PlaceId(self.record.place)


RuleFunction: TypeAlias = Callable[[Context, Signed, B], Outcome]


def serves(context: Context, signed: Signed, place: PlaceId) -> Code | None:
    """Say why a node may not act for a place; None when it may.  Nobody does for one that left."""
    if code := winds_down(context, signed, place):
        return code
    record = context.state.get(Place, (place,))
    return Code.PLACE_LEFT if record is not None and record.left else None


def winds_down(context: Context, signed: Signed, place: PlaceId) -> Code | None:
    """Say why a node may not end what is open at a place, which may have left; None when it may.

    For what only lets value go home, so that nothing is stuck at a place that has left: cash-outs,
    settlements, disputes, forks, releases of purses, cards that move to another home.
    """
    record = context.state.get(Place, (place,))
    if record is None:
        return Code.UNKNOWN_PLACE
    return None if record.node == signed.author else Code.NOT_AUTHORISED


def speaks_for(context: Context, signed: Signed, name: WalletId) -> Code | None:
    """Say why an author may not act for a wallet's holder: its home's node and its own key may."""
    record = context.state.get(Wallet, (name,))
    if record is None:
        return Code.UNKNOWN_WALLET
    if signed.record.role is Role.WALLET:
        return None if WalletId(signed.author) == name else Code.NOT_AUTHORISED
    return serves(context, signed, record.home)


def validators(context: Context) -> Validators:
    """Give the validators there are; nobody before protocol 2."""
    return context.state.get(Validators, (CHAIN,)) or Validators((), ())


def deciders(context: Context) -> tuple[AuthorId, ...]:
    """Give the validators whose votes count: not those that forked, who say two things at once."""
    nodes = validators(context).nodes
    return tuple(node for node in nodes if is_active(context, node))


def is_active(context: Context, author: AuthorId) -> bool:
    """Tell whether an author is there and has neither forked nor been revoked."""
    record = context.state.get(Author, (author,))
    return record is not None and record.status == "active"


# ---------- wallets ----------


def merged_into(context: Context, name: WalletId, before: int | None = None) -> WalletId:
    """Give the wallet that a wallet has become part of, `before` a block or until now.

    Itself when it was never merged.
    """
    record = context.state.get(Wallet, (name,))
    while record is not None and record.merged:  # a merged wallet is no target: this ends
        if before is not None and record.merged_at >= before:
            break
        name = WalletId(record.merged)
        record = context.state.get(Wallet, (name,))
    return name


def wallet_of(context: Context, card: Card) -> WalletId:
    """Give the wallet that a card pays from and is reloaded to."""
    return merged_into(context, card.wallet)


def wallet_at(context: Context, card: Card, height: int) -> WalletId:
    """Give the wallet that a card pointed to in a block, or what that became part of since."""
    return merged_into(context, linked(card, height))


def linked(card: Card, height: int) -> WalletId:
    """Give the wallet that a card pointed to in a block, merged or not."""
    return next((name for last, name in card.links if height <= last), card.wallet)


# ---------- idle money ----------


def melting(
    context: Context, asset: AssetId, step: int | None = None
) -> tuple[DemurragePolicy, int] | None:
    """Give how an asset melts and the day since which it does; None: it does not.

    By the rule of now, or by that of the day of a `step`.
    """
    rules = melting_rules(context, asset)
    if not rules:
        return None
    since, policy = rules[-1] if step is None else rule_on(rules, step)
    return (policy, since) if policy.enabled else None


def melting_rules(context: Context, asset: AssetId) -> tuple[tuple[int, DemurragePolicy], ...]:
    """Give the rules by which an asset melted and melts, each with the day that set it."""
    rule = context.state.get(Rule, (_NAMES[DemurragePolicy], asset))
    known = (*rule.earlier, (rule.since, rule.value)) if rule else ()
    return tuple((day, value) for day, value in known if isinstance(value, DemurragePolicy))


def holding(context: Context, wallet: WalletId, asset: AssetId) -> int:
    """Give what a wallet holds of an asset together with the purses that it funds."""
    record = context.state.get(Wallet, (wallet,))
    cards = record.cards if record else ()
    accounts = (wallet_account(wallet), *map(purse, cards))
    return sum(context.state.balance(account, asset) for account in accounts)


def idle_clock(
    context: Context, wallet: WalletId, asset: AssetId, policy: DemurragePolicy, since: int
) -> Idle | None:
    """Give the clock of what a wallet holds; None when it is empty and has none.

    Value that was there before the asset began to melt counts as used on the day it began.
    """
    record = context.state.get(Idle, (wallet, asset))
    if record is not None:
        return record
    if holding(context, wallet, asset) > 0:
        return Idle(since, since + policy.grace_days)
    return None


def used(context: Context, wallet: WalletId, asset: AssetId) -> tuple[tuple[Key, Record], ...]:
    """Start the grace of an asset on a wallet again, if it melts at all."""
    found = melting(context, asset)
    if found is None:
        return ()
    policy, since = found
    clock = idle_clock(context, wallet, asset, policy, since)
    return (((wallet, asset), after_use(clock, context.day, policy)),)


def received(
    context: Context, wallet: WalletId, asset: AssetId, sender: WalletId | None = None
) -> tuple[tuple[Key, Record], ...]:
    """Give the clock of value that comes in without being a use, if the asset melts at all."""
    found = melting(context, asset)
    if found is None:
        return ()
    policy, since = found
    clock = after_receipt(
        idle_clock(context, wallet, asset, policy, since),
        holding(context, wallet, asset),
        idle_clock(context, sender, asset, policy, since) if sender else None,
        context.day,
        policy,
    )
    return (((wallet, asset), clock),)


# ---------- debts ----------


def repay(
    context: Context, record: Wallet, wallet: WalletId, asset: AssetId, amount: int
) -> tuple[tuple[Posting, ...], Wallet]:
    """Pay a wallet's debts in an asset out of an amount that came in, oldest first."""
    postings: list[Posting] = []
    debts: list[tuple[AssetId, PlaceId, int]] = []
    for owed, place, debt in record.debts:
        part = min(debt, amount) if owed == asset else 0
        postings += _repaid(context, wallet, asset, place, part)
        amount -= part
        if debt > part:
            debts.append((owed, place, debt - part))
    return tuple(postings), replace(record, debts=tuple(debts))


def _repaid(
    context: Context, wallet: WalletId, asset: AssetId, at: PlaceId, amount: int
) -> Iterator[Posting]:
    """Give the postings that repay an amount.

    The guarantee pot may have made good a loss by disputes: then it has its money back.
    """
    lost = -context.state.balance(loss(at), asset) if at == DISPUTES else amount
    still = min(amount, max(0, lost))
    for target, part in ((loss(at), still), (POT_GUARANTEE, amount - still)):
        if part:
            yield Posting(wallet_account(wallet), target, asset, part)


def owing(record: Wallet, asset: AssetId, at: PlaceId, more: int) -> Wallet:
    """Give a wallet that owes a place's loss account more (or, below zero, less)."""
    owed = {(code, where): debt for code, where, debt in record.debts}
    owed[asset, at] = owed.get((asset, at), 0) + more
    debts = tuple((code, where, debt) for (code, where), debt in owed.items() if debt > 0)
    return replace(record, debts=debts)


def credit(
    context: Context, source: Account, target: WalletId, asset: AssetId, amount: int
) -> tuple[tuple[Posting, ...], Wallet]:
    """Give the postings of value that reaches a wallet: debts are paid out of it at once."""
    record = context.state.get(Wallet, (target,)) or Wallet((), PlaceId(""), PlaceId(""))
    repaid, after = repay(context, record, target, asset, amount)
    return (Posting(source, wallet_account(target), asset, amount), *repaid), after
