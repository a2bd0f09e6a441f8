"""When a job is due next.  Pure: times in, times out (UTC milliseconds)."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

Next = Callable[[int], int]


def every(minutes: int) -> Next:
    """Run it so many minutes after it ran."""
    return lambda now_ms: now_ms + minutes * 60_000


def daily(zone: ZoneInfo, at: time) -> Next:
    """Run it each day at a time of the zone's clock; summer time makes it not twice nor never."""

    def following(now_ms: int) -> int:
        now = datetime.fromtimestamp(now_ms / 1000, zone)
        day = now.date()
        while True:
            due = datetime.combine(day, at, zone)
            if due > now:
                return int(due.timestamp()) * 1000
            day += timedelta(days=1)

    return following
