"""What the books say of what was rejected, set aside, or made by a clock that is wrong."""

from server.web.views.overview import Overview, TodoKind
from shared.amounts import Amount
from shared.bodies import CashReload, Sale
from shared.ids import ZERO_HASH, CardRef
from tests.server.engine.world import GRAIN
from tests.server.office.world import OfficeWorld, bought, ref


def test_cash_for_a_card_that_was_blocked_meanwhile_is_in_view(ready: OfficeWorld) -> None:
    ready.office.block_card("B194AEB9")
    paid = CashReload(Amount(1_200), GRAIN, CardRef(ref(0)), ZERO_HASH)
    ready.send([paid], [])
    card = ready.office.card("B194AEB9")
    assert card is not None
    assert [money.amount for money in card.held] == [1_200]
    view = ready.office.overview()
    assert isinstance(view, Overview)
    held = [todo.money for todo in view.todo if todo.kind is TodoKind.RELOAD_HELD]
    assert [money and money.amount for money in held] == [1_200]


def test_a_rejected_sale_is_none_of_a_till_s_sales(ready: OfficeWorld) -> None:
    ready.send([Sale("online", CardRef(ref(0)), ZERO_HASH, (), Amount(150))], [])
    (row,) = ready.office.terminals().rows
    assert row.sales_today == 0
    ready.sell(0, bought(("Café", 1, 150)))
    (row,) = ready.office.terminals().rows
    assert row.sales_today == 1


def test_a_till_s_clock_in_another_age_breaks_no_page(ready: OfficeWorld) -> None:
    ready.fund(0, 2_000)
    sold = Sale("cached", CardRef(ref(0)), ZERO_HASH, (), Amount(150))
    ready.till[0].write(sold, at=2**53 - 1)
    ready.solo.submit(ready.till[0].batch(1))
    (line,) = ready.office.sales("").lines
    assert line.at_ms == ready.clock.now_ms()
    view = ready.office.overview()
    assert isinstance(view, Overview)
    assert len(view.hours) <= 24
