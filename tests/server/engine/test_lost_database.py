"""PostgreSQL goes away while a node writes: nothing is lost, nothing is doubled, the node goes on.

Each test loses it at another moment, on a real server, and then counts: what was answered is there
once, and what was not may be sent again.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from signal import SIGINT, SIGQUIT
from threading import Event

import pytest
from sqlalchemy import Connection

from server.engine.port import EngineStoppedError, Stored
from server.store.truth import prove
from server.store.writer import StoreError
from shared.transaction import Batch
from tests.server.engine.link import Cut, Link, linked
from tests.server.engine.world import Clock, World, sale, verdicts
from tools.postgres import SETTINGS, Server, limit_files, name_of, serving

FUNDS = 100_000
WRITER = """
SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
WHERE l.locktype = 'advisory' AND d.datname = current_database() AND l.granted
"""
BLOCKED = "SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted"
FULL_BYTES = 1_500_000
"""More than a segment of the server's log has (1 MiB), so that only tables feel it."""
NO_BYTES = "0"
"""No file takes a byte: a limit in a segment of the log is met by one start and not the next."""


@dataclass
class AlarmClock(Clock):
    """Has something happen when it is asked: the writer asks in mid-block."""

    alarm: Callable[[], None] | None = None

    def now_ms(self) -> int:
        alarm, self.alarm = self.alarm, None
        if alarm:
            alarm()
        return super().now_ms()


@pytest.fixture
def clock() -> AlarmClock:
    return AlarmClock()


@pytest.fixture
def world(address: str, clock: AlarmClock) -> Iterator[World]:
    world = World(address, cards=1, funds=FUNDS, clock=clock)
    yield world
    world.database.close()


@pytest.fixture
def link(postgres: Server) -> Iterator[Link]:
    with linked(postgres) as link:
        yield link


@pytest.fixture
def far(address: str, link: Link) -> Iterator[World]:
    """A node whose database is at the other end of a network."""
    world = World(link.address(address), cards=1, funds=FUNDS)
    yield world
    world.database.close()


def one_sale(world: World) -> Batch:
    return world.till[0].next(sale(0, 1))


def end_writer(server: Server, world: World) -> None:
    """Have the server end the session that writes."""
    assert isinstance(world.where, str)
    with server.connect(name_of(world.where)) as outside:
        ((pid,),) = outside.execute(WRITER).fetchall()
        assert outside.execute("SELECT pg_terminate_backend(%s)", (pid,)).fetchone() == (True,)


def check(world: World, sales: int) -> None:
    """Count what was sold, and have everything rebuilt from the blocks and compared."""
    assert world.on_card(0) == FUNDS - sales
    assert world.sums() == {"GRAIN": 0}
    with world.database.read() as connection:
        report, wrong = prove(connection, chain=world.chain)
        assert wrong == []
        assert report.tip == world.solo.tip


def test_a_session_that_ended_while_nobody_wrote_is_not_noticed(
    postgres: Server, world: World
) -> None:
    world.solo.submit(one_sale(world))
    end_writer(postgres, world)
    assert verdicts(world.solo.submit(one_sale(world))) == ["accepted"]
    check(world, sales=2)


def test_a_session_that_ends_in_mid_block_leaves_nothing_of_it(
    postgres: Server, world: World, clock: AlarmClock
) -> None:
    tip, batch = world.solo.tip, one_sale(world)
    clock.alarm = lambda: end_writer(postgres, world)
    with pytest.raises(EngineStoppedError, match="not written"):
        world.solo.submit(batch)
    assert world.solo.tip == tip
    check(world, sales=0)
    assert verdicts(world.solo.submit(batch)) == ["accepted"]
    check(world, sales=1)


def test_the_nodes_own_transactions_are_not_doubled(
    postgres: Server, world: World, clock: AlarmClock
) -> None:
    clock.alarm = lambda: end_writer(postgres, world)
    with pytest.raises(EngineStoppedError, match="not written"):
        world.solo.propose([world.issue(0, 5, "twice")])
    assert world.on_card(0) == FUNDS
    for verdict in ("accepted", "rejected(evidence_used)"):
        answer = world.solo.propose([world.issue(0, 5, "twice")], atomic=False)
        assert isinstance(answer, tuple)
        assert [str(placed.verdict) for placed in answer] == [verdict]
    assert world.on_card(0) == FUNDS + 5


def test_a_network_that_breaks_before_the_commit_leaves_nothing(far: World, link: Link) -> None:
    batch = one_sale(far)
    link.cut = Cut.BEFORE_COMMIT
    with pytest.raises(EngineStoppedError, match="nobody knows"):
        far.solo.submit(batch)
    with pytest.raises(EngineStoppedError):
        far.solo.submit(batch)
    link.cut, link.is_up = Cut.NEVER, True
    assert verdicts(far.solo.submit(batch)) == ["accepted"]
    check(far, sales=1)


