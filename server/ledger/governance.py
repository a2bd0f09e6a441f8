"""Rules by which a federation decides: proposals, votes, grants, engines, losses (PROTOCOL §5).

A proposal is done when ⌊2n/3⌋ + 1 of the n validators are for it, as the set is at the block that
counts, and dropped when so many are against it that this cannot be reached any more.  A pot that
holds too little turns away the vote that would have decided: the grant stays open.
"""

from msgspec.structs import replace

from server.ledger.effect import (
    CHAIN,
    DISPUTES,
    Context,
    Effect,
    Outcome,
    Signed,
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
    Record,
    Validators,
)
from server.ledger.state import View
from shared.bodies import EngineHandover, Grant, Recovery, Role, ValidatorPropose, VoteCast
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


def quorum(validators: int) -> int:
    """Give how many of so many validators decide."""
    return 2 * validators // 3 + 1


def decides(context: Context, signed: Signed) -> Code | None:
    """Say why an author may not act for the federation; None when it is a validator."""
    return None if signed.author in validators(context).nodes else Code.NOT_A_VALIDATOR


# ---------- proposals ----------


def validator_propose(context: Context, signed: Signed, body: ValidatorPropose) -> Outcome:
    """Propose to take a node in or out, or to stop or allow what it issues offline."""
    code = decides(context, signed) or _pointless(context, body)
    if code:
        return code
    if body.change in _MEMBERSHIP and _change_is_open(context):
        return Code.ONE_AT_A_TIME
    return _open(context, signed, body)


def grant(context: Context, signed: Signed, body: Grant) -> Outcome:
    """Propose that a pot pays a place; the guarantee pot also what banks have taken back."""
    code = decides(context, signed) or _unpayable(context, body)
    return code or _open(context, signed, body)


def _pointless(context: Context, body: ValidatorPropose) -> Code | None:
    """Say why a change cannot be made; None when it can be and changes something."""
    now, node = validators(context), context.state.get(Author, (body.node,))
    if node is None or node.role is not Role.NODE:
        return Code.UNKNOWN_NODE
    if body.change == "remove" and body.node not in now.nodes:
        return Code.NOT_A_VALIDATOR
    if body.change == "remove" and len(now.nodes) == 1:
        return Code.LAST_VALIDATOR
    if body.change == "add" and body.node in now.nodes:
        return Code.ALREADY_EXISTS
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


def _unpayable(context: Context, body: Grant) -> Code | None:
    if body.asset not in context.state.assets():
        return Code.UNKNOWN_ASSET
    if body.place == DISPUTES:
        return None if body.pot == "guarantee" else Code.UNKNOWN_PLACE
    record = context.state.get(Place, (body.place,))
    if record is None:
        return Code.UNKNOWN_PLACE
    return Code.PLACE_LEFT if record.left else None


def _proposed(context: Context, proposal: Proposal) -> ValidatorPropose | Grant | None:
    done = context.state.transaction(proposal.author, proposal.number)
    body = done.body if done else None
    return body if isinstance(body, ValidatorPropose | Grant) else None


def _open(context: Context, signed: Signed, body: ValidatorPropose | Grant) -> Outcome:
    """Open a proposal with its author's own vote, which may be enough."""
    envelope = signed.transaction.envelope
    fresh = Proposal((), signed.author, envelope.seq, "open", (signed.author,))
    return _count(context, (signed.transaction.hash,), fresh, body)


# ---------- votes ----------


def vote_cast(context: Context, signed: Signed, body: VoteCast) -> Outcome:
    """Count a validator's vote, once.

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
    if signed.author in (*support, *against):
        outcome = _count(context, key, proposal, wanted)
        undecided = isinstance(outcome, Effect) and outcome.records == ((key, proposal),)
        return Code.ALREADY_VOTED if undecided else outcome
    if body.support:
        support = (*support, signed.author)
    else:
        against = (*against, signed.author)
    voted = Proposal(against, proposal.author, proposal.number, "open", support)
    return _count(context, key, voted, wanted)


def _count(
    context: Context, key: Key, proposal: Proposal, body: ValidatorPropose | Grant
) -> Outcome:
    """Count the votes of those who are validators now, and do what they decide."""
    nodes = validators(context).nodes
    needed = quorum(len(nodes))
    if sum(node in nodes for node in proposal.support) >= needed:
        return _do(context, key, replace(proposal, status="done"), body)
    if len(nodes) - sum(node in nodes for node in proposal.against) < needed:
        proposal = replace(proposal, status="dropped")
    return Effect(records=((key, proposal),))


def _do(context: Context, key: Key, proposal: Proposal, body: ValidatorPropose | Grant) -> Outcome:
    """Do what was decided.  What has become impossible meanwhile rejects the vote."""
    done: tuple[Key, Record] = (key, proposal)
    if isinstance(body, ValidatorPropose):
        now = validators(context)
        changed = Validators(
            _changed(now.nodes, body, "add", "remove"),
            _changed(now.suspended, body, "suspend", "restore"),
        )
        return Effect(records=(done, ((CHAIN,), changed)))
    if code := _unpayable(context, body):
        return code
    target = place(body.place)
    if body.place == DISPUTES:
        target = loss(DISPUTES)
        if -context.state.balance(target, body.asset) < body.amount:
            return Code.WRONG_AMOUNT  # a loss that is made good twice would be money from nowhere
    paid = Posting(POTS[body.pot], target, body.asset, body.amount)
    return Effect((paid,), (done,))


def _changed(
    nodes: tuple[AuthorId, ...], body: ValidatorPropose, enters: str, leaves: str
) -> tuple[AuthorId, ...]:
    others = tuple(node for node in nodes if node != body.node)
    if body.change == enters:
        return (*others, body.node)
    return others if body.change == leaves else nodes


# ---------- engines and losses ----------


def engine_handover(context: Context, signed: Signed, body: EngineHandover) -> Outcome:
    """Say which engine orders the blocks after this one, with the validators that there are."""
    if code := decides(context, signed):
        return code
    if handed_over(context.state) is not None:
        return Code.ALREADY_EXISTS
    if body.validators != validators(context).nodes:
        return Code.BAD_FIELD
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
    """Name blocks that were lost: those that stood from this block's own height on."""
    if code := decides(context, signed):
        return code
    if body.first != context.height or body.last < body.first:
        return Code.BAD_FIELD
    if context.state.get(Lost, (body.first,)):
        return Code.ALREADY_EXISTS
    return Effect(records=(((body.first,), Lost(context.height, body.last)),))
