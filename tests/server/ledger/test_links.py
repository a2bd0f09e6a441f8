"""Links and hashes: a chain is proven in any ranges, and what was changed is found."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from typing import Final

import msgspec
import pytest

from server.ledger.audit import audit
from server.ledger.chain import NOTHING, Block, build
from server.ledger.finding import Finding
from server.ledger.links import Head, Keys, Linked, Recorded, Start, Term, join, read_range
from server.ledger.memory import Memory
from server.ledger.records import Author as AuthorRecord
from shared.block import batches_hash, read_header, write_header
from shared.ids import ChainId, Hash
from shared.merkle import EMPTY, Frontier
from shared.proofs import rotation
from shared.signing import Purpose, sign, to_text
from shared.transaction import parse_batch, parse_frame, write_batch
from tests.server.ledger.world import Author, founded, sale
from tests.server.verify.chains import recorded

NODE_SEED: Final = b"n" * 32
BLOCKS: Final = 22
HEX: Final = "ab" * 32


@pytest.fixture(scope="module")
def chain() -> list[Recorded]:
    """Give the recorded chain of protocol 1 with its verdicts: forks, rejections and all."""
    return told(recorded())


def told(blocks: Sequence[Block]) -> list[Recorded]:
    """Give blocks with their verdicts."""
    memory, tip, found = Memory(), NOTHING, []
    for block in blocks:
        batches = [parse_batch(raw) for raw in block.batches]
        header = read_header(block.header)
        built = build(memory, tip, batches, author=header.author, time=header.time)
        memory.take(built.result)
        tip = built.tip
        verdicts = [(item.batch, str(item.verdict), 1) for item in built.result.executed]
        found.append(Recorded(block, verdicts))
    return found


@pytest.fixture(scope="module")
def keys() -> Keys:
    """Give each author's one key, as the state has it at the end."""
    records = audit(recorded()).memory.records[AuthorRecord]
    return {
        name[0]: [Term(1, -1, bytes.fromhex(record.key))]  # type: ignore[misc,attr-defined]  # authors
        for name, record in records.items()
    }


def starts(chain: Sequence[Recorded]) -> list[Start]:
    """Give what a range that begins at each height takes for granted."""
    found, log = [Start()], EMPTY
    memory, tip = Memory(), NOTHING
    for height, each in enumerate(chain, 1):
        header = read_header(each.block.header)
        batches = [parse_batch(raw) for raw in each.block.batches]
        built = build(memory, tip, batches, author=header.author, time=header.time)
        memory.take(built.result)
        tip, log = built.tip, built.tip.log
        found.append(Start(height, each.block.header, log))
    return found


def read(chain: Sequence[Recorded], keys: Keys) -> Linked:
    return join([read_range(chain, keys, Start())])


def test_the_whole_chain_in_one_range(chain: list[Recorded], keys: Keys) -> None:
    whole = read(chain, keys)
    assert whole.finding is None
    assert (whole.blocks, whole.transactions) == (22, 62)
    assert (whole.start, whole.header) == (Start(), chain[-1].block.header)


@pytest.mark.parametrize("cuts", [(1,), (7,), (21,), (3, 9, 15), tuple(range(1, 22))])
def test_the_same_chain_in_ranges(chain: list[Recorded], keys: Keys, cuts: tuple[int, ...]) -> None:
    begin = starts(chain)
    parts = [
        read_range(chain[first:last], keys, begin[first])
        for first, last in pairwise((0, *cuts, BLOCKS))
    ]
    whole, alone = join(parts), read(chain, keys)
    assert whole == alone
    assert whole.heads == alone.heads


def test_a_range_that_begins_with_another_log(chain: list[Recorded], keys: Keys) -> None:
    begin = starts(chain)[7]
    false = Frontier(begin.log.size, tuple(bytes(32) for _ in begin.log.peaks))
    part = read_range(chain[7:], keys, replace(begin, log=false))
    what = "kept subtrees of the log are not those that were sealed"
    assert part.finding == Finding(7, what)


def test_ranges_that_do_not_meet(chain: list[Recorded], keys: Keys) -> None:
    begin = starts(chain)
    parts = [read_range(chain[:6], keys, Start()), read_range(chain[7:], keys, begin[7])]
    assert join(parts).finding == Finding(6, "a range does not begin where the one before ends")
    damaged = replace(begin[7], header=b"{}")
    found = read_range(chain[7:], keys, damaged).finding
    assert found == Finding(6, "header cannot be read (bad_shape)")


def test_an_author_that_does_not_go_on_between_ranges(chain: list[Recorded], keys: Keys) -> None:
    begin = starts(chain)
    first, last = read_range(chain[:7], keys, Start()), read_range(chain[7:], keys, begin[7])
    [author] = [name for name, opening in last.openings.items() if opening.height == 7]
    first.heads[author] = Head(9_999, Hash(HEX))
    what = f"{author} does not go on where its chain ended"
    assert join([first, last]).finding == Finding(7, what)


