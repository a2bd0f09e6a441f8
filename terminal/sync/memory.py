"""What the node said, kept in the journal's file and at hand for the till.

A page of deltas is durable whole, with the cursor that follows it, or not at all; the till sees a
new directory only when the last page of an answer came.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Final

from shared.block import Header
from shared.codec import decode, encode
from shared.ids import CardRef
from shared.policy import OfflinePolicy
from shared.verdict import parse_verdict
from shared.wire import CardLine, Catalogue, Deltas, PairAnswer, SealedHeader, VerdictLine
from terminal.offline_queue.journal import Journal
from terminal.offline_queue.records import News
from terminal.sync.directory import first_directory, make_cards, make_directory
from terminal.till.directory import Directory
from terminal.till.events import Settled

log = logging.getLogger(__name__)

CURSOR: Final = "cursor"
CATALOGUE: Final = "catalogue"
POLICY: Final = "policy"
HEADER: Final = "header"
HEIGHT: Final = "height"
SYNCED: Final = "synced_at_ms"
AS_OF: Final = "as_of_ms"
STATUS: Final = "status"
ACTIVE: Final = b"active"
KEEP_EVERY_MS: Final = 60_000  # the time of the sync, when there is no other news


class Memory:
    """One thread writes; `height` and `number` may be asked from any."""

    def __init__(self, journal: Journal, pair: PairAnswer) -> None:
        self._journal = journal
        self._pair = pair
        self.height = self._number(HEIGHT)
        self._cards = make_cards(decode(raw, CardLine) for raw in journal.cards().values())
        self._synced_ms = self._kept_ms = self._number(SYNCED)
        self._view = self._stored_directory()

    def directory(self) -> Directory:
        """Give the newest whole view."""
        return self._view

    def synced_ms(self) -> int:
        """Give when deltas came last, 0 before the first."""
        return self._synced_ms

    def number(self, card: CardRef) -> str:
        """Give what is printed on a card, empty when it is not known here."""
        known = self._cards.get(card)
        return "" if known is None else known.number

    def status(self) -> str:
        """Give what the node last said that this terminal is; a restart does not forget it."""
        return (self._journal.state(STATUS) or ACTIVE).decode()

    def newest(self) -> SealedHeader | None:
        """Give the newest header that was proven; None before the first deltas."""
        raw = self._journal.state(HEADER)
        return None if raw is None else decode(raw, SealedHeader)

    def cursor(self) -> str:
        """Give where the next deltas begin, empty at the start."""
        return (self._journal.state(CURSOR) or b"").decode()

    def forget_cursor(self) -> None:
        """Ask for everything anew the next time."""
        self._journal.keep(News(state={CURSOR: b""}))

    def keep_verdicts(self, lines: Iterable[VerdictLine]) -> tuple[Settled, ...]:
        """Make verdicts durable; give those that this terminal understands."""
        verdicts = self._known(lines)
        self._journal.keep(News(verdicts=[(v.seq, v.verdict) for v in verdicts]))
        return verdicts

    def keep(self, deltas: Deltas, header: Header, at_ms: int) -> tuple[Settled, ...]:
        """Make one page durable in one commit, then let the till see it.

        `header` is the page's own, which the node has sealed.
        """
        if self._is_old_news(deltas, at_ms):
            self._synced_ms = at_ms
            return ()
        verdicts = self._known(deltas.verdicts)
        state = {
            CURSOR: deltas.cursor.encode(),
            POLICY: encode(deltas.policy),
            AS_OF: str(deltas.time).encode(),
            STATUS: deltas.status.encode(),
        }
        if not deltas.more:
            state[SYNCED] = str(at_ms).encode()
        if deltas.catalogue is not None:
            state[CATALOGUE] = encode(deltas.catalogue)
        if header.height >= self.height:
            state[HEADER] = encode(deltas.header)
            state[HEIGHT] = str(header.height).encode()
        self._journal.keep(
            News(
                verdicts=[(v.seq, v.verdict) for v in verdicts],
                # Only the last page makes the balances whole.
                settled_seq=None if deltas.more else self._covered(verdicts),
                state=state,
                cards={line.card: encode(line) for line in deltas.cards},
                time_floor_ms=header.time,
            )
        )
        self.height = max(self.height, header.height)
        if deltas.cards:
            self._cards = {**self._cards, **make_cards(deltas.cards)}
        if not deltas.more:  # the till only ever sees whole views
            self._synced_ms = self._kept_ms = at_ms
            self._view = self._stored_directory()
        return verdicts

    def _is_old_news(self, deltas: Deltas, at_ms: int) -> bool:
        """Tell whether nothing is worth a write: an SD card bears only so many."""
        return (
            deltas.cursor == self.cursor()
            and not (deltas.verdicts or deltas.cards or deltas.more)
            and deltas.catalogue is None
            and deltas.policy == self._view.policy
            and deltas.status == self.status()
            and 0 <= at_ms - self._kept_ms < KEEP_EVERY_MS
        )

    def _covered(self, verdicts: Iterable[Settled]) -> int:
        """Give the last of our entries before the first that has no verdict yet."""
        new = {verdict.seq for verdict in verdicts}
        return self._journal.answered_up_to(new)

    def _known(self, lines: Iterable[VerdictLine]) -> tuple[Settled, ...]:
        known = []
        for line in lines:
            try:
                verdict = parse_verdict(line.verdict)
            except ValueError:  # a newer node's word: the entry stays without a verdict here
                log.warning("verdict %r of entry %d is not known here", line.verdict, line.seq)
                continue
            if 1 <= line.seq <= self._journal.head.seq:
                known.append(Settled(seq=line.seq, verdict=verdict))
        return tuple(known)

    def _number(self, key: str) -> int:
        return int(self._journal.state(key) or b"0")

    def _stored_directory(self) -> Directory:
        catalogue, policy = self._journal.state(CATALOGUE), self._journal.state(POLICY)
        if catalogue is None or policy is None:
            return first_directory(self._pair)
        return make_directory(
            self._pair,
            decode(catalogue, Catalogue),
            self._cards,
            decode(policy, OfflinePolicy),
            self._number(AS_OF),
        )
