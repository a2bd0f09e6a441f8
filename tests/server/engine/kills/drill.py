"""The drill: kill the node at a seeded moment, start it on the same database, compare everything.

After every kill the whole chain so far must be what the books say: each answer that a client got is
there with the same height and verdict, each author's chain is what its script says, every intention
is there once, and every balance equals the books to the cent.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import monotonic, sleep

from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from server.engine.genesis import found
from server.engine.port import NotProposed
from server.engine.solo import Solo
from server.store import readers, rebuild
from server.store.database import open_database
from tests.server.engine.kills.inspector import NODE, Inspector
from tests.server.engine.kills.life import UP, Order, Phase
from tests.server.engine.kills.script import AUTHORS, PROPOSERS, opening
from tests.server.engine.kills.victim import PATIENCE_S, Victim
from tests.server.engine.world import BOOT, NODE_SEED, Clock

EARLY = 0.2
"""The part of kills that hit a node that is opening its database."""


class Drill:
    """A node on one database, its killer and its inspector."""

    def __init__(self, folder: Path, *, seed: int, looks: float = 0.3, hasty: bool = False) -> None:
        """`looks`: how often the inspector is the first to open what a kill has left."""
        self._path, self._seed = folder / "node.db", seed
        self._looks, self._hasty = looks, hasty
        database = open_database(self._path)
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
        self.unheard = 0
        """Transactions that were durable before anybody had an answer."""

    def __str__(self) -> str:
        hits = ", ".join(
            f"{count} {phase.name.lower()}" for phase, count in sorted(self.hits.items())
        )
        booked = f"{self.inspector.transactions} transactions"
        return f"{sum(self.hits.values())} kills ({hits}), {booked}, {self.unheard} answers lost"

    def run(self, kills: int) -> None:
        """Kill so often, then let everything be answered, and prove the whole chain."""
        with self._victim:
            for _ in range(kills):
                self.hits[self._kill()] += 1
            self._end()
        with self._reading() as connection:
            self.inspector.prove(connection, self.chain)
        self._rebuild()

    def _kill(self) -> Phase:
        dice, victim = self._dice, self._victim
        started = monotonic()
        victim.start(self._order())
        if dice.random() < EARLY:
            sleep(dice.random() * self._opening_s)
            phase = victim.kill()
        else:
            self._hear(1)  # it is up
            self._opening_s = monotonic() - started
            if dice.random() < 0.5:
                self._look()  # while it works
            self._hear(dice.randint(1, 60))
            sleep(dice.random() * 0.004)
            phase = victim.kill()
            if dice.random() < self._looks:
                self._look()
        self._hear(0)
        return phase

    def _end(self) -> None:
        """Let every client have its answer and the node end by itself."""
        self._victim.start(self._order(last=True))
        assert self._victim.wait() == 0
        self._hear(0)
        self._look()

    def _order(self, *, last: bool = False) -> Order:
        """Say where everybody goes on: a till may resend what is known, or join what waits."""
        self._lives += 1
        marks, runs = [], []
        for author, journal in self.inspector.journals.items():
            number = journal.whole_batches(self._answered[author])
            back = min(number, self._dice.choice((0, 0, 1, 2)))
            marks.append(journal.marks[number - back])
            runs.append(1 + back if self._dice.random() < 0.5 or last else self._dice.randint(1, 3))
        return Order(
            database=str(self._path),
            chain=self.chain,
            seed=self._seed,
            number=self._lives,
            tills=tuple(marks),
            runs=tuple(runs),
            proposals=tuple(self.inspector.proposed[number] for number in range(PROPOSERS)),
            last=last,
            hasty=self._hasty,
        )

    # ---------- what the clients were told ----------

    def _hear(self, lines: int) -> None:
        """Note what has come; wait until there were so many lines."""
        deadline = monotonic() + PATIENCE_S
        while True:
            for line in self._victim.hear(0.1 if lines > 0 else 0):
                self._note(line)
                lines -= 1
            if lines <= 0:
                return
            assert monotonic() < deadline, "the clients get no answers"

    def _note(self, line: str) -> None:
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
            case [word] if word == UP:
                pass
            case _:
                raise AssertionError(line)

    # ---------- the database, as a stranger sees it ----------

    def _look(self) -> None:
        self._hear(0)
        with self._reading() as connection:
            self.unheard += self.inspector.look(connection)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        engine = create_engine(f"sqlite:///file:{self._path}?mode=ro&uri=true", poolclass=NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")  # the driver would not: one snapshot for all
            yield connection
        engine.dispose()

    def _rebuild(self) -> None:
        """Make every table of the index anew from the blocks: it must end where it ended."""
        database = open_database(self._path)
        with database.read() as connection:
            before = readers.tip(connection)
        assert database.run(rebuild.rebuild) == before
        database.close()
