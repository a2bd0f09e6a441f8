"""The chain file: its bytes, its round trip, and every way in which it can be broken."""

from io import BytesIO

import pytest

from server.ledger.chain import Block
from server.verify.chain_file import ChainFileError, read_chain, write_chain
from shared.ids import ChainId
from tests.server.verify.chains import CHAIN, recorded

SEAL = b"\xff" * 64
SMALL = [Block(b"{}", SEAL, (b"one\n", b"three\n")), Block(b"{ }", SEAL, ())]
BYTES = (
    b"tirelire-chain-file/1 92f3d35fa3bb522dc2e2696e3a5e960e 2\n"
    b"block __________________________________________________________________________________"
    b"___w 2 4 6\n"
    b"{}\n"
    b"one\n"
    b"three\n"
    b"block __________________________________________________________________________________"
    b"___w 3\n"
    b"{ }\n"
)


def read(raw: bytes) -> tuple[ChainId, list[Block]]:
    found = read_chain(BytesIO(raw))
    return found.chain, list(found.blocks)


def write(blocks: list[Block]) -> bytes:
    to = BytesIO()
    write_chain(to, CHAIN, len(blocks), blocks)
    return to.getvalue()


def test_the_bytes() -> None:
    assert write(SMALL) == BYTES
    assert read(BYTES) == (CHAIN, SMALL)


def test_a_real_chain_comes_back_as_it_went() -> None:
    assert read(write(recorded())) == (CHAIN, recorded())


@pytest.mark.parametrize("length", range(len(BYTES)))
def test_cut_anywhere_it_is_refused(length: int) -> None:
    with pytest.raises(ChainFileError):
        read(BYTES[:length])


@pytest.mark.parametrize(
    "old, new, why",
    [
        (b"tirelire-chain-file/1", b"tirelire-chain-file/2", "first line"),
        (b" 2\nblock", b" 02\nblock", "first line"),
        (b" 2\nblock", b" 0\nblock", "first line"),
        (b" 2\nblock", b" 1\nblock", "goes on"),
        (b" 2\nblock", b" 3\nblock", "block 2 is cut off"),
        (b" 92f3", b" 92F3", "first line"),
        (b"\nblock", b"\nBlock", "block 0 does not begin"),
        (b"w 2 4 6", b"w 2  4 6", "block 0 does not begin"),
        (b"w 2 4 6", b"w 2 4 0", "block 0 does not begin"),
        (b"w 2 4 6", b"w 2 4 5", "block 1 does not begin"),
        (b"w 2 4 6", b"w 3 4 6", "block 0 has a header of another length"),
        (b"w 2 4 6", b"x 2 4 6", "block 0 has no seal"),
        (b"w 2 4 6", b"w 20000 4 6", "block 0 is too large"),
        (b"w 2 4 6", b"w 2 4 999999", "block 0 is too large"),
        (b"w 2 4 6", b"w 2 4 \xff", "block 0 does not begin"),
        (b"w 3\n{ }", b"w 3\n{  }", "block 1 has a header of another length"),
        (b"{ }\n", b"{ }\n\n", "goes on"),
    ],
)
def test_what_is_no_chain_file(old: bytes, new: bytes, why: str) -> None:
    assert old in BYTES
    with pytest.raises(ChainFileError, match=why):
        read(BYTES.replace(old, new, 1))


def test_a_line_without_end_is_not_read_to_its_end() -> None:
    stream = BytesIO(BYTES[:-1] + b" " * 3_000_000)
    with pytest.raises(ChainFileError):
        list(read_chain(stream).blocks)
    endless = BytesIO(b"a" * 3_000_000)
    with pytest.raises(ChainFileError, match="cut off"):
        read_chain(endless)
    assert endless.tell() == 1 << 20
