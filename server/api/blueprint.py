"""The only module of the API that knows Flask: requests become calls, answers become responses.

No answer ever leaves without being a message or a problem: an unknown path, a wrong method, a body
that is too large and even a bug of ours have their code.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from flask import Blueprint, Response, request
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge

from server.api.problem import PROBLEM_TYPE, problem
from server.api.route import JSON, SMALL_BODY, Answer, Call, Route
from shared.amounts import Language
from shared.codec import encode
from shared.errors import Code, Refused
from shared.wire import Problem

LOG: Final = logging.getLogger(__name__)
PREFIX: Final = "/api"
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")

Guard = Callable[[Call], Call | Problem]


def api(routes: Sequence[Route], guard: Guard) -> Blueprint:
    """Make the blueprint; `guard` proves who signed the calls of signed routes."""
    doors = Blueprint("api", __name__)
    for route in routes:
        doors.add_url_rule(
            _rule(route.path),
            endpoint=route.name,
            view_func=_view(route, guard),
            methods=[route.method],
            provide_automatic_options=False,
            merge_slashes=False,
        )
    _add_the_rest(doors, routes)
    return doors


def _rule(path: str) -> str:
    return path.replace("{", "<").replace("}", ">")


def _view(route: Route, guard: Guard) -> Callable[..., Response]:
    def view(**fields: str) -> Response:
        return respond(_answer(route, guard, fields))

    return view


def _answer(route: Route, guard: Guard, fields: dict[str, str]) -> Answer:
    language: Language = _language()
    try:
        call = _call(route, fields, language)
        if route.signed:
            proven = guard(call)
            if isinstance(proven, Problem):
                return proven
            call = proven
        return route.handle(call)
    except Refused as refused:
        LOG.info("%s: %s", route.name, refused)
        return problem(refused.code, language)
    except HTTPException:
        return problem(Code.BAD_REQUEST, language)
    except Exception:
        LOG.exception("%s failed", route.name)
        return problem(Code.INTERNAL, language)


def _call(route: Route, fields: dict[str, str], language: Language) -> Call:
    return Call(
        method=request.method,
        path=request.path,
        query=request.query_string.decode("ascii", "replace"),
        arguments={**request.args.to_dict(), **fields},
        headers=dict(request.headers.items()),
        body=_body(route.most_bytes or SMALL_BODY),
        address=request.remote_addr or "",
        language=language,
    )


def _body(most_bytes: int) -> bytes:
    """Read the body, never more than allowed, whatever its length claims to be."""
    request.max_content_length = most_bytes
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise Refused(Code.TOO_LARGE, "body") from None
    except ClientDisconnected:
        raise Refused(Code.BAD_REQUEST, "body cut off") from None


def _language() -> Language:
    best = request.accept_languages.best_match(("en", "fr"), default="en")
    return "fr" if best == "fr" else "en"


def respond(answer: Answer) -> Response:
    """Write an answer; a problem has its own media type and status."""
    if not isinstance(answer, Problem):
        return Response(encode(answer), 200, mimetype=JSON)
    response = Response(encode(answer), answer.status, mimetype=PROBLEM_TYPE)
    if answer.status == 401:
        response.headers["WWW-Authenticate"] = 'Signature realm="tirelire"'
    if answer.status in {429, 503}:
        response.headers["Retry-After"] = "10"
    return response


def _add_the_rest(doors: Blueprint, routes: Sequence[Route]) -> None:
    """Answer every other path and method below the prefix: 404 and 405 miss blueprint handlers."""
    allowed: dict[str, set[str]] = {}
    for route in routes:
        allowed.setdefault(_rule(route.path), set()).add(route.method)
    for rule, methods in allowed.items():
        kept = methods | ({"HEAD"} if "GET" in methods else set())
        doors.add_url_rule(
            rule,
            endpoint=f"not {rule.strip('/').replace('.', '-')}",
            view_func=_wrong_method(", ".join(sorted(kept))),
            methods=[method for method in METHODS if method not in kept],
            provide_automatic_options=False,
            merge_slashes=False,
        )
    for rule in (PREFIX, f"{PREFIX}/", f"{PREFIX}/<path:rest>"):
        doors.add_url_rule(
            rule,
            endpoint=f"nothing {len(rule)}",
            view_func=_not_found,
            methods=list(METHODS),
            provide_automatic_options=False,
            merge_slashes=False,
            strict_slashes=True,
        )


def _wrong_method(allowed: str) -> Callable[..., Response]:
    def view(**_fields: str) -> Response:
        response = respond(problem(Code.METHOD_NOT_ALLOWED, _language()))
        response.headers["Allow"] = allowed
        return response

    return view


def _not_found(**_fields: str) -> Response:
    return respond(problem(Code.NOT_FOUND, _language()))