def test_a_commit_whose_answer_was_lost_is_known_again_after_the_cut(
    far: World, link: Link
) -> None:
    """The node could not ask in time; whoever sends the batch again learns its verdict."""
    batch = one_sale(far)
    height = far.solo.tip.height
    link.cut = Cut.AFTER_COMMIT
    with pytest.raises(EngineStoppedError, match="nobody knows"):
        far.solo.submit(batch)
    link.cut, link.is_up = Cut.NEVER, True
    answer = far.solo.submit(batch)
    assert isinstance(answer, Stored)
    assert [(placed.seq, placed.height) for placed in answer.placed] == [(1, height + 1)]
    check(far, sales=1)


@pytest.mark.parametrize("cut, sold", [(Cut.BEFORE_COMMIT, 0), (Cut.AFTER_COMMIT, 1)])
def test_a_commit_that_was_not_answered_is_asked_for(
    far: World, link: Link, cut: Cut, sold: int
) -> None:
    """The network is back at once: the node asks the server what became of its transaction."""
    link.cut, link.comes_back = cut, True
    if sold:
        assert verdicts(far.solo.submit(one_sale(far))) == ["accepted"]
    else:
        with pytest.raises(EngineStoppedError, match="not written"):
            far.solo.submit(one_sale(far))
    check(far, sales=sold)
    assert far.solo.propose([far.issue(0, 7, "next")])
    assert far.on_card(0) == FUNDS - sold + 7


def test_a_server_that_is_gone_is_reported_and_waited_for() -> None:
    with serving() as server:
        world = World(server.fresh(), cards=1, funds=FUNDS)
        for signal in (SIGINT, SIGQUIT):
            batch = one_sale(world)
            server.stop(signal)
            for _ in range(2):
                with pytest.raises(EngineStoppedError):
                    world.solo.submit(batch)
            with pytest.raises(StoreError, match="cannot be reached"), world.database.read():
                pass
            server.start()
            assert verdicts(world.solo.submit(batch)) == ["accepted"]
        check(world, sales=2)
        world.database.close()


