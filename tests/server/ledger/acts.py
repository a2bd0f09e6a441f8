"""What `tests/vectors/authorisation.csv` asks about: a body for each of its rows.

Each is one that the world `federated` would take from whoever may sign it; a row with another day
says so in `LATER`.
"""

from collections.abc import Callable
from typing import Final

from server.ledger.melting import month_of
from shared.amounts import Amount
from shared.bodies import (
    AssetAccept,
    AssetArchive,
    AssetClass,
    AssetUpdate,
    Badge,
    Body,
    CardBlock,
    CardHome,
    CardLink,
    CardLose,
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
    EngineHandover,
    Exchange,
    ForkAdopt,
    Genesis,
    Gift,
    Grant,
    GroupCreate,
    Issue,
    KeyRotate,
    Known,
    Melt,
    MeltReversal,
    Membership,
    Merge,
    Notice,
    Part,
    PlaceCreate,
    PlaceLeave,
    PolicySet,
    PurseIssue,
    PurseRelease,
    Recovery,
    Refund,
    Reload,
    ReserveBook,
    Sale,
    SaleVoid,
    Settlement,
    SettlementDone,
    SettlementFailed,
    SplitSale,
    TerminalRevoke,
    Transfer,
    ValidatorPropose,
    VoteCast,
)
from shared.ids import ZERO_HASH, AssetId, Hash, PlaceId, PublicKey, WalletId
from shared.policy import (
    NO_DEMURRAGE,
    OFFLINE,
    PURSE,
    DividendPolicy,
    ExchangePolicy,
    ProtocolPolicy,
)
from shared.signing import Purpose, sign, to_text
from tests.server.ledger.federation import (
    BLOCKED_CARD,
    CAFE,
    CLUB,
    KEY_CARD,
    KEY_WALLET,
    LIBRE,
    MELT,
    MELT_DAY,
    OLD_PURSE_CARD,
    POINTS,
    PURSE_CARD,
    STAMP,
    TIME,
    Federation,
    joining,
    slot_sale,
    till,
    unit,
)
from tests.server.ledger.world import BAR, DAY, FED, GRAIN, Author, card, holder

Act = Callable[[Federation, Author], Body]
_FRESH = Author(b"z" * 32)
_CENT = Amount(1)
LATER: Final = {"purse.release": 3 * DAY, "distribute": 100 * DAY}
"""Milliseconds after the world's own time at which a row is asked."""


def _sale(basis: str, *, number: int = 3, total: int = 1) -> Sale:
    return Sale(
        "online" if basis == "online" else "cached",
        card(number),
        ZERO_HASH,
        (),
        Amount(total),
    )


def _rotation(here: Federation, author: Author) -> KeyRotate:
    key = PublicKey(_FRESH.key.hex())
    words = f"{here.world.tip.chain} {author.id} {key}".encode()
    return KeyRotate(key, to_text(sign(_FRESH.seed, Purpose.PAIRING, words)))


def _adoption(here: Federation, _: Author) -> ForkAdopt:
    payloads, signature = here.branch
    return ForkAdopt(here.forked_till.id, payloads, signature)


def _release(here: Federation, _: Author) -> PurseRelease:
    late, seq, _hash = here.named["late"]
    cafe = Known(here.cafe_till.id, 0)  # there was talk of GRAIN there
    heads = (Known(here.bar_till.id, here.bar_till.seq), cafe, Known(late, seq))
    return PurseRelease(card(OLD_PURSE_CARD), heads)


def _named(here: Federation, what: str) -> Hash:
    return here.named[what][2]


def _refund(here: Federation, _: Author) -> Refund:
    author, seq, _hash = here.named["sale"]
    return Refund(_CENT, author, ZERO_HASH, seq)


def _dispute(here: Federation, _: Author) -> Dispute:
    author, seq, _hash = here.named["disputed"]
    return Dispute(author, "pay", seq)


def _chargeback(here: Federation, _: Author) -> Chargeback:
    author, seq, _hash = here.named["reload"]
    return Chargeback(Amount(700), author, "stripe:dp_1:lost", seq)


def _correction(here: Federation, _: Author) -> Correction:
    author, seq, _hash = here.named["issue"]
    return Correction(author, "wrong card", seq)


def _of(body: Body) -> Act:
    return lambda _here, _author: body


