"""How often something may be tried; the counting itself is the token bucket of `server.limits`."""

from collections.abc import Callable

Wait = Callable[[str], int]
"""Take one try for a key: milliseconds to wait, 0 when it may."""
