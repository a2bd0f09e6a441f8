"""Scenes of the story of protocol 2 about who signs: votes, keys, forks, places that leave."""

from msgspec.structs import replace

from server.ledger.effect import DISPUTES
from shared.amounts import Amount
from shared.bodies import (
    CardBlock,
    Dispute,
    EngineHandover,
    ForkAdopt,
    Grant,
    KeyRotate,
    PlaceCreate,
    PlaceLeave,
    Recovery,
    Refund,
    SaleVoid,
    Settlement,
    TerminalRevoke,
    ValidatorPropose,
    VoteCast,
)
from shared.errors import Code
from shared.ids import ZERO_HASH, Hash, PlaceId, place
from shared.proofs import rotation
from shared.signing import to_text
from shared.transaction import Batch
from tests.server.ledger.council import Change
from tests.server.ledger.federation import till
from tests.server.ledger.neighbours import CAFE
from tests.server.ledger.pursed import RICH, issue
from tests.server.ledger.scenes import OK, RELEASED, Cast, no, say
from tests.server.ledger.world import BAR, FED, GRAIN, Author, card, sale

TERRACE = PlaceId("terrace")


# ---------- votes ----------


def validators_are_chosen(cast: Cast) -> None:
    """One validator takes in a second alone, two a third together, three a fourth."""
    world, bar = cast.world, cast.world.node
    say(world, bar, (ValidatorPropose("remove", bar.id), no(Code.LAST_VALIDATOR)))
    second = _proposed(cast, bar, "add", cast.third)
    say(world, cast.third, (VoteCast(second, support=True), no(Code.UNKNOWN_PROPOSAL)))
    third = _proposed(cast, bar, "add", cast.fourth)
    say(world, cast.node, (VoteCast(third, support=True), no(Code.NOT_A_VALIDATOR)))
    say(
        world,
        bar,
        (VoteCast(third, support=True), no(Code.ALREADY_VOTED)),
        (ValidatorPropose("add", cast.node.id), no(Code.ONE_AT_A_TIME)),
        (ValidatorPropose("add", bar.id), no(Code.ALREADY_EXISTS)),
        (ValidatorPropose("add", world.till.id), no(Code.UNKNOWN_NODE)),
    )
    say(world, cast.third, (VoteCast(third, support=True), OK))
    fourth = _proposed(cast, bar, "add", cast.node)
    say(world, cast.third, (VoteCast(fourth, support=True), OK))
    say(world, cast.fourth, (VoteCast(fourth, support=True), OK))


def four_decide(cast: Cast) -> None:
    """Three of four suspend the café, against its own vote; a change that cannot win is dropped."""
    world, bar = cast.world, cast.world.node
    stop = _proposed(cast, bar, "suspend", cast.node)
    say(world, cast.node, (VoteCast(stop, support=False), OK), (issue(RELEASED), OK))
    say(world, cast.third, (VoteCast(stop, support=True), OK))
    say(world, cast.fourth, (VoteCast(stop, support=True), OK))
    say(
        world,
        cast.node,
        (issue(RELEASED), no(Code.ISSUER_SUSPENDED)),
        (VoteCast(stop, support=False), no(Code.UNKNOWN_PROPOSAL)),
        (ValidatorPropose("suspend", cast.node.id), no(Code.ALREADY_SETTLED)),
    )
    again = _proposed(cast, cast.third, "restore", cast.node)
    gone = _proposed(cast, cast.node, "remove", cast.fourth)
    for voter in (cast.fourth, bar):
        say(world, voter, (VoteCast(again, support=True), OK))
        say(world, voter, (VoteCast(gone, support=False), OK))
    say(world, cast.third, (VoteCast(gone, support=True), no(Code.UNKNOWN_PROPOSAL)))


