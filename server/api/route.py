"""What a route is: one row of the table that both the application and the OpenAPI come from.

A handler takes a `Call` (the request as values) and gives a message or a problem.  It may raise
`Refused`, which becomes the problem of its code; nothing else is expected.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from shared.amounts import Language
from shared.errors import Code
from shared.ids import AuthorId
from shared.wire import Message, Problem

JSON: Final = "application/json"
TEXT: Final = "text/plain; charset=utf-8"
SMALL_BODY: Final = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request.  `query` is as it was sent; `author` who signed it, once that is proven."""

    method: str
    path: str
    query: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    address: str = ""
    language: Language = "en"
    author: AuthorId | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes that are not JSON, with their media type."""

    raw: bytes
    media_type: str


Document = Mapping[str, object]
Answer = Message | Problem | Document | Download | str
Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """An argument of the query or a field of a path, as a JSON schema."""

    name: str
    meaning: str
    schema: Mapping[str, object]
    place: str = "query"
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation: where, what goes in, what comes out, and every code it can answer.

    `answer` is the shape of the answer, or the media type of a `Download`.
    """

    method: str
    path: str
    name: str
    meaning: str
    handle: Handler
    answer: type[Message] | type[str] | str | None
    codes: tuple[Code, ...]
    body: type[Message] | None = None
    body_type: str = JSON
    most_bytes: int = 0
    parameters: tuple[Parameter, ...] = ()
    signed: bool = False
    headers: tuple[str, ...] = ()
