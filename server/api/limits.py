"""How often something may be tried; the counting itself is the pages' token bucket."""

from collections.abc import Callable

Wait = Callable[[str], int]
"""Take one try for a key: milliseconds to wait, 0 when it may."""