def a_pot_pays(cast: Cast) -> None:
    """The commons pay the café 30 of the 50 grains that melted; the guarantee has nothing."""
    world, bar = cast.world, cast.world.node
    lamp = Grant(Amount(30), GRAIN, CAFE, "commons", "une lampe")
    say(world, bar, (lamp, OK))
    lamp_vote = VoteCast(bar.prev, support=True)
    made_good = Grant(Amount(400), FED, DISPUTES, "guarantee", "what a bank took")
    say(world, bar, (made_good, OK))
    loss_vote = VoteCast(bar.prev, support=True)
    say(
        world,
        bar,
        (Grant(Amount(1), FED, PlaceId("nowhere"), "commons", "?"), no(Code.UNKNOWN_PLACE)),
    )
    say(world, cast.third, (lamp_vote, OK), (loss_vote, OK))
    before = world.held(place(CAFE), GRAIN)
    say(world, cast.fourth, (lamp_vote, OK), (loss_vote, no(Code.POT_SHORT)))
    assert world.held(place(CAFE), GRAIN) == before + 30


def _proposed(cast: Cast, by: Author, change: Change, node: Author) -> Hash:
    say(cast.world, by, (ValidatorPropose(change, node.id), OK))
    return by.prev


# ---------- keys ----------


def keys_change(cast: Cast) -> None:
    """A till and a node go on with new keys, each with a batch before and one after in a block."""
    world, bar, seller = cast.world, cast.world.node, cast.world.till
    chain = world.tip.chain
    taken = rotation(cast.till.seed, chain, seller.id)
    say(
        world,
        seller,
        (rotation(b"T" * 32, chain, seller.id), no(Code.NOT_LAST)),
        (sale(1, 1), OK),
        (taken, no(Code.ALREADY_EXISTS)),
    )
    say(world, seller, (rotation(b"T" * 32, chain, bar.id), no(Code.BAD_PROOF)))
    _rotate(cast, seller, b"T" * 32)
    _rotate(cast, bar, b"N" * 32)
    say(world, cast.node, (rotation(b"C" * 32, chain, cast.node.id), OK))
    cast.node.first, cast.node.seed = cast.node.seed, b"C" * 32
    say(world, cast.node, (PlaceCreate("La Terrasse", TERRACE), OK))


def _rotate(cast: Cast, author: Author, seed: bytes) -> None:
    """Let an author's rotation and what it says next stand in one block, which the old key seals.

    Only the node seals: its own new key is used from the next block on.
    """
    world, old = cast.world, author.seed
    body: KeyRotate = rotation(seed, world.tip.chain, author.id)
    before = world.batch(author, body)
    author.first, author.seed = author.first or old, seed
    said = sale(1, 2) if author is world.till else CardBlock(card(2), "lost")
    after = world.batch(author, said)
    author.seed = old  # the node's: for the seal
    result = world.seal(before, after)
    author.seed = seed
    assert [str(item.verdict) for item in result.executed] == [OK, OK]


# ---------- forks, thefts, leaving ----------


def a_fork_is_adopted(cast: Cast) -> None:
    """A till went on from a restored disk: the branch that the chain does not have is booked."""
    world, bar, forked = cast.world, cast.world.node, cast.forked
    say(world, forked, (sale(1, 10), OK))
    before = Author(forked.seed, forked.seq, forked.prev)
    other = world.batch(
        before,
        *(sale(1, 1) for _ in range(19)),
        Refund(Amount(1), forked.id, ZERO_HASH, before.seq + 1),
        SaleVoid(card(RICH), (1_100, 1_150)),
        rotation(b"F" * 32, world.tip.chain, forked.id),
    )
    known = world.batch(forked, sale(1, 40))
    assert [str(item.verdict) for item in world.seal(known).executed] == [OK]
    assert [str(taken.code) for taken in world.seal(other).taken] == ["fork"]
    branch = _branch(other)
    unsigned = replace(branch, payloads=branch.payloads[:2])
    say(world, cast.node, (unsigned, no(Code.NOT_AUTHORISED)))
    held = world.held(place(BAR)) + world.held(place(BAR), GRAIN)
    say(world, bar, (unsigned, no(Code.BAD_PROOF)), (branch, OK))
    say(
        world,
        bar,
        (branch, no(Code.ALREADY_EXISTS)),
        (_branch(known), no(Code.NOT_A_FORK)),
    )
    assert world.held(place(BAR)) + world.held(place(BAR), GRAIN) == held + 18


