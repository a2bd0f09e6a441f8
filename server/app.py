"""The Flask application of a node: pages, machine API, and the headers that guard both.

Blueprints come in built, with what they need already in their hands; this module only joins them.
Errors under `/api/` stay with the API's own handlers, all others become pages.
"""

from collections.abc import Callable, Sequence

from flask import Blueprint, Flask

from server.web import MAX_UPLOAD_BYTES, create_pages
from server.web.headers import protect
from server.web.port import Office
from server.web.settings import PageSettings


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
    return app
