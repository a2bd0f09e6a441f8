"""`verify chain URL`: a chain from a node that is honest, slow, cut off, greedy or a liar."""

import gzip
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from server.verify.__main__ import verify
from server.verify.address import TRIES, open_address
from server.verify.files import UnreadableError
from shared.ids import ChainId
from tests.server.verify.chains import CHAIN, recorded
from tests.server.verify.little_node import LittleNode, Trouble, serving

pytestmark = pytest.mark.loopback


@pytest.fixture
def node() -> Iterator[LittleNode]:
    with serving(LittleNode()) as made:
        yield made


def run(*words: str) -> Result:
    return CliRunner().invoke(verify, ["chain", *words])


def pauses(node: LittleNode) -> list[float]:
    """Read the whole chain; give how long the reader waited each time."""
    waited: list[float] = []
    with open_address(node.address, waited.append) as found:
        assert list(found.blocks) == recorded()
        assert (found.chain, found.count) == (CHAIN, 22)
    return waited


def refused(node: LittleNode) -> str:
    with (
        pytest.raises(UnreadableError) as error,
        open_address(node.address, lambda _: None) as found,
    ):
        list(found.blocks)
    return str(error.value)


def test_a_chain_is_proven_part_by_part(node: LittleNode) -> None:
    said = run(node.address, "--chain", CHAIN)
    assert said.exit_code == 0, said.output
    assert said.output.startswith("Good: 22 blocks, 62 transactions.\n")
    asked = [path for path, _ in node.asked]
    assert asked == [f"/api/v1/chain?from={first}" for first in (0, 5, 10, 15, 20)]


def test_a_link_s_secret_is_shown_and_never_sent_as_an_address(node: LittleNode) -> None:
    assert run(f"{node.address}/api/v1/chain#s3cret").exit_code == 0
    assert {secret for _, secret in node.asked} == {"Bearer s3cret"}
    assert not [path for path, _ in node.asked if "s3cret" in path]


def test_a_rewritten_chain_is_found_wherever_it_comes_from(node: LittleNode) -> None:
    node.blocks[7], node.blocks[8] = node.blocks[8], node.blocks[7]
    said = run(node.address)
    assert (said.exit_code, said.output) == (1, "Not proven: at height 7: height 8 follows 6.\n")


def test_a_chain_that_grows_meanwhile_ends_where_it_ended(node: LittleNode) -> None:
    node.whole = 12
    with open_address(node.address) as found:
        first = next(found.blocks)
        node.whole = 22
        assert [first, *found.blocks] == recorded()[:12]


def test_too_often_is_waited_for(node: LittleNode) -> None:
    busy = Trouble(429, b"{}", {"Retry-After": "10"})
    node.troubles = [busy, Trouble(), busy, busy]
    assert pauses(node) == [10, 10, 10]


@pytest.mark.parametrize("after, waits", [("", 60), ("Wed, 21 Oct", 60), ("86400", 60)])
def test_nobody_is_made_to_wait_for_ever(node: LittleNode, after: str, waits: float) -> None:
    node.troubles = [Trouble(429, b"{}", {"Retry-After": after})]
    assert pauses(node) == [waits]


def test_a_part_that_breaks_off_is_asked_for_from_where_it_broke(node: LittleNode) -> None:
    node.troubles = [Trouble(), Trouble(cut=900)]
    assert pauses(node) == [1]
    firsts = [int(path.partition("=")[2]) for path, _ in node.asked]
    assert firsts[:2] == [0, 5]
    assert 5 <= firsts[2] < 10


def test_hope_ends(node: LittleNode) -> None:
    node.troubles = [Trouble(429, b"{}")] * TRIES
    assert "asked too often" in refused(node)
    assert len(node.asked) == TRIES


def test_nobody_there() -> None:
    with serving(LittleNode()) as node:
        pass
    assert "no connection" in refused(node)


@pytest.mark.parametrize(
    "trouble, words",
    [
        (Trouble(403, b"{}"), "tirelire node chain-link"),
        (Trouble(404, b"{}"), "answers 404"),
        (Trouble(500, b"{}"), "answers 500"),
        (Trouble(301, b"", {"Location": "http://127.0.0.1:1/"}), "answers 301"),
        (Trouble(302, b"", {"Location": "/api/v1/chain?from=0"}), "answers 302"),
        (Trouble(raw=b"<html>"), "not compressed"),
        (Trouble(raw=gzip.compress(b"<html>\n")), "not that of a part"),
        (Trouble(raw=gzip.compress(b"x" * 2_000_000)), "the first line is cut off"),
        (Trouble(raw=gzip.compress(f"tirelire-chain-part/1 {CHAIN} 0 9 3\n".encode())), "more"),
        (Trouble(raw=gzip.compress(f"tirelire-chain-part/1 {CHAIN} 1 1 3\n".encode())), "gives 1"),
    ],
)
def test_what_is_no_chain(node: LittleNode, trouble: Trouble, words: str) -> None:
    node.troubles = [trouble]
    assert words in refused(node)


def test_another_chain_in_the_middle(node: LittleNode) -> None:
    with open_address(node.address) as found:
        next(found.blocks)
        node.chain = ChainId("f" * 32)
        with pytest.raises(UnreadableError, match="instead of height 5"):
            list(found.blocks)


@pytest.mark.parametrize("address", ["http://", "https:///chain"])
def test_what_is_no_address(address: str) -> None:
    said = run(address)
    assert said.exit_code == 2
    assert "is not an address" in said.output


def test_a_file_that_is_not_there() -> None:
    said = run("nowhere.gz")
    assert said.exit_code == 2
    assert said.output.endswith("cannot be read: No such file or directory\n")
    assert len(said.output.splitlines()) == 1


def test_what_is_neither_file_nor_address_is_said_in_one_line() -> None:
    said = run("ftp://node.example")
    assert said.exit_code == 2
    assert said.output == (
        "Error: ftp://node.example is no file, and no address with http:// or https://\n"
    )
