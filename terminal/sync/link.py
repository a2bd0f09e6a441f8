"""Whether the machine's network changed: the routes and links that the kernel shows.

Read from /proc and /sys, where a missing file (another system, no such link) only means that no
change is seen: then the next regular try finds the network.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROUTES: Final = (Path("/proc/net/route"), Path("/proc/net/ipv6_route"))
LINKS: Final = Path("/sys/class/net")


def fingerprint(routes: tuple[Path, ...] = ROUTES, links: Path = LINKS) -> bytes:
    """Give bytes that differ when a route or a link came or went."""
    states = sorted(links.glob("*/operstate"))
    return b"\n".join(_read(path) for path in (*routes, *states))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
