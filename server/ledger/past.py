"""Every transaction that a chain has ever executed, in little memory.

Rules may ask for any earlier transaction (a refund names its sale, however old), so an audit has to
remember all of them.  They are kept packed in groups: about a hundred bytes each, most of them
hashes, instead of two kilobytes as objects.  The newest group is not packed, and the groups that
were asked for last stay open.

Numbers follow one another without a gap for each author, so a place in the log is one number in an
array.  Raises nothing: what was never taken is `None`.
"""

import zlib
from array import array
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from server.ledger.executor import Executed
from server.ledger.records import Posting
from server.ledger.state import Done
from shared.bodies import Body
from shared.ids import AuthorId, Hash
from shared.kinds import KINDS
from shared.verdict import parse_verdict

GROUP: Final = 256
"""Transactions that are packed together: more are smaller, fewer are found sooner."""
OPEN_GROUPS: Final = 32
_LEVEL: Final = 1
_PACK: Final = msgspec.msgpack.Encoder()


class _Entry(msgspec.Struct, array_like=True):
    """A `Done` as plain values; `shape` is which of its kind's bodies it has, or -1 for none."""

    author: str
    seq: int
    kind: str
    shape: int
    body: bytes
    hash: bytes
    verdict: str
    postings: tuple[Posting, ...]
    height: int
    seen: int
    place: str


_Row = tuple[AuthorId, int, Done]
_UNPACK: Final = msgspec.msgpack.Decoder(list[_Entry])


class Past:
    """What was executed, by author and number and in the order of the log."""

    def __init__(self) -> None:
        self._places: dict[AuthorId, array[int]] = {}
        self._packed: list[bytes] = []
        self._newest: list[tuple[Executed, AuthorId, int]] = []
        self._open: OrderedDict[int, list[_Entry]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._packed) * GROUP + len(self._newest)

    def __iter__(self) -> Iterator[_Row]:
        for packed in self._packed:
            for entry in _UNPACK.decode(zlib.decompress(packed)):
                yield AuthorId(entry.author), entry.seq, _done(entry)
        for item, author, seq in self._newest:
            yield author, seq, item.done

    def add(self, executed: Sequence[Executed]) -> None:
        """Take what a block has executed."""
        newest, places = self._newest, self._places
        for item in executed:
            envelope = item.transaction.envelope
            author = envelope.author
            if author not in places:
                places[author] = array("Q")
            places[author].append(len(self))
            newest.append((item, author, envelope.seq))
            if len(newest) == GROUP:
                self._pack()

    def get(self, author: AuthorId, seq: int) -> Done | None:
        """Give one transaction."""
        places = self._places.get(author)
        if places is None or not 1 <= seq <= len(places):
            return None
        group, within = divmod(places[seq - 1], GROUP)
        if group == len(self._packed):
            return self._newest[within][0].done
        return _done(self._group(group)[within])

    def _pack(self) -> None:
        raw = _PACK.encode([_entry(*each) for each in self._newest])
        self._packed.append(zlib.compress(raw, _LEVEL))
        self._newest.clear()

    def _group(self, number: int) -> list[_Entry]:
        found = self._open.get(number)
        if found is None:
            found = self._open[number] = _UNPACK.decode(zlib.decompress(self._packed[number]))
            if len(self._open) > OPEN_GROUPS:
                self._open.popitem(last=False)
        else:
            self._open.move_to_end(number)
        return found


def _entry(item: Executed, author: AuthorId, seq: int) -> _Entry:
    envelope, done = item.transaction.envelope, item.done
    body = done.body
    return _Entry(
        author=author,
        seq=seq,
        kind=envelope.kind,
        shape=KINDS[envelope.kind].bodies.index(type(body)) if body else -1,
        body=bytes(envelope.body) if body else b"",
        hash=bytes.fromhex(done.hash),
        verdict=str(done.verdict),
        postings=done.postings,
        height=done.height,
        seen=done.seen,
        place=done.place,
    )


def _done(entry: _Entry) -> Done:
    return Done(
        body=_body(entry),
        hash=Hash(entry.hash.hex()),
        verdict=parse_verdict(entry.verdict),
        postings=entry.postings,
        height=entry.height,
        seen=entry.seen,
        place=entry.place,
    )


def _body(entry: _Entry) -> Body | None:
    if entry.shape < 0:
        return None
    shape: Any = KINDS[entry.kind].bodies[entry.shape]
    body: Body = msgspec.json.decode(entry.body, type=shape)
    return body
