"""The conversation with one node, after PROTOCOL §4: push batches, pull deltas.

Keeps the promises of `terminal.till.ports.Sync`.  Whatever is lost, cut off, repeated or refused,
the journal keeps its entries and the next round goes on from what the node says that it has.  When
the node knows entries that this disk lost, they are taken back first; when it knows *other* entries
with our numbers, our branch is handed over once, as evidence; then nothing is sent any more and
`fork` is what the till shows.  One thread uses it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeVar

from shared.codec import decode, read
from shared.detail import Detail
from shared.errors import Code, Refused
from shared.ids import ZERO_HASH, CardRef
from shared.transaction import write_batch
from shared.wire import (
    BATCH_TYPE,
    BatchAnswer,
    Deltas,
    Head,
    JournalAnswer,
    PairAnswer,
    write_details,
)
from terminal.offline_queue.database import JournalDamagedError
from terminal.offline_queue.journal import Journal
from terminal.sync import plan as planning
from terminal.sync.heartbeat import Heartbeat
from terminal.sync.memory import Memory
from terminal.sync.plan import PASSING, Plan, Rest
from terminal.sync.transport import Reply, Request, SignedReads, Transport, code_of, problem
from terminal.sync.trust import Trust
from terminal.till.directory import Directory
from terminal.till.events import NodeLost, NodeRefused, Pulled, Pushed, Settled, Unsent

log = logging.getLogger(__name__)

T = TypeVar("T")

API: Final = "/api/v1"
MOST_PAGES: Final = 500  # of deltas in one pull: a node that never ends must not hold us

_STATUS: Final = {"revoked": Code.AUTHOR_REVOKED, "quarantined": Code.AUTHOR_QUARANTINED}


class NodeSync:
    """Implements `terminal.till.ports.Sync`."""

    def __init__(
        self,
        journal: Journal,
        transport: Transport,
        reads: SignedReads,
        pair: PairAnswer,
        *,
        keep_pair: Callable[[PairAnswer], None],
        unsent: Callable[[], Unsent],
        now_ms: Callable[[], int],
        chance: Callable[[], float],
        network: Callable[[], bytes] = bytes,
    ) -> None:
        self._journal = journal
        self._transport = transport
        self._reads = reads
        self._pair = pair
        self._unsent = unsent
        self._now_ms = now_ms
        self._chance = chance
        self._heartbeat = Heartbeat(journal, transport, unsent=unsent, now_ms=now_ms)
        self._network = network
        self._rest: Rest | None = None
        self._trouble: NodeLost | NodeRefused = NodeLost()
        self._plan = Plan()
        self._forked = self._confessed = False
        self._memory = Memory(journal, pair)
        self._trust = Trust(pair, reads, keep_pair)

    # --- What is known, and when to go on ---------------------------------------------------------

    def directory(self) -> tuple[Directory, int]:
        """Give the newest directory and the time (UTC ms) of its sync, 0 before the first."""
        return self._memory.directory(), self._memory.synced_ms()

    def seen(self) -> int:
        """Give the newest block height whose header this terminal has verified."""
        return self._memory.height

    def number(self, card: CardRef) -> str:
        """Give what is printed on a card, empty when it is not known here."""
        return self._memory.number(card)

    def pause_s(self) -> float:
        """Say how long to wait before the next round, unless something was journalled."""
        if self._resting():
            return planning.LOOK_S
        more = self._plan.acquainted and not self._forked and self._waiting()
        pause_s = planning.pause_s(self._plan, more=more, chance=self._chance())
        if not self._plan.failures:
            self._rest = None
            return pause_s
        self._rest = Rest(
            since_ms=self._now_ms(),
            pause_ms=round(pause_s * 1000),
            head=self._journal.head.seq,
            network=self._network(),
        )
        return min(pause_s, planning.LOOK_S)

    def _resting(self) -> bool:
        rest = self._rest
        return rest is not None and rest.lasts(
            self._now_ms(), self._journal.head.seq, self._network()
        )

    # --- Out --------------------------------------------------------------------------------------

    def push(self) -> Pushed | NodeLost | NodeRefused | None:
        """Send the next batch; None when there is nothing to send, or not yet."""
        if self._resting():
            return None
        if self._forked:
            return self._confess()
        if not self._plan.acquainted or not self._waiting():
            return None  # a restored disk must not sign on before it knows its own head
        while True:
            reply = self._transport.send(self._upload())
            if reply is None:
                return self._lost()
            answer = _good(reply, BatchAnswer)
            if answer is not None:
                return self._taken(answer)
            code = code_of(reply)
            instead = None if code is None else self._plan.instead(code)
            if instead is None:
                return self._not_taken(reply, code)
            log.warning("the node does not take this batch: %s; trying another", code)
            self._plan = instead

    def _confess(self) -> NodeRefused:
        """Show the node our branch, once: it keeps the evidence and tells its admins."""
        if self._waiting() and not self._confessed:
            reply = self._transport.send(self._upload())
            self._confessed = reply is not None and code_of(reply) not in PASSING
        return NodeRefused(Code.FORK)

    def _waiting(self) -> bool:
        return self._journal.stored_seq < self._journal.head.seq

    def _upload(self) -> Request:
        waiting = self._journal.records(self._journal.stored_seq + 1, self._plan.most)
        records = planning.batch(waiting, self._plan.most)
        raw = write_batch(
            self._pair.chain,
            self._journal.author,
            records[0].seq,
            [record.payload for record in records],
            records[-1].signature,
        )
        if self._plan.details:
            raw += write_details([decode(r.detail, Detail) for r in records if r.detail])
        return Request(
            method="POST",
            path=f"{API}/batches",
            headers={"Content-Type": BATCH_TYPE},
            body=raw,
        )

    def _taken(self, answer: BatchAnswer) -> Pushed | NodeLost | NodeRefused:
        if answer.stored.seq > self._journal.head.seq:
            return self._behind()
        if not self._is_ours(answer.stored):
            return self._fork()
        self._plan = self._plan.taken()
        self._journal.mark_stored(answer.stored.seq)
        verdicts = self._memory.keep_verdicts(answer.verdicts)
        return Pushed(
            at_ms=self._now_ms(),
            stored_seq=answer.stored.seq,
            verdicts=verdicts,
            provisional=answer.provisional,
            unsent=self._unsent(),
        )

    def _not_taken(self, reply: Reply, code: Code | None) -> Pushed | NodeLost | NodeRefused:
        told = problem(reply)
        if code is None or told is None or code in PASSING:
            return self._lost()
        if code is Code.GAP and told.expected > self._journal.head.seq + 1:
            return self._behind()
        # What the node lacks may have left this journal, years ago: then only people can help.
        if code is not Code.GAP or not self._journal.has(told.expected):
            log.error("the node does not take our batch: %s", code)
            self._plan = self._plan.refuse(code)
            return NodeRefused(code)
        self._plan = self._plan.taken()
        self._journal.mark_stored(told.expected - 1)  # a node put back: it gets the rest again
        return Pushed(
            at_ms=self._now_ms(),
            stored_seq=self._journal.stored_seq,
            verdicts=(),
            provisional=False,
            unsent=self._unsent(),
        )

    # --- In ---------------------------------------------------------------------------------------

    def pull(self) -> Pulled | NodeLost | NodeRefused:
        """Fetch and store deltas, compare heads; also proves that the node answers."""
        self._journal.tidy(self._now_ms())
        if self._resting():
            return self._trouble
        verdicts: list[Settled] = []
        for _ in range(MOST_PAGES):
            deltas = self._page()
            if not isinstance(deltas, Deltas):
                return deltas
            header = self._trust.open(deltas.header, deltas.node_key)
            if isinstance(header, NodeLost):
                return self._unproven(header)
            problem_found = self._compare(deltas.head)
            if problem_found is not None:
                return problem_found
            verdicts.extend(self._memory.keep(deltas, header, self._now_ms()))
            if not deltas.more:
                return self._pulled(deltas, tuple(verdicts))
        return self._lost()

    def _page(self) -> Deltas | NodeLost | NodeRefused:
        cursor = self._memory.cursor()
        reply = self._reads.get(f"{API}/deltas", {"cursor": cursor})
        if reply is None:
            return self._lost()
        deltas = _good(reply, Deltas)
        if deltas is not None:
            return deltas
        if cursor and code_of(reply) is Code.BAD_CURSOR:
            log.warning("the node does not know our cursor: everything anew")
            self._memory.forget_cursor()
            return self._page()
        return self._no(reply)

    def _pulled(self, deltas: Deltas, verdicts: tuple[Settled, ...]) -> Pulled | NodeRefused:
        if deltas.status in _STATUS:
            return self._refused(_STATUS[deltas.status])
        self._plan = self._plan.heard()
        newest = self._memory.newest() or deltas.header
        self._heartbeat.beat(newest, behind=newest.header != deltas.header.header)
        if self._plan.refused is not None:  # what is sold cannot be sent: the till must say so
            return NodeRefused(self._plan.refused)
        return Pulled(
            at_ms=self._now_ms(),
            directory=self._memory.directory(),
            verdicts=verdicts,
            settled_seq=self._journal.settled_seq,
            unsent=self._unsent(),
        )

    def _no(self, reply: Reply) -> NodeLost | NodeRefused:
        code = code_of(reply)
        return self._lost() if code is None or code in PASSING else self._refused(code)

    # --- Heads ------------------------------------------------------------------------------------

    def _compare(self, head: Head) -> NodeLost | NodeRefused | None:
        """Compare our head with the node's: catch up, resend, or find a fork; None: all is well."""
        while head.seq > self._journal.head.seq:
            if (trouble := self._take_back()) is not None:
                return trouble
        if not self._is_ours(head):
            return self._fork()
        self._forked = False
        self._journal.mark_stored(head.seq)
        self._plan = replace(self._plan, acquainted=True)
        return None

    def _take_back(self) -> NodeLost | NodeRefused | None:
        """Fetch own entries that the node kept and this disk lost."""
        mine = self._journal.head.seq
        # From our own head, so that another history under it shows before anything is taken.
        reply = self._reads.get(f"{API}/journal", {"from": str(max(mine, 1))})
        if reply is None:
            return self._lost()
        answer = _good(reply, JournalAnswer)
        if answer is None:
            return self._no(reply)
        try:
            taken = self._journal.adopt([payload.encode() for payload in answer.payloads])
        except (JournalDamagedError, Refused) as error:
            log.critical("the node has another history of this till: %s", error)
            return self._fork()
        log.warning("took back %d entries that this disk had lost", taken)
        return self._lost() if taken == 0 else None

    def _is_ours(self, head: Head) -> bool:
        """Tell whether the node's head is one of our entries (or older than all we kept)."""
        if head.seq == 0:
            return head.hash == ZERO_HASH
        found = self._journal.records(head.seq, 1)
        if not found:
            return False
        return found[0].seq != head.seq or found[0].hash == head.hash

    def _behind(self) -> NodeLost | NodeRefused:
        """Stop sending until the next pull took back what this disk has lost."""
        self._plan = replace(self._plan, acquainted=False)
        return self._lost()

    def _fork(self) -> NodeRefused:
        self._forked = True
        return self._refused(Code.FORK)

    # --- Small things -----------------------------------------------------------------------------

    def _lost(self, *, stranger: bool = False) -> NodeLost | NodeRefused:
        """Say that there was no answer; whom the node has revoked stays so without it."""
        self._plan = self._plan.failed()
        code = _STATUS.get(self._memory.status())
        self._trouble = NodeLost(stranger=stranger) if code is None else NodeRefused(code)
        return self._trouble

    def _unproven(self, lost: NodeLost) -> NodeLost | NodeRefused:
        """Take what does not prove to be our node for no answer, and send it nothing."""
        self._plan = replace(self._plan, acquainted=False)
        return self._lost(stranger=lost.stranger)

    def _refused(self, code: Code) -> NodeRefused:
        self._plan = self._plan.failed()
        self._trouble = NodeRefused(code)
        return self._trouble


def _good(reply: Reply, shape: type[T]) -> T | None:
    """Read a good answer; None for any other status, and for what is no answer of a node."""
    if reply.status != 200:
        return None
    try:
        return read(reply.body, shape)
    except Refused:
        return None
