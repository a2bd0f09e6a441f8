"""When jobs are due."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from server.jobs.schedule import daily, every

PARIS = ZoneInfo("Europe/Paris")


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


def test_every_hour_counts_from_the_last_run() -> None:
    assert every(60)(1_000) == 3_601_000


@pytest.mark.parametrize(
    "now, due",
    [
        ("2026-11-24T02:00:00", "2026-11-24T03:00:00"),  # 03:00 in Paris, due at 04:00
        ("2026-11-24T03:00:00", "2026-11-25T03:00:00"),  # exactly then: tomorrow
        ("2026-07-01T01:59:59", "2026-07-01T02:00:00"),  # summer time
        ("2026-10-24T12:00:00", "2026-10-25T03:00:00"),  # the night with 25 hours
        ("2026-03-28T12:00:00", "2026-03-29T02:00:00"),  # the night with 23
    ],
)
def test_every_day_at_four_by_the_clock_on_the_wall(now: str, due: str) -> None:
    assert daily(PARIS, time(4, 0))(ms(now)) == ms(due)


def test_a_time_that_the_spring_night_skips_still_comes_once() -> None:
    following = daily(PARIS, time(2, 30))
    first = following(ms("2026-03-28T12:00:00"))
    second = following(first)
    assert first == ms("2026-03-29T01:30:00")
    assert second == ms("2026-03-30T00:30:00")
