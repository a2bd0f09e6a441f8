"""A node's chain over HTTP, part by part, as the blocks of one chain file.

Believes nothing of the node: what comes is of the form of a chain file or an UnreadableError, and
never more than one block of it is held.  The end is where the chain ended when it was first asked
for.  A part that breaks off is asked for again from the first block that is missing; the node's
"too often" is waited for.  Nobody is redirected: the link's secret is for one host.
"""

import gzip
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException
from itertools import chain
from typing import IO, BinaryIO, Final, cast
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from server.ledger.chain import Block
from server.verify.chain_file import ChainFile, ChainFileError, Part, read_part
from server.verify.files import UnreadableError
from shared.ids import ZERO_CHAIN, ChainId

PATH: Final = "/api/v1/chain"
TIMEOUT_S: Final = 30.0
TRIES: Final = 4
"""Without a block in between."""
LONGEST_WAIT_S: Final = 60.0
_TOO_OFTEN: Final = 429
_CLOSED: Final = 403
_BROKEN: Final = (OSError, HTTPException, EOFError, zlib.error)


def is_address(source: str) -> bool:
    """Tell an address from a file's name."""
    return source.startswith(("http://", "https://"))


@contextmanager
def open_address(address: str, pause: Callable[[float], None] = time.sleep) -> Iterator[ChainFile]:
    """Open the chain that a node gives; `address` is the node's, or a link that it has given."""
    parts = _Parts(*_parse(address), pause)
    blocks = parts.blocks()
    first = next(blocks)
    yield ChainFile(parts.chain, parts.whole, chain((first,), blocks))


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        """Follow nobody; the answer becomes an HTTPError."""


def _parse(address: str) -> tuple[str, str]:
    """Give address and secret: a link's secret stands after its `#`, which no server is sent."""
    parts = urlsplit(address)
    if not parts.hostname:
        raise UnreadableError(f"{address} is not an address")
    path = PATH if parts.path in {"", "/"} else parts.path
    return urlunsplit((parts.scheme, parts.netloc, path, "", "")), parts.fragment


class _Again(Exception):  # noqa: N818 - a signal inside this module
    """The node asks to come back in so many seconds, or the line broke (0)."""

    def __init__(self, seconds: float, why: str) -> None:
        super().__init__(why)
        self.seconds = seconds


@dataclass(slots=True)
class _Parts:
    address: str
    secret: str
    pause: Callable[[float], None]
    opener: OpenerDirector = field(default_factory=lambda: build_opener(_NoRedirect))
    chain: ChainId = ZERO_CHAIN
    whole: int = 0

    def blocks(self) -> Iterator[Block]:
        """Give all blocks; `chain` and `whole` are known with the first."""
        height = tries = 0
        while True:
            try:
                with self._part(height) as part:
                    self._check(part, height)
                    for block in part.blocks:
                        yield block
                        height, tries = height + 1, 0
                        if height == self.whole:
                            return  # the chain has grown meanwhile: that is for another time
            except _Again as again:
                tries += 1
                if tries == TRIES:
                    raise UnreadableError(f"{self.address}: {again}") from None
                self.pause(again.seconds or float(tries))

    def _check(self, part: Part, height: int) -> None:
        if not height:
            self.chain, self.whole = part.chain, part.whole
        if (part.chain, part.first) != (self.chain, height):
            raise UnreadableError(f"{self.address} gives {part.first} instead of height {height}")

    @contextmanager
    def _part(self, height: int) -> Iterator[Part]:
        request = Request(f"{self.address}?{urlencode({'from': height})}")  # noqa: S310 - see _parse
        if self.secret:
            request.add_header("Authorization", f"Bearer {self.secret}")
        try:
            with (
                self.opener.open(request, timeout=TIMEOUT_S) as answer,
                gzip.GzipFile(fileobj=answer) as stream,
            ):
                yield read_part(cast("BinaryIO", stream))
        except HTTPError as error:
            with error:
                raise _refused(self.address, error) from None
        except ChainFileError as error:
            raise UnreadableError(f"{self.address} gives no chain: {error}") from None
        except gzip.BadGzipFile:
            raise UnreadableError(f"{self.address} gives no chain: it is not compressed") from None
        except URLError as error:
            said = error.reason.strerror if isinstance(error.reason, OSError) else error.reason
            raise _Again(0, f"no connection: {said}") from None
        except _BROKEN as error:
            raise _Again(0, f"the connection broke: {error}") from None


def _refused(address: str, error: HTTPError) -> _Again | UnreadableError:
    if error.code == _TOO_OFTEN:
        wait = error.headers.get("Retry-After", "")
        seconds = float(wait) if wait.isdecimal() else LONGEST_WAIT_S
        return _Again(min(seconds, LONGEST_WAIT_S), "the node is asked too often")
    if error.code == _CLOSED:
        return UnreadableError(
            f"{address}: this node gives its chain only to those it has given a link to; "
            "its people make one with `tirelire node chain-link`"
        )
    return UnreadableError(f"{address} answers {error.code}")
