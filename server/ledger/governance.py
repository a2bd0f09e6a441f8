"""Rules by which a federation decides: proposals, votes, grants, engines, losses (PROTOCOL §5).

What binds all members is at first a proposal (`proposed`): validators, grants, the engine, policies
of the chain, organisations that join, tokens that all places take, purse groups.  It is done when
⌊2n/3⌋ + 1 of the n validators are for it, as the set is at the block that counts, by the rule of
its kind, which looks at everything again; it is dropped when so many are against it that this
cannot be reached any more.  What has become impossible (a pot holds too little) turns away the vote
that would have decided: the proposal stays open.
"""

from collections.abc import Callable
from dataclasses import replace as with_fields
from typing import Any, TypeAlias

from msgspec.structs import replace

from server.ledger.effect import (
    CHAIN,
    DISPUTES,
    Context,
    Effect,
    Outcome,
    Signed,
    deciders,
    is_active,
    validators,
)
from server.ledger.records import (
    Author,
    Handover,
    Key,
    Lost,
    Place,
    Posting,
    Proposal,
    Validators,
)
from server.ledger.state import View
from shared.bodies import Body, EngineHandover, Grant, Recovery, Role, ValidatorPropose, VoteCast
from shared.errors import Code
from shared.ids import (
    POT_COMMONS,
    POT_GUARANTEE,
    POT_MAINTENANCE,
    AuthorId,
    loss,
    place,
)

POTS = {
    "commons": POT_COMMONS,
    "guarantee": POT_GUARANTEE,
    "maintenance": POT_MAINTENANCE,
}
_MEMBERSHIP = frozenset({"add", "remove"})
MOST_OPEN = 20
"""Proposals of one validator that wait for votes: whoever counts votes looks through them all."""
Judge: TypeAlias = Callable[[Context, Signed, Any], Outcome]


def quorum(validators: int) -> int:
    """Give how many of so many validators decide."""
    return 2 * validators // 3 + 1


def decides(context: Context, signed: Signed) -> Code | None:
    """Say why an author may not act for the federation; None when it is a validator."""
    if signed.agreed or signed.author in deciders(context):
        return None
    return Code.NOT_A_VALIDATOR


def proposed(context: Context, signed: Signed) -> Outcome | None:
    """Give the proposal that an act for the federation is at first, with its author's own vote.

    None: it is done now, as enough have agreed.  Whoever decides alone proposes nothing.
    """
    if signed.agreed or quorum(len(deciders(context))) == 1:
        return None
    others = context.state.rows(Proposal).values()
    if sum(each.status == "open" and each.author == signed.author for each in others) >= MOST_OPEN:
        return Code.TOO_MANY
    number = signed.transaction.envelope.seq
    fresh = Proposal((), signed.author, number, "open", (signed.author,))
    return Effect(records=(((signed.transaction.hash,), fresh),))


# ---------- proposals ----------


def validator_propose(context: Context, signed: Signed, body: ValidatorPropose) -> Outcome:
    """Take a node in or out, or stop or allow what it issues offline."""
    code = decides(context, signed) or _pointless(context, body)
    if code:
        return code
    if body.change in _MEMBERSHIP and not signed.agreed and _change_is_open(context):
        return Code.ONE_AT_A_TIME
    if (proposal := proposed(context, signed)) is not None:
        return proposal
    now = validators(context)
    changed = Validators(
        _changed(now.nodes, body, "add", "remove"),
        _changed(now.suspended, body, "suspend", "restore"),
    )
    return Effect(records=(((CHAIN,), changed),))


def _changed(
    nodes: tuple[AuthorId, ...], body: ValidatorPropose, enters: str, leaves: str
) -> tuple[AuthorId, ...]:
    others = tuple(node for node in nodes if node != body.node)
    if body.change == enters:
        return (*others, body.node)
    return others if body.change == leaves else nodes


def _pointless(context: Context, body: ValidatorPropose) -> Code | None:
    """Say why a change cannot be made; None when it can be and changes something."""
    now, node = validators(context), context.state.get(Author, (body.node,))
    if node is None or node.role is not Role.NODE:
        return Code.UNKNOWN_NODE
    if body.change == "remove" and body.node not in now.nodes:
        return Code.NOT_A_VALIDATOR
    if body.change == "remove" and deciders(context) == (body.node,):
        return Code.LAST_VALIDATOR
    if body.change == "add" and body.node in now.nodes:
        return Code.ALREADY_EXISTS
    if body.change == "add" and not is_active(context, body.node):
        return Code.AUTHOR_QUARANTINED
    if (body.change == "suspend") == (
        body.node in now.suspended
    ) and body.change not in _MEMBERSHIP:
        return Code.ALREADY_SETTLED
    return None


