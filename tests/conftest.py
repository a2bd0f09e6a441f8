"""What holds for every test: no network but loopback where marked, the same examples every time.

pytest-socket forbids sockets (pyproject.toml); a test marked `loopback` may reach this machine, and
nothing else.  Hypothesis draws the same examples on every run of CI, so that a red run stays red;
and it measures no time, which says nothing about the code on a busy machine.
"""

import os

import pytest
from hypothesis import HealthCheck, settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")

settings.register_profile(
    "here", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("loopback"):
            item.add_marker(pytest.mark.allow_hosts(list(LOOPBACK)))
