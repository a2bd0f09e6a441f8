"""The table itself: what it may hold, and that silence is the answer to everything else."""

from __future__ import annotations

from types import ModuleType

import pytest

from terminal.till import events, state
from terminal.till.commands import Exit, Signal, Tune
from terminal.till.events import (
    Back,
    CardSeen,
    Charge,
    Continue,
    Event,
    OpenState,
    Stopping,
    Tick,
    Touch,
)
from terminal.till.flow import FLOW
from terminal.till.state import AwaitingSale, Page, PaidShown, Recording, Selling
from terminal.ui.view import PAGES

from .dialogue import ALICE, BEER, NOW, Dialogue, durable, sale, selling, sold, till


def _all(module: ModuleType, base: type) -> set[type]:
    named = (thing for thing in vars(module).values() if isinstance(thing, type))
    return {thing for thing in named if issubclass(thing, base)} - {base}


def test_each_page_can_be_drawn_and_reached_by_name() -> None:
    assert set(PAGES) == _all(state, Page)


def test_each_event_is_heard_somewhere() -> None:
    heard = {event for _, event in FLOW}
    observed = {events.Stopping}
    assert heard | observed == _all(events, Event) - {Touch}


@pytest.mark.parametrize("page", [Recording, state.AwaitingVerdict, state.TakingBack])
def test_no_finger_can_leave_a_page_that_waits_for_the_journal_or_the_node(
    page: type[Page],
) -> None:
    assert not [event for known, event in FLOW if known is page and issubclass(event, Touch)]


def test_only_four_rows_hear_a_card_that_pays_or_is_topped_up_or_read_or_opens() -> None:
    pages = {page for page, event in FLOW if event is CardSeen}
    assert pages == {AwaitingSale, state.AwaitingCheck, state.AwaitingReload, state.Locked}


def test_a_double_tap_on_charge_waits_once() -> None:
    (
        selling(basket=((BEER, 1),)) >> Charge() << Signal(Tune.WAITING) >> Charge() >> Charge()
    ).ends_on(AwaitingSale)


def test_a_double_tap_on_the_green_page_does_nothing_to_the_sale_page() -> None:
    paid = PaidShown(draft=sale(sold(BEER)), left=750)
    (Dialogue(till(paid)) >> Continue() << Signal(Tune.QUIET) >> Continue() >> Back()).ends_on(
        Selling()
    )


def test_sigterm_leaves_at_once_when_nothing_is_open() -> None:
    (selling() >> Stopping() << Exit()).ends_on(Selling)


def test_sigterm_waits_for_the_journal() -> None:
    draft = sale(sold(BEER))
    recording = Recording(tap=1, draft=draft, since_ms=NOW)
    done = (
        Dialogue(till(recording, taps=1, basket=((BEER, 1),)))
        >> Stopping()
        >> Tick(NOW + 250)
        >> OpenState()
        >> durable(draft)
        << Signal(Tune.OK)
    )
    assert [type(command).__name__ for command in done.unread] == ["SyncNow", "Exit"]


def test_time_never_goes_back() -> None:
    told = (selling() >> Tick(NOW + 5000) >> Tick(NOW - 60_000)).ends_on(Selling)
    assert told.now_ms == NOW + 5000


def test_a_card_on_the_sale_page_is_not_charged() -> None:
    (selling(basket=((BEER, 1),)) >> CardSeen(ALICE)).ends_on(Selling)
