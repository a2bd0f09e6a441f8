"""The node's pages: server-rendered, in French and English, usable without JavaScript.

`create_pages` puts them on an application.  They ask an `Office` for frozen views and render only
those; whatever changes something goes through an act of the office, behind a form that works once.
"""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from flask import Flask, g, request
from markupsafe import Markup

from server.limits import RateLimit
from server.web import words
from server.web.charts import gauge
from server.web.forms import Forms
from server.web.frame import EXTENSION, Frame, frame, go, listed
from server.web.guards import local_path
from server.web.pages import cards, catalogue, chain, doors, errors, home, money, public, terminals
from server.web.parsing import write_card_number
from server.web.port import Office
from server.web.settings import LANGUAGES, PageSettings
from server.web.statics import Statics

MAX_UPLOAD_BYTES: Final = 5_000_000
FAMILIES: Final = (doors, home, terminals, cards, catalogue, money, chain, public)
WRITTEN: Final = (
    "money",
    "signed",
    "short",
    "number",
    "percent",
    "size",
    "iso",
    "clock",
    "seconds",
    "utc",
    "utc_day",
    "calendar",
    "day",
    "long_day",
    "month_year",
    "hour",
    "moment",
    "duration",
    "ago",
    "tenths",
    "groups",
)


def create_pages(
    app: Flask, office: Office, settings: PageSettings, now_ms: Callable[[], int]
) -> None:
    """Put every page on the application."""
    statics = Statics()
    app.extensions[EXTENSION] = Frame(
        office=office,
        settings=settings,
        now_ms=now_ms,
        forms=Forms(now_ms),
        lookups=RateLimit(now_ms, per_minute=20, burst=30),
        payments=RateLimit(now_ms, per_minute=10, burst=15),
        statics=statics,
    )
    app.config.update(
        SECRET_KEY=settings.secret,
        SESSION_COOKIE_NAME="tirelire_visitor",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        MAX_FORM_MEMORY_SIZE=100_000,
    )
    _teach(app, statics)
    app.before_request(_choose_language)
    app.register_blueprint(statics.blueprint())
    for family in FAMILIES:
        app.register_blueprint(family.page)
    errors.handle_errors(app)


def _choose_language() -> Any:
    """Keep a language asked for by link and show the same page in it."""
    chosen = request.args.get("lang", "")
    if request.method != "GET" or chosen not in LANGUAGES:
        return None
    answer = go(local_path(_here(without="lang")))
    frame().keep(answer, "lang", chosen)
    return answer


def _here(without: str = "") -> str:
    rest = [(k, v) for k, v in request.args.items(multi=True) if k != without]
    return request.path + (f"?{urlencode(rest)}" if rest else "")


def _other_language() -> Markup:
    """Make the link to this page in the other language."""
    other, name = ("fr", "Français") if frame().language() == "en" else ("en", "English")
    path = _here(without="lang")
    link = path + ("&" if "?" in path else "?") + f"lang={other}"
    return Markup('<a href="{}" hreflang="{}" lang="{}">{}</a>').format(link, other, other, name)


def _teach(app: Flask, statics: Statics) -> None:
    """Give templates their words, filters and what every page shows."""
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        lambda message: frame().writer().gettext(message),
        lambda one, many, n: frame().writer().ngettext(one, many, n),
        newstyle=True,
    )
    for name in WRITTEN:
        env.filters[name] = _written(name)
    env.filters["t"] = lambda message: frame().writer().gettext(message) if message else ""
    env.filters["card"] = write_card_number
    env.filters["code"] = lambda code: words.code(code, frame().language()).rstrip(".")
    env.filters["listed"] = listed
    env.filters["short_date"] = lambda day: frame().writer().calendar(day, year=False)
    env.filters["fingerprint"] = lambda text, ends=2: frame().writer().print(text, ends)
    env.globals.update(
        static=statics.address,
        gauge=gauge,
        other_language=_other_language,
        form_field=lambda: frame().form_field(),
        terminal_looks=words.TERMINAL,
        pairing_looks=words.PAIRING,
        event_looks=words.EVENT,
        card_looks=words.CARD,
        result_looks=words.RESULT,
        receipt_looks=words.RECEIPT,
        line_words=words.LINE,
        part_words=words.PART,
        part_hints=words.PART_HINT,
        check_words=words.CHECK,
        todo_looks=words.TODO_LOOK,
        step_words=words.STEP,
        step_hints=words.STEP_HINT,
        step_commands=words.STEP_COMMAND,
        mistakes=words.MISTAKES,
        import_causes=words.IMPORT_CAUSES,
        role_words=words.ROLES,
        class_words=words.CLASSES,
    )
    app.context_processor(_frame_values)


def _written(name: str) -> Callable[..., str]:
    def write(value: Any, *rest: Any) -> str:
        text: str = getattr(frame().writer(), name)(value, *rest)
        return text

    return write


def _frame_values() -> dict[str, Any]:
    pages = frame()
    if "shell" not in g:
        g.shell = pages.office.shell()
    return {
        "shell": g.shell,
        "language": pages.language(),
        "theme": pages.theme(),
        "person": pages.person(),
        "here": _here(),
    }
