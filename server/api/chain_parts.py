"""The chain itself, in parts, for whoever keeps a copy or wants proof (docs/chain-file.md).

A part is one short snapshot of a few megabytes, compressed once: cheap for the node, and bounded by
`wait` for each address and `wait_all` for all together.  The chain holds pseudonyms, but a card's
whole history can be read in it: unless the node is open to all, a part is given only to whoever
shows the secret of the node's link (`Authorization: Bearer`), everybody else gets `chain_closed`.
"""

import gzip
import hmac
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import BinaryIO, Final, cast

from server.api.asked import number
from server.api.limits import Wait
from server.api.route import Call, Download
from server.ledger.chain import Block
from server.store.stored import Stored
from server.verify.chain_file import write_part
from shared.errors import Code, Refused

PART_BYTES: Final = 4 << 20
MOST_BLOCKS: Final = 20_000
GZIP: Final = "application/gzip"
_LEVEL: Final = 1
_BEARER: Final = "Bearer "


def link_secret(pages_key: bytes) -> str:
    """Give the secret of this node's link: another one when the key of the pages is replaced."""
    return hmac.new(pages_key, b"tirelire/chain-link", sha256).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainParts:
    """The handler.  `is_open`: anybody may read."""

    open_blocks: Callable[[int], AbstractContextManager[Stored]]
    is_open: bool
    secret: str = field(repr=False)
    wait: Wait
    wait_all: Wait

    def __call__(self, call: Call) -> Download:
        """Give the blocks from a height on, as many as one part holds."""
        if not self.is_open and not self._may_read(call):
            raise Refused(Code.CHAIN_CLOSED)
        if self.wait(call.address) or self.wait_all(""):
            raise Refused(Code.TOO_MANY_ATTEMPTS)
        first = number(call, "from") if "from" in call.arguments else 0
        with self.open_blocks(first) as stored:
            blocks = _some(stored.blocks)
            if not blocks:
                raise Refused(Code.NOT_FOUND, "the chain is shorter")
            chain, whole = stored.chain, stored.whole
        raw = BytesIO()
        with gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as stream:
            write_part(cast("BinaryIO", stream), chain, first, whole, blocks)
        return Download(raw.getvalue(), GZIP)

    def _may_read(self, call: Call) -> bool:
        shown = call.headers.get("Authorization", "")
        wanted = f"{_BEARER}{self.secret}"
        return hmac.compare_digest(shown.encode("utf-8", "replace"), wanted.encode())


def _some(blocks: Iterator[Block]) -> list[Block]:
    taken: list[Block] = []
    size = 0
    for block in blocks:
        taken.append(block)
        size += len(block.header) + sum(map(len, block.batches))
        if size >= PART_BYTES or len(taken) == MOST_BLOCKS:
            break
    return taken
