"""The conversation with one node, after PROTOCOL §4: push batches, pull deltas.

Keeps the promises of `terminal.till.ports.Sync`.  Whatever is lost, cut off, repeated or refused,
the journal keeps its entries and the next round goes on from what the node says that it has.  When
the node knows entries that this disk lost, they are taken back first; when it knows *other* entries
with our numbers, nothing is sent any more and `fork` is what the till shows.  One thread uses it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final, TypeVar

from shared.block import read_header
from shared.codec import decode, encode, read
from shared.detail import Detail
from shared.errors import Code, Refused
from shared.ids import ZERO_HASH, CardRef
from shared.policy import OfflinePolicy
from shared.signing import Purpose, from_text, verify
from shared.transaction import write_batch
from shared.verdict import parse_verdict
from shared.wire import (
    BATCH_TYPE,
    BatchAnswer,
    CardLine,
    Catalogue,
    Deltas,
    Head,
    JournalAnswer,
    PairAnswer,
    SealedHeader,
    VerdictLine,
    write_details,
)
from terminal.offline_queue.database import JournalDamagedError
from terminal.offline_queue.journal import Journal
from terminal.offline_queue.records import News, Record
from terminal.sync import plan as planning
from terminal.sync.directory import first_directory, make_cards, make_directory
from terminal.sync.heartbeat import Heartbeat
from terminal.sync.plan import PASSING, Plan
from terminal.sync.transport import Reply, Request, SignedReads, Transport, code_of, problem
from terminal.till.directory import Directory
from terminal.till.events import NodeLost, NodeRefused, Pulled, Pushed, Settled, Unsent

log = logging.getLogger(__name__)

T = TypeVar("T")

API: Final = "/api/v1"
CURSOR: Final = "cursor"
CATALOGUE: Final = "catalogue"
POLICY: Final = "policy"
HEADER: Final = "header"
HEIGHT: Final = "height"
SYNCED: Final = "synced_at_ms"
AS_OF: Final = "as_of_ms"
MOST_PAGES: Final = 1_000  # of deltas in one pull: a node that never ends must not hold us

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
        unsent: Callable[[], Unsent],
        now_ms: Callable[[], int],
        chance: Callable[[], float],
    ) -> None:
        self._journal = journal
        self._transport = transport
        self._reads = reads
        self._pair = pair
        self._unsent = unsent
        self._now_ms = now_ms
        self._chance = chance
        self._heartbeat = Heartbeat(journal, transport, unsent=unsent, now_ms=now_ms)
        self._plan = Plan()
        self._forked = False
        self._height = self._number(HEIGHT)
        self._cards = make_cards(decode(raw, CardLine) for raw in journal.cards().values())
        self._view: Directory | None = self._stored_directory()

    # --- What is stored ---------------------------------------------------------------------------

    def directory(self) -> tuple[Directory, int]:
        """Give the newest directory and the time (UTC ms) of its sync, 0 before the first."""
        return self._view or first_directory(self._pair), self._number(SYNCED)

    def seen(self) -> int:
        """Give the newest block height whose header this terminal has verified."""
        return self._height

    def number(self, card: CardRef) -> str:
        """Give what is printed on a card, empty when it is not known here."""
        known = self._cards.get(card)
        return "" if known is None else known.number

    def pause_s(self) -> float:
        """Say how long to wait before the next round, unless something was journalled."""
        more = self._plan.acquainted and not self._forked and self._waiting()
        return planning.pause_s(self._plan, more=more, chance=self._chance())

    # --- Out --------------------------------------------------------------------------------------

    def push(self) -> Pushed | NodeLost | NodeRefused | None:
        """Send the next batch; None when there is nothing to send, or not yet."""
        if self._forked:
            return NodeRefused(Code.FORK)
        if not self._plan.acquainted or not self._waiting():
            return None  # a restored disk must not sign on before it knows its own head
        records = planning.batch(
            self._journal.records(self._journal.stored_seq + 1, self._plan.most), self._plan.most
        )
        if records[0].seq != self._journal.stored_seq + 1:
            return self._refused(Code.GAP)  # what it lacks has left this journal: only people help
        reply = self._transport.send(self._upload(records))
        if reply is None:
            return self._lost()
        answer = _good(reply, BatchAnswer)
        return self._not_taken(reply) if answer is None else self._taken(answer)

    def _waiting(self) -> bool:
        return self._journal.stored_seq < self._journal.head.seq

    def _upload(self, records: Iterable[Record]) -> Request:
        records = list(records)
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
        self._plan = self._plan.answered()
        self._journal.mark_stored(answer.stored.seq)
        verdicts = self._settled(answer.verdicts)
        self._journal.keep(News(verdicts=[(v.seq, v.verdict) for v in verdicts]))
        return Pushed(
            at_ms=self._now_ms(),
            stored_seq=answer.stored.seq,
            verdicts=verdicts,
            provisional=answer.provisional,
            unsent=self._unsent(),
        )

    def _not_taken(self, reply: Reply) -> Pushed | NodeLost | NodeRefused:
        code, told = code_of(reply), problem(reply)
        if code is None or told is None or code in PASSING:
            return self._lost()
        if code is Code.GAP and told.expected > self._journal.head.seq + 1:
            return self._behind()
        if code is not Code.GAP:
            log.warning("the node does not take our batch: %s", code)
            return self._refused(code)
        self._plan = self._plan.answered()
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
        verdicts: list[Settled] = []
        for _ in range(MOST_PAGES):
            deltas = self._page()
            if not isinstance(deltas, Deltas):
                return deltas
            problem_found = self._compare(deltas.head)
            if problem_found is not None:
                return problem_found
            try:
                verdicts.extend(self._keep(deltas))
            except Refused as refused:
                log.warning("the node's header is not good: %s", refused)
                return self._refused(refused.code)
            if not deltas.more:
                return self._pulled(deltas, tuple(verdicts))
        return self._lost()

    def _page(self) -> Deltas | NodeLost | NodeRefused:
        cursor = self._journal.state(CURSOR) or b""
        reply = self._reads.get(f"{API}/deltas", {"cursor": cursor.decode()})
        if reply is None:
            return self._lost()
        deltas = _good(reply, Deltas)
        if deltas is not None:
            return deltas
        if cursor and code_of(reply) is Code.BAD_CURSOR:
            log.warning("the node does not know our cursor: everything anew")
            self._journal.keep(News(state={CURSOR: b""}))
            return self._page()
        return self._no(reply)

    def _pulled(self, deltas: Deltas, verdicts: tuple[Settled, ...]) -> Pulled | NodeRefused:
        if deltas.status in _STATUS:
            return self._refused(_STATUS[deltas.status])
        self._plan = self._plan.answered()
        self._heartbeat.beat(self._height)
        view = self._view
        if view is None:
            return self._refused(Code.BAD_SHAPE)  # a first answer without a catalogue
        return Pulled(
            at_ms=self._now_ms(),
            directory=view,
            verdicts=verdicts,
            settled_seq=self._journal.settled_seq,
            unsent=self._unsent(),
        )

    def _keep(self, deltas: Deltas) -> tuple[Settled, ...]:
        """Make one page durable in one commit, then let the till see it."""
        header, height = self._header(deltas.header)
        verdicts = self._settled(deltas.verdicts)
        state = {
            CURSOR: deltas.cursor.encode(),
            POLICY: encode(deltas.policy),
            AS_OF: str(deltas.time).encode(),
            SYNCED: str(self._now_ms()).encode(),
        }
        if deltas.catalogue is not None:
            state[CATALOGUE] = encode(deltas.catalogue)
        if height >= self._height:
            state[HEADER] = encode(deltas.header)
            state[HEIGHT] = str(height).encode()
            self._height = height
        self._journal.keep(
            News(
                verdicts=[(v.seq, v.verdict) for v in verdicts],
                # Only the last page makes the balances whole.
                settled_seq=None if deltas.more else self._covered(verdicts),
                state=state,
                cards={line.card: encode(line) for line in deltas.cards},
                time_floor_ms=header,
            )
        )
        if deltas.cards:
            self._cards = {**self._cards, **make_cards(deltas.cards)}
        if not deltas.more:  # the till only ever sees whole views
            self._view = self._stored_directory()
        return verdicts

    def _covered(self, verdicts: Iterable[Settled]) -> int:
        """Give the last of our entries before the first that has no verdict yet."""
        new = {verdict.seq for verdict in verdicts}
        return self._journal.answered_up_to(new)

    def _header(self, sealed: SealedHeader) -> tuple[int, int]:
        """Give time and height of a header that the node has sealed.  Raises Refused."""
        raw = sealed.header.encode()
        key = bytes.fromhex(self._pair.node_key)
        if not verify(key, Purpose.BLOCK, raw, from_text(sealed.seal)):
            raise Refused(Code.BAD_SIGNATURE, "header")
        header = read_header(raw)
        return header.time, header.height

    def _no(self, reply: Reply) -> NodeLost | NodeRefused:
        code = code_of(reply)
        return self._lost() if code is None or code in PASSING else self._refused(code)

    # --- Heads ------------------------------------------------------------------------------------

    def _compare(self, head: Head) -> NodeLost | NodeRefused | None:
        """Compare our head with the node's: catch up, resend, or find a fork; None if all is well."""
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

    def _behind(self) -> NodeLost:
        """Stop sending until the next pull took back what this disk has lost."""
        self._plan = replace(self._plan, acquainted=False)
        return self._lost()

    def _fork(self) -> NodeRefused:
        self._forked = True
        return self._refused(Code.FORK)

    # --- Small things -----------------------------------------------------------------------------

    def _settled(self, lines: Iterable[VerdictLine]) -> tuple[Settled, ...]:
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

    def _lost(self) -> NodeLost:
        self._plan = self._plan.failed()
        return NodeLost()

    def _refused(self, code: Code) -> NodeRefused:
        self._plan = self._plan.refuse(code)
        return NodeRefused(code)

    def _number(self, key: str) -> int:
        return int(self._journal.state(key) or b"0")

    def _stored_directory(self) -> Directory | None:
        catalogue, policy = self._journal.state(CATALOGUE), self._journal.state(POLICY)
        if catalogue is None or policy is None:
            return None
        return make_directory(
            self._pair,
            decode(catalogue, Catalogue),
            self._cards,
            decode(policy, OfflinePolicy),
            self._number(AS_OF),
        )


def _good(reply: Reply, shape: type[T]) -> T | None:
    """Read a good answer; None for any other status, and for what is no answer of a node."""
    if reply.status != 200:
        return None
    try:
        return read(reply.body, shape)
    except Refused:
        return None
