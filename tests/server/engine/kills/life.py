"""One life of a node: it opens its database, is sent batches and proposals, and is killed.

Each answer that a client gets is written to a pipe at once, one line a transaction.  What the node
is doing stands in one byte of a mapped file, which outlives it.
"""

import mmap
import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Final, TypeVar

import msgspec
from sqlalchemy import Connection, event

from server.engine.items import Answer, Arrival, Item
from server.engine.own import Signer
from server.engine.port import EngineStoppedError, NotProposed, Placed, Stored
from server.engine.sealer import Sealer
from server.engine.solo import Solo
from server.store.database import open_database
from server.store.postgres import SCHEME
from shared.errors import Code
from shared.ids import ChainId
from tests.server.engine.kills.script import AUTHORS, PROPOSERS, TILLS, Mark, Script, proposal
from tests.server.engine.world import BOOT, NODE_SEED, Clock

UP, BEGINS, COMMITS, LOST, WRONG = "up", "begins", "commits", "lost", "wrong"
T = TypeVar("T")


class Phase(IntEnum):
    """Where a kill hits."""

    STARTING = 0
    OPENING = 1
    """The database is opened: its log is replayed, its tables are looked at."""
    IDLE = 2
    EXECUTING = 3
    """A transaction of the database is open."""
    COMMITTING = 4
    """From the beginning of the commit until somebody has an answer."""


class Order(msgspec.Struct, frozen=True):
    """What a life shall do: clients go on from `tills` and `proposals` (the next numbers).

    The first batch of a till joins `runs` batches of its script.  A `last` life ends by itself when
    every client has had one answer.  A `hasty` one answers before it commits, which is a lie.
    """

    database: str
    """A path, or the address of PostgreSQL."""
    chain: ChainId
    seed: int
    number: int
    tills: tuple[Mark, ...]
    runs: tuple[int, ...]
    proposals: tuple[int, ...]
    aimed: int = 0
    """The transaction that it announces, so that a kill can hit it."""
    aim: str = COMMITS
    """When it announces it: as it `BEGINS`, or as it `COMMITS`; then nothing follows any more."""
    last: bool = False
    hasty: bool = False


def live(order: Order, answers: int, phase: mmap.mmap) -> None:
    """Live until the end; `answers` is a descriptor, `phase` holds one byte."""
    Life(order, answers, phase).run()


class Life:
    """The node and its clients."""

    def __init__(self, order: Order, answers: int, phase: mmap.mmap) -> None:
        self._order, self._answers, self._phase = order, answers, phase
        self._pause = Event()
        self._counted: Counter[str] = Counter()
        self._enter(Phase.OPENING)
        postgres = order.database.startswith(SCHEME)
        self._database = open_database(order.database if postgres else Path(order.database))
        self._engine = Solo(self._database, seed=NODE_SEED, boot=BOOT, clock=Clock())
        if order.hasty:
            self._engine._sealer = _Hasty(self._engine._sealer.signer, self.told)
        writing = self._database._backend.writing
        event.listen(writing, "begin", lambda _: self._reach(Phase.EXECUTING, BEGINS))
        event.listen(writing, "commit", lambda _: self._reach(Phase.COMMITTING, COMMITS))
        self._enter(Phase.IDLE)

    def run(self) -> None:
        """Let every client work until the end."""
        self._say(UP)
        work = [Thread(target=self._till, args=(number,)) for number in range(TILLS)]
        work += [Thread(target=self._proposer, args=(number,)) for number in range(PROPOSERS)]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
        self._database.close()

    def told(self, till: int, placed: Iterable[Placed]) -> None:
        """Write what a till is answered."""
        self._say(*(f"till {till} {_words(each)}" for each in placed))

    # ---------- clients ----------

    def _till(self, number: int) -> None:
        order, runs = self._order, self._order.runs[number]
        script = Script(order.seed, number, order.chain, order.tills[number])
        dice = Random(f"{order.seed} {order.number} {number}")
        while True:
            batch, details = script.batch(runs)
            answer = self._patiently(self._engine.submit, batch, details)
            if not isinstance(answer, Stored):
                self._say(f"{WRONG} {answer}")
                return
            self._answered()
            self.told(number, answer.placed)
            if order.last:
                return
            runs = 1
            self._pause.wait(dice.random() * 0.004)

    def _proposer(self, proposer: int) -> None:
        number = self._order.proposals[proposer]
        while True:
            bodies = proposal(self._order.seed, proposer, number)
            answer = self._patiently(self._engine.propose, bodies)
            self._answered()
            if not isinstance(answer, NotProposed):
                self._say(*(f"node {proposer} {number} {_words(each)}" for each in answer))
            elif answer == NotProposed(0, Code.EVIDENCE_USED):
                self._say(f"known {proposer} {number}")
            else:
                self._say(f"{WRONG} {answer}")
                return
            if self._order.last:
                return
            number += 1
            self._pause.wait(0.01)

    def _patiently(self, call: Callable[..., T], *words: object) -> T:
        """Ask again, with the same words, until there is an answer."""
        while True:
            try:
                return call(*words)
            except EngineStoppedError:
                self._say(LOST)
                self._pause.wait(0.02)

    # ---------- to whoever kills ----------

    def _enter(self, phase: Phase) -> None:
        self._phase[0] = phase

    def _reach(self, phase: Phase, word: str) -> None:
        self._wait_for_the_killer()
        self._enter(phase)
        self._counted[word] += 1
        if word == self._order.aim and self._counted[word] == self._order.aimed:
            self._say(word)

    def _wait_for_the_killer(self) -> None:
        """Do nothing more after the commit that is aimed at: the killer comes, however late."""
        if self._order.aim == COMMITS and 0 < self._order.aimed <= self._counted[COMMITS]:
            self._pause.wait()

    def _answered(self) -> None:
        self._wait_for_the_killer()
        if self._phase[0] == Phase.COMMITTING:
            self._enter(Phase.IDLE)

    def _say(self, *lines: str) -> None:
        os.write(self._answers, "".join(f"{line}\n" for line in lines).encode())


LIE_S: Final = 0.004
"""How long what was answered is not there: as long as a commit takes on a slow disk."""


class _Hasty(Sealer):
    """A sealer that answers tills before the commit: the drill must find it out."""

    def __init__(self, signer: Signer, tell: Callable[[int, Iterable[Placed]], None]) -> None:
        super().__init__(signer)
        self._tell = tell

    def run(self, connection: Connection, items: Sequence[Item]) -> Sequence[Answer]:
        answers = super().run(connection, items)
        for item, answer in zip(items, answers, strict=True):
            if isinstance(item, Arrival) and isinstance(answer, Stored):
                self._tell(AUTHORS.index(item.batch.author), answer.placed)
        Event().wait(LIE_S)
        return answers


def _words(placed: Placed) -> str:
    return f"{placed.seq} {placed.height} {placed.index} {placed.verdict}"
