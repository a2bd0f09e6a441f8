"""Terminals: list, one, pair, revoke."""

from flask import Blueprint, abort, request

from server.web import drawings
from server.web.frame import Answer, _, frame, go, me, office, say, show, why_not
from server.web.guards import members_only, once
from server.web.port import Done, Mistakes, NotDone, Refusal
from server.web.views.common import Money

page = Blueprint("terminals", __name__)
members_only(page)
REASONS = ("stolen", "broken", "end")


@page.get("/terminals")
def terminals() -> Answer:
    """List terminals, filtered by `show`."""
    view = office().terminals()
    chosen = request.args.get("show", "")
    rows = [
        row
        for row in view.rows
        if (not row.in_service if chosen == "revoked" else row.in_service)
        and (chosen != "care" or row.needs_care)
    ]
    return show("terminals.html", view=view, rows=rows, show=chosen)


@page.get("/terminals/<terminal>")
def terminal(terminal: str) -> Answer:
    """Show one terminal."""
    view = office().terminal(terminal)
    if view is None:
        abort(404)
    known = view.row.unsent_money.amount if view.row.unsent_money else 0
    left = Money(max(0, view.cap.amount - known), view.cap.asset) if view.cap else None
    chart = drawings.autonomy(view, frame().writer())
    return show("terminal.html", view=view, left=left, chart=chart)


# ---------- pairing ----------


@page.get("/terminals/pair")
def pair() -> Answer:
    """Show the form that asks for a code."""
    return _pair_form({"name": "", "place": ""}, {})


def _pair_form(form: dict[str, str], errors: dict[str, str], status: int = 200) -> Answer:
    places = office().places()
    options = [(place.id, place.name) for place in places]
    return show("pair.html", status, places=places, options=options, form=form, errors=errors)


@page.post("/terminals/pair")
@once
def start_pairing() -> Answer:
    """Make a code."""
    form = {"name": request.form.get("name", ""), "place": request.form.get("place", "")}
    outcome = office().start_pairing(form["place"], form["name"])
    if isinstance(outcome, Mistakes):
        return _pair_form(form, dict(outcome.fields), 422)
    return go(f"/terminals/pair/{outcome}")


@page.get("/terminals/pair/<pairing>")
def pairing(pairing: str) -> Answer:
    """Show a code and how far the pairing is."""
    view = office().pairing(pairing)
    if view is None:
        abort(404)
    return show("pairing.html", view=view, qr=drawings.qr(_address(), _("QR of this page")))


def _address() -> str:
    """Give where a phone finds this page: behind a proxy that is not what this request says."""
    public = frame().settings.public_address
    return public + request.path if public else request.base_url


@page.post("/terminals/pair/<pairing>")
@once
def cancel_pairing(pairing: str) -> Answer:
    """Make a code worthless."""
    office().cancel_pairing(pairing)
    say("ok", _("The code no longer works."))
    return go("/terminals")


# ---------- revoking ----------


@page.get("/terminals/<terminal>/revoke")
def revocation(terminal: str) -> Answer:
    """Say what revoking would do."""
    return _revoke_form(terminal, {"reason": "stolen"}, {})


def _revoke_form(
    terminal: str, form: dict[str, str], errors: dict[str, str], status: int = 200
) -> Answer:
    view = office().revocation(terminal)
    if view is None:
        return go(f"/terminals/{terminal}")
    return show("revoke.html", status, view=view, form=form, errors=errors)


@page.post("/terminals/<terminal>/revoke")
@once
def revoke(terminal: str) -> Answer:
    """Revoke after the password was given again."""
    reason = request.form.get("reason", "")
    reason = reason if reason in REASONS else "stolen"
    if not office().password_is_right(me(), request.form.get("password", "")):
        return _revoke_form(terminal, {"reason": reason}, {"password": "password_wrong"}, 422)
    outcome = office().revoke(terminal, reason)
    match outcome:
        case Done():
            say("ok", _("Revoked."), _("What it sends from now on will be disputed."))
        case NotDone(Refusal.ALREADY):
            say("info", _("It was already revoked."))
        case NotDone() as refused:
            say("danger", _("Not revoked."), why_not(refused))
    return go(f"/terminals/{terminal}")
