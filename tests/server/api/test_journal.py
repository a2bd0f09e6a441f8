"""A terminal reads back its own payloads, and only those."""

import pytest

from shared.wire import JournalAnswer
from tests.server.api.world import World, code, good, sale

JOURNAL = "/api/v1/journal"


def test_from_the_middle_across_batches(world: World) -> None:
    world.cards(1000)
    till, other = world.terminal("one"), world.terminal("two")
    till.send(sale(0, 1), sale(0, 2), sale(0, 3))
    other.send(sale(0, 4))
    till.send(sale(0, 5))
    found = good(till.get(JOURNAL, "from=2"), JournalAnswer)
    assert [text.encode() for text in found.payloads] == till.payloads[1:]
    assert (found.head.seq, found.head.hash) == (4, till.head)


def test_nothing_yet_and_nothing_more(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    assert good(till.get(JOURNAL, "from=1"), JournalAnswer).payloads == ()
    till.send(sale(0, 1))
    assert good(till.get(JOURNAL, "from=2"), JournalAnswer).payloads == ()


def test_what_waits_for_a_block_is_there_too(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    till.send(sale(0, 1))
    world.node.engine.saw_height(500)
    till.send(sale(0, 2))
    found = good(till.get(JOURNAL, "from=1"), JournalAnswer)
    assert [text.encode() for text in found.payloads] == till.payloads
    assert found.head.seq == 2


def test_evidence_of_a_fork_is_not_part_of_the_journal(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    till.send(sale(0, 1))
    thief = till.twin()
    thief.payloads, thief.head = [], "0" * 64  # type: ignore[assignment]  # zeros
    thief.write(sale(0, 7), sale(0, 8))
    assert code(thief.post(thief.batch(1))) == (409, "fork")
    found = good(till.get(JOURNAL, "from=1"), JournalAnswer)
    assert [text.encode() for text in found.payloads] == till.payloads


@pytest.mark.parametrize("first", ["0", "-1", "x", "", "1.5", "9" * 30])
def test_a_number_that_is_none_is_refused(world: World, first: str) -> None:
    assert code(world.terminal().get(JOURNAL, f"from={first}")) == (400, "bad_request")


def test_five_hundred_at_most_and_the_rest_later(world: World) -> None:
    world.cards(100_000)
    till = world.terminal()
    for start in range(0, 600, 300):
        till.send(*[sale(0, 1, salt=start + n) for n in range(300)])
    found = good(till.get(JOURNAL, "from=1"), JournalAnswer)
    assert len(found.payloads) == 500
    rest = good(till.get(JOURNAL, "from=501"), JournalAnswer)
    assert [text.encode() for text in (*found.payloads, *rest.payloads)] == till.payloads
