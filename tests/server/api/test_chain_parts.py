"""The chain over HTTP: whole, in parts, for whom it is, and not more often than is good."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from werkzeug.test import TestResponse

from server.api.chain_parts import PART_BYTES, ChainParts, link_secret
from server.api.route import Call
from server.home import read_keys
from server.ledger.audit import audit
from server.ledger.chain import Block
from server.store.stored import Stored
from server.verify.chain_file import Part, read_part
from shared.errors import Code, Refused
from tests.server.api.world import World, code, reopened, sale, world as make_world
from tests.server.verify.chains import CHAIN, recorded

PATH = "/api/v1/chain"


def part(answer: TestResponse) -> Part:
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/gzip"
    return read_part(cast("BinaryIO", BytesIO(gzip.decompress(answer.data))))


def test_the_whole_chain_of_a_node_audits(world: World) -> None:
    world.cards(1_000)
    world.terminal().send(sale(0, 300), sale(0, 5_000))
    found = part(world.client.get(PATH))
    blocks = list(found.blocks)
    tip = world.node.engine.tip
    assert (found.chain, found.first, found.whole) == (tip.chain, 0, tip.height + 1)
    report = audit(blocks, chain=tip.chain)
    assert (report.finding, report.tip) == (None, tip)
    rest = part(world.client.get(f"{PATH}?from=2"))
    assert (rest.first, list(rest.blocks)) == (2, blocks[2:])


def test_a_height_that_is_not_there_or_not_a_number(world: World) -> None:
    height = world.node.engine.tip.height
    assert code(world.client.get(f"{PATH}?from={height + 1}")) == (404, "not_found")
    for text in ("", "-1", "01", "x", "1e3", "1" * 17):
        assert code(world.client.get(f"{PATH}?from={text}")) == (400, "bad_request")


def test_a_closed_node_wants_its_secret(tmp_path: Path) -> None:
    with make_world(tmp_path) as world:
        home = world.node.home
        settings = home.settings.read_text("utf-8")
        home.settings.write_text(settings.replace("# open = false", "open = false"), "utf-8")
    with reopened(home) as world:
        address, _, secret = world.node.chain_link().partition("#")
        assert address == f"http://127.0.0.1:8600{PATH}"
        assert secret == link_secret(read_keys(home).pages)
        for shown in ({}, {"Authorization": "Bearer x"}, {"Authorization": secret}):
            assert code(world.client.get(PATH, headers=shown)) == (403, "chain_closed")
        shown = {"Authorization": f"Bearer {secret}"}
        assert part(world.client.get(PATH, headers=shown)).whole == 1


def handler(blocks: list[Block], *, wait: int = 0, wait_all: int = 0) -> ChainParts:
    @contextmanager
    def open_blocks(first: int) -> Iterator[Stored]:
        yield Stored(CHAIN, len(blocks), iter(blocks[first:]))

    return ChainParts(
        open_blocks=open_blocks,
        is_open=True,
        secret="s",
        wait=lambda address: wait if address == "192.0.2.1" else 0,
        wait_all=lambda _: wait_all,
    )


@pytest.mark.parametrize("limits", [{"wait": 1}, {"wait_all": 1}])
def test_too_often(limits: dict[str, int]) -> None:
    with pytest.raises(Refused) as refused:
        handler(recorded(), **limits)(Call(method="GET", path=PATH, address="192.0.2.1"))
    assert refused.value.code is Code.TOO_MANY_ATTEMPTS


def test_a_part_ends_after_the_block_that_fills_it() -> None:
    small = recorded()
    large = [Block(b"h", bytes(64), (bytes(PART_BYTES // 8),) * 4) for _ in range(5)]
    call = Call(method="GET", path=PATH)
    for blocks, wanted in ((small, 22), (large, 2)):
        raw = gzip.decompress(handler(blocks)(call).raw)
        found = read_part(cast("BinaryIO", BytesIO(raw)))
        assert found.whole == len(blocks)
        assert len(list(found.blocks)) == wanted


def test_a_secret_of_one_node_is_not_anothers() -> None:
    assert link_secret(b"a" * 32) != link_secret(b"b" * 32)
    assert "5ecret" not in repr(replace(handler([]), secret="5ecret"))
