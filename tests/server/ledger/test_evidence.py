"""Evidence: each name is used up once by its node, and nobody uses up another's."""

import pytest

from server.ledger.evidence import used_by
from server.ledger.records import Evidence
from shared.amounts import Amount
from shared.bodies import (
    Body,
    Issue,
    PlaceCreate,
    PolicySet,
    Reload,
    ReserveBook,
    Settlement,
    SettlementDone,
)
from shared.ids import EUR, PlaceId, place, reserve
from shared.policy import ProtocolPolicy
from tests.server.ledger.neighbours import BEAN, CAFE, Neighbours, neighbours
from tests.server.ledger.world import BAR, FED, GRAIN, card, founded, holder, purse

PAID = "stripe:cs_1:paid"


@pytest.fixture
def here() -> Neighbours:
    return neighbours()


def reload(amount: int = 700) -> Reload:
    return Reload(Amount(amount), FED, card(1), PAID)


def test_nobody_turns_a_paid_reload_away_by_its_name(here: Neighbours) -> None:
    """The café hears of a payment to the bar, and is quicker."""
    assert here.cafe(Issue(Amount(1), BEAN, PAID, holder(1))) == ["accepted"]
    assert here.bar(reload()) == ["accepted"]
    assert here.world.held(purse(1)) == 700
    assert here.bar(reload()) == ["rejected(evidence_used)"]


def test_a_node_uses_a_name_once_whatever_for(here: Neighbours) -> None:
    world = here.world
    assert here.bar(reload()) == ["accepted"]
    assert world.sale(1, 300) == ["accepted"]
    assert here.bar(Settlement(Amount(300), FED, BAR)) == ["accepted"]
    again: tuple[Body, ...] = (
        Issue(Amount(1), GRAIN, PAID, holder(1)),
        ReserveBook(Amount(1), "attestation", PAID, BAR),
        SettlementDone(PAID, world.node.prev),
    )
    for body in again:
        assert here.bar(body) == ["rejected(evidence_used)"]
    assert world.held(reserve(BAR), EUR) == 700


def test_a_rejection_uses_nothing_up(here: Neighbours) -> None:
    assert here.bar(Issue(Amount(1), BEAN, PAID, holder(1))) == ["rejected(not_authorised)"]
    assert here.bar(reload()) == ["accepted"]


def test_what_protocol_1_has_used_stays_used() -> None:
    world = founded()
    assert world.reload(1, 500, PAID) == ["accepted"]
    assert (PAID,) in world.memory.records[Evidence]
    world.do(world.node, PolicySet("-", ProtocolPolicy(2)))
    assert world.reload(1, 500, PAID) == ["rejected(evidence_used)"]
    assert world.held(place(BAR)) + world.held(purse(1)) == 500


def test_who_used_a_name_is_found_in_both_protocols() -> None:
    world = founded()
    world.reload(1, 500, "old")
    old = world.node.prev
    world.do(world.node, PolicySet("-", ProtocolPolicy(2)))
    world.reload(1, 500, "new")
    found = {
        name: used_by(world.memory, author, name)
        for name, author in (("old", world.node.id), ("new", world.node.id), ("no", world.node.id))
    }
    assert found == {"old": Evidence(old), "new": Evidence(world.node.prev), "no": None}
    assert used_by(world.memory, world.till.id, "new") is None


def test_only_who_holds_a_reserve_books_on_it(here: Neighbours) -> None:
    """Else a member fills the books of the world outside, and no reload fits in any more."""
    most = ReserveBook(Amount(2**53 - 1), "fees", "fees:1", CAFE)
    assert here.cafe(most) == ["rejected(not_authorised)"]
    assert here.bar(reload()) == ["accepted"]
    assert here.bar(ReserveBook(Amount(90), "fees", "fees:1", BAR)) == ["accepted"]
    lie = ReserveBook(Amount(90), "attestation", "a", CAFE)
    assert here.cafe(lie) == ["rejected(not_authorised)"]


def test_in_protocol_1_any_place_booked() -> None:
    world = founded()
    shop = PlaceId("shop")
    booking = ReserveBook(Amount(90), "fees", "fees:1", shop)
    assert world.do(world.node, PlaceCreate("Shop", shop), booking) == ["accepted"] * 2
    assert world.memory.get(Evidence, ("fees:1",)) == Evidence(world.node.prev)
