"""No test leaves a journal open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.terminal.offline_queue.made import close_all


@pytest.fixture(autouse=True)
def every_journal_is_closed() -> Iterator[None]:
    yield
    close_all()
