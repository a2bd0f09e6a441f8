"""The melt page after a real run of melts, notices and distributions."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from server.demurrage.chain import StoreChain
from server.demurrage.run import Run
from server.office.melt import as_date, day_of
from server.web.views.common import LineKind, PartKind
from tests.server.office.world import PRODUCT, OfficeWorld

DAY_MS = 86_400_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[OfficeWorld]:
    made = OfficeWorld(tmp_path / "node.db")
    made.federated()
    made.import_cards()
    made.office.save_product("", PRODUCT)
    made.fund(0, 10_000)
    yield made
    made.database.close()


def play(world: OfficeWorld, days: int) -> None:
    def move_to(now_ms: int) -> None:
        world.clock.now = now_ms

    run = Run(
        chain=StoreChain(world.database.read),
        engine=world.solo,
        now_ms=world.clock.now_ms,
        move_to=move_to,
    )
    for _day in run.until(day_of(world.clock.now) + days):
        pass


def test_days_are_counted_in_utc() -> None:
    assert as_date(day_of(1_790_000_000_000)) == date(2026, 9, 21)


def test_notices_are_shown_before_anything_melts(world: OfficeWorld) -> None:
    play(world, 125)
    (page,) = world.office.melting()
    assert page.next is not None
    assert [(note.days_before, note.sent) for note in page.next.notices] == [
        (60, True),
        (30, False),
        (7, False),
    ]
    assert (page.melted, page.next.at_most.amount) == (0, 200)


def test_what_melted_is_what_was_shared_and_what_waits(world: OfficeWorld) -> None:
    play(world, 300)
    (page,) = world.office.melting()
    assert page.melted > 0
    assert page.shared + page.pending == page.melted
    assert page.to_commons == page.to_maintenance > 0
    assert page.to_nodes > 0
    assert page.since is not None
    card = world.office.card("B194AEB9")
    assert card is not None
    assert card.row.balances[0].amount == 10_000 - page.melted
    assert LineKind.MELT in {line.kind for line in card.lines}
    (grain,) = [each for each in world.office.assets() if each.asset.melts]
    assert {part.kind for part in grain.parts} >= {PartKind.MELTED, PartKind.FUNDS}
    assert sum(part.money.amount for part in grain.parts) == grain.total.amount == 10_000
