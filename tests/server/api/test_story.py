"""The whole path over HTTP: pair, sell, read the deltas."""

from shared.ids import PlaceId
from shared.wire import PairAnswer
from tests.server.api.world import World, card, detail, good, sale


def test_a_terminal_is_paired_sells_and_learns_the_balances(world: World) -> None:
    world.cards(1000, 500)
    till = world.new_terminal("Bar 1")
    answer = good(till.pair(world.pin("Bar 1")), PairAnswer)
    assert answer.place == PlaceId("le-grand-champ")
    assert answer.place_name == "Le Grand Champ"
    assert answer.terminal == till.author
    assert bytes.fromhex(till.open(answer).card_key) == world.node.api.identity.card_key

    first = till.deltas()
    assert [line.asset for line in first.catalogue.assets] == ["GRAIN", "FED"]  # type: ignore[union-attr]  # there
    assert {line.card: line.money[0].amount for line in first.cards} == {
        card(0): 1000,
        card(1): 500,
    }

    stored = till.send(sale(0, 350), details=[detail(350)])
    assert stored.stored.seq == 1
    assert [line.verdict for line in stored.verdicts] == ["accepted"]

    then = till.deltas()
    assert [(line.card, line.money[0].amount) for line in then.cards] == [(card(0), 650)]
    assert [(line.seq, line.verdict) for line in then.verdicts] == [(1, "accepted")]
    assert then.catalogue is None
    assert then.head.seq == 1

    assert till.deltas().cards == ()
    assert world.node.audit().finding is None