def _change_is_open(context: Context) -> bool:
    """Tell whether a change of the set is voted on: two at a time could contradict each other."""
    for proposal in context.state.rows(Proposal).values():
        if proposal.status == "open":
            body = _proposed(context, proposal)
            if isinstance(body, ValidatorPropose) and body.change in _MEMBERSHIP:
                return True
    return False


def _proposed(context: Context, proposal: Proposal) -> Body | None:
    done = context.state.transaction(proposal.author, proposal.number)
    return done.body if done else None


# ---------- grants ----------


def grant(context: Context, signed: Signed, body: Grant) -> Outcome:
    """Let a pot pay a place; the guarantee pot also what banks have taken back."""
    code = decides(context, signed) or _unpayable(context, body)
    if code:
        return code
    if (proposal := proposed(context, signed)) is not None:
        return proposal
    target = place(body.place)
    if body.place == DISPUTES:
        target = loss(DISPUTES)
        if -context.state.balance(target, body.asset) < body.amount:
            return Code.WRONG_AMOUNT  # a loss that is made good twice would be money from nowhere
    return Effect((Posting(POTS[body.pot], target, body.asset, body.amount),))


def _unpayable(context: Context, body: Grant) -> Code | None:
    if body.asset not in context.state.assets():
        return Code.UNKNOWN_ASSET
    if body.place == DISPUTES:
        return None if body.pot == "guarantee" else Code.UNKNOWN_PLACE
    record = context.state.get(Place, (body.place,))
    if record is None:
        return Code.UNKNOWN_PLACE
    return Code.PLACE_LEFT if record.left else None


# ---------- votes ----------


def vote_cast(context: Context, signed: Signed, body: VoteCast, judge: Judge) -> Outcome:
    """Count a validator's vote, once; `judge` does what was proposed, by the rule of its kind.

    A second one counts nothing.  It is heard only when the votes that are there already decide: the
    set may have become smaller since the last of them.
    """
    if code := decides(context, signed):
        return code
    key = (body.proposal,)
    proposal = context.state.get(Proposal, key)
    wanted = _proposed(context, proposal) if proposal else None
    if proposal is None or wanted is None or proposal.status != "open":
        return Code.UNKNOWN_PROPOSAL
    support, against = proposal.support, proposal.against
    again = signed.author in (*support, *against)
    if body.support and not again:
        support = (*support, signed.author)
    elif not again:
        against = (*against, signed.author)
    voted = replace(proposal, against=against, support=support)
    nodes = deciders(context)
    needed = quorum(len(nodes))
    if sum(node in nodes for node in support) >= needed:
        author = context.state.get(Author, (voted.author,)) or signed.record
        wish = with_fields(signed, author=voted.author, record=author, agreed=True)
        return _done(judge(context, wish, wanted), key, voted)
    if len(nodes) - sum(node in nodes for node in against) < needed:
        return Effect(records=((key, replace(voted, status="dropped")),))
    return Code.ALREADY_VOTED if again else Effect(records=((key, voted),))


def _done(outcome: Outcome, key: Key, proposal: Proposal) -> Outcome:
    """Give what was decided.  What has become impossible meanwhile rejects the vote."""
    if isinstance(outcome, Code):
        return outcome
    done = (key, replace(proposal, status="done"))
    return Effect(outcome.postings, (*outcome.records, done), outcome.verdict)


# ---------- engines and losses ----------


def engine_handover(context: Context, signed: Signed, body: EngineHandover) -> Outcome:
    """Say which engine orders the blocks after this one, with the validators that there are."""
    if code := decides(context, signed):
        return code
    if handed_over(context.state) is not None:
        return Code.ALREADY_EXISTS
    if body.validators != deciders(context):
        return Code.BAD_FIELD
    if (proposal := proposed(context, signed)) is not None:
        return proposal
    record = Handover(
        engine=body.engine,
        genesis=body.genesis,
        height=context.height,
        initial_height=body.initial_height,
        validators=body.validators,
    )
    return Effect(records=(((CHAIN,), record),))


def handed_over(view: View) -> Handover | None:
    """Give to whom the chain was handed over: a solo seal above `height` is invalid then."""
    return view.get(Handover, (CHAIN,))


def recovery(context: Context, signed: Signed, body: Recovery) -> Outcome:
    """Name blocks that were lost: those that stood from this block's own height on.

    Only who seals alone can lose any.  No vote: it makes no block before it has said so.
    """
    if signed.author != context.sealer or handed_over(context.state) is not None:
        return Code.NOT_AUTHORISED
    if body.first != context.height or body.last < body.first:
        return Code.BAD_FIELD
    if context.state.get(Lost, (body.first,)):
        return Code.ALREADY_EXISTS
    return Effect(records=(((body.first,), Lost(context.height, body.last)),))