def test_no_block_is_no_chain(keys: Keys) -> None:
    assert join([]).finding == Finding(0, "no genesis")
    assert read([], keys).finding == Finding(0, "no genesis")


# ---------- lies ----------


def sealed(block: Block, **lies: object) -> Block:
    """Seal a block anew with the node's own key: what an insider can do."""
    raw = write_header(msgspec.structs.replace(read_header(block.header), **lies))
    return Block(raw, sign(NODE_SEED, Purpose.BLOCK, raw), block.batches)


def with_batch(block: Block, change: Callable[[bytes], bytes]) -> Block:
    batches = (change(block.batches[0]), *block.batches[1:])
    return replace(sealed(block, batches=batches_hash(batches)), batches=batches)


AT: Final = 7
"""A block of one batch of eleven, of which the verdicts differ."""


def found(chain: list[Recorded], keys: Keys, lie: Recorded) -> str:
    whole = read([*chain[:AT], lie, *chain[AT + 1 :]], keys)
    assert whole.finding is not None
    assert whole.finding.height == AT
    return whole.finding.what


@pytest.mark.parametrize(
    "lies, words",
    [
        ({"height": 9}, "height 9 follows 6"),
        ({"parent": Hash(HEX)}, "parent is another block"),
        ({"time": 0}, "time goes backwards"),
        ({"chain": ChainId("ab" * 16)}, "chain is another one"),
        ({"batches": Hash(HEX)}, "batches are not those of the header"),
        ({"author": "ab" * 16}, "sealed by another node than the founder"),
    ],
)
def test_a_false_header(
    chain: list[Recorded], keys: Keys, lies: dict[str, object], words: str
) -> None:
    lie = chain[AT]._replace(block=sealed(chain[AT].block, **lies))
    assert found(chain, keys, lie) == words


def test_a_false_seal_and_a_header_that_cannot_be_read(chain: list[Recorded], keys: Keys) -> None:
    block = chain[AT].block
    lie = chain[AT]._replace(block=replace(block, seal=bytes(64)))
    assert found(chain, keys, lie) == "seal is not its author's"
    lie = chain[AT]._replace(block=replace(block, header=block.header + b" "))
    assert found(chain, keys, lie) == "header cannot be read (not_canonical)"


def signed_again(raw: bytes, lines: list[bytes], seed: bytes) -> bytes:
    frame = parse_frame(raw)
    signature = sign(seed, Purpose.TRANSACTION, lines[-1])
    return write_batch(frame.chain, frame.author, frame.first, lines, signature)


def another_amount(raw: bytes) -> bytes:
    lines = parse_frame(raw).lines
    assert b'"total":1500' in lines[0]
    return signed_again(raw, [lines[0].replace(b"1500", b"1501"), *lines[1:]], b"t" * 32)


def another_signature(raw: bytes) -> bytes:
    return signed_again(raw, parse_frame(raw).lines, b"x" * 32)


def another_author(raw: bytes) -> bytes:
    frame = parse_frame(raw)
    return raw.replace(frame.author.encode(), b"ab" * 16, 1)


def shorter(raw: bytes) -> bytes:
    return signed_again(raw, parse_frame(raw).lines[:-1], b"t" * 32)


def without_its_first(raw: bytes) -> bytes:
    frame = parse_frame(raw)
    signature = to_text(frame.signature)
    head = f"tirelire-batch/1 {frame.chain} {frame.author} {frame.first + 1} 10 {signature}"
    return b"\n".join((head.encode(), *frame.lines[1:], b""))


def of_another_chain(raw: bytes) -> bytes:
    return raw.replace(parse_frame(raw).chain.encode(), b"ab" * 16, 1)


def relinked(raw: bytes, lines: list[bytes], before: str) -> bytes:
    """Make every link of changed lines fit, from one that is given."""
    made: list[bytes] = []
    for line in lines:
        old = json.loads(line)["prev"].encode()
        new = sha256(made[-1]).hexdigest() if made else before
        made.append(line.replace(old, new.encode()))
    return signed_again(raw, made, b"t" * 32)


def linked_elsewhere(raw: bytes) -> bytes:
    return relinked(raw, parse_frame(raw).lines, HEX)


def another_number(raw: bytes) -> bytes:
    lines = parse_frame(raw).lines
    first = json.loads(lines[0])["prev"]
    return relinked(raw, [lines[0], lines[1].replace(b'"seq":2', b'"seq":3'), *lines[2:]], first)


def nonsense(raw: bytes) -> bytes:
    lines = parse_frame(raw).lines
    return signed_again(raw, [b"[", *lines[1:]], b"t" * 32)


