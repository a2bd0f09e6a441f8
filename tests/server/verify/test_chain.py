"""`tirelire verify chain`: a good chain, a damaged one, a rewritten one, and what is no chain."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.ledger.audit import audit
from server.ledger.chain import Block
from server.verify.__main__ import verify
from server.verify.files import write_chain_file
from shared.block import write_leaf
from shared.checkpoint import Checkpoint, origin, sign_text, write_checkpoint
from shared.ids import ChainId
from shared.merkle import tree_hash
from shared.signing import public_key
from tests.server.ledger import story_two
from tests.server.ledger.recorded import read
from tests.server.verify.chains import CHAIN, recorded

SEED = b"n" * 32
KEY = public_key(SEED)
GOOD = """\
Good: 22 blocks, 62 transactions.
  chain        92f3d35fa3bb522dc2e2696e3a5e960e
"""
REWRITTEN = "history up to here is not the one of the checkpoint: it was rewritten"
STATE = "  state        be0fed7989596f98243506f83d7c24b98c6cba21cf9ac058eb578a1ad05ebb15\n"
ROOT = "  root         63e21e3c32834b2255756671cadc2eb8cabe45ac659c9cc172b1d7a0824d4117\n"
NODE = (
    "  node         59408d53bbe283d3154ce00cb1ea1ea8, "
    "key 014e4d922c596a380adfc9eed722e835822f1236761693e4babb61e1afbb04f1"
)


def run(folder: Path, blocks: list[Block], *words: str, chain: ChainId = CHAIN) -> Result:
    file = folder / "chain.gz"
    write_chain_file(file, chain, len(blocks), blocks)
    return CliRunner().invoke(verify, ["chain", str(file), *words])


def note(folder: Path, size: int, *, root: bytes | None = None, chain: ChainId = CHAIN) -> str:
    """Write a checkpoint of the recorded chain at a size; give its path."""
    past = audit(recorded()).memory.past
    leaves = [write_leaf(author, seq, done.hash, done.verdict) for author, seq, done in past]
    text = write_checkpoint(Checkpoint(origin(chain), size, root or tree_hash(leaves[:size])))
    file = folder / "checkpoint"
    file.write_text(sign_text(text, name=origin(chain), seed=SEED, public=KEY), "utf-8")
    return str(file)


def test_a_good_chain(tmp_path: Path) -> None:
    said = run(tmp_path, recorded())
    assert said.exit_code == 0, said.output
    assert said.output.startswith(GOOD)
    assert STATE in said.output
    assert ROOT in said.output
    assert NODE in said.output


def test_a_chain_of_a_federation(tmp_path: Path) -> None:
    """Its keys have changed, and its last block hands it to another engine."""
    kept = read(story_two.FILE)
    said = run(tmp_path, kept.blocks, "--chain", kept.chain, chain=kept.chain)
    assert said.exit_code == 0, said.output
    assert f"  state        {kept.state}\n" in said.output
    assert f"  root         {kept.log[1]}\n" in said.output
    assert said.output.count("  node ") == 4


def test_the_same_chain_gives_the_same_file(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_chain_file(tmp_path / name, CHAIN, 22, recorded())
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_changed_block_is_found_with_its_height(tmp_path: Path) -> None:
    blocks = recorded()
    blocks[7] = replace(blocks[7], seal=bytes(64))
    said = run(tmp_path, blocks)
    assert said.exit_code == 1
    assert said.output == "Not proven: at height 7: seal is not its author's.\n"


def test_it_is_the_chain_that_one_knows(tmp_path: Path) -> None:
    assert run(tmp_path, recorded(), "--chain", CHAIN).exit_code == 0
    (tmp_path / "chain.gz").unlink()
    said = run(tmp_path, recorded(), "--chain", "f" * 32)
    assert (said.exit_code, said.output) == (1, f"Not proven: it is another chain, {CHAIN}.\n")
    (tmp_path / "chain.gz").unlink()
    said = run(tmp_path, recorded(), chain=ChainId("f" * 32))
    assert said.exit_code == 1
    assert "calls itself ffff" in said.output


@pytest.mark.parametrize("size", [0, 1, 40, 62])
def test_a_checkpoint_that_was_kept_is_held(tmp_path: Path, size: int) -> None:
    words = ("--checkpoint", note(tmp_path, size), "--key", KEY.hex())
    said = run(tmp_path, recorded(), *words)
    assert said.exit_code == 0, said.output
    assert f"the first {size} leaves are those you saw" in said.output


@pytest.mark.parametrize(
    "size, root, chain, why",
    [
        (0, bytes(32), CHAIN, f"at height 0: {REWRITTEN}"),
        (40, bytes(32), CHAIN, f"at height 8: {REWRITTEN}"),
        (63, bytes(32), CHAIN, "at height 21: the checkpoint has 63 transactions, this chain 62"),
        (40, None, ChainId("f" * 32), "at height 0: the checkpoint is of another chain"),
    ],
)
def test_a_checkpoint_that_is_not_held(
    tmp_path: Path, size: int, root: bytes | None, chain: ChainId, why: str
) -> None:
    held = note(tmp_path, size, root=root, chain=chain)
    said = run(tmp_path, recorded(), "--checkpoint", held, "--key", KEY.hex())
    assert (said.exit_code, said.output) == (1, f"Not proven: {why}.\n")


def test_what_is_no_checkpoint(tmp_path: Path) -> None:
    held = note(tmp_path, 40)
    assert run(tmp_path, recorded(), "--checkpoint", held).exit_code == 2
    for key, raw in ((b"x" * 32, Path(held).read_bytes()), (KEY, b"\xff"), (KEY, b"text")):
        Path(held).write_bytes(raw)
        (tmp_path / "chain.gz").unlink()
        said = run(tmp_path, recorded(), "--checkpoint", held, "--key", key.hex())
        assert said.exit_code == 2
        assert "is not a checkpoint" in said.output.replace("\n", " ")


def test_what_is_no_chain_file(tmp_path: Path) -> None:
    file = tmp_path / "whole.gz"
    write_chain_file(file, CHAIN, 22, recorded())
    whole = file.read_bytes()
    damaged = whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:]
    for raw in (b"", whole[:-1], whole[:4000], damaged, b"plain", gzip.compress(b"text\n")):
        file.write_bytes(raw)
        said = CliRunner().invoke(verify, ["chain", str(file)])
        assert said.exit_code in {1, 2}, said.output
        assert said.exit_code == 2 or "at height" in said.output
