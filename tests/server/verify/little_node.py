"""A node that gives its chain over HTTP, a few blocks at a time, and may do it badly."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from threading import Thread
from typing import BinaryIO, cast
from urllib.parse import parse_qs, urlsplit

from server.ledger.chain import Block
from server.verify.chain_file import write_part
from shared.ids import ChainId
from tests.server.verify.chains import CHAIN, recorded


@dataclass
class Trouble:
    """An answer instead of the part that was asked for."""

    status: int = 200
    raw: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    """So many bytes of the honest part, then the line breaks."""


@dataclass
class LittleNode:
    """What it gives, what it was asked for, and the troubles that come first."""

    blocks: list[Block] = field(default_factory=recorded)
    each: int = 5
    whole: int = 22
    chain: ChainId = CHAIN
    troubles: list[Trouble] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""

    def part(self, first: int) -> bytes:
        raw = BytesIO()
        with gzip.GzipFile(fileobj=raw, mode="wb") as stream:
            some = self.blocks[first : first + self.each]
            write_part(cast("BinaryIO", stream), self.chain, first, self.whole, some)
        return raw.getvalue()


@contextmanager
def serving(node: LittleNode) -> Iterator[LittleNode]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            node.asked.append((self.path, self.headers.get("Authorization", "")))
            trouble = node.troubles.pop(0) if node.troubles else Trouble()
            raw = trouble.raw
            if trouble.status == 200 and not raw:
                raw = node.part(int(parse_qs(parts.query)["from"][0]))
            self.send_response(trouble.status)
            for name, value in trouble.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw[: trouble.cut or len(raw)])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        node.address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield node
        finally:
            server.shutdown()
            thread.join()
