"""The recorded chain of protocol 1, as blocks."""

import json
from typing import Final

from server.ledger.chain import Block
from shared.ids import ChainId
from shared.signing import from_text
from tests.server.ledger.story import FILE

CHAIN: Final = ChainId("92f3d35fa3bb522dc2e2696e3a5e960e")


def recorded() -> list[Block]:
    rows = json.loads(FILE.read_text("utf-8"))["blocks"]
    return [
        Block(
            row["header"].encode(),
            from_text(row["seal"]),
            tuple(batch.encode() for batch in row["batches"]),
        )
        for row in rows
    ]
