"""What the documents say is enough: a verifier that knows nothing else agrees with ours."""

from pathlib import Path

import pytest

from server.ledger.audit import audit
from server.ledger.chain import Block
from server.verify.files import write_chain_file
from tests.server.verify.chains import CHAIN, recorded
from tests.server.verify.stranger import prove


def written(folder: Path, blocks: list[Block]) -> Path:
    path = folder / "chain.gz"
    write_chain_file(path, CHAIN, len(blocks), blocks)
    return path


def test_a_stranger_proves_the_recorded_chain(tmp_path: Path) -> None:
    report = audit(recorded())
    proven = prove(written(tmp_path, recorded()))
    assert proven == (CHAIN, report.transactions, report.tip.state)


@pytest.mark.parametrize("part", ["header", "seal", "batch"])
def test_a_stranger_finds_a_changed_byte(tmp_path: Path, part: str) -> None:
    blocks = recorded()
    block = blocks[5]
    header, seal, batches = bytearray(block.header), bytearray(block.seal), block.batches
    if part == "header":
        header[-3] ^= 1
    elif part == "seal":
        seal[3] ^= 1
    else:
        batches = (batches[0].replace(b'"seq":', b'"Seq":', 1), *batches[1:])
    blocks[5] = Block(bytes(header), bytes(seal), batches)
    with pytest.raises(AssertionError):
        prove(written(tmp_path, blocks))
