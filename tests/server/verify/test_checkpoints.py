"""`tirelire verify checkpoints`: two of them are one history, or somebody is caught."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.verify.__main__ import verify
from shared.checkpoint import Checkpoint, sign_text, write_checkpoint
from shared.codec import encode
from shared.ids import Hash
from shared.merkle import tree_hash
from shared.merkle_proof import consistency_proof
from shared.signing import public_key
from shared.wire import ConsistencyAnswer

SEED = b"n" * 32
KEY = public_key(SEED)
LEAVES = [b"leaf %d" % number for number in range(11)]
LOG = "tirelire-chain/" + "ab" * 16


class Papers:
    """What somebody has kept and been given, as files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def note(self, name: str, size: int, leaves: list[bytes] = LEAVES, log: str = LOG) -> str:
        text = write_checkpoint(Checkpoint(log, size, tree_hash(leaves[:size])))
        return self.file(name, sign_text(text, name=log, seed=SEED, public=KEY).encode())

    def proof(self, old: int, new: int) -> str:
        def lookup(level: int, index: int) -> bytes:
            return tree_hash(LEAVES[index << level : (index + 1) << level])

        parts = tuple(Hash(part.hex()) for part in consistency_proof(lookup, old, new))
        roots = [Hash(tree_hash(LEAVES[:size]).hex()) for size in (old, new)]
        answer = ConsistencyAnswer(new, roots[1], old, roots[0], parts)
        return self.file("proof.json", encode(answer))

    def file(self, name: str, content: bytes) -> str:
        (self.folder / name).write_bytes(content)
        return str(self.folder / name)


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    return Papers(tmp_path)


def run(old: str, new: str, proof: str, *more: str) -> Result:
    key = more or ("--key", KEY.hex())
    return CliRunner().invoke(verify, ["checkpoints", old, new, "--proof", proof, *key])


@pytest.mark.parametrize("old, new", [(3, 11), (8, 11), (11, 11), (0, 11), (1, 2)])
def test_one_history(papers: Papers, old: int, new: int) -> None:
    said = run(papers.note("old", old), papers.note("new", new), papers.proof(old, new))
    assert (said.exit_code, said.output) == (
        0,
        f"Good: the first {old} leaves are those of the {new}.\n",
    )


@pytest.mark.parametrize("changed", range(3))
def test_two_histories(papers: Papers, changed: int) -> None:
    other = [*LEAVES[:changed], b"another", *LEAVES[changed + 1 :]]
    said = run(papers.note("old", 3, other), papers.note("new", 11), papers.proof(3, 11))
    assert said.exit_code == 1
    assert said.output.startswith("Not proven: these are two histories")


def test_two_chains(papers: Papers) -> None:
    old = papers.note("old", 3, log=LOG[:-1] + "0")
    said = run(old, papers.note("new", 11), papers.proof(3, 11))
    assert (said.exit_code, said.output) == (
        1,
        "Not proven: they are checkpoints of two chains.\n",
    )


def test_what_was_not_meant(papers: Papers) -> None:
    old, new, proof = papers.note("old", 3), papers.note("new", 11), papers.proof(3, 11)
    said = run(new, old, proof)
    assert said.exit_code == 2
    assert said.output.endswith("must be the proof from 11 to 3 leaves\n")
    said = run(old, new, old)
    assert said.exit_code == 2
    assert "is not a consistency proof (bad_json" in said.output
    said = run(old, new, proof, "--key", "00" * 32)
    assert said.exit_code == 2
    assert "is not a checkpoint of these keys" in said.output
    said = run(old, new, proof, "--need", "1")
    assert said.exit_code == 2
    assert "--key is needed" in said.output
