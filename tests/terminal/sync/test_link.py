"""What the kernel shows of the network."""

from __future__ import annotations

from pathlib import Path

from terminal.sync.link import fingerprint


def test_a_route_or_a_link_that_comes_or_goes_is_seen(tmp_path: Path) -> None:
    routes, links = tmp_path / "route", tmp_path / "net"
    (links / "wlan0").mkdir(parents=True)
    state = links / "wlan0" / "operstate"
    seen = [fingerprint((routes,), links)]

    routes.write_text("eth0 00000000")
    seen.append(fingerprint((routes,), links))
    state.write_text("down")
    seen.append(fingerprint((routes,), links))
    state.write_text("up")
    seen.append(fingerprint((routes,), links))

    assert len(set(seen)) == 4
    assert fingerprint((routes,), links) == seen[-1]


def test_this_machine_has_one() -> None:
    assert fingerprint() == fingerprint()
