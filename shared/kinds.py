"""THE table of kinds: what a transaction can be, who may sign it, and since when.

A kind whose `since` is later than the chain's protocol is answered `rejected(kind_not_active)`, as
it always will be for blocks of that time: a chain made today audits green for ever.  Adding a kind
is one body Struct, one row here and one rule in `server.ledger.rules`.

A kind can have several bodies; those after the first came with a later protocol, and what they say
was a mistake before: `since` tells.
"""

from dataclasses import dataclass
from typing import Final

from shared.bodies import (
    AssetAccept,
    AssetArchive,
    AssetCreate,
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
    Melt,
    MeltReversal,
    Membership,
    Merge,
    Notice,
    PlaceCreate,
    PlaceJoin,
    PlaceLeave,
    PolicySet,
    PurseIssue,
    PurseRelease,
    Recovery,
    Refund,
    Reload,
    ReserveBook,
    Role,
    Sale,
    SaleVoid,
    Settlement,
    SettlementDone,
    SettlementFailed,
    SlotSale,
    SplitSale,
    TerminalEnrol,
    TerminalRevoke,
    Transfer,
    ValidatorPropose,
    VoteCast,
)
from shared.policy import POLICY_SINCE


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table: `bodies` are tried in their order."""

    name: str
    bodies: tuple[type[Body], ...]
    signers: frozenset[Role]
    offline: bool
    since: int
    meaning: str
    large: bool = False

    @property
    def body(self) -> type[Body]:
        """The body that the kind had first, and that its mistakes are named after."""
        return self.bodies[0]


def _row(
    name: str,
    bodies: tuple[type[Body], ...],
    signers: str,
    since: int,
    meaning: str,
    *,
    offline: bool = False,
    large: bool = False,
) -> Kind:
    roles = frozenset(map(Role, signers.split()))
    return Kind(name, bodies, roles, offline=offline, since=since, meaning=meaning, large=large)


NODE: Final = "node"
TILL: Final = "terminal"
ALL: Final = "node terminal place wallet"
"""No kind makes authors of the roles `place` and `wallet` yet: until one does, a node speaks for
its places and for the wallets at home there.  What such keys will sign is fixed already."""

_ROWS: Final = (
    _row("genesis", (Genesis,), NODE, 1, "the founding node and its key"),
    _row("policy.set", (PolicySet,), NODE, 1, "a rule changes"),
    _row("place.create", (PlaceCreate,), NODE, 1, "a place joins with its node"),
    _row("asset.create", (AssetCreate,), NODE, 1, "a unit of value is defined"),
    _row("terminal.enrol", (TerminalEnrol,), NODE, 1, "a terminal may sign for a place"),
    _row("terminal.revoke", (TerminalRevoke,), NODE, 1, "a terminal may sign no longer"),
    _row("card.register", (CardRegister,), NODE, 1, "a card with its wallet is known"),
    _row("card.block", (CardBlock,), NODE, 1, "a card may no longer be spent"),
    _row("issue", (Issue,), NODE, 1, "an issuer creates value on a wallet"),
    _row("reload", (Reload,), NODE, 1, "euros come in, federated tokens go to a card"),
    _row("cash_reload", (CashReload,), TILL, 1, "cash comes in at a till", offline=True),
    _row("sale", (Sale, SplitSale, SlotSale), TILL, 1, "a card pays a place", offline=True),
    _row("refund", (Refund,), TILL, 1, "a place gives back (part of) a sale", offline=True),
    _row("transfer", (Transfer,), NODE, 1, "value moves between two wallets"),
    _row("notice", (Notice,), NODE, 1, "a melt is announced"),
    _row("melt", (Melt,), NODE, 1, "idle value melts into its place's pot"),
    _row("melt_reversal", (MeltReversal,), NODE, 1, "a late sale gives a melt back"),
    _row("distribute", (Distribute,), NODE, 1, "what melted is shared"),
    _row("reserve.book", (ReserveBook,), NODE, 1, "euros in the reserve: fees, attestations"),
    _row(
        "sale.void",
        (SaleVoid,),
        TILL,
        2,
        "an interrupted card payment claims its interval for nothing",
        offline=True,
    ),
    _row("gift", (Gift,), "node wallet", 2, "a holder gives value to another"),
    _row("merge", (Merge,), NODE, 2, "an anonymous card's wallet joins a user's"),
    _row("exchange", (Exchange,), "node wallet", 2, "one asset for another at the registered rate"),
    _row("purse.issue", (PurseIssue,), NODE, 2, "a wallet funds what its card may spend offline"),
    _row(
        "purse.release",
        (PurseRelease,),
        NODE,
        2,
        "what a purse still holds goes to the wallet",
        large=True,
    ),
    _row("cash_out", (CashOut,), NODE, 2, "value back to the person: lock"),
    _row("cash_out.done", (CashOutDone,), NODE, 2, "value back to the person: burn"),
    _row("cash_out.failed", (CashOutFailed,), NODE, 2, "value back to the person: unlock"),
    _row("settlement", (Settlement,), NODE, 2, "a place turns tokens into euros: lock"),
    _row("settlement.done", (SettlementDone,), NODE, 2, "a place turns tokens into euros: burn"),
    _row(
        "settlement.failed", (SettlementFailed,), NODE, 2, "a place turns tokens into euros: unlock"
    ),
    _row(
        "dispute", (Dispute, Chargeback), NODE, 2, "a disputed sale is settled, or a reload undone"
    ),
    _row("membership", (Membership,), NODE, 2, "a membership is granted or ends"),
    _row("badge", (Badge,), "node terminal", 2, "a card gets a stamp"),
    _row("dividend", (Dividend,), NODE, 2, "a free currency creates a member's equal part"),
    _row("correction", (Correction,), NODE, 2, "a counter-entry with its reason"),
    _row("asset.update", (AssetUpdate,), NODE, 2, "an asset's terms change"),
    _row("asset.archive", (AssetArchive,), NODE, 2, "an asset is closed"),
    _row("asset.accept", (AssetAccept,), NODE, 2, "a place takes an asset, say issuer and place"),
    _row("group.create", (GroupCreate,), NODE, 2, "equal-unit assets form a purse group"),
    _row("place.join", (PlaceJoin,), NODE, 2, "an organisation joins the federation"),
    _row("place.leave", (PlaceLeave,), NODE, 2, "a place leaves the federation"),
    _row(
        "fork.adopt",
        (ForkAdopt,),
        NODE,
        2,
        "the other branch of a forked terminal is booked",
        large=True,
    ),
    _row("card.link", (CardLink,), NODE, 2, "a card points to another wallet"),
    _row("card.home", (CardHome,), NODE, 2, "a card gets another home"),
    _row("card.lose", (CardLose,), "node wallet", 2, "a holder reports a card lost"),
    _row("card.unblock", (CardUnblock,), NODE, 2, "a card may be spent again"),
    _row("key.rotate", (KeyRotate,), ALL, 2, "an author changes its key"),
    _row("validator.propose", (ValidatorPropose,), NODE, 2, "a change of the validators"),
    _row("vote.cast", (VoteCast,), NODE, 2, "a validator votes"),
    _row("grant", (Grant,), NODE, 2, "a pot pays a place, if the validators agree"),
    _row("engine.handover", (EngineHandover,), NODE, 2, "another engine orders the blocks"),
    _row("recovery", (Recovery,), NODE, 2, "a lost range of blocks is named"),
)

KINDS: Final[dict[str, Kind]] = {row.name: row for row in _ROWS}
NAMES: Final[dict[type[Body], str]] = {body: row.name for row in _ROWS for body in row.bodies}
_LATER: Final = 2
_SINCE: Final[dict[type[Body], int]] = {
    body: row.since if body is row.body else max(row.since, _LATER)
    for row in _ROWS
    for body in row.bodies
}


def since(body: Body) -> int:
    """Give the protocol with which a body of this shape came."""
    if isinstance(body, PolicySet):
        return POLICY_SINCE[type(body.value)]
    return _SINCE[type(body)]