@pytest.mark.parametrize(
    "change, words",
    [
        (another_amount, "batch 0 is not linked before number 2"),
        (another_number, "batch 0 is not linked before number 2"),
        (another_signature, "signature of batch 0 is not its author's"),
        (another_author, "batch 0 is not linked before number 1"),
        (shorter, "batch 0 has fewer transactions than verdicts"),
        (without_its_first, "batch 0 has fewer transactions than verdicts"),
        (nonsense, "batch 0 holds what is no payload"),
        (lambda raw: raw[:-1], "a batch cannot be read (bad_framing)"),
        (of_another_chain, "batch 0 belongs to another chain"),
    ],
)
def test_a_false_batch(
    chain: list[Recorded], keys: Keys, change: Callable[[bytes], bytes], words: str
) -> None:
    lie = chain[AT]._replace(block=with_batch(chain[AT].block, change))
    assert found(chain, keys, lie) == words


@pytest.mark.parametrize(
    "verdicts, words",
    [
        ([(0, "accepted", 11)], "log is not what the recorded verdicts give"),
        ([(0, "accepted", 10)], "log is not what the recorded verdicts give"),
        ([(0, "accepted", 12)], "batch 0 has fewer transactions than verdicts"),
        ([(1, "accepted", 11)], "verdicts are not in the order of the batches"),
        ([(-1, "accepted", 11)], "verdicts are not in the order of the batches"),
        ([], "log is not what the recorded verdicts give"),
    ],
)
def test_false_verdicts(
    chain: list[Recorded], keys: Keys, verdicts: list[tuple[int, str, int]], words: str
) -> None:
    assert found(chain, keys, chain[AT]._replace(verdicts=verdicts)) == words


def test_a_history_that_does_not_go_on(chain: list[Recorded], keys: Keys) -> None:
    """The till's next batch links to something else, and every link after it is made to fit."""

    lie = chain[AT + 1]._replace(block=with_batch(chain[AT + 1].block, linked_elsewhere))
    finding = read([*chain[: AT + 1], lie], keys).finding
    assert finding == Finding(8, "batch 0 does not go on where its author's chain ended")


def test_keys_have_their_time(chain: list[Recorded], keys: Keys) -> None:
    """A key that is not yet, or no longer, its author's signs and seals nothing."""
    node = read_header(chain[0].block.header).author
    [own], other = keys[node], b"x" * 32
    soon = {**keys, node: [Term(1, -1, own.key), Term(10_000, 21, other)]}
    assert read(chain, soon).finding is None
    sealing = {**keys, node: [Term(1, -1, own.key), Term(10_000, 9, other)]}
    assert read(chain, sealing).finding == Finding(10, "seal is not its author's")
    signing = {**keys, node: [Term(1, -1, own.key), Term(9, 10_000, other)]}
    assert read(chain, signing).finding == Finding(2, "signature of batch 0 is not its author's")


def test_an_author_without_a_key_signs_nothing(chain: list[Recorded], keys: Keys) -> None:
    node = read_header(chain[0].block.header).author
    finding = read(chain, {node: keys[node]}).finding
    assert finding == Finding(AT, "signature of batch 0 is not its author's")


# ---------- batches that are known, in part or whole ----------


def terms(*keys: bytes) -> list[Term]:
    """Give keys of which each signs one number more than the one before."""
    return [Term(number, -1, key) for number, key in enumerate(keys, 1)]


def test_a_batch_that_is_known_in_part_goes_on_where_it_is_new() -> None:
    world = founded()
    one, two = world.batch(world.till, sale(1, 5)), world.batch(world.till, sale(1, 6))
    world.seal(one)
    world.seal(parse_batch(world.sign(world.till, 1, [one.last.raw, two.last.raw])))
    whole = read(
        told(world.blocks),
        {world.node.id: terms(world.node.key), world.till.id: terms(world.till.key)},
    )
    assert (whole.finding, whole.blocks, whole.transactions) == (None, 4, 10)
    assert whole.heads[world.till.id] == Head(2, two.last.hash)


@pytest.mark.parametrize("later", [False, True])
def test_evidence_of_a_fork_is_signed_with_any_key_of_its_author(*, later: bool) -> None:
    """Its first number is the old key's; so the new one proves it as well as the old."""
    world, new = founded(), Author(b"N" * 32, first=b"t" * 32)
    if later:
        world.do(world.till, rotation(new.seed, world.tip.chain, world.till.id))
    else:
        world.sale(1, 5)
    twin = new if later else Author(world.till.seed)
    evidence = world.seal(world.batch(twin, sale(1, 1)))
    assert [str(taken.code) for taken in evidence.taken] == ["fork"]
    own = {world.till.id: terms(world.till.key, new.key), world.node.id: terms(world.node.key)}
    assert read(told(world.blocks), own).finding is None
