"""The only module of the API that knows HTTP: a WSGI application over the table of routes.

Written to WSGI itself because every sale passes here: sessions, pages and their headers cost more
than the whole handling of a batch.  No answer ever leaves without being a message or a problem: an
unknown path, a wrong method, a body that is too large and even a bug of ours have their code.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl

from server.api.problem import PROBLEM_TYPE, problem
from server.api.route import JSON, SMALL_BODY, TEXT, Answer, Call, Download, Route
from server.engine.port import EngineStoppedError
from server.store.writer import StoreError
from shared.amounts import Language
from shared.codec import encode
from shared.errors import Code, Refused
from shared.wire import Problem

LOG: Final = logging.getLogger(__name__)
PREFIX: Final = "/api"
MOST_ARGUMENTS: Final = 20
SAFE: Final = (
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
)
COMING_BACK_S: Final = "10"

Environ = Mapping[str, Any]
Wsgi = Callable[[Any, Any], Iterable[bytes]]
Guard = Callable[[Call], Call | Problem]


class Application:
    """Answers everything under the prefix; `guard` proves who signed the calls of signed routes."""

    def __init__(self, routes: Sequence[Route], guard: Guard) -> None:
        self._guard = guard
        self._routes: dict[str, dict[str, Route]] = {}
        for route in routes:
            self._routes.setdefault(route.path, {})[route.method] = route

    def __call__(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        extra: tuple[tuple[str, str], ...] = ()
        methods = self._routes.get(environ["PATH_INFO"])
        asked = environ["REQUEST_METHOD"]
        route = methods.get("GET" if asked == "HEAD" else asked) if methods else None
        answer: Answer
        if route is not None:
            answer = self._answer(route, environ)
        elif methods:
            answer = problem(Code.METHOD_NOT_ALLOWED, _language(environ))
            extra = (("Allow", ", ".join(_allowed(methods))),)
        else:
            answer = problem(Code.NOT_FOUND, _language(environ))
        return _write(answer, start, extra, bare=asked == "HEAD")

    def _answer(self, route: Route, environ: Environ) -> Answer:
        try:
            call = _call(route, environ)
            if route.signed:
                proven = self._guard(call)
                if isinstance(proven, Problem):
                    return proven
                call = proven
            return route.handle(call)
        except Refused as refused:
            LOG.info("%s: %s", route.name, refused)
            return problem(refused.code, _language(environ))
        except (StoreError, EngineStoppedError) as error:
            LOG.warning("%s: the database is lost: %s", route.name, error)
            return problem(Code.NODE_BUSY, _language(environ))
        except Exception:
            LOG.exception("%s failed", route.name)
            return problem(Code.INTERNAL, _language(environ))


def before(pages: Wsgi, api: Wsgi) -> Wsgi:
    """Put the API in front of the pages."""

    def both(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        is_api = path == PREFIX or path.startswith(f"{PREFIX}/")
        return api(environ, start) if is_api else pages(environ, start)

    return both


def _call(route: Route, environ: Environ) -> Call:
    query = environ.get("QUERY_STRING", "")
    return Call(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        query=query,
        arguments=_arguments(query) if query else {},
        headers={header: environ.get(_variable(header), "") for header in route.headers},
        body=_body(environ, route.most_bytes or SMALL_BODY) if route.method == "POST" else b"",
        address=environ.get("REMOTE_ADDR", ""),
        language=_language(environ),
    )


def _variable(header: str) -> str:
    return f"HTTP_{header.upper().replace('-', '_')}"


def _arguments(query: str) -> dict[str, str]:
    """Read a query; of an argument that comes twice the first counts."""
    try:
        found = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_ARGUMENTS)
    except ValueError:
        raise Refused(Code.BAD_REQUEST, "query") from None
    return dict(reversed(found))


def _body(environ: Environ, most_bytes: int) -> bytes:
    """Read the body, never more than allowed, whatever its length claims to be."""
    claimed = environ.get("CONTENT_LENGTH") or ""
    if not claimed:
        raw: bytes = environ["wsgi.input"].read(most_bytes + 1) if _is_chunked(environ) else b""
    elif not claimed.isdecimal() or not claimed.isascii():
        raise Refused(Code.BAD_REQUEST, "content length")
    else:
        length = int(claimed)
        if length > most_bytes:
            raise Refused(Code.TOO_LARGE, "body")
        raw = environ["wsgi.input"].read(length)
        if len(raw) < length:
            raise Refused(Code.BAD_REQUEST, "body cut off")
    if len(raw) > most_bytes:
        raise Refused(Code.TOO_LARGE, "body")
    return raw


def _is_chunked(environ: Environ) -> bool:
    return "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()


def _language(environ: Environ) -> Language:
    """Give the first of our languages that the caller names; English when it names none."""
    for part in environ.get("HTTP_ACCEPT_LANGUAGE", "").lower().split(","):
        if (name := part.strip()[:2]) in {"fr", "en"}:
            return "fr" if name == "fr" else "en"
    return "en"


def _allowed(methods: Mapping[str, Route]) -> list[str]:
    return sorted([*methods, *(["HEAD"] if "GET" in methods else [])])


def _write(
    answer: Answer, start: Callable[..., Any], extra: tuple[tuple[str, str], ...], *, bare: bool
) -> Iterable[bytes]:
    """Write an answer; a problem has its own media type and status."""
    if isinstance(answer, str):
        raw, status, kind = answer.encode(), 200, TEXT
    elif isinstance(answer, Download):
        raw, status, kind = answer.raw, 200, answer.media_type
    else:
        raw, status, kind = encode(answer), 200, JSON
    if isinstance(answer, Problem):
        status, kind = answer.status, PROBLEM_TYPE
        if status == 401:
            extra = (*extra, ("WWW-Authenticate", 'Signature realm="tirelire"'))
        if status in {429, 503}:
            extra = (*extra, ("Retry-After", COMING_BACK_S))
    headers = [("Content-Type", kind), ("Content-Length", str(len(raw))), *SAFE, *extra]
    start(f"{status} {HTTPStatus(status).phrase}", headers)
    return [] if bare else [raw]  # a list, as granian streams what is not one
