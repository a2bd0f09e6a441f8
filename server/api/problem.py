"""Errors as RFC 9457 problems: which HTTP status each code has, and the words that go with it.

`STATUS` holds every code that a request can be answered with; the others are verdicts and live on
the chain.  A problem never repeats what the caller sent.
"""

from collections.abc import Mapping
from typing import Final

from shared.amounts import Language
from shared.errors import MESSAGES, Code
from shared.wire import Problem

PROBLEM_TYPE: Final = "application/problem+json"

STATUS: Final[Mapping[Code, int]] = {
    Code.BAD_FRAMING: 400,
    Code.TOO_LARGE: 413,
    Code.BAD_JSON: 400,
    Code.BAD_SHAPE: 400,
    Code.NOT_CANONICAL: 400,
    Code.WRONG_VERSION: 400,
    Code.OTHER_CHAIN: 400,
    Code.BROKEN_LINK: 400,
    Code.BAD_SIGNATURE: 403,
    Code.UNKNOWN_AUTHOR: 403,
    Code.GAP: 409,
    Code.FORK: 409,
    Code.AUTHOR_QUARANTINED: 409,
    Code.BAD_REQUEST: 400,
    Code.BAD_PIN: 403,
    Code.TOO_MANY_ATTEMPTS: 429,
    Code.STALE_READ: 401,
    Code.BAD_READ_SIGNATURE: 401,
    Code.BAD_CURSOR: 400,
    Code.CHAIN_CLOSED: 403,
    Code.NOT_FOUND: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.NODE_BEHIND: 503,
    Code.NODE_BUSY: 503,
    Code.INTERNAL: 500,
    Code.ALREADY_EXISTS: 409,
    Code.UNKNOWN_PLACE: 409,
}


def problem(
    code: Code, language: Language = "en", *, expected: int = 0, now: int = 0, nonce: str = ""
) -> Problem:
    """Write a code's problem; `expected` goes with `gap`, `now` and `nonce` with `stale_read`."""
    words = MESSAGES[code]
    return Problem(
        code=code,
        detail=words.fr if language == "fr" else words.en,
        expected=expected,
        nonce=nonce,
        now=now,
        status=STATUS[code],
        title=words.en,
        type=f"urn:tirelire:problem:{code}",
    )
