"""Forms that come from this site and take effect once.

Every form carries one hidden field: a random key, the time it was made, and a MAC that binds both
to the visitor's cookie and to this run of the process.  A POST without a good one is refused
(another site cannot make it).  The first POST with a key runs; any other waits for it and is sent
to the same place, so a double tap has one effect and one destination.  After a restart old forms
are refused, hence never replayed.
"""

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition
from typing import Final

FIELD: Final = "_form"
MAX_AGE_MS: Final = 12 * 3_600_000
MAX_KEYS: Final = 10_000
WAIT_SECONDS: Final = 20.0


@dataclass(slots=True)
class Forms:
    """Issues the hidden field, opens it again, and remembers where each key led."""

    now_ms: Callable[[], int]
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _led_to: OrderedDict[str, str | None] = field(default_factory=OrderedDict)
    _changed: Condition = field(default_factory=Condition)

    def issue(self, visitor: str) -> str:
        """Make the value of the hidden field of one form for one visitor."""
        key, made = secrets.token_urlsafe(16), str(self.now_ms())
        return f"{key}.{made}.{self._mac(visitor, key, made)}"

    def open(self, visitor: str, value: str) -> str | None:
        """Give the key of a field that this process issued to this visitor, else None."""
        key, _, rest = value.partition(".")
        made, _, mac = rest.partition(".")
        if not hmac.compare_digest(mac.encode(), self._mac(visitor, key, made).encode()):
            return None
        return key if self.now_ms() - int(made) <= MAX_AGE_MS else None

    def claim(self, key: str) -> bool:
        """Take a key: True for the first caller, False for all others until it is released."""
        with self._changed:
            if key in self._led_to:
                return False
            self._led_to[key] = None
            if len(self._led_to) > MAX_KEYS:
                self._led_to.popitem(last=False)
            return True

    def settle(self, key: str, location: str) -> None:
        """Remember where a claimed key led, and wake the others."""
        with self._changed:
            self._led_to[key] = location
            self._changed.notify_all()

    def release(self, key: str) -> None:
        """Give a key back because its form had no effect."""
        with self._changed:
            self._led_to.pop(key, None)
            self._changed.notify_all()

    def destination(self, key: str) -> str | None:
        """Wait for where another caller's key leads; None when it is released or takes too long."""
        with self._changed:
            self._changed.wait_for(lambda: self._led_to.get(key, "") is not None, WAIT_SECONDS)
            return self._led_to.get(key) or None

    def _mac(self, visitor: str, key: str, made: str) -> str:
        message = f"{visitor}\n{key}\n{made}".encode()
        return hmac.new(self._secret, message, "sha256").hexdigest()
