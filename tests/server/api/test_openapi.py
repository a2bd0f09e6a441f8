"""The description: valid OpenAPI 3.1, complete, and the application keeps to it."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import Case
from schemathesis.checks import CHECKS as KNOWN, load_all_checks

from shared.wire import BATCH_TYPE
from tests.server.api.world import World

OPENAPI = "/api/v1/openapi.json"
schemathesis.serializer.alias(BATCH_TYPE, "application/octet-stream")
load_all_checks()
CHECKS: Any = [
    KNOWN.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    )
]


def test_it_is_valid_and_names_every_route(world: World) -> None:
    document = world.client.get(OPENAPI).get_json()
    OpenAPIV31SpecValidator(document).validate()
    assert {
        (path, method) for path, operations in document["paths"].items() for method in operations
    } == {
        ("/api/v1/pair", "post"),
        ("/api/v1/batches", "post"),
        ("/api/v1/deltas", "get"),
        ("/api/v1/journal", "get"),
        ("/api/v1/keys", "get"),
        ("/api/v1/heartbeats", "post"),
        ("/api/v1/status", "get"),
        ("/api/v1/checkpoint", "get"),
        ("/api/v1/proofs/inclusion", "get"),
        ("/api/v1/proofs/consistency", "get"),
        ("/api/v1/receipts", "get"),
        ("/api/v1/chain", "get"),
        ("/api/v1/openapi.json", "get"),
    }


def test_every_refusal_is_a_problem(world: World) -> None:
    document = world.client.get(OPENAPI).get_json()
    refusals = [
        response["content"]
        for operations in document["paths"].values()
        for operation in operations.values()
        for status, response in operation["responses"].items()
        if status != "200"
    ]
    reference = {"schema": {"$ref": "#/components/schemas/Problem"}}
    assert refusals
    assert all(content == {"application/problem+json": reference} for content in refusals)


def test_the_codes_of_a_batch_are_all_there(world: World) -> None:
    document = world.client.get(OPENAPI).get_json()
    responses = document["paths"]["/api/v1/batches"]["post"]["responses"]
    assert sorted(responses) == ["200", "400", "403", "409", "413", "500", "503"]
    assert "`gap`" in responses["409"]["description"]
    assert "`fork`" in responses["409"]["description"]


OPERATIONS = (
    ("/api/v1/pair", "POST"),
    ("/api/v1/batches", "POST"),
    ("/api/v1/deltas", "GET"),
    ("/api/v1/journal", "GET"),
    ("/api/v1/heartbeats", "POST"),
    ("/api/v1/status", "GET"),
    ("/api/v1/checkpoint", "GET"),
    ("/api/v1/proofs/inclusion", "GET"),
    ("/api/v1/proofs/consistency", "GET"),
    ("/api/v1/receipts", "GET"),
    ("/api/v1/openapi.json", "GET"),
)


@pytest.mark.parametrize("path, method", OPERATIONS)
def test_whatever_is_sent_the_answer_is_as_described(world: World, path: str, method: str) -> None:
    schema = schemathesis.openapi.from_wsgi(OPENAPI, world.node.app())

    @given(schema[path][method].as_strategy())
    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def answers(case: Case[Any]) -> None:
        case.call_and_validate(checks=CHECKS)

    answers()
