"""Rules of the registry: places, terminals, cards, policies."""

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from server.ledger.assets import FACTS
from server.ledger.authors import key_is_taken
from server.ledger.community import dividend_policy
from server.ledger.effect import (
    CHAIN,
    DAY_MS,
    Context,
    Effect,
    Outcome,
    Signed,
    serves,
)
from server.ledger.exchange import exchange_policy
from server.ledger.governance import decides, proposed
from server.ledger.limits import crowded
from server.ledger.records import Asset, Author, Card, Key, Place, Rule, Validators, Wallet
from shared.bodies import (
    AssetClass,
    CardBlock,
    CardRegister,
    Genesis,
    PlaceCreate,
    PolicySet,
    Role,
    TerminalEnrol,
    TerminalRevoke,
)
from shared.errors import Code
from shared.ids import RESERVED_PLACES, AssetId, PlaceId, author_id
from shared.policy import (
    OFFLINE,
    DemurragePolicy,
    DividendPolicy,
    ExchangePolicy,
    OfflinePolicy,
    Policy,
    ProtocolPolicy,
    PursePolicy,
)

PROTOCOL = 2
"""The newest protocol this code can execute."""
VOTES = 2
"""The protocol from which on validators decide: whoever brings it is the first of them."""
KEPT = 2
"""The protocol from which on the rules by which an asset melted before are kept."""
LATE_DAYS = 60
"""Grace must be longer than the longest offline age by this much (PROTOCOL §8)."""


def genesis(_: Context, signed: Signed, body: Genesis) -> Outcome:
    """Make the founding node an author.  `rules.apply` lets nobody sign it but the founder."""
    record = Author(0, "", body.founder, body.name, "", Role.NODE, "active")
    return Effect(records=(((signed.author,), record),))


def place_create(context: Context, signed: Signed, body: PlaceCreate) -> Outcome:
    """Register a place that the signing node serves."""
    reserved = context.protocol >= VOTES and body.place in RESERVED_PLACES
    if reserved or body.place in context.state.places():
        return Code.ALREADY_EXISTS
    if code := crowded(context, signed, Place):
        return code
    return Effect(records=(((body.place,), Place(body.name, signed.author)),))


def terminal_enrol(context: Context, signed: Signed, body: TerminalEnrol) -> Outcome:
    """Let a terminal sign for a place."""
    if code := serves(context, signed, body.place):
        return code
    if key_is_taken(context, body.key):
        return Code.ALREADY_EXISTS
    if code := crowded(context, signed, Author):
        return code
    terminal = author_id(bytes.fromhex(body.key))
    record = Author(0, body.box, body.key, body.label, body.place, Role.TERMINAL, "active")
    return Effect(records=(((terminal,), record),))


def terminal_revoke(context: Context, signed: Signed, body: TerminalRevoke) -> Outcome:
    """End a terminal's right to sign, after the number that the node knows of."""
    record = context.state.get(Author, (body.terminal,))
    if record is None or record.role is not Role.TERMINAL:
        return Code.UNKNOWN_TERMINAL
    if code := serves(context, signed, PlaceId(record.place)):
        return code
    if record.status == "revoked":
        return Code.AUTHOR_REVOKED
    forked = context.protocol >= VOTES and (record.forked or record.status == "quarantined")
    revoked = replace(record, after=body.after, status="revoked", forked=forked)
    return Effect(records=(((body.terminal,), revoked),))


def card_register(context: Context, signed: Signed, body: CardRegister) -> Outcome:
    """Make a card and its fresh wallet known."""
    if code := serves(context, signed, body.home):
        return code
    state = context.state
    if state.get(Card, (body.card,)) or state.get(Wallet, (body.wallet,)):
        return Code.ALREADY_EXISTS
    card = Card(home=body.home, reason="", status="active", tier=body.tier, wallet=body.wallet)
    wallet = Wallet((), body.home, body.home)
    return Effect(records=(((body.card,), card), ((body.wallet,), wallet)))


def card_block(context: Context, signed: Signed, body: CardBlock) -> Outcome:
    """Stop a card from being spent."""
    card = context.state.get(Card, (body.card,))
    if card is None:
        return Code.UNKNOWN_CARD
    if code := serves(context, signed, card.home):
        return code
    if card.status == "blocked":
        return Code.CARD_BLOCKED
    blocked = replace(card, reason=body.reason, status="blocked")
    return Effect(records=(((body.card,), blocked),))


