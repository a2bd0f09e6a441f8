"""No answer without a code: unknown paths, wrong methods, bodies too large, bugs of ours."""

import pytest
from werkzeug.test import Client

from server.api.application import Application
from server.api.problem import STATUS
from server.api.route import Answer, Call, Route
from shared.errors import Code
from shared.wire import Status
from tests.server.api.world import World, code, problem


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v2/status",
        "/api/v1/status/",
        "/api/v1//status",
        "/api/%00",
    ],
)
def test_a_path_that_is_none_of_ours_is_a_problem(world: World, path: str) -> None:
    assert code(world.client.get(path)) == (404, "not_found")


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("GET", "/api/v1/pair", "POST"),
        ("PUT", "/api/v1/batches", "POST"),
        ("OPTIONS", "/api/v1/batches", "POST"),
        ("POST", "/api/v1/deltas", "GET, HEAD"),
        ("DELETE", "/api/v1/openapi.json", "GET, HEAD"),
        ("TRACE", "/api/v1/status", "GET, HEAD"),
    ],
)
def test_a_wrong_method_says_which_are_right(
    world: World, method: str, path: str, allowed: str
) -> None:
    answer = world.client.open(path, method=method)
    assert code(answer) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == allowed


def test_words_come_in_the_language_asked_for(world: World) -> None:
    french = world.client.get("/api/nothing", headers={"Accept-Language": "fr-FR,fr;q=0.9"})
    assert problem(french).detail == "Cela n’existe pas."
    other = world.client.get("/api/nothing", headers={"Accept-Language": "de"})
    assert problem(other).detail == "There is no such thing."


def test_a_body_that_is_too_large_for_a_small_route(world: World) -> None:
    answer = world.client.post("/api/v1/pair", data=b"x" * (16 * 1024 + 1))
    assert code(answer) == (413, "too_large")


def test_a_bug_of_ours_has_a_code_and_says_nothing_of_itself() -> None:
    def broken(_call: Call) -> Answer:
        raise ZeroDivisionError("secret")

    route = Route(
        method="GET",
        path="/api/v1/broken",
        name="broken",
        meaning="Breaks.",
        handle=broken,
        answer=Status,
        codes=(),
    )
    answer = Client(Application((route,), lambda call: call)).get("/api/v1/broken")
    assert code(answer) == (500, "internal")
    assert b"secret" not in answer.data


def test_every_code_of_a_request_has_a_status_that_fits() -> None:
    assert STATUS[Code.GAP] == 409
    assert STATUS[Code.STALE_READ] == 401
    assert STATUS[Code.TOO_LARGE] == 413
    assert {status // 100 for status in STATUS.values()} == {4, 5}
    assert [code for code, status in STATUS.items() if status >= 500] == [
        Code.NODE_BEHIND,
        Code.NODE_BUSY,
        Code.INTERNAL,
    ]
