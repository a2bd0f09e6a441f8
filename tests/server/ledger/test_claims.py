"""Claims against a set of single cents; and what a purse still owes."""

import itertools

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from server.ledger.claims import NO_PURSE, Claims, claim, highest, is_open
from server.ledger.effect import Context
from server.ledger.records import Balance, Group, Purse
from server.ledger.state import State
from shared.ids import purse
from tests.server.ledger.world import FED, card, founded

spans = st.tuples(st.integers(0, 30), st.integers(1, 8)).map(lambda pair: (pair[0], sum(pair)))


@given(st.lists(spans, max_size=12))
def test_claims_are_a_set_of_cents(told: list[tuple[int, int]]) -> None:
    claims: Claims = ()
    cents: set[int] = set()
    for before, after in told:
        fresh = set(range(before, after))
        claims, overlaps = claim(claims, (before, after))
        assert overlaps == bool(cents & fresh)
        cents |= fresh
        assert {cent for low, high in claims for cent in range(low, high)} == cents
        assert all(one[1] < other[0] for one, other in itertools.pairwise(claims))
        assert highest(claims) == max(cents) + 1


def test_claims_by_hand() -> None:
    assert claim((), (0, 5)) == (((0, 5),), False)
    assert claim(((0, 5),), (5, 9)) == (((0, 9),), False)
    assert claim(((0, 5), (7, 9)), (5, 7)) == (((0, 9),), False)
    assert claim(((0, 5), (9, 12)), (4, 6)) == (((0, 6), (9, 12)), True)
    assert claim(((0, 20),), (4, 6)) == (((0, 20),), True)
    assert highest(()) == 0


@pytest.mark.parametrize(
    "claims, void_line, held, still",
    [
        ((), 0, 0, True),
        (((0, 99),), 0, 0, True),  # one cent of the card's count is left, though a copy took it
        (((0, 100),), 0, 0, False),
        (((60, 100),), 0, 0, True),
        (((0, 100),), 0, 1, True),  # or one cent of the purse
        ((), 100, 0, False),
        (((0, 40), (60, 100)), 50, 0, True),  # the cents from 50 to 60
        (((0, 40), (60, 100)), 60, 0, False),
        (((40, 100),), 60, 0, False),
    ],
)
def test_a_purse_is_open_as_long_as_a_cent_is_left(
    claims: Claims, void_line: int, held: int, still: bool
) -> None:
    world = founded()
    record = replace(NO_PURSE, claims=claims, credit=100, group=1, void_line=void_line)
    world.memory.records[Purse][card(1),] = record
    world.memory.records[Group][1,] = Group((FED,))
    world.memory.records[Balance][purse(card(1)), FED] = Balance(held)
    assert is_open(Context(State(world.memory), 9, world.time), card(1)) is still