def test_a_server_that_restarts_under_load_loses_and_doubles_nothing() -> None:
    sales = 120
    with serving() as server:
        world = World(server.fresh(), tills=4, cards=1, funds=FUNDS)
        half = Event()

        def work(number: int) -> list[tuple[int, int]]:
            till, told = world.till[number], []
            for count in range(sales // 4):
                batch = till.next(sale(0, 1))
                while not isinstance(answer := patiently(world, batch), Stored):
                    assert answer is None, answer
                told += [(placed.seq, placed.height) for placed in answer.placed]
                if count == sales // 8:
                    half.set()
            return told

        with ThreadPoolExecutor(4) as pool:
            tills = [pool.submit(work, number) for number in range(4)]
            assert half.wait(60)
            server.stop(SIGINT)
            server.start()
            told = [each.result() for each in tills]
        assert [[seq for seq, _ in each] for each in told] == [list(range(1, 31))] * 4
        check(world, sales)
        world.database.close()


def patiently(world: World, batch: Batch) -> object:
    """Send a batch; None when it must be sent again."""
    try:
        return world.solo.submit(batch)
    except EngineStoppedError:
        return None


# ---------- room ----------


def test_without_room_nothing_is_acknowledged_and_with_room_it_goes_on(
    postgres: Server, world: World
) -> None:
    """The writer's process on the server may not make a file longer, as on a full disk."""
    assert isinstance(world.where, str)
    with postgres.connect(name_of(world.where)) as outside:
        ((pid,),) = outside.execute(WRITER).fetchall()
    limit_files(pid, str(FULL_BYTES))
    till, sold = world.till[0], 0
    batch = till.next(*[sale(0, 1)] * 500)
    while patiently(world, batch) is not None:
        batch, sold = till.next(*[sale(0, 1)] * 500), sold + 500
    assert 500 <= sold < FUNDS
    for _ in range(2):
        with pytest.raises(EngineStoppedError, match="could not extend file"):
            world.solo.submit(batch)
    check(world, sold)
    limit_files(pid, "unlimited")
    assert verdicts(world.solo.submit(batch)) == ["accepted"] * 500
    check(world, sold + 500)


def test_a_server_whose_log_is_full_falls_and_nothing_is_lost_when_it_stands_again() -> None:
    """Without room for its log (`pg_wal`) PostgreSQL ends, and does not start until there is."""
    with serving((*SETTINGS, "min_wal_size=2MB")) as server:
        world = World(server.fresh(), cards=1, funds=FUNDS)
        server.limit_files(NO_BYTES)
        till, sold = world.till[0], 0
        batch = till.next(*[sale(0, 1)] * 500)
        while patiently(world, batch) is not None:
            batch, sold = till.next(*[sale(0, 1)] * 500), sold + 500
        assert server.ended()
        for _ in range(2):
            with pytest.raises(EngineStoppedError, match="not written"):
                world.solo.submit(batch)
        server.stop()
        server.start()  # somebody has made room
        assert verdicts(world.solo.submit(batch)) == ["accepted"] * 500
        check(world, sold + 500)
        world.database.close()


# ---------- locks ----------


def test_rows_that_somebody_else_holds_are_given_up_after_a_while(
    postgres: Server, world: World
) -> None:
    assert isinstance(world.where, str)
    with world.database.write() as connection:
        connection.exec_driver_sql("SET lock_timeout = '100ms'")
    batch = one_sale(world)
    with postgres.connect(name_of(world.where)) as outside, outside.transaction():
        outside.execute("UPDATE chain_tip SET height = height")
        with pytest.raises(EngineStoppedError, match="lock timeout"):
            world.solo.submit(batch)
    assert verdicts(world.solo.submit(batch)) == ["accepted"]
    check(world, sales=1)


def test_a_deadlock_is_reported_and_leaves_nothing(postgres: Server, world: World) -> None:
    """Somebody with psql holds the tip and wants a row that the writer has; one of them must go."""
    assert isinstance(world.where, str)
    with world.database.write() as connection:
        connection.exec_driver_sql("INSERT INTO local_fact VALUES ('a', '')")
        connection.exec_driver_sql("INSERT INTO local_fact VALUES ('b', '')")

    def cross(connection: Connection) -> None:
        connection.exec_driver_sql("UPDATE local_fact SET value = 'w' WHERE name = 'b'")
        waiting.append(pool.submit(outside.execute, other.format("b")))
        while not watcher.execute(BLOCKED, (outside.info.backend_pid,)).fetchone():
            assert not waiting[0].done()  # the writer will look for a deadlock once only
        connection.exec_driver_sql("UPDATE local_fact SET value = 'w' WHERE name = 'a'")

    other, waiting = "UPDATE local_fact SET value = 'o' WHERE name = '{}'", list[Future[object]]()
    with (
        ThreadPoolExecutor(1) as pool,
        postgres.connect(name_of(world.where)) as outside,
        postgres.connect(name_of(world.where)) as watcher,
    ):
        outside.execute("SET deadlock_timeout = '60s'")  # the writer is the one to notice
        with outside.transaction():
            outside.execute(other.format("a"))
            with pytest.raises(StoreError, match="deadlock"):
                world.database.run(cross)
            waiting[0].result()
    with world.database.read() as connection:
        facts = connection.exec_driver_sql("SELECT value FROM local_fact WHERE name IN ('a', 'b')")
        assert facts.scalars().all() == ["o", "o"]
    assert verdicts(world.solo.submit(one_sale(world))) == ["accepted"]
    check(world, sales=1)


@pytest.mark.parametrize(
    "state, said",
    [
        ("40001", "serialize"),  # serialization_failure
        ("53100", "no space"),  # disk_full
        ("53200", "out of memory"),  # out_of_memory
        ("57014", "canceled"),  # query_canceled
    ],
)
def test_whatever_the_server_says_in_mid_block_leaves_nothing(
    postgres: Server, world: World, state: str, said: str
) -> None:
    """The server itself gives its error at the last statement of a block, then no more."""
    assert isinstance(world.where, str)
    body = f"BEGIN RAISE EXCEPTION '{said}' USING ERRCODE = '{state}'; END"
    words = (
        f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        "CREATE TRIGGER fail BEFORE UPDATE ON chain_tip EXECUTE FUNCTION fail()",
    )
    batch = one_sale(world)
    with postgres.connect(name_of(world.where)) as outside:
        for each in words:
            outside.execute(each.encode())
        for _ in range(2):
            with pytest.raises(EngineStoppedError, match=said):
                world.solo.submit(batch)
            with pytest.raises(EngineStoppedError, match=said):
                world.solo.propose([world.issue(0, 5, "once")])
        outside.execute("DROP TRIGGER fail ON chain_tip")
    check(world, sales=0)
    assert verdicts(world.solo.submit(batch)) == ["accepted"]
    assert isinstance(world.solo.propose([world.issue(0, 5, "once")]), tuple)
    assert world.on_card(0) == FUNDS + 4
