"""Heartbeats and status."""

from typing import Any

import pytest

from server.engine.port import Missing
from shared.block import read_header
from shared.bodies import TerminalRevoke
from shared.codec import encode
from shared.ids import Hash
from shared.signing import Purpose, sign, to_text
from shared.wire import Head, Heartbeat, SealedHeader, Status, Unsent
from tests.server.api.world import BOOT, Terminal, World, code, good
from tests.server.engine.world import sealed
from tests.terminal.sync.node_model import GENESIS as GENESIS_HEADER

GENESIS = GENESIS_HEADER.decode()


def beat(till: Terminal, **changes: Any) -> Heartbeat:
    values: dict[str, Any] = {
        "at": till.now_s() * 1000 + 3000,
        "author": till.author,
        "boot": BOOT,
        "head": Head(hash=Hash("a" * 64), seq=7),
        "header": SealedHeader(header=GENESIS, seal="A" * 86),
        "unsent": Unsent(amount=1250, count=3),
        "version": "0.1.0",
    }
    return Heartbeat(**{**values, **changes})


def post(till: Terminal, said: Heartbeat, purpose: Purpose = Purpose.HEARTBEAT) -> Any:
    raw = encode(said)
    signature = to_text(sign(till.seed, purpose, raw))
    headers = {"Tirelire-Signature": signature}
    return till.client.post("/api/v1/heartbeats", data=raw, headers=headers)


def test_what_a_terminal_says_is_kept_and_answered_with_the_status(world: World) -> None:
    till = world.terminal()
    status = good(post(till, beat(till)), Status)
    assert (status.chain, status.name, status.sealing) == (world.node.chain, "Fédération", True)
    said = world.node.office.tills.said()[till.author]
    assert (said.unsent_count, said.unsent_amount, said.announced_seq) == (3, 1250, 7)
    assert said.version == "0.1.0"
    assert 1000 <= (said.skew_ms or 0) <= 3000


def test_a_heartbeat_of_another_hand_is_refused(world: World) -> None:
    till, other = world.terminal("one"), world.terminal("two")
    assert code(post(other, beat(till))) == (403, "bad_signature")
    assert code(post(till, beat(till), Purpose.TRANSACTION)) == (403, "bad_signature")
    assert world.node.office.tills.said() == {}


def test_a_stranger_and_an_unsigned_one_are_refused(world: World) -> None:
    stranger = world.new_terminal("stranger")
    assert code(post(stranger, beat(stranger))) == (403, "unknown_author")
    till = world.terminal()
    raw = encode(beat(till))
    assert code(world.client.post("/api/v1/heartbeats", data=raw)) == (403, "bad_signature")


@pytest.mark.parametrize(
    "raw, expected",
    [
        (b"", "bad_json"),
        (b"{}", "bad_shape"),
        (b"[1]", "bad_shape"),
        (b"\xff", "bad_json"),
        (b"[" * 10_000, "bad_shape"),
    ],
)
def test_noise_has_a_code(world: World, raw: bytes, expected: str) -> None:
    assert code(world.client.post("/api/v1/heartbeats", data=raw)) == (400, expected)


def at(world: World, height: int, seed: bytes = b"") -> SealedHeader:
    """Give a header from the future; by default the node has sealed it."""
    engine = world.node.engine
    return sealed(seed or engine.seed, engine, height=height, time=world.clock.now_ms() + 1)


def test_a_header_from_the_future_stops_the_sealing_and_proves_itself(world: World) -> None:
    till = world.terminal()
    shown = at(world, 500)
    assert not good(post(till, beat(till, header=shown)), Status).sealing
    time = read_header(shown.header.encode()).time
    assert world.node.engine.missing == Missing(500, till.author, time)


def test_one_that_the_node_has_not_sealed_is_a_word(world: World) -> None:
    till = world.terminal()
    assert not good(post(till, beat(till, header=at(world, 500, b"x" * 32))), Status).sealing
    assert world.node.engine.missing == Missing(500, till.author, None)


def test_one_that_the_node_has_changes_nothing(world: World) -> None:
    till = world.terminal()
    height = world.node.engine.tip.height
    assert good(post(till, beat(till, header=at(world, height))), Status).sealing


def test_what_is_no_header_has_a_code(world: World) -> None:
    till = world.terminal()
    answer = post(till, beat(till, header=SealedHeader(header="{}", seal="")))
    assert code(answer) == (400, "bad_shape")
    assert world.node.engine.sealing


def test_a_revoked_till_is_not_believed(world: World) -> None:
    till = world.terminal()
    world.propose(TerminalRevoke(after=0, terminal=till.author))
    assert good(post(till, beat(till, header=at(world, 500))), Status).sealing


def test_anybody_may_ask_for_the_status(world: World) -> None:
    status = good(world.client.get("/api/v1/status"), Status)
    assert status.node == world.node.engine.author
    assert status.height == 0
    assert abs(status.time - world.clock.now_ms()) < 5_000
