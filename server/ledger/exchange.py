"""The rule of exchange: one asset for another at the registered rate (PROTOCOL §7).

A pair has one rate, which holds in both directions; what comes out is rounded down, so the pool
wins.  No round trip through any pairs makes value: a rate that contradicts the others is refused.
What the pool lacks is created by its issuer, but for the federated token, which is backed, and a
free currency, which only its members create, and what is of a place that has left: those come from
what the pool holds.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from server.ledger.assets import FACTS
from server.ledger.demurrage import after_receipt
from server.ledger.effect import (
    Context,
    Effect,
    Outcome,
    Signed,
    credit,
    holding,
    idle_clock,
    melting,
    serves,
    speaks_for,
)
from server.ledger.records import Asset, Idle, Key, Posting, Record, Rule, Wallet
from shared.bodies import AssetClass, Exchange
from shared.errors import Code
from shared.ids import Account, AssetId, issuer, pool, wallet
from shared.policy import CLOSED, ExchangePolicy

NOT_CREATED: Final = frozenset({AssetClass.FEDERATED, AssetClass.LIBRE})
"""What no exchange creates."""


@dataclass(frozen=True, slots=True)
class Rate:
    """An open pair as it is asked for: `give` smallest units of one asset for `take` of another."""

    pool: Account
    give: int
    take: int


def rate(context: Context, give: AssetId, take: AssetId) -> Rate | None:
    """Find the rate between two assets, whichever of them the pair names first."""
    pair, opposite = f"{give}-{take}", f"{take}-{give}"
    policy, _ = context.policy(pair, CLOSED)
    if policy.give:
        return Rate(pool(pair), policy.give, policy.take)
    policy, _ = context.policy(opposite, CLOSED)
    if policy.give:
        return Rate(pool(opposite), policy.take, policy.give)
    return None


def exchange(context: Context, signed: Signed, body: Exchange) -> Outcome:
    """Take one asset from a wallet into the pool of the pair and give it another from there."""
    if code := speaks_for(context, signed, body.wallet):
        return code
    holder = context.state.get(Wallet, (body.wallet,))
    if holder is None or holder.merged:
        return Code.WALLET_MERGED
    assets = context.state.assets()
    if body.give not in assets or body.take not in assets:
        return Code.UNKNOWN_ASSET
    if assets[body.take].archived:
        return Code.ASSET_ARCHIVED
    found = rate(context, body.give, body.take)
    if found is None:
        return Code.NO_RATE
    taken = body.amount * found.take // found.give
    if not taken:
        return Code.TOO_SMALL
    missing = taken - context.state.balance(found.pool, body.take)
    created: tuple[Posting, ...] = ()
    if missing > 0 and _may_be_created(context, assets[body.take]):
        created = (Posting(issuer(body.take), found.pool, body.take, missing),)
    given = Posting(wallet(body.wallet), found.pool, body.give, body.amount)
    received, after = credit(context, found.pool, body.wallet, body.take, taken)
    records = (((body.wallet,), after), *_clock(context, body))
    return Effect((given, *created, *received), records)


def _may_be_created(context: Context, asset: Asset) -> bool:
    """Tell whether an exchange creates what its pool lacks: nobody does for a place that left."""
    return asset.asset_class not in NOT_CREATED and not context.state.places()[asset.issuer].left


def _clock(context: Context, body: Exchange) -> tuple[tuple[Key, Record], ...]:
    """Give the clock of what comes in: an exchange is no use, so idleness goes with the value.

    Else two melting assets exchanged to and fro would never melt.  The next step is still ahead:
    it takes nothing for days on which the wallet held none of the asset.
    """
    found = melting(context, body.take)
    if found is None:
        return ()
    policy, since = found
    given, brought = melting(context, body.give), None
    if given is not None and (clock := idle_clock(context, body.wallet, body.give, *given)):
        step = max(clock.last_use + policy.grace_days, context.day + 1)
        brought = Idle(clock.last_use, step)
    after = after_receipt(
        idle_clock(context, body.wallet, body.take, policy, since),
        holding(context, body.wallet, body.take),
        brought,
        context.day,
        policy,
    )
    return (((body.wallet, body.take), after),)


# ---------- rates ----------


def exchange_policy(
    context: Context, signed: Signed, subject: str, value: ExchangePolicy
) -> Code | None:
    """Say why a rate may not be set; None when it may.

    The node serves the issuers of both assets; a federated one is nobody's alone and needs no
    consent, unless both are.
    """
    assets = context.state.assets()
    first, _, second = subject.partition("-")
    if first == second:
        return Code.UNKNOWN_POLICY
    if first not in assets or second not in assets:
        return Code.UNKNOWN_ASSET
    both = (assets[AssetId(first)], assets[AssetId(second)])
    if any(asset.asset_class in FACTS for asset in both):
        return Code.WRONG_ASSET
    own = [asset for asset in both if asset.asset_class is not AssetClass.FEDERATED]
    for asset in own or both:
        if code := serves(context, signed, asset.issuer):
            return code
    if (value.give > 0) != (value.take > 0):
        return Code.BAD_FIELD
    if context.state.get(Rule, ("exchange", f"{second}-{first}")):
        return Code.ALREADY_EXISTS
    if value.give and _contradicts(context, first, second, value):
        return Code.WRONG_RATE
    return None


def _contradicts(context: Context, first: str, second: str, value: ExchangePolicy) -> bool:
    """Tell whether the other open pairs give another rate: going round would make value.

    All ways through them give the same one, as each pair was asked this question when it was set.
    """
    rates: dict[str, dict[str, Fraction]] = {}
    for (_, pair), rule in context.state.rows(Rule, ("exchange",)).items():
        one, _, other = str(pair).partition("-")
        known = rule.value
        if isinstance(known, ExchangePolicy) and known.give and (one, other) != (first, second):
            rates.setdefault(one, {})[other] = Fraction(known.take, known.give)
            rates.setdefault(other, {})[one] = Fraction(known.give, known.take)
    worth, frontier = {first: Fraction(1)}, [first]
    while frontier:
        here = frontier.pop()
        for there, per in rates.get(here, {}).items():
            if there not in worth:
                worth[there] = worth[here] * per
                frontier.append(there)
    wanted = Fraction(value.take, value.give)
    return worth.get(second, wanted) != wanted
