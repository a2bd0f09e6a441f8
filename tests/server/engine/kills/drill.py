"""The drill: kill the node at a seeded moment, start it on the same database, compare everything.

After every kill the whole chain so far must be what the books say: each answer that a client got is
there with the same height and verdict, each author's chain is what its script says, every intention
is there once, and every balance equals the books to the cent.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from signal import SIGQUIT
from time import monotonic, sleep

from sqlalchemy import Connection

from server.engine.genesis import found
from server.engine.port import NotProposed
from server.engine.solo import Solo
from server.jobs.audit import check_database
from server.store import readers, rebuild
from server.store.beside import backend_of
from server.store.database import open_database
from tests.server.engine.kills.inspector import NODE, Inspector
from tests.server.engine.kills.life import BEGINS, COMMITS, LOST, UP, Order, Phase
from tests.server.engine.kills.script import AUTHORS, PROPOSERS, opening
from tests.server.engine.kills.victim import PATIENCE_S, Victim
from tests.server.engine.world import BOOT, NODE_SEED, Clock
from tools.postgres import Server

LOG = logging.getLogger(__name__)
EARLY, AIMED = 0.2, 0.3
"""The parts of kills that hit a node that is opening its database; that hit a certain block."""
AIMED_S, DALLY_S = 0.001, 0.004
"""How long the killer waits at most after it has heard of that block; after an answer."""


class Drill:
    """A node on one database, its killer and its inspector."""

    def __init__(
        self,
        folder: Path,
        where: Path | str,
        *,
        seed: int,
        looks: float = 0.3,
        hasty: bool = False,
        server: Server | None = None,
    ) -> None:
        """`where` is the database; a `server` that is given is killed, too.

        `looks`: how often the inspector is the first to open what a kill has left.
        """
        self._where, self._seed, self._server = where, seed, server
        self._looks, self._hasty = looks, hasty
        self._dally_s = 0.0 if hasty else DALLY_S
        database = open_database(where)
        clock = Clock()
        self.chain = found(database, seed=NODE_SEED, name="Node", boot=BOOT, clock=clock)
        engine = Solo(database, seed=NODE_SEED, boot=BOOT, clock=clock)
        assert not isinstance(engine.propose(opening()), NotProposed)
        database.close()
        self._victim = Victim(folder)
        self.inspector = Inspector(seed, self.chain)
        self._dice = Random(seed)
        self._lives = 0
        self._opening_s = 0.05
        self._answered: Counter[str] = Counter()
        self.hits: Counter[Phase] = Counter()
        self.servers_killed = 0
        self.unheard = 0
        """Transactions that were durable before anybody had an answer."""

    def __str__(self) -> str:
        hits = ", ".join(
            f"{count} {phase.name.lower()}" for phase, count in sorted(self.hits.items())
        )
        booked = f"{self.inspector.transactions} transactions"
        kills = f"{sum(self.hits.values())} kills ({hits}), {self.servers_killed} of the server"
        return f"{kills}; {booked}, {self.unheard} of them durable before anybody had an answer"

    def run(self, kills: int) -> None:
        """Kill so often, then let everything be answered, and prove the whole chain."""
        with self._victim:
            for number in range(1, kills + 1):
                self.hits[self._kill()] += 1
                if number % 100 == 0:
                    LOG.info("so far: %s", self)
            self._end()
        self._prove()

    def _kill(self) -> Phase:
        dice, victim = self._dice, self._victim
        started = monotonic()
        aimed = dice.randint(1, 20) if dice.random() < AIMED else 0
        aim = dice.choice((BEGINS, COMMITS))
        victim.start(self._order(aimed=aimed, aim=aim))
        if dice.random() < EARLY:
            sleep(dice.random() * self._opening_s)
            return victim.kill()
        self._hear(1)  # it is up
        self._opening_s = monotonic() - started
        if aimed:
            while aim not in self._hear(1):
                pass
            sleep(dice.random() * AIMED_S)
        else:
            self._work()
        phase = victim.kill()
        if dice.random() < self._looks:
            self._look()
        return phase

    def _work(self) -> None:
        """Let it answer for a while."""
        dice = self._dice
        if dice.random() < 0.5:
            self._look()
        self._hear(dice.randint(1, 60))
        if self._server is not None:
            self._kill_the_server(self._server)
        sleep(dice.random() * self._dally_s)

    def _kill_the_server(self, server: Server) -> None:
        """Crash PostgreSQL under the node, which finds it again and goes on."""
        server.stop(SIGQUIT)
        server.start()
        self.servers_killed += 1
        while LOST not in self._hear(1):
            pass
        self._hear(self._dice.randint(1, 30))

    def _end(self) -> None:
        """Let every client have its answer and the node end by itself."""
        self._victim.start(self._order(last=True))
        assert self._victim.wait() == 0
        self._hear(0)
        self._look()

    def _order(self, *, aimed: int = 0, aim: str = COMMITS, last: bool = False) -> Order:
        """Say where everybody goes on: a till may resend what is known, or join what waits."""
        self._lives += 1
        marks, runs = [], []
        for author, journal in self.inspector.journals.items():
            number = journal.whole_batches(self._answered[author])
            back = min(number, self._dice.choice((0, 0, 1, 2)))
            marks.append(journal.marks[number - back])
            runs.append(1 + back if self._dice.random() < 0.5 or last else self._dice.randint(1, 3))
        return Order(
            database=str(self._where),
            chain=self.chain,
            seed=self._seed,
            number=self._lives,
            tills=tuple(marks),
            runs=tuple(runs),
            proposals=tuple(self.inspector.proposed[number] for number in range(PROPOSERS)),
            aimed=aimed,
            aim=aim,
            last=last,
            hasty=self._hasty,
        )

    # ---------- what the clients were told ----------

    def _hear(self, lines: int) -> set[str]:
        """Note what has come, at least so many lines; give their first words."""
        words: set[str] = set()
        deadline = monotonic() + PATIENCE_S
        while True:
            for line in self._victim.hear(0.1 if lines > 0 else 0):
                words.add(self._note(line))
                lines -= 1
            if lines <= 0:
                return words
            assert monotonic() < deadline, "the clients get no answers"

    def _note(self, line: str) -> str:
        match line.split(" "):
            case ["till", number, seq, height, index, *verdict]:
                author = AUTHORS[int(number)]
                self.inspector.hear(author, int(seq), (int(height), int(index), " ".join(verdict)))
                self._answered[author] = max(self._answered[author], int(seq))
            case ["node", proposer, number, seq, height, index, *verdict]:
                self.inspector.hear(NODE, int(seq), (int(height), int(index), " ".join(verdict)))
                self.inspector.proposed[int(proposer)] = int(number) + 1
            case ["known", proposer, number]:
                self.inspector.proposed[int(proposer)] = int(number) + 1
            case [word] if word in {UP, BEGINS, COMMITS} or (
                word == LOST and self._server is not None
            ):
                pass
            case _:
                raise AssertionError(line)
        return line.partition(" ")[0]

    # ---------- the database, as a stranger sees it ----------

    def _look(self) -> None:
        self._hear(0)
        with self._reading() as connection:
            self.unheard += self.inspector.look(connection)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        reading = backend_of(self._where).reading
        try:
            with reading.connect() as connection, connection.begin():
                yield connection
        finally:
            reading.dispose()

    def _prove(self) -> None:
        """Audit all from the blocks, and make the index anew from them: it ends where it ended."""
        database = open_database(self._where)
        found = check_database(database, self.chain)
        assert found.finding is None, found.finding
        with database.read() as connection:
            before = readers.tip(connection)
        assert database.run(rebuild.rebuild) == before
        assert check_database(database, self.chain) == found
        database.close()
