"""Pages for what went wrong: a machine's path gets problem+json elsewhere, a person gets these."""

import logging
import secrets

from flask import Flask, Response, make_response, request
from werkzeug.exceptions import HTTPException

from server.web.frame import Answer, _, frame, go, show
from server.web.writer import MINUTE_MS

LOG = logging.getLogger(__name__)
API_PREFIX = "/api/"


def not_found(code: int = 404) -> Answer:
    """Say that there is no such page."""
    return show(
        "error.html",
        code,
        code=code,
        icon="search",
        title=_("This page does not exist"),
        text=_(
            "The link may be incomplete. On a card, scan the QR again or type the printed number."
        ),
        acts=[("/", _("Back to the start"), "primary"), ("/qr", _("I have a card"), "")],
    )


def too_many(wait_ms: int) -> Response:
    """Say when to try again after too many tries."""
    writer = frame().writer()
    until_ms = frame().now_ms() + wait_ms
    wait = writer.duration(max(MINUTE_MS, wait_ms))
    page = show(
        "error.html",
        429,
        code=429,
        icon="wait",
        title=_("Slowly: too many tries"),
        text=_(
            "For safety, try again in %(wait)s, after %(time)s. Your money has not moved.",
            wait=wait,
            time=writer.clock(until_ms + MINUTE_MS),
        ),
        acts=[(request.path, _("Try again"), "")],
    )
    answer = make_response(page)
    answer.headers["Retry-After"] = str(-(-wait_ms // 1000))
    return answer


def unable(error: Exception) -> Answer:
    """Say that the node failed, without promising what it cannot know; log under a reference."""
    reference = f"{frame().writer().clock(frame().now_ms())}-{secrets.token_hex(2).upper()}"
    LOG.error("page failed, reference %s", reference, exc_info=error)
    return show(
        "error.html",
        500,
        code=500,
        icon="warn",
        title=_("The node had a problem"),
        text=_(
            "What was under way is done in full or not at all: check before you start again. "
            "Terminals go on selling."
        ),
        acts=[(request.path, _("Try again"), "primary")],
        reference=reference,
    )


def handle_errors(app: Flask) -> None:
    """Answer errors outside the machine API with a page, 404 and 405 of unknown paths included."""

    @app.errorhandler(HTTPException)
    def known(error: HTTPException) -> Answer | HTTPException:
        if request.path.startswith(API_PREFIX):
            return error
        code = error.code or 500
        if code == 401:
            return go("/login")
        if code == 413:
            return _too_large()
        return unable(error) if code >= 500 else not_found(code)

    @app.errorhandler(Exception)
    def unknown(error: Exception) -> Answer:
        return unable(error)


def _too_large() -> Answer:
    return show(
        "error.html",
        413,
        code=413,
        icon="warn",
        title=_("This file is too large"),
        text=_("Nothing was read. Send at most 5 MB."),
        acts=[(request.path, _("Try again"), "primary")],
    )
