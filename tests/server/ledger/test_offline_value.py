"""What offline payment can lose: nothing with an honest card, partitions × limit with a copied one.

Cards and tills are played by the rules of PROTOCOL §6, on the real ledger.  A thief can put any
allowance and any slot that the card ever had on any copy; a till that is cut off knows only what it
had heard at its last sync.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import given, settings, strategies as st

from server.ledger.claims import NO_PURSE, highest
from server.ledger.records import Card, Purse
from shared.amounts import Amount
from shared.bodies import Body, Reload, SaleVoid
from shared.ids import Hash, loss, place
from shared.verdict import ACCEPTED
from tests.server.ledger.federation import till
from tests.server.ledger.neighbours import Neighbours
from tests.server.ledger.pursed import (
    HOUR,
    ISSUED,
    THIN,
    account,
    allowance,
    issue,
    purses,
    release,
    slot,
)
from tests.server.ledger.world import BAR, FED, Author, card, purse

LIMIT, FUNDS, TILLS, HOURS = 3_000, 5_000, 3, 24


@dataclass(frozen=True)
class Permit:
    """An allowance as it stands on the card."""

    number: int
    credit: int
    base: int
    name: Hash
    ends: int


@dataclass
class Till:
    """A partition: what it knows of the card, and what it has not sent."""

    author: Author
    spent: int = 0
    newest: int = 0
    approved: int = 0
    denied: bool = False
    journal: list[Body] = field(default_factory=list)

    def pay(self, permit: Permit, written: int, amount: int, hour: int) -> tuple[int, int] | None:
        """Decide as a till does; give what is written on the card, from and to."""
        before = max(written, permit.base, self.spent)
        if self.denied or permit.number < self.newest or hour >= permit.ends:
            return None
        if amount > permit.credit - before or self.approved + amount > LIMIT:
            return None
        self.approved += amount
        self.newest = permit.number
        self.spent = before + amount
        return before, before + amount


@dataclass
class Play:
    """One card, or however many copies of it, among tills that are mostly cut off."""

    here: Neighbours
    tills: list[Till]
    permits: list[Permit] = field(default_factory=list)
    slots: list[int] = field(default_factory=lambda: [0])

    @property
    def purse(self) -> Purse:
        return self.here.world.memory.get(Purse, (card(THIN),)) or NO_PURSE

    @property
    def hour(self) -> int:
        return self.here.world.time // HOUR

    def sell(self, at: int, amount: int, permit: int, written: int) -> None:
        """Pay with some allowance and some slot that the card has had; -1 is the newest."""
        seller, used = self.tills[at], self.permits[permit % len(self.permits)]
        span = seller.pay(used, self.slots[written % len(self.slots)], amount, self.hour)
        if span:
            self.slots.append(span[1])
            seller.journal.append(slot(*span, used.name, of=THIN))

    def interrupt(self, at: int, amount: int, *, reached: bool) -> None:
        """Let a payment break off; the till does not know whether the card was written."""
        seller, used = self.tills[at], self.permits[-1]
        span = seller.pay(used, self.slots[-1], amount, self.hour)
        if span:
            seller.journal.append(SaleVoid(card(THIN), span))
            if reached:
                self.slots.append(span[1])

    def sync(self, at: int) -> list[str]:
        """Let a till send all it has and hear what the chain knows."""
        here, world = self.tills[at], self.here.world
        verdicts = world.do(here.author, *here.journal) if here.journal else []
        here.journal.clear()
        record, found = self.purse, world.memory.get(Card, (card(THIN),))
        assert found is not None
        here.spent = max(record.void_line, highest(record.claims), record.voided)
        here.newest, here.approved = record.number, 0
        here.denied = found.status == "blocked"
        return verdicts

    def refresh(self, at: int) -> list[str]:
        """Let the card get a fresh allowance at a till that is in reach."""
        verdicts = self.sync(at)
        issued = self.here.bar(issue(THIN, hours=HOURS))
        if issued == [str(ACCEPTED)]:
            self._take()
            self.sync(at)
        return verdicts

    def _take(self) -> None:
        """Read what the home node may sign now, as it follows from the chain."""
        record = self.purse
        base = max(record.void_line, highest(record.claims), record.voided)
        since = ISSUED + self.hour - 492_000
        name = allowance(
            record.number, record.credit, base=base, of=THIN, hours=HOURS, issued=since
        )
        self.permits.append(Permit(record.number, record.credit, base, name, self.hour + HOURS))


def begun() -> Play:
    """Give three tills that have heard nothing, and a card with a first allowance."""
    here = purses()
    others = [Author(bytes([65 + number]) * 32) for number in range(TILLS - 1)]
    here.bar(*(till(author, BAR, "Bar") for author in others))
    play = Play(here, [Till(author) for author in (here.world.till, *others)])
    play.refresh(0)
    return play


numbers = st.integers(0, 1_000)
moves = st.lists(
    st.tuples(
        st.sampled_from(["sell"] * 6 + ["sync", "refresh", "void", "reload", "wait"]),
        st.integers(0, TILLS - 1),
        st.sampled_from([1, 250, 900, 1_500, 2_999, 3_000]),
        numbers,
        numbers,
    ),
    max_size=30,
)


def act(play: Play, move: tuple[str, int, int, int, int], *, honest: bool) -> list[str]:
    """Make one move; give the verdicts of what was sent."""
    what, at, amount, permit, written = move
    if what == "sell" and honest:
        play.sell(at, amount, -1, -1)
    elif what == "sell":
        play.sell(at, amount, permit, written)
    elif what == "void" and honest:
        play.interrupt(at, amount, reached=permit % 2 == 0)
    elif what == "sync":
        return play.sync(at)
    elif what == "refresh":
        return play.refresh(at)
    elif what == "reload" and honest:
        evidence = f"more-{play.here.world.tip.height}"
        play.here.bar(Reload(Amount(amount), FED, card(THIN), evidence))
    elif what == "wait" and honest:
        return end(play)
    return []


def end(play: Play) -> list[str]:
    """Let every till send, the allowance run out, and what is left go back to the wallet."""
    verdicts = [verdict for at in range(TILLS) for verdict in play.sync(at)]
    play.here.world.time += HOURS * HOUR
    answer = play.here.bar(release(*(each.author for each in play.tills), play.here.till, of=THIN))
    assert answer in (["accepted"], ["rejected(purse_empty)"])
    return verdicts


@settings(max_examples=60)
@given(moves)
def test_an_honest_card_never_overdraws(story: Sequence[tuple[str, int, int, int, int]]) -> None:
    play = begun()
    verdicts = [verdict for move in story for verdict in act(play, move, honest=True)]
    verdicts += end(play)
    world = play.here.world
    assert set(verdicts) <= {"accepted"}
    assert world.held(loss(BAR)) == 0
    assert world.held(account(THIN)) == 0
    assert world.sale(THIN, 1, "online") != ["rejected(card_blocked)"]


@settings(max_examples=60)
@given(moves)
def test_a_copied_card_takes_no_more_than_partitions_times_the_limit(
    story: Sequence[tuple[str, int, int, int, int]],
) -> None:
    play = begun()
    for move in story:
        act(play, move, honest=False)
    end(play)
    world = play.here.world
    assert -world.held(loss(BAR)) <= TILLS * LIMIT
    assert world.held(place(BAR)) <= FUNDS - world.held(loss(BAR))
    if world.held(loss(BAR)):
        assert world.held(purse(THIN)) == 0