def _branch(batch: Batch) -> ForkAdopt:
    payloads = tuple(item.raw.decode() for item in batch.transactions)
    return ForkAdopt(batch.author, payloads, to_text(batch.signature))


def a_till_is_stolen(cast: Cast) -> None:
    """What it had not sent is disputed: one sale is paid less what was given back, one dropped."""
    world, bar, stolen = cast.world, cast.world.node, cast.stolen
    say(world, stolen, (sale(1, 5), OK))
    say(
        world,
        bar,
        (TerminalRevoke(1, stolen.id), OK),
        (TerminalRevoke(1, bar.id), no(Code.UNKNOWN_TERMINAL)),
    )
    first = say(
        world,
        stolen,
        (sale(1, 80), "disputed"),
        (sale(1, 90), "disputed"),
        (SaleVoid(card(RICH), (1_150, 1_200)), OK),  # it claims nothing
        (Refund(Amount(5), stolen.id, ZERO_HASH, 1), no(Code.AUTHOR_REVOKED)),
    )
    say(world, world.till, (Refund(Amount(30), stolen.id, ZERO_HASH, first), OK))
    pay = Dispute(stolen.id, "pay", first)
    say(world, cast.node, (pay, no(Code.NOT_AUTHORISED)))
    say(
        world,
        bar,
        (pay, OK),
        (pay, no(Code.ALREADY_SETTLED)),
        (Dispute(stolen.id, "drop", first + 1), OK),
        (Dispute(stolen.id, "pay", 1), no(Code.UNKNOWN_SALE)),
    )


def a_place_leaves(cast: Cast) -> None:
    """The café's terrace leaves: what it still had is disputed, paid, and turned into euros."""
    world, cafe, terrace = cast.world, cast.node, cast.terrace
    say(world, cafe, (till(terrace, TERRACE, "Terrasse"), OK))
    say(world, terrace, (sale(1, 60), OK))
    say(world, world.node, (PlaceLeave(TERRACE), no(Code.NOT_AUTHORISED)))
    say(world, cafe, (PlaceLeave(TERRACE), OK), (PlaceLeave(TERRACE), no(Code.PLACE_LEFT)))
    late = say(world, terrace, (sale(1, 70), "disputed"))
    say(
        world,
        cafe,
        (till(Author(b"q" * 32), TERRACE, "Terrasse 2"), no(Code.PLACE_LEFT)),
        (Dispute(terrace.id, "pay", late), OK),
        (Settlement(Amount(130), FED, TERRACE), OK),
    )


# ---------- the end ----------


def blocks_are_lost(cast: Cast) -> None:
    """The founder names three blocks that its disk took with it."""
    world, height = cast.world, cast.world.tip.height + 1
    say(
        world,
        world.node,
        (Recovery(height - 1, height + 2, "the disk died"), no(Code.BAD_FIELD)),
        (Recovery(height, height + 2, "the disk died"), OK),
        (Recovery(height, height + 2, "the disk died"), no(Code.ALREADY_EXISTS)),
    )


def another_engine_takes_over(cast: Cast) -> None:
    """The last block of the solo engine."""
    world, four = cast.world, (cast.world.node, cast.third, cast.fourth, cast.node)
    names = tuple(node.id for node in four)
    genesis = Hash("cd" * 32)
    say(
        world,
        world.node,
        (EngineHandover("cometbft", genesis, 1, names[:3]), no(Code.BAD_FIELD)),
        (EngineHandover("cometbft", genesis, 1, names), OK),
    )
    agreed = VoteCast(world.node.prev, support=True)
    say(world, cast.third, (agreed, OK))
    say(
        world,
        cast.fourth,
        (agreed, OK),
        (EngineHandover("cometbft", genesis, 1, names), no(Code.ALREADY_EXISTS)),
    )
