"""What may be paid in: for one payment, a wallet, a month, an asset, a year; open pages count."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from server.payments.limits import Declined, Limit
from server.payments.reloads import Opened
from tests.server.payments.world import World, wanted


@pytest.mark.parametrize(
    "amount,expected",
    [
        (4_99, Declined(Limit.TOO_SMALL, 150_00)),
        (0, Declined(Limit.TOO_SMALL, 150_00)),
        (-5_00, Declined(Limit.TOO_SMALL, 150_00)),
        (150_01, Declined(Limit.TOO_LARGE, 150_00)),
    ],
)
def test_an_amount_outside_the_limits_opens_nothing(
    node: World, amount: int, expected: Declined
) -> None:
    assert node.reloads.open(wanted(amount)) == expected
    assert list(node.gateway.sessions_since(0)) == []


def test_open_pages_count_as_if_they_were_paid(node: World) -> None:
    node.open(150_00)
    assert node.reloads.open(wanted(150_00)) == Declined(Limit.WALLET_FULL, 100_00)
    node.open(100_00)
    assert node.reloads.open(wanted(5_00)) == Declined(Limit.WALLET_FULL, 0)
    node.pass_minutes(36)
    node.sweep()
    node.open(150_00)


def test_thirty_days(node: World) -> None:
    for _ in range(2):
        session = node.open_session(150_00)
        node.provider.pay(session)
        node.webhook()
        node.book.balances.clear()  # spent
    assert node.reloads.open(wanted(5_00)) == Declined(Limit.THIRTY_DAYS, 0)
    node.pass_minutes(30 * 24 * 60 + 1)
    assert isinstance(node.reloads.open(wanted(5_00)), Opened)


def test_the_ceiling_of_the_asset(node: World) -> None:
    node.book.balances["wallet:others"] = 495_01
    assert node.reloads.open(wanted(5_00)) == Declined(Limit.OUTSTANDING, 0)
    node.sweep()
    assert node.tasks() == [("outstanding_warning", "49501 reached, warning at 40000")]


def test_the_volume_of_a_year(node: World) -> None:
    for _ in range(2):
        node.provider.pay(node.open_session(150_00))
        node.webhook()
        node.book.balances.clear()  # spent
    node.sweep()
    assert node.tasks() == [("yearly_volume_warning", "30000 reached, warning at 30000")]
    assert node.intents.volume_since(0) == 300_00


def test_two_pages_opened_at_once_do_not_pass_a_limit_together(node: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: node.reloads.open(wanted(100_00)), range(8)))
    assert sum(isinstance(answer, Opened) for answer in answers) == 2
