"""Claims against a set of single cents; and what a purse still owes."""

import itertools

from hypothesis import given, strategies as st

from server.ledger.claims import Claims, claim, highest

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
