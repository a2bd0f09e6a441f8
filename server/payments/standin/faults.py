"""How rude the provider and the network are today: a script of faults, or none.

Deterministic: a fault is taken from the script for each API request, in order, so that a test
says exactly what goes wrong and when.
"""

from collections.abc import Iterable
from enum import StrEnum
from threading import Lock


class Fault(StrEnum):
    """What happens to one request."""

    NONE = "none"
    RATE_LIMIT = "rate_limit"  # 429, no effect
    SERVER_ERROR = "server_error"  # 500, no effect
    LOST_REQUEST = "lost_request"  # no answer, no effect
    LOST_ANSWER = "lost_answer"  # no answer, but the effect is there
    KEY_IN_USE = "key_in_use"  # 409: the first request of this key is still running


class Script:
    """The faults of the next requests; when it is used up everything works."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        """Take the faults in order."""
        self._faults = list(faults)
        self._lock = Lock()

    def extend(self, faults: Iterable[Fault]) -> None:
        """Put more faults at the end."""
        with self._lock:
            self._faults.extend(faults)

    def next(self) -> Fault:
        """Take the fault of this request."""
        with self._lock:
            return self._faults.pop(0) if self._faults else Fault.NONE
