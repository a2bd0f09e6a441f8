"""Ways in and out: one-time link, login, logout, preferences."""

from flask import Blueprint, abort, request

from server.web.frame import THEMES, Answer, _, address, frame, go, office, say, show
from server.web.guards import local_path, once
from server.web.pages.errors import too_many
from server.web.port import LoggedIn, LoginPaused, Mistakes

page = Blueprint("doors", __name__)


@page.get("/login")
def login() -> Answer:
    """Show the login form."""
    if frame().person():
        return go(local_path(request.args.get("next", "/")))
    return show("login.html", form={"email": ""}, wrong=None, action=_action())


def _action() -> str:
    return request.full_path.rstrip("?")


@page.post("/login")
@once
def try_login() -> Answer:
    """Open a session, or say that address or password is wrong."""
    email = request.form.get("email", "")[:254]
    outcome = office().login(email, request.form.get("password", ""), address())
    if isinstance(outcome, LoginPaused):
        return too_many(outcome.until_ms - frame().now_ms())
    if not isinstance(outcome, LoggedIn):
        return show("login.html", 422, form={"email": email}, wrong=outcome, action=_action())
    answer = go(local_path(request.args.get("next", "/")))
    frame().enter(answer, outcome.token)
    return answer


@page.post("/logout")
@once
def logout() -> Answer:
    """End the session."""
    answer = go("/login")
    frame().leave(answer)
    say("ok", _("You are logged out."))
    return answer


@page.get("/logout")
@page.get("/preferences")
def back_home() -> Answer:
    """Answer a reload of a page that only takes forms."""
    return go("/")


@page.get("/welcome/<token>")
def welcome(token: str) -> Answer:
    """Show the form of a one-time link."""
    if not office().invitation_is_open(token):
        abort(404)
    return show("welcome.html", token=token, form={"name": "", "email": ""}, errors={})


@page.post("/welcome/<token>")
@once
def accept(token: str) -> Answer:
    """Make the account of a one-time link and log it in."""
    outcome = office().accept_invitation(token, request.form)
    if outcome is None:
        abort(404)
    if isinstance(outcome, Mistakes):
        return show("welcome.html", 422, token=token, form=request.form, errors=outcome.fields)
    answer = go("/")
    frame().enter(answer, outcome.token)
    say("ok", _("Your account is open."))
    return answer


@page.post("/preferences")
@once
def preferences() -> Answer:
    """Keep the chosen theme; an unknown one means: follow the system."""
    theme = request.form.get("theme", "")
    answer = go(local_path(request.form.get("back", "/")))
    frame().keep(answer, "theme", theme if theme in THEMES else "")
    return answer
