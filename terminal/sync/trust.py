"""Whose seals are believed: those of the node's key, from the pairing on through each new one.

Nothing is trusted but the key that is pinned.  When a node says that it seals with another, it is
asked how ours became that one; each step must be proven by the key before it
(`shared.proofs.next_key`).  Only then the other one is pinned: first it is durable, then it is
believed.  Anything else changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from shared.block import Header
from shared.codec import read
from shared.errors import Code, Refused
from shared.ids import PublicKey
from shared.proofs import next_key, open_sealed
from shared.wire import KeysAnswer, KeyStep, PairAnswer, SealedHeader
from terminal.sync.plan import PASSING
from terminal.sync.transport import SignedReads, code_of
from terminal.till.events import NodeLost

log = logging.getLogger(__name__)

HTTP_OK: Final = 200
PATH: Final = "/api/v1/keys"
MOST_ANSWERS: Final = 20  # on the way to one key: a node that never ends must not hold us


class _UnansweredError(Exception):
    """How its key became another may be heard the next time."""


class Trust:
    """Opens what the node has sealed.  One thread uses it."""

    def __init__(
        self, pair: PairAnswer, reads: SignedReads, keep: Callable[[PairAnswer], None]
    ) -> None:
        """`pair` holds the pinned key; `keep` makes it durable with another, or raises OSError."""
        self._pair = pair
        self._reads = reads
        self._keep = keep
        self._said = ""

    def open(self, sealed: SealedHeader, seals_with: PublicKey) -> Header | NodeLost:
        """Read a header that our node has sealed, and trust the key that it `seals_with` now.

        A stranger's is no answer, nor is one whose proof is lost on the way or finds no room on the
        disk.  What is wrong is logged in one line, once for as long as it lasts.
        """
        try:
            header = self._opened(sealed, self._pair.node_key)
            if header is None or seals_with != self._pair.node_key:
                header = self._followed(sealed, seals_with, header)
        except _UnansweredError:
            return NodeLost()
        except OSError as error:
            self._say(f"the key that our node has now cannot be kept: {error}")
            return NodeLost()
        except Refused as refused:
            self._say(f"not our node, or it cannot prove its key: {refused}")
            return NodeLost(stranger=True)
        self._said = ""
        return header

    def _say(self, words: str) -> None:
        if words != self._said:
            log.error("%s", words)
        self._said = words

    def _opened(self, sealed: SealedHeader, key: PublicKey) -> Header | None:
        """Read a header under a key; None: the key has not sealed it.  Raises Refused."""
        try:
            return open_sealed(sealed, chain=self._pair.chain, author=self._pair.node, key=key)
        except Refused as refused:
            if refused.code is Code.BAD_SIGNATURE:
                return None
            raise

    def _followed(self, sealed: SealedHeader, last: PublicKey, header: Header | None) -> Header:
        """Go from key to key up to the last; one on the way has sealed the header, if not ours.

        Raises Refused, OSError, _UnansweredError.
        """
        pair, key = self._pair, self._pair.node_key
        for _ in range(MOST_ANSWERS):
            steps = self._steps(key)
            for step in steps:
                key = next_key(step, chain=pair.chain, author=pair.node, key=key)
                header = header or self._opened(sealed, key)
                if header is not None and key == last:
                    self._pin(key)
                    return header
            if not steps:
                break
        raise Refused(Code.BAD_SIGNATURE, "our key does not lead to the one that seals this")

    def _steps(self, key: PublicKey) -> tuple[KeyStep, ...]:
        """Ask how a key became others.  Raises Refused, _UnansweredError."""
        reply = self._reads.get(PATH, {"known": key})
        if reply is None or code_of(reply) in PASSING:
            raise _UnansweredError
        if reply.status != HTTP_OK:
            raise Refused(Code.BAD_PROOF, "it does not say how its key became another")
        return read(reply.body, KeysAnswer).steps

    def _pin(self, key: PublicKey) -> None:
        """Trust another key, once that is durable.  Raises OSError; then nothing has changed."""
        before, pair = self._pair.node_key, replace(self._pair, node_key=key)
        self._keep(pair)
        self._pair = pair
        log.warning("our node goes on with the key %s, as %s proves", key, before)
