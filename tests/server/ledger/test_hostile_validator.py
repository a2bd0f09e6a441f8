"""One validator against the others: what binds all of them waits for ⌊2n/3⌋ + 1 of them."""

import pytest

from server.ledger.governance import handed_over
from server.ledger.records import Author as Record, Group, Lost, Proposal, Rule
from shared.amounts import Amount
from shared.bodies import (
    AssetClass,
    Body,
    CardRegister,
    EngineHandover,
    GroupCreate,
    PlaceJoin,
    PolicySet,
    Recovery,
    Reload,
    ValidatorPropose,
)
from shared.ids import AssetId, Hash, PlaceId, author_id
from shared.policy import OFFLINE, PURSE, OfflinePolicy, ProtocolPolicy, PursePolicy
from tests.server.ledger.council import Council, council, joining
from tests.server.ledger.world import FED, Author, asset, card, holder, sale

NO_SALES = OfflinePolicy(hard_ms=0, soft_ms=0, t0_limit=0, t0_sales=0, t0_terminal_cap=0)
FALSE = AssetId("FALSE")
GUEST, ROOM = Author(b"G" * 32), PlaceId("room")
FALSE_EUROS = asset(FALSE, AssetClass.FEDERATED, issuer=PlaceId("place-1"), priority=0)


def handover(here: Council) -> EngineHandover:
    names = tuple(node.id for node in here.nodes[:4])
    return EngineHandover("cometbft", Hash("ab" * 32), 7, names)


def join(here: Council) -> PlaceJoin:
    return joining(here.world, GUEST, ROOM)


def done(here: Council) -> set[str]:
    """Give which of the acts below have taken effect."""
    memory = here.world.memory
    policies = memory.records[Rule]
    protocol = memory.get(Rule, ("protocol", "-"))
    facts = {
        "handover": handed_over(memory) is not None,
        "euros": FALSE in memory.assets(),
        "protocol": protocol is not None and protocol.since > 20_000,
        "offline": ("offline", "-") in policies,
        "purse": ("purse", "-") in policies,
        "group": (1,) in memory.records[Group],
        "join": ROOM in memory.places(),
    }
    return {name for name, fact in facts.items() if fact}


def acts(here: Council) -> dict[str, Body]:
    return {
        "handover": handover(here),
        "euros": FALSE_EUROS,
        "protocol": PolicySet("-", ProtocolPolicy(2)),
        "offline": PolicySet("-", NO_SALES),
        "purse": PolicySet("-", PursePolicy(2**53 - 1, 2**53 - 1)),
        "group": GroupCreate((FED,), 1),
        "join": join(here),
    }


ALL = ("handover", "euros", "protocol", "offline", "purse", "group", "join")


@pytest.mark.parametrize("what", ALL)
def test_one_of_four_proposes_and_three_decide(what: str) -> None:
    here = council(4)
    here.world.time += 86_400_000
    assert here.do(1, acts(here)[what]) == ["accepted"]
    proposal = here.nodes[1].prev
    assert (here.status(proposal), done(here)) == ("open", set())
    assert here.vote(4, proposal) == "rejected(not_a_validator)"
    assert here.vote(1, proposal) == "rejected(already_voted)"
    assert here.vote(2, proposal) == "accepted"
    assert (here.status(proposal), done(here)) == ("open", set())
    assert here.vote(3, proposal) == "accepted"
    assert (here.status(proposal), done(here)) == ("done", {what})
    assert here.vote(0, proposal) == "rejected(unknown_proposal)"


@pytest.mark.parametrize("what", ALL)
def test_two_of_four_drop_it(what: str) -> None:
    here = council(4)
    here.world.time += 86_400_000
    assert here.do(1, acts(here)[what]) == ["accepted"]
    proposal = here.nodes[1].prev
    here.vote(0, proposal, support=False)
    here.vote(2, proposal, support=False)
    assert here.vote(3, proposal) == "rejected(unknown_proposal)"
    assert (here.status(proposal), done(here)) == ("dropped", set())


@pytest.mark.parametrize("what", ALL)
def test_who_decides_alone_proposes_nothing(what: str) -> None:
    here = council(1)
    here.world.time += 86_400_000
    alone = EngineHandover("cometbft", Hash("ab" * 32), 7, (here.nodes[0].id,))
    euros = asset(FALSE, AssetClass.FEDERATED)
    given: dict[str, Body] = {**acts(here), "handover": alone, "euros": euros}
    assert here.do(0, given[what]) == ["accepted"]
    assert (done(here), here.world.memory.records[Proposal]) == ({what}, {})


def test_nobody_makes_euros_out_of_nothing() -> None:
    """A validator names its own tokens federated: no place would have been asked."""
    here = council(2)
    assert here.do(1, FALSE_EUROS) == ["accepted"]
    mint = Reload(Amount(1_000_000), FALSE, card(1), "none")
    assert here.do(1, mint) == ["rejected(unknown_asset)"]
    assert here.world.sale(1, 500, "online") == ["rejected(insufficient_funds)"]


def test_what_became_wrong_meanwhile_turns_the_deciding_vote_away() -> None:
    here = council(2)
    assert here.do(1, GroupCreate((FED,), 1)) == ["accepted"]
    first = here.nodes[1].prev
    assert here.do(0, GroupCreate((FED,), 1)) == ["accepted"]
    second = here.nodes[0].prev
    assert here.vote(0, first) == "accepted"
    assert here.vote(1, second) == "rejected(already_exists)"
    assert (here.status(first), here.status(second)) == ("done", "open")


