"""How often one address may try: a token bucket for each key, bounded in memory.

Never lets more than `burst` tries through at once nor more than `per_minute` a minute in the long
run.  Forgets everything at a restart, and its fullest buckets when there are too many keys.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

MINUTE_MS: Final = 60_000
MAX_KEYS: Final = 10_000


@dataclass(slots=True)
class RateLimit:
    """One limit over many keys.  `wait_ms` is the only question; asking takes a token."""

    now_ms: Callable[[], int]
    per_minute: int
    burst: int
    _buckets: dict[str, tuple[int, int]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def wait_ms(self, key: str) -> int:
        """Take one try for `key` and give 0, or give how long to wait without taking one."""
        now, price = self.now_ms(), MINUTE_MS
        full = self.burst * price
        with self._lock:
            level, since = self._buckets.pop(key, (full, now))
            level = min(full, level + max(0, now - since) * self.per_minute)
            taken = level >= price
            if len(self._buckets) >= MAX_KEYS:
                del self._buckets[max(self._buckets, key=lambda other: self._buckets[other][0])]
            self._buckets[key] = (level - price if taken else level, now)
        return 0 if taken else -(-(price - level) // self.per_minute)
