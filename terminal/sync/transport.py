"""What carries a request to the node: the port, and reads signed for it (RFC 9421)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from urllib.parse import urlencode

from shared.codec import read
from shared.errors import Code, Refused
from shared.http_signature import Read, sign_read
from shared.wire import Problem
from terminal.offline_queue.records import Identity


class Reply(NamedTuple):
    """What came back."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked; `query` without its question mark."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Transport(Protocol):
    """A way to the node."""

    def send(self, request: Request) -> Reply | None:
        """Ask, and wait no longer than the transport's own deadlines; None without an answer."""


def problem(reply: Reply) -> Problem | None:
    """Read what went wrong; None when it is no answer of a node (a portal's page, a proxy's)."""
    try:
        return read(reply.body, Problem)
    except Refused:
        return None


def code_of(reply: Reply) -> Code | None:
    """Give the code of a refusal; None when there is none that this terminal knows."""
    told = problem(reply)
    if told is None or told.code not in set(Code):
        return None
    return Code(told.code)


class SignedReads:
    """Reads as this terminal, even when its clock is days off: the node's time is then used."""

    def __init__(
        self,
        transport: Transport,
        identity: Identity,
        *,
        now_ms: Callable[[], int],
        nonce: Callable[[], str],
    ) -> None:
        self._transport = transport
        self._identity = identity
        self._now_ms = now_ms
        self._nonce = nonce
        self._ahead_s = 0  # the node's clock before ours, once it said so

    def get(self, path: str, parameters: Mapping[str, str]) -> Reply | None:
        """Ask; once more with the node's time when it calls the first question stale."""
        query = urlencode(parameters)
        reply = self._ask(path, query, self._nonce())
        if reply is None or reply.status != 401:
            return reply
        told = problem(reply)
        if told is None or told.code != Code.STALE_READ:
            return reply
        self._ahead_s = told.now - self._now_ms() // 1000
        return self._ask(path, query, told.nonce or self._nonce())

    def _ask(self, path: str, query: str, nonce: str) -> Reply | None:
        headers = sign_read(
            Read("GET", path, query),
            author=self._identity.author,
            seed=self._identity.seed,
            created=self._now_ms() // 1000 + self._ahead_s,
            nonce=nonce,
        )
        return self._transport.send(Request(method="GET", path=path, query=query, headers=headers))
