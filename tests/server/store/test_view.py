"""The state over the tables: cache, prefetch, and equality with an audit's dictionaries."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from server.ledger.audit import audit
from server.ledger.executor import BlockResult
from server.ledger.records import Balance, Card, Evidence, Head, Idle, Purse, Record, Refunded
from server.store.stored import stored_blocks
from server.store.view import RecordCache, StoreView
from shared.amounts import Amount
from shared.bodies import (
    CardRegister,
    GroupCreate,
    Issue,
    Merge,
    PolicySet,
    PurseIssue,
    Refund,
    SlotSale,
)
from shared.ids import Hash, purse, wallet
from shared.policy import ProtocolPolicy
from tests.server.engine.world import (
    BAR,
    GRAIN,
    NO_DETAIL,
    Till,
    World,
    card,
    sale,
    verdicts,
    wallet_of,
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "node.db", cards=20)
    yield world
    world.database.close()


def play(world: World) -> Till:
    """Make some history: sales, a loss, a refund."""
    till = world.till[0]
    world.solo.submit(till.next(sale(0, 300), sale(1, 5_000)))
    back = Refund(amount=Amount(100), author=till.author, detail=NO_DETAIL, seq=1)
    world.solo.submit(till.next(back, sale(99, 1)))
    return till


def test_it_answers_as_the_audit_does(world: World) -> None:
    till = play(world)
    with world.database.read() as connection:
        memory = audit(stored_blocks(connection)).memory
        view = StoreView(connection)
        for record, rows in memory.records.items():
            for key, expected in rows.items():
                assert view.get(record, key) == expected
        assert view.assets() == memory.assets()
        assert view.places() == memory.places()
        for author, seq, done in memory.past:
            assert view.transaction(author, seq) == done
        assert view.transaction(till.author, 99) is None
        assert view.get(Refunded, (till.author, 1)) == Refunded(100)
        assert view.get(Refunded, (till.author, 2)) is None


def test_prefetch_leaves_nothing_to_read_singly(world: World) -> None:
    play(world)
    batch = world.till[1].next(*[sale(number, 1) for number in range(20)])
    with world.database.read() as connection:
        statements: list[str] = []
        event.listen(
            connection, "before_cursor_execute", lambda *given: statements.append(given[2])
        )
        view = StoreView(connection)
        view.prefetch([batch])
        assert len(statements) == 7
        for number in range(20):
            found = view.get(Card, (card(number),))
            assert found is not None
            view.get(Balance, (wallet(found.wallet), GRAIN))
            view.get(Idle, (found.wallet, GRAIN))
        view.get(Head, (batch.author,))
        view.prefetch([batch])
        assert len(statements) == 7


def test_refunds_find_their_sales_with_a_few_queries(world: World) -> None:
    till = world.till[0]
    world.solo.submit(till.next(*[sale(number, 10) for number in range(20)]))
    refunds = [
        Refund(amount=Amount(10), author=till.author, detail=NO_DETAIL, seq=seq)
        for seq in range(1, 21)
    ]
    batch = till.next(*refunds)
    with world.database.read() as connection:
        view = StoreView(connection)
        view.prefetch([batch])
        statements: list[str] = []
        event.listen(
            connection, "before_cursor_execute", lambda *given: statements.append(given[2])
        )
        for number in range(20):
            done = view.transaction(till.author, number + 1)
            assert done is not None
            assert done.body == sale(number, 10)
            assert view.get(Card, (card(number),)) is not None
            assert view.get(Balance, (wallet(wallet_of(number)), GRAIN)) == Balance(990)
        assert statements == []
    assert verdicts(world.solo.submit(batch)) == ["accepted"] * 20


def test_the_cache_knows_what_is_not_there(world: World) -> None:
    with world.database.read() as connection:
        cache = RecordCache()
        view = StoreView(connection, cache)
        assert view.get(Card, ("f" * 32,)) is None
        assert (Card, ("f" * 32,)) in cache.records


def test_the_cache_makes_room_by_forgetting_the_oldest(world: World) -> None:
    cache = RecordCache(most=8)
    newest = (wallet(wallet_of(0)), GRAIN)
    change = BlockResult((), (), (("balance", newest, Balance(5)),), Hash("0" * 64))
    with world.database.read() as connection:
        view = StoreView(connection, cache)
        cards = [view.get(Card, (card(number),)) for number in range(20)]
        cache.take(change)
        assert len(cache.records) == 6
        assert view.get(Balance, newest) == Balance(5)
        assert [view.get(Card, (card(number),)) for number in range(20)] == cards


def test_new_assets_and_places_are_seen_at_once(world: World) -> None:
    with world.database.read() as connection:
        view = StoreView(connection)
        asset = view.assets()[GRAIN]
        assert set(view.places()) == {"bar"}
        view.take(BlockResult((), (), (("asset", ("MEAL",), asset),), Hash("0" * 64)))
        assert set(view.assets()) == {"GRAIN"}  # read again: the row itself is the store's to write


def test_two_views_share_nothing_by_themselves(world: World) -> None:
    with world.database.read() as connection:
        one, other = StoreView(connection), StoreView(connection)
        key = (wallet(wallet_of(0)), GRAIN)
        expected: Record = Balance(1_000)
        assert one.get(Balance, key) == expected
        assert other.get(Balance, key) == expected


def test_purses_and_merged_wallets_are_foreseen(world: World) -> None:
    """Card 30 carries a purse; the wallet of card 0 became part of that of card 1."""
    fat = card(30)
    answer = world.solo.propose(
        [
            PolicySet("-", ProtocolPolicy(2)),
            CardRegister(fat, BAR, "T2", wallet_of(30)),
            world.issue(30, 500),
            GroupCreate((GRAIN,), 1),
            PurseIssue(fat, 1, 0, 24),
            Merge(wallet_of(0), wallet_of(1)),
        ]
    )
    assert isinstance(answer, tuple), answer
    slot = SlotSale(Hash("e" * 64), "slot", fat, NO_DETAIL, (), (0, 20), Amount(20))
    batch = world.till[0].next(slot, sale(0, 5))
    with world.database.read() as connection:
        statements: list[str] = []
        view = StoreView(connection)
        view.prefetch([batch])
        event.listen(
            connection, "before_cursor_execute", lambda *given: statements.append(given[2])
        )
        held = view.get(Balance, (purse(fat), GRAIN))
        assert held == Balance(500)
        assert view.get(Balance, (wallet(wallet_of(1)), GRAIN)) == Balance(2_000)
        found = view.get(Purse, (fat,))
        assert found is not None
        assert found.credit == 500
        assert statements == []
    assert verdicts(world.solo.submit(batch)) == ["accepted", "accepted"]
    assert world.balance(purse(fat)) == 480


def test_evidence_is_foreseen_as_each_protocol_names_it(world: World) -> None:
    till = world.till[0]
    batch = till.next(Issue(Amount(5), GRAIN, "later", wallet_of(0)))
    with world.database.read() as connection:
        statements: list[str] = []
        view = StoreView(connection)
        view.prefetch([batch])
        event.listen(
            connection, "before_cursor_execute", lambda *given: statements.append(given[2])
        )
        for name in ("later", f"{till.author} later"):
            assert view.get(Evidence, (name,)) is None
        assert statements == []


def test_rows_with_a_front_are_those_that_begin_so(world: World) -> None:
    play(world)
    front = (wallet(wallet_of(1)),)
    with world.database.read() as connection:
        memory = audit(stored_blocks(connection)).memory
        view = StoreView(connection)
        assert view.rows(Balance) == memory.rows(Balance)
        assert view.rows(Balance, front) == memory.rows(Balance, front)
        assert list(view.rows(Balance, front)) == [(front[0], GRAIN)]
        assert view.rows(Balance, ("wallet:nobody",)) == {}
        assert view.rows(Refunded, (world.till[0].author, 1)) == {
            (world.till[0].author, 1): Refunded(100)
        }
