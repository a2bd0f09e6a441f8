"""What every page of one application shares: the office, the clock, the forms, the language.

`Frame` is made once by `create_pages` and kept in the application.  For each request it works out
the visitor's language and theme, who is logged in, and gives templates their writer.  It is the one
place that touches cookies.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import (
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
)
from werkzeug.wrappers import Response as AnyResponse

from server.limits import RateLimit
from server.web import words
from server.web.forms import FIELD, Forms
from server.web.port import NotDone, Office
from server.web.settings import LANGUAGES, PageSettings
from server.web.statics import Statics
from server.web.translations import translations
from server.web.views.common import Person
from server.web.writer import Writer
from shared.amounts import Language

EXTENSION: Final = "tirelire.pages"
SESSION_COOKIE: Final = "tirelire_session"
YEAR_SECONDS: Final = 365 * 86_400
THEMES: Final = ("light", "dark")
SEE_OTHER: Final = 303

Answer = str | Response | AnyResponse | tuple[str, int]


@dataclass(slots=True, kw_only=True)
class Frame:
    """The pages' shared parts."""

    office: Office
    settings: PageSettings
    now_ms: Callable[[], int]
    forms: Forms
    lookups: RateLimit
    payments: RateLimit
    statics: Statics

    # ---------- language and theme ----------

    def language(self) -> Language:
        """Give the visitor's language: their choice, else their browser's, else the node's."""
        chosen = request.cookies.get("lang")
        for language in LANGUAGES:
            if chosen == language:
                return language
        asked = request.accept_languages.best_match(LANGUAGES)
        return next((each for each in LANGUAGES if each == asked), self.settings.language)

    def writer(self) -> Writer:
        """Give the writer of this request."""
        if "writer" not in g:
            language = self.language()
            zone = ZoneInfo(self.settings.zone)
            g.writer = Writer(language, zone, self.now_ms(), translations(language))
        writer: Writer = g.writer
        return writer

    def theme(self) -> str:
        """Give the chosen theme, or nothing: then the system decides."""
        chosen = request.cookies.get("theme", "")
        return chosen if chosen in THEMES else ""

    def keep(self, answer: AnyResponse, name: str, value: str) -> None:
        """Set or clear a preference cookie."""
        if value:
            answer.set_cookie(
                name, value, max_age=YEAR_SECONDS, secure=self.settings.https, samesite="Lax"
            )
        else:
            answer.delete_cookie(name)

    # ---------- who is there ----------

    def person(self) -> Person | None:
        """Give who is logged in."""
        if "person" not in g:
            token = request.cookies.get(SESSION_COOKIE, "")
            g.person = self.office.person(token) if token else None
        person: Person | None = g.person
        return person

    def enter(self, answer: AnyResponse, token: str) -> None:
        """Give the browser its session."""
        answer.set_cookie(
            SESSION_COOKIE, token, httponly=True, secure=self.settings.https, samesite="Lax"
        )

    def leave(self, answer: AnyResponse) -> None:
        """End the browser's session."""
        self.office.logout(request.cookies.get(SESSION_COOKIE, ""))
        answer.delete_cookie(SESSION_COOKIE)

    def visitor(self) -> str:
        """Give what binds a form to this browser: its session, else a random cookie."""
        if self.person():
            return request.cookies[SESSION_COOKIE]
        if "visitor" not in session:
            session["visitor"] = secrets.token_urlsafe(16)
        return str(session["visitor"])

    def form_field(self) -> str:
        """Make the hidden field's value for one form on this page."""
        return self.forms.issue(self.visitor())

    def form_key(self) -> str | None:
        """Give the one-use key of the form being sent, if it is one of ours."""
        return self.forms.open(self.visitor(), request.form.get(FIELD, ""))


def frame() -> Frame:
    """Give the frame of the running application."""
    found: Frame = current_app.extensions[EXTENSION]
    return found


def office() -> Office:
    """Give the office of the running application."""
    return frame().office


def me() -> Person:
    """Give who is logged in, on a page that demands it."""
    person = frame().person()
    if person is None:
        abort(401)
    return person


def _(message: str, **values: object) -> str:
    """Translate a message and fill it in; for flashes and titles made in Python."""
    return frame().writer().gettext(message) % values


def n_(one: str, many: str, count: int, **values: object) -> str:
    """Translate a message that depends on a number."""
    writer = frame().writer()
    return writer.ngettext(one, many, count) % {"n": writer.number(count), **values}


def listed(names: Sequence[str]) -> str:
    """Write a list as people say it: `a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s", first=", ".join(names[:-1]), last=names[-1])


def show(template: str, status: int = 200, **values: Any) -> Answer:
    """Render a page."""
    return render_template(template, **values), status


def go(location: str) -> AnyResponse:
    """Send the browser on with a GET."""
    return redirect(location, SEE_OTHER)


def why_not(outcome: NotDone) -> str:
    """Say why an act was not done, with the ledger's own reason if it has one."""
    reason = words.code(outcome.detail, frame().language()) if outcome.detail else ""
    return f"{_(words.REFUSALS[outcome.why])} {reason}".strip()


def say(level: str, title: str, text: str = "") -> None:
    """Show a message at the top of the next page."""
    flash((title, text), level)  # type: ignore[arg-type]  # flask keeps any JSON value


def address() -> str:
    """Give the caller's address, the key of rate limits."""
    return request.remote_addr or "?"
