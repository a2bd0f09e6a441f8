"""The Flask application of a node: pages, machine API, and the headers that guard both.

Blueprints come in built, with what they need already in their hands; this module only joins them.
Errors under `/api/` stay with the API's own handlers, all others become pages.
"""

import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Final

from flask import Blueprint, Flask, Response

from server.engine.port import EngineStoppedError
from server.store.writer import StoreError
from server.web import MAX_UPLOAD_BYTES, create_pages
from server.web.headers import protect
from server.web.port import Office
from server.web.settings import PageSettings

LOG: Final = logging.getLogger(__name__)
RETRY_S: Final = 5
WITHOUT_DATABASE: Final = (
    "Le nœud n’atteint pas sa base de données. Réessayez dans un instant : "
    "ce qui était en cours est fait en entier ou pas du tout. Les caisses continuent.\n\n"
    "The node cannot reach its database. Try again in a moment: "
    "what was under way is done in full or not at all. Terminals go on selling.\n"
)


def create_app(
    *,
    office: Office,
    settings: PageSettings,
    now_ms: Callable[[], int],
    blueprints: Sequence[Blueprint] = (),
) -> Flask:
    """Join the pages with other blueprints (machine API, payment webhook, stand-in)."""
    app = Flask("server.web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_UPLOAD_BYTES + 100_000
    protect(app, pay_at=settings.pay_at, https=settings.https)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    create_pages(app, office, settings, now_ms)
    for lost in (StoreError, EngineStoppedError):
        app.register_error_handler(lost, _without_database)
    return app


def _without_database(error: Exception) -> Response:
    """Say so without a page: even its frame asks the database who is there."""
    LOG.warning("the database is lost: %s", error)
    later = {"Retry-After": str(RETRY_S)}
    return Response(WITHOUT_DATABASE, HTTPStatus.SERVICE_UNAVAILABLE, later, "text/plain")
