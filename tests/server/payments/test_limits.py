"""Which limit says no, and what it would allow."""

import pytest

from server.payments.limits import Declined, Limit, Standing, Warned, check, warnings
from server.payments.settings import Limits

LIMITS = Limits(
    per_reload_min=5_00,
    per_reload_max=100_00,
    per_wallet=150_00,
    per_30_days=200_00,
    outstanding_warning=900_00,
    outstanding_max=1000_00,
    yearly_warning=5000_00,
    fees_floor=10_00,
)


def standing(**changes: int) -> Standing:
    figures = {
        "balance": 0,
        "pending": 0,
        "last_30_days": 0,
        "outstanding": 0,
        "fees_reserve": 10_00,
    }
    return Standing(**(figures | changes))


@pytest.mark.parametrize(
    "amount,changes,expected",
    [
        (5_00, {}, None),
        (100_00, {}, None),
        (4_99, {}, Declined(Limit.TOO_SMALL, 100_00)),
        (100_01, {}, Declined(Limit.TOO_LARGE, 100_00)),
        (50_00, {"balance": 100_00}, None),
        (50_01, {"balance": 100_00}, Declined(Limit.WALLET_FULL, 50_00)),
        (50_01, {"pending": 100_00}, Declined(Limit.WALLET_FULL, 50_00)),
        (5_00, {"balance": 60_00, "pending": 85_01}, Declined(Limit.WALLET_FULL, 0)),
        (5_00, {"balance": 200_00}, Declined(Limit.WALLET_FULL, 0)),
        (20_01, {"last_30_days": 180_00}, Declined(Limit.THIRTY_DAYS, 20_00)),
        (20_01, {"outstanding": 980_00}, Declined(Limit.OUTSTANDING, 20_00)),
        (5_00, {"fees_reserve": 9_99}, Declined(Limit.FEES, 0)),
    ],
)
def test_limits(amount: int, changes: dict[str, int], expected: Declined | None) -> None:
    assert check(LIMITS, amount, standing(**changes)) == expected


@pytest.mark.parametrize(
    "outstanding,yearly,expected",
    [
        (899_99, 4999_99, ()),
        (900_00, 0, (Warned("outstanding", 900_00, 900_00),)),
        (0, 5000_01, (Warned("yearly_volume", 5000_00, 5000_01),)),
    ],
)
def test_warnings(outstanding: int, yearly: int, expected: tuple[Warned, ...]) -> None:
    assert warnings(LIMITS, outstanding=outstanding, yearly=yearly) == expected
