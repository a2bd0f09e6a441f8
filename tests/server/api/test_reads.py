"""Signed reads: who asks, just now, and each nonce once."""

import pytest

from server.api.reads import Nonces
from shared.http_signature import Read, sign_read
from shared.wire import Deltas
from tests.server.api.world import World, code, good, problem

DELTAS = "/api/v1/deltas"


def test_a_read_that_nobody_signed_is_refused(world: World) -> None:
    answer = world.client.get(DELTAS)
    assert code(answer) == (401, "bad_read_signature")
    assert answer.headers["WWW-Authenticate"] == 'Signature realm="tirelire"'


def test_a_stranger_is_refused(world: World) -> None:
    assert code(world.new_terminal("stranger").get(DELTAS)) == (403, "unknown_author")


@pytest.mark.parametrize("off_s", [-86_400, -61, 61, 86_400])
def test_a_stale_read_learns_the_time_and_a_nonce_and_is_heard(world: World, off_s: int) -> None:
    till = world.terminal()
    now = world.now_s()
    told = problem(till.get(DELTAS, "cursor=", at=now + off_s))
    assert (told.status, told.code) == (401, "stale_read")
    assert now <= told.now <= now + 2
    assert len(told.nonce) == 32
    good(till.get(DELTAS, "cursor=", at=told.now, nonce=told.nonce), Deltas)


@pytest.mark.parametrize("off_s", [-58, 58])
def test_a_read_within_a_minute_is_fresh(world: World, off_s: int) -> None:
    till = world.terminal()
    good(till.get(DELTAS, "cursor=", at=world.now_s() + off_s), Deltas)


def test_a_nonce_serves_once(world: World) -> None:
    till = world.terminal()
    good(till.get(DELTAS, "cursor=", nonce="ab" * 8), Deltas)
    told = problem(till.get(DELTAS, "cursor=", nonce="ab" * 8))
    assert told.code == "stale_read"
    good(till.get(DELTAS, "cursor=", at=told.now, nonce=told.nonce), Deltas)


def test_nonces_of_two_terminals_are_two(world: World) -> None:
    for name in ("one", "two"):
        good(world.terminal(name).get(DELTAS, "cursor=", nonce="cd" * 8), Deltas)


def test_a_signature_covers_path_query_and_method(world: World) -> None:
    till = world.terminal()

    def headers(method: str, path: str, query: str) -> dict[str, str]:
        return sign_read(
            Read(method, path, query),
            author=till.author,
            seed=till.seed,
            created=world.now_s(),
            nonce="ef" * 8,
        )

    for signed in (
        headers("GET", DELTAS, "cursor=1.1"),
        headers("GET", "/api/v1/journal", ""),
        headers("POST", DELTAS, ""),
    ):
        answer = world.client.get(DELTAS, headers=signed)
        assert code(answer) == (401, "bad_read_signature")


def test_another_key_cannot_read_for_a_terminal(world: World) -> None:
    till, other = world.terminal("one"), world.terminal("two")
    forged = sign_read(
        Read("GET", DELTAS, ""),
        author=till.author,
        seed=other.seed,
        created=world.now_s(),
        nonce="01" * 8,
    )
    assert code(world.client.get(DELTAS, headers=forged)) == (401, "bad_read_signature")


def test_nonces_are_forgotten_when_they_are_stale_anyway() -> None:
    nonces = Nonces()
    assert nonces.is_new("a", "1", 1000)
    assert not nonces.is_new("a", "1", 1119)
    assert nonces.is_new("a", "1", 1121)


def test_nonces_take_no_more_room_than_allowed() -> None:
    nonces = Nonces(most=2)
    assert nonces.is_new("a", "1", 0)
    assert nonces.is_new("a", "2", 0)
    assert nonces.is_new("a", "3", 0)
    assert not nonces.is_new("a", "3", 0)
    assert nonces.is_new("a", "1", 0)