def test_the_engine_is_handed_to_those_who_decide_when_it_is_handed_over() -> None:
    here = council(4)
    assert here.do(1, handover(here)) == ["accepted"]
    proposal = here.nodes[1].prev
    here.vote(2, proposal)
    removal = here.change(0, "remove", 3)
    here.vote(1, removal)
    here.vote(2, removal)
    assert here.vote(0, proposal) == "rejected(bad_field)"
    assert handed_over(here.world.memory) is None


def test_nobody_floods_the_others_with_proposals() -> None:
    """Each change of the set looks at all proposals that are open."""
    here = council(2)
    wish = ValidatorPropose("suspend", here.nodes[5].id)
    assert here.do(1, *[wish] * 21) == [*["accepted"] * 20, "rejected(too_many)"]
    assert here.do(0, wish) == ["accepted"]
    newest = here.nodes[0].prev
    oldest = next(iter(here.world.memory.records[Proposal]))
    assert here.vote(0, Hash(str(oldest[0])), support=False) == "accepted"
    assert here.do(1, wish) == ["accepted"]
    assert here.vote(1, newest) == "accepted"
    assert here.suspended() == [5]


def test_what_a_place_decides_for_itself_needs_no_vote() -> None:
    here = council(4)
    own = PlaceId("place-1")
    bodies: tuple[Body, ...] = (
        PolicySet(own, OFFLINE),
        PolicySet(own, PURSE),
        asset(AssetId("LOCAL"), AssetClass.LOCAL, issuer=own),
        CardRegister(card(9), own, "T0", holder(9)),
    )
    assert here.do(1, *bodies) == ["accepted"] * 4
    assert not here.world.memory.records[Proposal].keys() & {(here.nodes[1].prev,)}


# ---------- lost blocks ----------


def test_only_who_seals_the_blocks_names_those_that_it_has_lost() -> None:
    """Another one could stop all purses: each loss makes their numbers skip a thousand."""
    here = council(4)
    height = here.world.tip.height + 1
    assert here.do(1, Recovery(height, height + 9, "a lie")) == ["rejected(not_authorised)"]
    assert here.world.memory.records[Lost] == {}
    height = here.world.tip.height + 1
    assert here.do(0, Recovery(height, height + 9, "fire")) == ["accepted"]


def test_nothing_is_lost_once_many_keep_the_blocks() -> None:
    here = council(1)
    alone = EngineHandover("cometbft", Hash("ab" * 32), 7, (here.nodes[0].id,))
    height = here.world.tip.height + 1
    assert here.do(0, alone, Recovery(height, height, "fire")) == [
        "accepted",
        "rejected(not_authorised)",
    ]


# ---------- validators that forked ----------


def fork(here: Council, number: int) -> None:
    """Let a node say two things under one number."""
    node = here.nodes[number]
    before = Author(node.seed, node.seq, node.prev)
    own = PlaceId(f"place-{number}")
    assert here.do(number, PolicySet(own, OFFLINE)) == ["accepted"]
    result = here.world.seal(here.world.batch(before, PolicySet(own, NO_SALES)))
    assert [str(taken.code) for taken in result.taken] == ["fork"]
    found = here.world.memory.get(Record, (node.id,))
    assert found is not None
    assert found.status == "quarantined"


def test_a_validator_that_forked_counts_no_more() -> None:
    """Of three, all must agree; of the two that are left, both."""
    here = council(3)
    proposal = here.change(0, "suspend", 5)
    fork(here, 2)
    assert here.suspended() == []
    assert here.vote(1, proposal) == "accepted"
    assert (here.status(proposal), here.suspended()) == ("done", [5])


def test_a_vote_of_before_the_fork_counts_no_more() -> None:
    here = council(5)
    proposal = here.change(4, "suspend", 5)
    assert here.vote(1, proposal) == here.vote(2, proposal) == "accepted"
    fork(here, 4)
    assert here.status(proposal) == "open"
    assert here.vote(2, proposal) == "rejected(already_voted)"  # two of four
    assert here.vote(3, proposal) == "accepted"
    assert here.suspended() == [5]


def test_a_forked_node_is_taken_out_and_not_in() -> None:
    here = council(2)
    fork(here, 1)
    fork(here, 3)
    again = ValidatorPropose("add", here.nodes[3].id)
    assert here.do(0, again) == ["rejected(author_quarantined)"]
    assert here.do(0, ValidatorPropose("remove", here.nodes[0].id)) == ["rejected(last_validator)"]
    here.change(0, "remove", 1)
    assert here.validators() == [0]


def test_no_engine_is_handed_to_a_forked_node() -> None:
    here = council(2)
    fork(here, 1)
    names = tuple(node.id for node in here.nodes[:2])
    both = EngineHandover("cometbft", Hash("ab" * 32), 7, names)
    assert here.do(0, both) == ["rejected(bad_field)"]
    alone = EngineHandover("cometbft", Hash("ab" * 32), 7, names[:1])
    assert here.do(0, alone) == ["accepted"]


def test_a_guest_is_let_in_by_all_and_then_acts_for_its_own_place_only() -> None:
    here = council(2)
    assert here.do(1, join(here)) == ["accepted"]
    assert here.world.memory.get(Record, (author_id(GUEST.key),)) is None
    assert here.vote(0, here.nodes[1].prev) == "accepted"
    assert here.world.do(GUEST, PolicySet(ROOM, OFFLINE)) == ["accepted"]
    assert here.world.do(GUEST, PolicySet("bar", OFFLINE)) == ["rejected(not_authorised)"]
    assert here.world.do(here.world.till, sale(1, 5)) == ["overdrawn"]
