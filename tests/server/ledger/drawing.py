"""Bodies of any kind, drawn field by field out of what a world knows and a bit of what it does not.

A field is drawn by its name; what belongs together (the number of a transaction and its author, an
interval and its amount, a key and its proof) is drawn together, and is sometimes wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Annotated, Any, Final, Literal, get_args, get_origin

import msgspec

from server.ledger.melting import month_of
from server.ledger.records import Allowed, Author as AuthorRecord, Group, Head
from shared.amounts import Amount
from shared.bodies import (
    AssetAccept,
    AssetClass,
    AssetCreate,
    Badge,
    Body,
    CardRegister,
    CardUnblock,
    CashOut,
    CashOutDone,
    CashOutFailed,
    CashReload,
    Chargeback,
    Correction,
    Dispute,
    Distribute,
    Dividend,
    Exchange,
    ForkAdopt,
    Gift,
    Grant,
    GroupCreate,
    Issue,
    KeyRotate,
    Known,
    Melt,
    MeltReversal,
    Membership,
    Notice,
    Part,
    PlaceJoin,
    PolicySet,
    PurseIssue,
    PurseRelease,
    Refund,
    Reload,
    Role,
    Sale,
    SaleVoid,
    Settlement,
    SettlementDone,
    SettlementFailed,
    SlotSale,
    SplitSale,
    Transfer,
    ValidatorPropose,
    VoteCast,
)
from shared.ids import ZERO_HASH, AssetId, AuthorId, ChainId, Hash, PlaceId, PublicKey
from shared.policy import (
    NO_DEMURRAGE,
    OFFLINE,
    PURSE,
    DividendPolicy,
    ExchangePolicy,
    Policy,
    ProtocolPolicy,
)
from shared.proofs import invitation, rotation
from shared.signing import public_key
from tests.server.ledger.federation import KEY_WALLET, Federation
from tests.server.ledger.world import DAY, card, holder

OFTEN = 0.8
PLACES = ("bar", "bar", "bar", "cafe", "nowhere")
ASSETS = ("FED", "FED", "FED", "GRAIN", "GRAIN", "GRAIN", "BEAN", "MELT", "GIFT", "TIME", "LIBRE")
LOCKED = (CashOut, Settlement)
PROPOSED = (ValidatorPropose, Grant)
POLICIES: Final[tuple[tuple[str, Policy], ...]] = (
    *((subject, OFFLINE) for subject in ("-", "bar", "cafe")),
    *((subject, PURSE) for subject in ("-", "bar")),
    ("-", ProtocolPolicy(2)),
    ("GRAIN", NO_DEMURRAGE),
    ("LIBRE", DividendPolicy(7, 1, 1_000)),
    ("GRAIN-FED", ExchangePolicy(3, 2)),
    ("GRAIN-FED", ExchangePolicy(0, 0)),
    ("POINTS-GRAIN", ExchangePolicy(100, 1)),
    ("BEAN-FED", ExchangePolicy(1, 1)),
)


@dataclass
class Past:
    """What was said and took effect, by what said it: (author, number, hash)."""

    here: Federation
    said: list[tuple[Body, AuthorId, int, Hash]] = field(default_factory=list)

    def names(self, *shapes: type[Body]) -> list[tuple[AuthorId, int, Hash]]:
        """Give the names of what was said of some shapes, the newest first."""
        return [
            (author, seq, hashed)
            for body, author, seq, hashed in reversed(self.said)
            if not shapes or isinstance(body, shapes)
        ]

    @property
    def day(self) -> int:
        """Give the UTC day."""
        return self.here.world.time // DAY


def body_of(chance: Random, shape: type[Body], past: Past, signer: AuthorId) -> Body:
    """Draw a body.  May raise msgspec.ValidationError where no such body exists."""
    if shape in TOGETHER:
        return TOGETHER[shape](chance, past, signer)
    values = {}
    for each in msgspec.structs.fields(shape):
        values[each.encode_name] = _value(chance, each.name, each.type, past)
    if shape in EARLIER and chance.random() < OFTEN:
        names = [*past.names(*EARLIER[shape])[:4], *past.here.named.values()]
        values["author"], values["seq"], _ = chance.choice(names)
    if shape in MOSTLY and chance.random() < OFTEN:
        values |= chance.choice(MOSTLY[shape](past))
    return msgspec.convert(values, shape)


def _value(chance: Random, name: str, hint: Any, past: Past) -> Any:
    if name in FIELDS:
        return chance.choice(FIELDS[name](past))
    hint = getattr(hint, "__supertype__", hint)
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) is Literal:
        return chance.choice(get_args(hint))
    if hint is bool:
        return chance.random() < 0.5
    if hint is AssetClass:
        return chance.choice(list(AssetClass))
    raise AssertionError(f"nothing says how to draw {name}: {hint}")


def _terminals(past: Past) -> list[AuthorId]:
    rows = past.here.world.memory.rows(AuthorRecord)
    return [AuthorId(str(key[0])) for key, row in rows.items() if row.role is Role.TERMINAL]


_HOURS, _FOOD = Part(Amount(40), AssetId("TIME")), Part(Amount(9), AssetId("MEAL"))
_CARDS = tuple(map(card, (1, 2, 3, 4, 5, 6, 7, 8, 99)))
_WALLETS = (*map(holder, (1, 1, 1, 2, 2, 3, 3, 4, 6)), KEY_WALLET, holder(77))
FIELDS: Final[Mapping[str, Callable[[Past], Any]]] = {
    "amount": lambda _: (1, 3, 40, 100, 700),
    "total": lambda _: (1, 3, 40, 100, 250, 700),
    "asset": lambda _: ASSETS,
    "give": lambda _: ASSETS,
    "take": lambda _: ASSETS,
    "assets": lambda _: (("FED",), ("GRAIN", "FED"), ("POINTS",), ("FED", "FED")),
    "after": lambda _: (0, 1, 5, 100),
    "terminal": _terminals,
    "author": lambda past: [past.here.bar_till.id, past.here.bar_node.id, AuthorId("0" * 32)],
    "node": lambda past: [past.here.bar_node.id, past.here.cafe_node.id, past.here.third_node.id],
    "validators": lambda past: [(past.here.bar_node.id, past.here.third_node.id)],
    "box": lambda _: ("22" * 32,),
    "key": lambda _: tuple(public_key(bytes([n]) * 32).hex() for n in range(90, 96)),
    "founder": lambda _: ("22" * 32,),
    "card": lambda _: _CARDS,
    "wallet": lambda _: _WALLETS,
    "source": lambda _: _WALLETS,
    "target": lambda _: _WALLETS,
    "place": lambda _: PLACES,
    "home": lambda _: PLACES,
    "issuer": lambda _: PLACES,
    "holder": lambda _: PLACES,
    "name": lambda _: ("Un nom",),
    "label": lambda _: ("Bar",),
    "reason": lambda _: ("lost", "admin"),
    "evidence": lambda past: (f"e:{past.here.world.tip.height}", "e:used"),
    "detail": lambda _: (ZERO_HASH,),
    "genesis": lambda _: (ZERO_HASH,),
    "initial_height": lambda _: (1,),
    "lock": lambda past: [*(h for _, _, h in past.names(*LOCKED)[:6]), ZERO_HASH],
    "proposal": lambda past: [*(h for _, _, h in past.names(*PROPOSED)[:4]), ZERO_HASH],
    "seq": lambda _: (1, 2, 900),
    "group": lambda _: (1, 2, 3),
    "need": lambda _: (0, 0, 4_000),
    "valid_hours": lambda _: (1, 24),
    "inside": lambda _: ((), (_HOURS,), (_FOOD,)),
    "priority": lambda _: (1, 60),
    "scale": lambda _: (0, 2),
    "symbol": lambda _: ("x",),
    "day": lambda past: (past.day, past.day - 1, 20_100),
    "melt_day": lambda past: (past.day + 60, past.day + 7),
    "idle_since": lambda past: (past.day, 20_000),
    "until": lambda past: (past.day + 30, past.day - 1),
    "period": lambda past: (past.day, past.day - 1),
    "month": lambda _: (24_297, 24_298),
    "first": lambda past: (past.here.world.tip.height + 1, 1),
    "last": lambda past: (past.here.world.tip.height + 4, 2),
}
"""What each field is drawn from."""


EARLIER: Final[Mapping[type[Body], tuple[type[Body], ...]]] = {
    Refund: (Sale, SplitSale, SlotSale),
    Dispute: (Sale,),
    Chargeback: (Reload,),
    Correction: (Issue, Transfer, Gift, Exchange, CashReload, Badge),
    MeltReversal: (Sale,),
}
"""What names an earlier transaction, and of which shapes that is."""
MOSTLY: Final[Mapping[type[Body], Callable[[Past], Any]]] = {
    AssetCreate: lambda past: [
        {"asset": f"N{past.here.world.tip.height}", "class": "local", "peg": "EUR", "scale": 2}
    ],
    AssetAccept: lambda _: [
        {"asset": "GRAIN", "place": "cafe", "side": "place"},
        {"asset": "POINTS", "place": "cafe", "side": "issuer"},
    ],
    CardRegister: lambda past: [
        {
            "card": f"{past.here.world.tip.height + 500:032x}",
            "wallet": f"{past.here.world.tip.height + 900_000:032x}",
        }
    ],
    Reload: lambda _: [{"asset": "FED"}],
    CashReload: lambda _: [{"asset": "GRAIN"}, {"asset": "FED", "amount": 1}],
    Issue: lambda _: [{"asset": code} for code in ("GRAIN", "TIME", "POINTS", "GIFT", "MEAL")],
    SplitSale: lambda _: [
        {"card": card(1), "in": [{"amount": 40, "asset": "TIME"}], "total": 3},
        {"card": card(1), "in": [{"amount": 9, "asset": "MEAL"}], "total": 0},
    ],
    Exchange: lambda _: [
        {"give": "FED", "take": "GRAIN", "wallet": holder(1)},
        {"give": "GRAIN", "take": "FED", "wallet": holder(1)},
    ],
    Badge: lambda _: [{"asset": "STAMP"}],
    Membership: lambda past: [
        {"asset": code, "until": past.day + 30} for code in ("CLUB", "LIBRE")
    ],
    Dividend: lambda past: [
        {"amount": amount, "asset": "LIBRE", "period": past.day, "wallet": holder(number)}
        for amount in (100, 7)
        for number in (1, 2)
    ],
    GroupCreate: lambda past: [
        {"assets": ["FED"], "group": len(past.here.world.memory.rows(Group)) + 1}
    ],
    Notice: lambda past: [{"asset": "MELT", "melt_day": past.day + 7}],
    Melt: lambda _: [{"amount": 100, "asset": "MELT", "day": 20_100, "wallet": holder(1)}],
    MeltReversal: lambda past: [
        {
            "amount": 100,
            "asset": "MELT",
            "author": past.here.named["late"][0],
            "seq": past.here.named["late"][1],
            "day": 20_100,
            "wallet": holder(2),
        }
    ],
    Distribute: lambda _: [{"asset": "MELT", "month": month_of(20_100), "place": "bar"}],
    CashOut: lambda _: [{"asset": "FED", "amount": 3}],
    Settlement: lambda _: [{"asset": "FED", "amount": n, "place": "bar"} for n in (3, 250)],
    CashOutDone: lambda past: [{"lock": past.here.named["cash_out"][2]}],
    CashOutFailed: lambda past: [{"lock": past.here.named["cash_out"][2]}],
    SettlementDone: lambda past: [{"lock": past.here.named["settlement"][2]}],
    SettlementFailed: lambda past: [{"lock": past.here.named["settlement"][2]}],
    VoteCast: lambda past: [{"proposal": past.here.named["proposal"][2], "support": True}],
    CardUnblock: lambda _: [{"card": card(6)}],
    PurseIssue: lambda _: [{"card": card(4), "group": 1}],
}
"""Fields that fit one another, for shapes that seldom fit by chance."""


def _policy(chance: Random, _: Past, __: AuthorId) -> Body:
    return PolicySet(*chance.choice(POLICIES))


def _slot(chance: Random, past: Past, _: AuthorId) -> Body:
    before = chance.choice([(0, 5), (5, 20), (25, 400), (3, 9)])
    allowances = [Hash(str(key[0])) for key in past.here.world.memory.rows(Allowed)]
    more = chance.choice([0, 0, 0, 1])
    return SlotSale(
        chance.choice([*allowances, ZERO_HASH]),
        "slot",
        chance.choice(_CARDS[3:5]),
        ZERO_HASH,
        (),
        before,
        Amount(before[1] - before[0] + more),
    )


def _void(chance: Random, _: Past, __: AuthorId) -> Body:
    spans = [(0, 5), (425, 430), (9, 9)]
    return SaleVoid(chance.choice(_CARDS[3:5]), chance.choice(spans))


def _release(chance: Random, past: Past, _: AuthorId) -> Body:
    memory = past.here.world.memory
    heads = tuple(
        Known(name, head.seq if (head := memory.get(Head, (name,))) else 0)
        for name in sorted(_terminals(past))
    )
    cut = chance.choice([0, 0, 0, 1])
    return PurseRelease(chance.choice(_CARDS[3:5]), heads[cut:])


def _fresh(chance: Random) -> bytes:
    return bytes([chance.randint(150, 190)]) * 32  # none of these is in the world


def _rotation(chance: Random, past: Past, signer: AuthorId) -> Body:
    chain: ChainId = past.here.world.tip.chain
    return rotation(_fresh(chance), chain, chance.choice([signer, signer, AuthorId("0" * 32)]))


def _joining(chance: Random, past: Past, _: AuthorId) -> Body:
    place = PlaceId(chance.choice(["new", "bar", "dispute"]))
    seed = _fresh(chance)
    proof = invitation(seed, past.here.world.tip.chain, place)
    return PlaceJoin(PublicKey(public_key(seed).hex()), "New", "New", place, proof)


def _adoption(_: Random, past: Past, __: AuthorId) -> Body:
    payloads, signature = past.here.branch
    return ForkAdopt(past.here.forked_till.id, payloads, signature)


TOGETHER: Final[Mapping[type[Body], Callable[[Random, Past, AuthorId], Body]]] = {
    PolicySet: _policy,
    SlotSale: _slot,
    SaleVoid: _void,
    PurseRelease: _release,
    KeyRotate: _rotation,
    PlaceJoin: _joining,
    ForkAdopt: _adoption,
}
"""Bodies whose fields hang together."""