ACTS: Final[dict[str, Act]] = {
    "genesis": _of(Genesis(PublicKey("ab" * 32), "Another")),
    "policy.set protocol": _of(PolicySet("-", ProtocolPolicy(2))),
    "policy.set offline -": _of(PolicySet("-", OFFLINE)),
    "policy.set offline bar": _of(PolicySet("bar", OFFLINE)),
    "policy.set purse -": _of(PolicySet("-", PURSE)),
    "policy.set purse bar": _of(PolicySet("bar", PURSE)),
    "policy.set demurrage GRAIN": _of(PolicySet("GRAIN", NO_DEMURRAGE)),
    "policy.set exchange GRAIN-FED": _of(PolicySet("GRAIN-FED", ExchangePolicy(2, 1))),
    "policy.set exchange GRAIN-BEAN": _of(PolicySet("GRAIN-BEAN", ExchangePolicy(2, 1))),
    "policy.set dividend LIBRE": _of(PolicySet("LIBRE", DividendPolicy(5, 1, 0))),
    "place.create": _of(PlaceCreate("Kiosk", PlaceId("kiosk"))),
    "place.join": lambda here, _: joining(here.world, _FRESH, PlaceId("new"), "New"),
    "place.leave": _of(PlaceLeave(BAR)),
    "asset.create": _of(unit(AssetId("NEW"), AssetClass.LOCAL)),
    "asset.update": _of(AssetUpdate(GRAIN, "Graine", 5, "G")),
    "asset.archive": _of(AssetArchive(GRAIN)),
    "asset.accept issuer's side": _of(
        AssetAccept(accept=True, asset=POINTS, place=CAFE, side="issuer")
    ),
    "asset.accept place's side": _of(
        AssetAccept(accept=True, asset=AssetId("BEAN"), place=BAR, side="place")
    ),
    "group.create": _of(GroupCreate((GRAIN,), 2)),
    "terminal.enrol": _of(till(_FRESH, BAR, "Bar 9")),
    "terminal.revoke": lambda here, _: TerminalRevoke(here.bar_till.seq, here.bar_till.id),
    "fork.adopt": _adoption,
    "key.rotate": _rotation,
    "card.register": _of(CardRegister(card(99), BAR, "T0", holder(99))),
    "card.block": _of(CardBlock(card(3), "lost")),
    "card.unblock": _of(CardUnblock(card(BLOCKED_CARD))),
    "card.lose": _of(CardLose(card(KEY_CARD))),
    "card.link": _of(CardLink(card(3), WalletId("ee" * 16))),
    "card.home": _of(CardHome(card(3), CAFE)),
    "merge": _of(Merge(holder(3), holder(2))),
    "purse.issue": _of(PurseIssue(card(PURSE_CARD), 1, 0, 24)),
    "purse.release": _release,
    "sale cached": _of(_sale("cached")),
    "sale online": _of(_sale("online")),
    "sale slot": lambda here, _: slot_sale(here, 0, 5),
    "sale with lines in TIME": _of(
        SplitSale("online", card(1), ZERO_HASH, (Part(_CENT, TIME),), 0)
    ),
    "sale of GRAIN alone": _of(_sale("online", number=1, total=1_300)),
    "sale.void": _of(SaleVoid(card(PURSE_CARD), (0, 5))),
    "refund": _refund,
    "cash_reload GRAIN": _of(CashReload(_CENT, GRAIN, card(3), ZERO_HASH)),
    "cash_reload FED": _of(CashReload(_CENT, FED, card(3), ZERO_HASH)),
    "issue": _of(Issue(_CENT, GRAIN, "issue-2", holder(3))),
    "reload": _of(Reload(_CENT, FED, card(3), "stripe:cs_x:paid")),
    "transfer": _of(Transfer(_CENT, FED, holder(3), holder(2))),
    "gift": _of(Gift(_CENT, FED, ZERO_HASH, KEY_WALLET, holder(2))),
    "exchange": _of(Exchange(_CENT, FED, GRAIN, KEY_WALLET)),
    "cash_out": _of(CashOut(_CENT, FED, holder(3))),
    "cash_out.done": lambda here, _: CashOutDone("stripe:re_1:done", _named(here, "cash_out")),
    "cash_out.failed": lambda here, _: CashOutFailed(
        "stripe:re_2:failed", _named(here, "cash_out to fail")
    ),
    "settlement": _of(Settlement(_CENT, FED, BAR)),
    "settlement.done": lambda here, _: SettlementDone(
        "stripe:tr_1:done", _named(here, "settlement")
    ),
    "settlement.failed": lambda here, _: SettlementFailed(
        "stripe:tr_2:failed", _named(here, "settlement to fail")
    ),
    "dispute of a sale": _dispute,
    "dispute of a reload": _chargeback,
    "correction": _correction,
    "membership": _of(Membership(CLUB, 30_000, holder(2))),
    "badge": _of(Badge(STAMP, card(1))),
    "dividend": lambda here, _: Dividend(Amount(100), LIBRE, here.world.time // DAY, holder(1)),
    "notice": _of(Notice(MELT, MELT_DAY, MELT_DAY + 60)),
    "melt": _of(Melt(Amount(100), MELT, MELT_DAY, holder(1))),
    "melt_reversal": lambda here, _: MeltReversal(
        Amount(100), MELT, here.named["late"][0], MELT_DAY, here.named["late"][1], holder(2)
    ),
    "distribute": _of(Distribute(MELT, month_of(MELT_DAY), BAR)),
    "reserve.book": _of(ReserveBook(_CENT, "fees", "bank-1", BAR)),
    "validator.propose": lambda here, _: ValidatorPropose("suspend", here.cafe_node.id),
    "vote.cast": lambda here, _: VoteCast(_named(here, "proposal"), support=True),
    "grant": _of(Grant(_CENT, FED, BAR, "commons", "a lamp")),
    "engine.handover": lambda here, _: EngineHandover(
        "cometbft", ZERO_HASH, 1, (here.bar_node.id, here.third_node.id)
    ),
    "recovery": lambda here, _: Recovery(
        here.world.tip.height + 1, here.world.tip.height + 3, "the disk died"
    ),
}
"""A body for each row: made for the world and for who will sign it."""
