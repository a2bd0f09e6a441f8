"""Telling the node how this terminal is: its head, what is unsent, which version runs.

Best effort: a heartbeat that is lost or refused is no trouble of the till's.  A node that is shown
a header above its own stops sealing, and when it has sealed that one itself it knows that blocks
are lost (PROTOCOL §4): so the newest header goes along, also when nothing is sold.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from shared.codec import encode
from shared.signing import Purpose, sign, to_text
from shared.wire import (
    SIGNATURE_HEADER,
    Head,
    Heartbeat as Message,
    SealedHeader,
    Unsent as UnsentLine,
)
from terminal.offline_queue.journal import Journal
from terminal.sync.transport import Request, Transport
from terminal.till.events import Unsent

EVERY_MS: Final = 60_000
VERSION: Final = "0.1.0"  # as in pyproject.toml


class Heartbeat:
    """Beats at most once a minute; at once when all is sent, or when the node lacks blocks."""

    def __init__(
        self,
        journal: Journal,
        transport: Transport,
        *,
        unsent: Callable[[], Unsent],
        now_ms: Callable[[], int],
    ) -> None:
        self._journal = journal
        self._transport = transport
        self._unsent = unsent
        self._now_ms = now_ms
        self._last_ms: int | None = None
        self._last_count = 0
        self._told_behind = False

    def beat(self, newest: SealedHeader, *, behind: bool) -> bool:
        """Tell the node if it is time to; give whether it heard.  `behind`: it lacks `newest`."""
        now_ms, unsent = self._now_ms(), self._unsent()
        urgent = (self._last_count > 0 and unsent.count == 0) or (behind and not self._told_behind)
        if self._last_ms is not None and 0 <= now_ms - self._last_ms < EVERY_MS and not urgent:
            return False
        head = self._journal.head
        body = encode(
            Message(
                at=now_ms,
                author=self._journal.author,
                boot=self._journal.boot,
                head=Head(hash=head.hash, seq=head.seq),
                header=newest,
                unsent=UnsentLine(amount=unsent.amount, count=unsent.count),
                version=VERSION,
            )
        )
        signature = to_text(sign(self._journal.identity.seed, Purpose.HEARTBEAT, body))
        reply = self._transport.send(
            Request(
                method="POST",
                path="/api/v1/heartbeats",
                headers={"Content-Type": "application/json", SIGNATURE_HEADER: signature},
                body=body,
            )
        )
        heard = reply is not None and reply.status == 200
        self._last_ms, self._last_count = now_ms, unsent.count
        self._told_behind = behind and heard
        return heard