def policy_set(context: Context, signed: Signed, body: PolicySet) -> Outcome:
    """Change a rule of the chain, a place or an asset."""
    value = body.value
    check = _POLICIES[type(value)]
    if code := check(context, signed, body.subject, value):
        return code
    everywhere = body.subject == CHAIN and context.protocol >= VOTES
    if everywhere and (proposal := proposed(context, signed)) is not None:
        return proposal
    key = (str(type(value).__struct_config__.tag), body.subject)
    first = isinstance(value, ProtocolPolicy) and context.protocol < VOTES <= value.version
    founding = (((CHAIN,), Validators((signed.author,), ())),) if first else ()
    rule = Rule(context.day, value, _earlier(context, value, key))
    return Effect(records=((key, rule), *founding))


def _earlier(context: Context, value: Policy, key: Key) -> tuple[tuple[int, Policy], ...]:
    """Give what melted by which rule before; nobody kept that at first.

    Of the rules of one day only the last is that of any step.
    """
    known = context.state.get(Rule, key)
    if known is None or context.protocol < KEPT or not isinstance(value, DemurragePolicy):
        return ()
    if known.since == context.day:
        return known.earlier
    return (*known.earlier, (known.since, known.value))


def _of_all(context: Context, signed: Signed) -> Code | None:
    """Say why an author may not set what holds for the whole chain; any node could at first."""
    return decides(context, signed) if context.protocol >= VOTES else None


def _protocol(context: Context, signed: Signed, subject: str, value: ProtocolPolicy) -> Code | None:
    current, _ = context.policy(CHAIN, ProtocolPolicy(1))
    if subject != CHAIN or not current.version <= value.version <= PROTOCOL:
        return Code.UNKNOWN_POLICY
    return _of_all(context, signed)


def _offline(context: Context, signed: Signed, subject: str, value: OfflinePolicy) -> Code | None:
    if value.soft_ms > value.hard_ms:
        return Code.BAD_FIELD
    if subject == CHAIN:
        return _of_all(context, signed)
    return serves(context, signed, PlaceId(subject))


def _purse(context: Context, signed: Signed, subject: str, _: PursePolicy) -> Code | None:
    if subject == CHAIN:
        return decides(context, signed)
    return serves(context, signed, PlaceId(subject))


def _demurrage(
    context: Context, signed: Signed, subject: str, value: DemurragePolicy
) -> Code | None:
    asset = context.state.assets().get(AssetId(subject))
    if asset is None:
        return Code.UNKNOWN_ASSET
    if code := serves(context, signed, asset.issuer):
        return code
    if asset.asset_class in FACTS:
        return Code.UNKNOWN_POLICY
    if value.enabled and asset.asset_class is AssetClass.FEDERATED:
        return Code.UNKNOWN_POLICY  # off until a legal reference can be recorded (PROTOCOL §8)
    return _senseless(context, asset, value)


def _senseless(context: Context, asset: Asset, value: DemurragePolicy) -> Code | None:
    """Refuse a policy whose outcome is not defined, or that could melt what a late sale spent."""
    if not value.enabled:
        return None
    weights = value.weight_commons + value.weight_maintenance + value.weight_nodes
    if (value.rate_bp > 0) == (value.fixed > 0) or not value.notice_days or weights == 0:
        return Code.BAD_FIELD
    everywhere, _ = context.policy(CHAIN, OFFLINE)
    offline, _ = context.policy(asset.issuer, everywhere)
    longest = max(offline.hard_ms, everywhere.hard_ms)
    if value.grace_days * DAY_MS <= longest + LATE_DAYS * DAY_MS:
        return Code.BAD_FIELD
    return None


_POLICIES: Final[dict[type[Policy], Callable[[Context, Signed, str, Any], Code | None]]] = {
    ProtocolPolicy: _protocol,
    OfflinePolicy: _offline,
    DemurragePolicy: _demurrage,
    PursePolicy: _purse,
    ExchangePolicy: exchange_policy,
    DividendPolicy: dividend_policy,
}
"""Who may set each policy, and what it must keep: a code when it may not be set."""
