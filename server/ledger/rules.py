"""From a transaction to its verdict: may its author sign it, what does its kind do, does it fit.

One table, `RULES`, gives each active kind its rule.  `apply` is total: whatever a body holds, the
answer is a verdict, and a rejection leaves no trace but itself.
"""

from typing import Any, Final

from server.ledger import (
    adoption,
    assets,
    authors,
    cards,
    community,
    corrections,
    disputes,
    exchange,
    governance,
    holds,
    melting,
    merge,
    money,
    purses,
    refunds,
    registry,
    sales,
)
from server.ledger.effect import Context, Effect, Outcome, RuleFunction, Signed
from server.ledger.records import Author, Place, Posting
from server.ledger.state import Floor, Overflow
from shared.bodies import (
    AnySale,
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
from shared.errors import Code
from shared.ids import Account, AuthorId, author_id
from shared.kinds import KINDS, since
from shared.transaction import Transaction, why_not
from shared.verdict import DISPUTED, Verdict, rejected


def _vote_cast(context: Context, signed: Signed, body: VoteCast) -> Outcome:
    def judge(context: Context, signed: Signed, body: Body) -> Outcome:
        return RULES[type(body)](context, signed, body)

    return governance.vote_cast(context, signed, body, judge)


def _fork_adopt(context: Context, signed: Signed, body: ForkAdopt) -> Outcome:
    return adoption.fork_adopt(context, signed, body, apply)


RULES: Final[dict[type[Body], RuleFunction[Any]]] = {
    Genesis: registry.genesis,
    PolicySet: registry.policy_set,
    PlaceCreate: registry.place_create,
    AssetCreate: assets.asset_create,
    AssetUpdate: assets.asset_update,
    AssetArchive: assets.asset_archive,
    AssetAccept: assets.asset_accept,
    TerminalEnrol: registry.terminal_enrol,
    TerminalRevoke: registry.terminal_revoke,
    CardRegister: registry.card_register,
    CardBlock: registry.card_block,
    Issue: money.issue,
    Reload: money.reload,
    CashReload: money.cash_reload,
    Sale: sales.sale,
    SplitSale: sales.sale,
    SlotSale: sales.sale,
    Refund: refunds.refund,
    SaleVoid: purses.sale_void,
    PurseIssue: purses.purse_issue,
    PurseRelease: purses.purse_release,
    Merge: merge.merge,
    CardLink: cards.card_link,
    CardHome: cards.card_home,
    CardLose: cards.card_lose,
    CardUnblock: cards.card_unblock,
    GroupCreate: cards.group_create,
    Transfer: money.transfer,
    Gift: money.transfer,
    Exchange: exchange.exchange,
    Membership: community.membership,
    Badge: community.badge,
    Dividend: community.dividend,
    Correction: corrections.correction,
    ReserveBook: money.reserve_book,
    Notice: melting.notice,
    Melt: melting.melt,
    MeltReversal: melting.melt_reversal,
    Distribute: melting.distribute,
    CashOut: holds.cash_out,
    CashOutDone: holds.cash_out_done,
    CashOutFailed: holds.cash_out_failed,
    Settlement: holds.settlement,
    SettlementDone: holds.settlement_done,
    SettlementFailed: holds.settlement_failed,
    Dispute: disputes.dispute,
    Chargeback: disputes.chargeback,
    KeyRotate: authors.key_rotate,
    PlaceJoin: authors.place_join,
    PlaceLeave: authors.place_leave,
    ForkAdopt: _fork_adopt,
    ValidatorPropose: governance.validator_propose,
    VoteCast: _vote_cast,
    Grant: governance.grant,
    EngineHandover: governance.engine_handover,
    Recovery: governance.recovery,
}


def apply(
    context: Context, transaction: Transaction, *, ends_batch: bool = True
) -> tuple[Verdict, tuple[Posting, ...]]:
    """Give a transaction its verdict and make its changes to the state.

    `ends_batch` tells whether it is the last of its batch.
    """
    outcome = _judge(context, transaction, ends_batch=ends_batch)
    if isinstance(outcome, Code):
        return rejected(outcome), ()
    if outcome.postings:
        try:
            context.state.book(outcome.postings)
        except Floor as short:
            return rejected(_short_of(short.account)), ()
        except Overflow:
            return rejected(Code.SUPPLY_TOO_LARGE), ()
    for key, record in outcome.records:
        context.state.put(key, record)
    return outcome.verdict, outcome.postings


def _judge(context: Context, transaction: Transaction, *, ends_batch: bool) -> Outcome:
    body, envelope = transaction.body, transaction.envelope
    kind, protocol = KINDS.get(envelope.kind), context.protocol
    if kind is not None and kind.since > protocol:
        return Code.KIND_NOT_ACTIVE
    if isinstance(body, Code) or kind is None:
        return body if isinstance(body, Code) else Code.UNKNOWN_KIND
    if since(body) > protocol:
        return why_not(envelope.body, kind.body)
    author = context.state.get(Author, (envelope.author,))
    if isinstance(body, Genesis):
        author = _founder(context, envelope.author, author, body)
    if author is None or author.role not in kind.signers:
        return Code.NOT_AUTHORISED
    if _signs_no_longer(context, author, envelope.seq):
        if isinstance(body, AnySale):
            return Effect(verdict=DISPUTED)
        if not isinstance(body, SaleVoid):  # which moves nothing
            return Code.AUTHOR_REVOKED
    signed = Signed(envelope.author, author, transaction, ends_batch)
    return RULES[type(body)](context, signed, body)


def _signs_no_longer(context: Context, author: Author, seq: int) -> bool:
    """Tell whether an author was revoked before this number, or its place has left."""
    if author.status == "revoked" and seq > author.after:
        return True
    place = context.state.get(Place, (author.place,)) if author.place else None
    return place is not None and place.left


def _founder(
    context: Context, name: AuthorId, known: Author | None, body: Genesis
) -> Author | None:
    """Give the author that signs a genesis: itself, at height 0, under its own key, once."""
    if context.height > 0 or known or author_id(bytes.fromhex(body.founder)) != name:
        return None
    return Author(0, "", body.founder, body.name, "", Role.NODE, "active")


def _short_of(account: Account) -> Code:
    """Give the code for an account that has not enough."""
    if account.startswith("wallet:"):
        return Code.INSUFFICIENT_FUNDS
    return Code.PLACE_SHORT if account.startswith("place:") else Code.POT_SHORT
