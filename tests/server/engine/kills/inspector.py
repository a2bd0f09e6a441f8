"""What must be true of the chain after a kill, read from the database by a stranger to the node.

Reads what is new since the last look, in one snapshot, and books it beside.  Raises AssertionError
that says which promise was broken.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection

from server.engine.port import Placed
from server.ledger.records import Balance, Head
from server.store import details, readers
from server.store.stored import stored_blocks
from server.store.view import StoreView
from shared.block import header_hash, read_header
from shared.bodies import Body, Genesis
from shared.detail import detail_hash
from shared.ids import Account, AssetId, AuthorId, ChainId, Hash, PublicKey, author_id
from shared.signing import public_key
from tests.server.engine.kills.books import Books
from tests.server.engine.kills.script import AUTHORS, START, Mark, Script, opening, proposal
from tests.server.engine.world import NODE_SEED

NODE = author_id(public_key(NODE_SEED))
_LAST = 2**53 - 1
Told = tuple[int, int, str]
"""Height, index and verdict."""


@dataclass
class Journal:
    """What a till's script has come to: each payload's hash, body and detail; where batches end."""

    script: Script
    hashes: list[Hash] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)
    details: dict[int, Hash] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=lambda: [START])

    def reach(self, seq: int) -> None:
        """Write on until number `seq` is there."""
        while len(self.hashes) < seq:
            batch, details = self.script.batch()
            named = {detail_hash(detail) for detail in details}
            for transaction in batch.transactions:
                assert isinstance(transaction.body, Body)
                self.hashes.append(transaction.hash)
                self.bodies.append(transaction.body)
                if (detail := getattr(transaction.body, "detail", None)) in named:
                    self.details[transaction.envelope.seq] = detail
            self.marks.append(self.script.mark)

    def whole_batches(self, seq: int) -> int:
        """Give how many batches lie within the first `seq` transactions."""
        self.reach(seq)
        number = len(self.marks) - 1
        while self.marks[number].seq > seq:
            number -= 1
        return number


class Inspector:
    """The books beside the node, and what was told to its clients."""

    def __init__(self, seed: int, chain: ChainId) -> None:
        self._seed = seed
        self.journals = {
            author: Journal(Script(seed, number, chain)) for number, author in enumerate(AUTHORS)
        }
        self.told: dict[tuple[AuthorId, int], Told] = {}
        """Answers since the last look."""
        self.proposed: dict[int, int] = defaultdict(int)
        """By proposer: how many of its intentions were answered."""
        self.transactions = 0
        self._books = Books()
        self._placed: dict[AuthorId, list[Told]] = {NODE: [], **{name: [] for name in AUTHORS}}
        founder = PublicKey(public_key(NODE_SEED).hex())
        self._opening = [Genesis(founder=founder, name="Node"), *opening()]
        self._booked: dict[int, int] = defaultdict(int)
        self._tip = (-1, Hash(""))

    def hear(self, author: AuthorId, seq: int, told: Told) -> None:
        """Remember what a client was answered: twice the same, or once."""
        known = self._placed[author]
        before = known[seq - 1] if seq <= len(known) else self.told.get((author, seq), told)
        assert before == told, f"{author} {seq} was told {before}, now {told}"
        if seq > len(known):
            self.told[author, seq] = told

    def look(self, connection: Connection) -> int:
        """Compare everything that is new; give how many transactions nobody had an answer to."""
        self._headers(connection)
        fresh = sorted(
            (placed.height, placed.index, author, placed, body)
            for author in self._placed
            for placed, body in self._fresh(connection, author)
        )
        for height, index, author, placed, body in fresh:
            verdict = self._books.take(author, placed.seq, body)
            assert str(placed.verdict) == verdict, f"{author} {placed.seq}: {placed} not {verdict}"
            self._placed[author].append((height, index, verdict))
        self.transactions += len(fresh)
        for (author, seq), told in self.told.items():
            known = self._placed[author]
            assert seq <= len(known), f"{author} {seq} was answered {told} and is not there"
            assert known[seq - 1] == told, f"{author} {seq}: {known[seq - 1]}, was told {told}"
        unheard = len(fresh) - len(self.told)
        self.told.clear()
        for proposer, answered in self.proposed.items():
            assert answered <= self._booked[proposer], f"a proposal of {proposer} is not there"
        self._balances(connection)
        return unheard

    def _fresh(self, connection: Connection, author: AuthorId) -> Iterator[tuple[Placed, Body]]:
        """Give what is new of an author: gapless, and what it meant to say."""
        done = len(self._placed[author])
        found = readers.placed(connection, author, done + 1, _LAST)
        assert [placed.seq for placed in found] == list(range(done + 1, done + 1 + len(found)))
        head = StoreView(connection).get(Head, (author,))
        if found:
            assert head == Head(found[-1].hash, found[-1].seq), f"the head of {author} is {head}"
        if author == NODE:
            yield from zip(found, self._own(connection, found), strict=True)
            return
        journal = self.journals[author]
        journal.reach(done + len(found))
        for placed in found:
            assert placed.hash == journal.hashes[placed.seq - 1], f"{author} {placed.seq} differs"
            yield placed, journal.bodies[placed.seq - 1]
        kept = {
            placed.seq: detail_hash(detail)
            for placed in found
            if (detail := details.find(connection, author, placed.seq))
        }
        meant = {
            seq: name for seq, name in journal.details.items() if done < seq <= done + len(found)
        }
        assert kept == meant, f"details of {author}"

    def _own(self, connection: Connection, found: list[Placed]) -> Iterator[Body]:
        """Give the bodies of the node's own transactions: each intention once, in its order."""
        done = readers.done(connection, NODE, [placed.seq for placed in found])
        waiting: dict[int, list[Body]] = defaultdict(list)
        for placed in found:
            body = done[placed.seq].body
            if self._opening:
                assert body == self._opening.pop(0)
            else:
                proposer = int(getattr(body, "evidence", "").split("_")[1])
                if not waiting[proposer]:
                    waiting[proposer] += proposal(self._seed, proposer, self._booked[proposer])
                    self._booked[proposer] += 1
                assert body == waiting[proposer].pop(0), f"{body} is not what was meant"
            yield body
        assert not any(waiting.values()), f"half of a proposal is there: {waiting}"

    def _headers(self, connection: Connection) -> None:
        height, name = self._tip
        for block in stored_blocks(connection, height + 1):
            header, height = read_header(block.header), height + 1
            assert header.height == height, f"block {header.height} stands where {height} should"
            assert height == 0 or header.parent == name, f"block {height} hangs on another"
            name = header_hash(block.header)
        tip = readers.tip(connection)
        assert (tip.height, tip.hash) == (height, name), "the tip is not the last block"
        self._tip = (height, name)

    def _balances(self, connection: Connection) -> None:
        view = StoreView(connection)
        totals: dict[str, int] = defaultdict(int)
        for (account, asset), amount in self._books.held.items():
            found = view.get(Balance, (Account(account), AssetId(asset)))
            assert (found.amount if found else 0) == amount, f"{account} {asset}: {found}, {amount}"
            totals[asset] += amount
        assert not any(totals.values()), f"the books do not add up: {totals}"
