"""The recorded chain of protocol 1, as blocks."""

from typing import Final

from server.ledger.chain import Block
from shared.ids import ChainId
from tests.server.ledger.recorded import blocks_of
from tests.server.ledger.story import FILE

CHAIN: Final = ChainId("92f3d35fa3bb522dc2e2696e3a5e960e")


def recorded() -> list[Block]:
    return blocks_of(FILE)
