"""Votes, grants, engines and lost blocks."""

from typing import Literal, TypeAlias

import pytest
from hypothesis import given, strategies as st

from server.ledger.governance import handed_over, quorum
from server.ledger.records import Balance, Handover, Lost, Proposal, Validators
from shared.amounts import Amount
from shared.bodies import (
    EngineHandover,
    Grant,
    PlaceLeave,
    Recovery,
    ValidatorPropose,
    VoteCast,
)
from shared.ids import ZERO_HASH, AssetId, AuthorId, Hash, PlaceId, loss, place
from tests.server.ledger.council import Change, Council, council
from tests.server.ledger.world import BAR, FED, founded, modern

POT, DISPUTES = "pot:commons", PlaceId("dispute")
NOBODY = AuthorId("ff" * 16)


@pytest.mark.parametrize(
    "nodes, needed", [(1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (6, 5), (7, 5), (10, 7), (100, 67)]
)
def test_more_than_two_thirds_decide(nodes: int, needed: int) -> None:
    assert quorum(nodes) == needed


# ---------- proposals ----------


def test_a_lone_validator_decides_at_once() -> None:
    here = council(1)
    here.change(0, "add", 2)
    assert here.validators() == [0, 2]


def test_four_need_three_and_the_proposal_is_a_vote() -> None:
    here = council(4)
    proposal = here.change(1, "add", 4)
    assert here.vote(0, proposal) == "accepted"
    assert (here.status(proposal), here.validators()) == ("open", [0, 1, 2, 3])
    assert here.vote(3, proposal) == "accepted"
    assert (here.status(proposal), here.validators()) == ("done", [0, 1, 2, 3, 4])


def test_a_proposal_that_cannot_win_any_more_is_dropped() -> None:
    here = council(4)
    proposal = here.change(0, "remove", 3)
    assert here.vote(1, proposal, support=False) == "accepted"
    assert here.status(proposal) == "open"
    assert here.vote(3, proposal, support=False) == "accepted"
    assert (here.status(proposal), here.validators()) == ("dropped", [0, 1, 2, 3])
    assert here.vote(2, proposal) == "rejected(unknown_proposal)"


def test_a_vote_is_cast_once_whatever_it_says() -> None:
    here = council(4)
    proposal = here.change(0, "add", 4)
    assert here.vote(0, proposal) == "rejected(already_voted)"
    assert here.vote(1, proposal, support=False) == "accepted"
    assert here.vote(1, proposal) == "rejected(already_voted)"
    record = here.world.memory.get(Proposal, (proposal,))
    assert record is not None
    assert (record.support, record.against) == ((here.nodes[0].id,), (here.nodes[1].id,))


def test_only_validators_propose_and_vote() -> None:
    here = council(2)
    proposal = here.change(0, "add", 2)
    assert here.vote(3, proposal) == "rejected(not_a_validator)"
    propose = ValidatorPropose("add", here.nodes[3].id)
    assert here.do(3, propose) == ["rejected(not_a_validator)"]
    assert here.world.do(here.world.till, propose) == ["rejected(not_authorised)"]
    assert (here.status(proposal), here.validators()) == ("open", [0, 1])


def test_one_change_of_validators_is_open_at_a_time() -> None:
    here = council(2)
    proposal = here.change(0, "add", 2)
    for body in (
        ValidatorPropose("add", here.nodes[3].id),
        ValidatorPropose("remove", here.nodes[1].id),
    ):
        assert here.do(1, body) == ["rejected(one_at_a_time)"]
    suspension = here.change(1, "suspend", 5)  # that changes no votes
    assert here.status(suspension) == "open"
    assert here.vote(1, proposal, support=False) == "accepted"
    assert here.status(proposal) == "dropped"
    assert here.do(1, ValidatorPropose("add", here.nodes[3].id)) == ["accepted"]


@pytest.mark.parametrize(
    "change, node, code",
    [
        ("add", 9, "unknown_node"),
        ("add", 8, "unknown_node"),
        ("add", 1, "already_exists"),
        ("remove", 3, "not_a_validator"),
        ("restore", 3, "already_settled"),
    ],
)
def test_a_pointless_change_is_refused(change: Change, node: int, code: str) -> None:
    here = council(2)
    till = here.world.till.id
    name = {9: NOBODY, 8: till}.get(node) or here.nodes[node].id
    body = ValidatorPropose(change, name)
    assert here.do(0, body) == [f"rejected({code})"]


def test_the_last_validator_stays() -> None:
    here = council(1)
    body = ValidatorPropose("remove", here.nodes[0].id)
    assert here.do(0, body) == ["rejected(last_validator)"]
    assert here.validators() == [0]


def test_a_node_is_suspended_and_restored() -> None:
    here = council(1)
    here.change(0, "suspend", 3)
    assert (here.suspended(), here.validators()) == ([3], [0])
    again = ValidatorPropose("suspend", here.nodes[3].id)
    assert here.do(0, again) == ["rejected(already_settled)"]
    here.change(0, "suspend", 4)
    here.change(0, "restore", 3)
    assert here.suspended() == [4]


def test_those_who_left_do_not_count() -> None:
    """Of five, four must agree; the vote of one that was taken out meanwhile counts no more."""
    here = council(5)
    suspension = here.change(4, "suspend", 5)
    assert here.vote(1, suspension) == here.vote(2, suspension) == "accepted"
    removal = here.change(0, "remove", 4)
    for voter in (1, 2, 3):
        assert here.vote(voter, removal) == "accepted"
    assert here.validators() == [0, 1, 2, 3]
    assert here.status(suspension) == "open"  # 1 and 2 of four: three are needed
    assert here.vote(4, suspension) == "rejected(not_a_validator)"
    assert here.vote(1, suspension) == "rejected(already_voted)"
    assert here.vote(3, suspension) == "accepted"
    assert here.suspended() == [5]


def test_votes_that_are_enough_for_a_smaller_set_are_counted_again() -> None:
    """Three of five are not enough; after one of the two that were not asked has left, they are."""
    here = council(5)
    suspension = here.change(0, "suspend", 5)
    assert here.vote(1, suspension) == here.vote(2, suspension) == "accepted"
    removal = here.change(0, "remove", 4)
    for voter in (1, 2, 3):
        here.vote(voter, removal)
    assert (here.validators(), here.suspended()) == ([0, 1, 2, 3], [])
    assert here.vote(1, suspension, support=False) == "accepted"  # it only asks for a count
    assert (here.suspended(), here.status(suspension)) == ([5], "done")


def test_a_vote_for_nothing_is_refused() -> None:
    here = council(2)
    assert here.vote(0, Hash("ab" * 32)) == "rejected(unknown_proposal)"


@given(
    st.integers(2, 6),
    st.lists(st.tuples(st.integers(1, 5), st.booleans()), max_size=8),
)
def test_nothing_is_done_below_the_quorum(size: int, votes: list[tuple[int, bool]]) -> None:
    here = council(size)
    proposal = here.change(0, "suspend", 5)
    for voter, agrees in votes:
        here.vote(voter, proposal, support=agrees)
    first: dict[int, bool] = {0: True}
    for voter, agrees in votes:
        if voter < size and _undecided(first, size):
            first.setdefault(voter, agrees)
    needed = 2 * size // 3 + 1
    support, against = sum(first.values()), len(first) - sum(first.values())
    assert (here.suspended() == [5]) == (support >= needed)
    assert (here.status(proposal) == "dropped") == (size - against < needed)


def _undecided(votes: dict[int, bool], size: int) -> bool:
    support, needed = sum(votes.values()), 2 * size // 3 + 1
    return support < needed and size - (len(votes) - support) >= needed


# ---------- grants ----------


def filled(here: Council, account: str = POT, amount: int = 500) -> None:
    here.world.memory.records[Balance][account, FED] = Balance(amount)


Pot: TypeAlias = Literal["commons", "maintenance", "guarantee"]


def give(amount: int, at: str = "place-1", pot: Pot = "commons") -> Grant:
    return Grant(Amount(amount), FED, PlaceId(at), pot, "a lamp")


def held(here: Council, account: str) -> int:
    found = here.world.memory.get(Balance, (account, FED))
    return found.amount if found else 0


@pytest.mark.parametrize("pot", ["commons", "maintenance", "guarantee"])
def test_a_lone_validator_grants_at_once(pot: Pot) -> None:
    here = council(1)
    filled(here, f"pot:{pot}")
    assert here.do(0, give(300, pot=pot)) == ["accepted"]
    assert (held(here, f"pot:{pot}"), held(here, "place:place-1")) == (200, 300)


def test_a_grant_pays_when_the_last_vote_that_it_needs_is_cast() -> None:
    here = council(4)
    filled(here)
    assert here.do(2, give(300)) == ["accepted"]
    proposal = here.nodes[2].prev
    assert here.vote(0, proposal) == "accepted"
    assert held(here, "place:place-1") == 0
    assert here.vote(1, proposal) == "accepted"
    assert (held(here, POT), held(here, "place:place-1")) == (200, 300)
    assert here.vote(3, proposal) == "rejected(unknown_proposal)"  # and it pays once


def test_a_pot_that_is_short_turns_the_deciding_vote_away() -> None:
    here = council(2)
    filled(here, amount=299)
    assert here.do(0, give(300)) == ["accepted"]
    proposal = here.nodes[0].prev
    assert here.vote(1, proposal) == "rejected(pot_short)"
    assert here.status(proposal) == "open"
    filled(here, amount=300)
    assert here.vote(1, proposal) == "accepted"
    assert (held(here, POT), held(here, "place:place-1")) == (0, 300)


def test_an_empty_pot_grants_nothing() -> None:
    here = council(1)
    assert here.do(0, give(1)) == ["rejected(pot_short)"]


@pytest.mark.parametrize(
    "body, code",
    [
        (Grant(Amount(1), AssetId("NONE"), BAR, "commons", "r"), "unknown_asset"),
        (give(1, "nowhere"), "unknown_place"),
        (give(1, "dispute"), "unknown_place"),
        (give(1, "dispute", "guarantee"), "wrong_amount"),
    ],
)
def test_what_a_pot_does_not_pay(body: Grant, code: str) -> None:
    here = council(1)
    filled(here)
    assert here.do(0, body) == [f"rejected({code})"]


def test_the_guarantee_makes_good_what_banks_took_back_and_no_more() -> None:
    here = council(1)
    filled(here, "pot:guarantee")
    here.world.memory.records[Balance][loss(DISPUTES), FED] = Balance(-120)
    over = give(121, "dispute", "guarantee")
    assert here.do(0, over) == ["rejected(wrong_amount)"]
    assert here.do(0, give(120, "dispute", "guarantee")) == ["accepted"]
    assert (held(here, "pot:guarantee"), held(here, loss(DISPUTES))) == (380, 0)


def test_a_place_that_left_meanwhile_is_not_paid() -> None:
    here = council(2)
    filled(here)
    assert here.do(0, give(300)) == ["accepted"]
    proposal = here.nodes[0].prev
    assert here.do(1, PlaceLeave(PlaceId("place-1"))) == ["accepted"]
    assert here.vote(1, proposal) == "rejected(place_left)"
    assert here.do(0, give(1)) == ["rejected(place_left)"]
    assert held(here, place(PlaceId("place-1"))) == 0


def test_only_validators_grant() -> None:
    here = council(1)
    filled(here)
    assert here.do(3, give(1)) == ["rejected(not_a_validator)"]


# ---------- engines ----------


def handover(*nodes: AuthorId) -> EngineHandover:
    return EngineHandover("cometbft", Hash("ab" * 32), 7, nodes)


def test_the_chain_is_handed_over_once_to_those_who_decide() -> None:
    here = council(2)
    one, two, three = (node.id for node in here.nodes[:3])
    assert here.do(2, handover(one, two)) == ["rejected(not_a_validator)"]
    assert here.do(0, handover(one)) == ["rejected(bad_field)"]
    assert here.do(0, handover(one, two, three)) == ["rejected(bad_field)"]
    assert handed_over(here.world.memory) is None
    assert here.do(0, handover(one, two)) == ["accepted"]
    assert here.vote(1, here.nodes[0].prev) == "accepted"
    height = here.world.tip.height
    assert handed_over(here.world.memory) == Handover(
        "cometbft", Hash("ab" * 32), height, 7, (one, two)
    )
    assert here.do(1, handover(one, two)) == ["rejected(already_exists)"]


# ---------- lost blocks ----------


def test_a_loss_is_named_from_its_own_height_on() -> None:
    here = council(1)
    height = here.world.tip.height + 1
    assert here.do(2, Recovery(height, height, "fire")) == ["rejected(not_authorised)"]
    assert here.do(0, Recovery(height, height - 1, "fire")) == ["rejected(bad_field)"]
    height = here.world.tip.height + 1
    assert here.do(0, Recovery(height - 1, height, "fire")) == ["rejected(bad_field)"]
    height = here.world.tip.height + 1
    assert here.do(0, Recovery(height + 1, height + 1, "fire")) == ["rejected(bad_field)"]
    height = here.world.tip.height + 1
    assert here.do(0, Recovery(height, height, "fire")) == ["accepted"]
    assert here.world.memory.get(Lost, (height,)) == Lost(height, height)


def test_one_loss_is_named_once() -> None:
    here = council(1)
    height = here.world.tip.height + 1
    body = Recovery(height, height + 4, "fire")
    assert here.do(0, body, body) == ["accepted", "rejected(already_exists)"]


def test_whoever_brings_protocol_2_is_the_first_validator() -> None:
    world = modern()
    assert world.memory.get(Validators, ("-",)) == Validators((world.node.id,), ())


def test_nobody_votes_in_protocol_1() -> None:
    here = founded()
    vote = VoteCast(ZERO_HASH, support=True)
    assert here.do(here.node, vote) == ["rejected(kind_not_active)"]
