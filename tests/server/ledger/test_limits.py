"""One member does not fill what all the others have to look through."""

import pytest

from server.ledger.limits import MOST
from server.ledger.records import Asset, Author as Record, Place
from shared.bodies import (
    AssetClass,
    PlaceCreate,
    PlaceLeave,
    PolicySet,
    Role,
    TerminalEnrol,
    TerminalRevoke,
)
from shared.ids import AssetId, AuthorId, PlaceId, PublicKey
from shared.policy import ProtocolPolicy
from tests.server.ledger.neighbours import BEAN, CAFE, Neighbours, neighbours, unit
from tests.server.ledger.world import Author, founded

FULL = "rejected(too_many)"
NEW = PlaceId("new")


@pytest.fixture
def here() -> Neighbours:
    return neighbours()


def enrol(seed: bytes, place: PlaceId = CAFE) -> TerminalEnrol:
    key = PublicKey(Author(seed).key.hex())
    return TerminalEnrol(PublicKey("22" * 32), key, "Till", place)


def test_the_limits_are_far_above_what_an_organisation_has() -> None:
    assert {Asset: 500, Record: 1_000, Place: 1_000} == MOST


def test_a_node_has_500_assets_whichever_of_its_places_they_are_of(here: Neighbours) -> None:
    assert here.cafe(PlaceCreate("New", NEW)) == ["accepted"]
    made = [
        unit(AssetId(f"C{number}"), AssetClass.POINTS, issuer=place)
        for number, place in enumerate(250 * (CAFE, NEW))
    ]
    assert here.cafe(*made) == [*["accepted"] * 499, FULL]  # it had BEAN
    assert here.bar(unit(AssetId("MORE"), AssetClass.POINTS)) == ["accepted"]
    assert BEAN in here.world.memory.assets()


def test_a_node_has_a_thousand_tills_that_may_sign(here: Neighbours) -> None:
    authors = here.world.memory.records[Record]
    for number in range(998):  # and the one that it had
        name = AuthorId(f"{number:032x}")
        authors[name,] = Record(0, "", f"{number:064x}", "T", CAFE, Role.TERMINAL, "active")
    assert here.cafe(enrol(b"1" * 32), enrol(b"2" * 32)) == ["accepted", FULL]
    assert here.bar(enrol(b"2" * 32, PlaceId("bar"))) == ["accepted"]
    assert here.cafe(TerminalRevoke(0, here.till.id), enrol(b"3" * 32)) == ["accepted"] * 2


def test_a_node_has_a_thousand_places_ever(here: Neighbours) -> None:
    for half in (range(499), range(499, 998)):  # and the one that it had
        made = [PlaceCreate("P", PlaceId(f"p{number}")) for number in half]
        assert here.cafe(*made) == ["accepted"] * 499
    assert here.cafe(PlaceLeave(PlaceId("p7"))) == ["accepted"]
    said = here.cafe(PlaceCreate("New", NEW), PlaceCreate("Other", PlaceId("other")))
    assert said == ["accepted", FULL]
    assert here.bar(PlaceCreate("Other", PlaceId("other"))) == ["accepted"]


def test_protocol_1_had_no_limit() -> None:
    world = founded()
    for half in (range(500), range(500, 1_000)):
        made = [PlaceCreate("P", PlaceId(f"p{number}")) for number in half]
        assert world.do(world.node, *made) == ["accepted"] * 500
    world.do(world.node, PolicySet("-", ProtocolPolicy(2)))
    assert world.do(world.node, PlaceCreate("Other", PlaceId("other"))) == [FULL]
