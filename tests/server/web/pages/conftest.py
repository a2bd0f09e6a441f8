"""Visitors of the pages."""

import pytest

from tests.server.web.pages.visitor import Visitor
from tools.screenshots import web
from tools.screenshots.office import MemoryOffice


@pytest.fixture
def office() -> MemoryOffice:
    return web.prepared_office()


@pytest.fixture
def claire(office: MemoryOffice) -> Visitor:
    return Visitor(office, member=True)
