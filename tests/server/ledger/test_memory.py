"""The state in dictionaries: what it remembers of assets and places follows every block."""

from server.ledger.records import Author, Place
from shared.bodies import AssetClass, PlaceCreate, Role
from shared.ids import AssetId, PlaceId
from tests.server.ledger.world import BAR, FED, GRAIN, asset, founded

KIOSK, BEAN = PlaceId("kiosk"), AssetId("BEAN")


def test_a_place_and_an_asset_are_there_in_the_next_block() -> None:
    world = founded()
    assert set(world.memory.places()) == {BAR}
    assert set(world.memory.assets()) == {FED, GRAIN}
    assert world.do(world.node, PlaceCreate("Kiosk", KIOSK)) == ["accepted"]
    assert set(world.memory.places()) == {BAR, KIOSK}
    assert world.memory.places()[KIOSK] == world.memory.get(Place, (KIOSK,))
    assert set(world.memory.assets()) == {FED, GRAIN}
    made = asset(BEAN, AssetClass.LOCAL, issuer=KIOSK, symbol="B")
    assert world.do(world.node, made) == ["accepted"]
    assert set(world.memory.assets()) == {FED, GRAIN, BEAN}


def test_the_founder_is_a_node_of_no_place() -> None:
    world = founded()
    assert world.memory.get(Author, (world.node.id,)) == Author(
        after=0,
        box="",
        key=world.node.key.hex(),
        label="Node",
        place="",
        role=Role.NODE,
        status="active",
    )
