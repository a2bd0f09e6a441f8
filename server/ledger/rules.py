"""From a transaction to its verdict: may its author sign it, what does its kind do, does it fit.

One table, `RULES`, gives each active kind its rule.  `apply` is total: whatever a body holds, the
answer is a verdict, and a rejection leaves no trace but itself.
"""

from typing import Any, Final

from server.ledger import melting, money, registry
from server.ledger.effect import Context, Effect, Outcome, RuleFunction, Signed
from server.ledger.records import Author, Posting
from server.ledger.state import Floor, Overflow
from shared.bodies import (
    AssetCreate,
    Body,
    CardBlock,
    CardRegister,
    CashReload,
    Distribute,
    Genesis,
    Issue,
    Melt,
    MeltReversal,
    Notice,
    PlaceCreate,
    PolicySet,
    Refund,
    Reload,
    ReserveBook,
    Role,
    Sale,
    TerminalEnrol,
    TerminalRevoke,
    Transfer,
)
from shared.errors import Code
from shared.ids import Account, AuthorId, author_id
from shared.kinds import KINDS, since
from shared.transaction import Transaction, why_not
from shared.verdict import DISPUTED, Verdict, rejected

RULES: Final[dict[type[Body], RuleFunction[Any]]] = {
    Genesis: registry.genesis,
    PolicySet: registry.policy_set,
    PlaceCreate: registry.place_create,
    AssetCreate: registry.asset_create,
    TerminalEnrol: registry.terminal_enrol,
    TerminalRevoke: registry.terminal_revoke,
    CardRegister: registry.card_register,
    CardBlock: registry.card_block,
    Issue: money.issue,
    Reload: money.reload,
    CashReload: money.cash_reload,
    Sale: money.sale,
    Refund: money.refund,
    Transfer: money.transfer,
    ReserveBook: money.reserve_book,
    Notice: melting.notice,
    Melt: melting.melt,
    MeltReversal: melting.melt_reversal,
    Distribute: melting.distribute,
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
    if author.status == "revoked" and envelope.seq > author.after:
        return Effect(verdict=DISPUTED) if isinstance(body, Sale) else Code.AUTHOR_REVOKED
    signed = Signed(envelope.author, author, transaction, ends_batch)
    rule = RULES.get(type(body))
    return Code.KIND_NOT_ACTIVE if rule is None else rule(context, signed, body)


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
