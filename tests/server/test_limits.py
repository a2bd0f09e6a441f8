"""Rate limits: a burst, then one at a time, whatever the clock does."""

from server.limits import RateLimit


class Time:
    now = 5_000_000

    def __call__(self) -> int:
        return self.now


def test_a_burst_then_one_at_a_time() -> None:
    time = Time()
    limit = RateLimit(time, per_minute=6, burst=2)
    assert [limit.wait_ms("a") for _ in range(4)] == [0, 0, 10_000, 10_000]
    time.now += 9_999
    assert limit.wait_ms("a") == 1
    time.now += 1
    assert limit.wait_ms("a") == 0
    assert limit.wait_ms("b") == 0


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    time = Time()
    limit = RateLimit(time, per_minute=60, burst=1)
    assert limit.wait_ms("a") == 0
    time.now -= 3_600_000
    assert limit.wait_ms("a") == 1_000
