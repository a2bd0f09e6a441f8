"""The OpenAPI 3.1 description, made from the table of routes and the Structs of `shared.wire`."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from server.api.problem import PROBLEM_TYPE, STATUS
from server.api.route import JSON, TEXT, Document, Parameter, Route
from shared.errors import MESSAGES, Code
from shared.wire import Message, Problem

REFERENCE: Final = "#/components/schemas/{name}"
ALWAYS: Final = (Code.BAD_REQUEST, Code.TOO_LARGE, Code.INTERNAL)
SIGNED: Final = (Code.BAD_READ_SIGNATURE, Code.STALE_READ, Code.UNKNOWN_AUTHOR)


def describe(routes: Sequence[Route], version: str) -> Document:
    """Write the whole document."""
    shapes = {
        shape
        for route in routes
        for shape in (route.body, route.answer)
        if isinstance(shape, type) and issubclass(shape, Message)
    }
    _, schemas = msgspec.json.schema_components(
        [Problem, *sorted(shapes, key=lambda shape: shape.__name__)], ref_template=REFERENCE
    )
    paths: dict[str, dict[str, object]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tirelire",
            "version": version,
            "description": "What a terminal asks of its node. See docs/protocol.md.",
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _SCHEMES},
    }


_SCHEMES: Final[dict[str, Any]] = {
    "read": {
        "type": "apiKey",
        "in": "header",
        "name": "Signature-Input",
        "description": "RFC 9421 message signature (ed25519) over method, path and query, with "
        "created, nonce and keyid; its value is in the header Signature.",
    }
}


def _operation(route: Route) -> dict[str, object]:
    operation: dict[str, object] = {
        "operationId": route.name,
        "summary": route.meaning,
        "parameters": [_parameter(parameter) for parameter in route.parameters],
        "responses": _responses(route),
    }
    if route.signed:
        operation["security"] = [{"read": []}]
    if route.method == "POST":
        operation["requestBody"] = {
            "required": True,
            "content": {route.body_type: {"schema": _shape(route.body)}},
        }
    return operation


def _parameter(parameter: Parameter) -> dict[str, object]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required or parameter.place == "path",
        "description": parameter.meaning,
        "schema": dict(parameter.schema),
    }


def _shape(shape: type[msgspec.Struct] | None) -> dict[str, object]:
    if shape is None:
        return {"type": "string", "contentMediaType": "application/octet-stream"}
    return {"$ref": REFERENCE.format(name=shape.__name__)}


def _responses(route: Route) -> dict[str, object]:
    responses: dict[str, object] = {"200": {"description": "Done.", "content": _good(route)}}
    codes = dict.fromkeys((*route.codes, *ALWAYS, *(SIGNED if route.signed else ())))
    for status in sorted({STATUS[code] for code in codes}):
        mine = [code for code in codes if STATUS[code] == status]
        responses[str(status)] = {
            "description": " ".join(f"`{code}`: {MESSAGES[code].en}" for code in mine),
            "content": {PROBLEM_TYPE: {"schema": _shape(Problem)}},
        }
    return responses


def _good(route: Route) -> dict[str, object]:
    if route.answer is None:
        return {JSON: {"schema": {"type": "object"}}}
    if isinstance(route.answer, str):
        return {route.answer: {"schema": _shape(None)}}
    if issubclass(route.answer, str):
        return {TEXT: {"schema": {"type": "string"}}}
    return {JSON: {"schema": _shape(route.answer)}}
