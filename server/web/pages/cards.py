"""Cards: find, look at, block, import."""

from flask import Blueprint, abort, request

from server.web.frame import Answer, _, go, me, n_, office, say, show, why_not
from server.web.guards import members_only, once
from server.web.port import Done, Mistakes, NotDone
from server.web.views.cards import CardState

page = Blueprint("cards", __name__)
members_only(page)


@page.get("/cards")
def cards() -> Answer:
    """Find cards."""
    return show("cards.html", view=office().cards(request.args.get("q", "").strip()[:40]))


@page.get("/cards/<number>")
def card(number: str) -> Answer:
    """Show one card."""
    view = office().card(number)
    if view is None:
        abort(404)
    return show("card.html", view=view)


@page.get("/cards/<number>/block")
def blocking(number: str) -> Answer:
    """Say what blocking would do."""
    return _block_form(number, {})


def _block_form(number: str, errors: dict[str, str], status: int = 200) -> Answer:
    view = office().card(number)
    if view is None:
        abort(404)
    if view.row.state is CardState.BLOCKED:
        return go(f"/cards/{number}")
    return show("block_card.html", status, view=view, errors=errors)


@page.post("/cards/<number>/block")
@once
def block(number: str) -> Answer:
    """Block after the password was given again."""
    if not office().password_is_right(me(), request.form.get("password", "")):
        return _block_form(number, {"password": "password_wrong"}, 422)
    match office().block_card(number):
        case Done(of=0):
            say("ok", _("Blocked."))
        case Done(count=aware, of=all_):
            text = n_(
                "%(n)s terminal out of %(all)s knows it already.",
                "%(n)s terminals out of %(all)s know it already.",
                aware,
                all=all_,
            )
            say("ok", _("Blocked."), text)
        case NotDone() as refused:
            say("danger", _("Not blocked."), why_not(refused))
    return go(f"/cards/{number}")


# ---------- import ----------


@page.get("/cards/import")
def import_form() -> Answer:
    """Ask for a card file."""
    return show("import.html", view=None, errors={})


@page.post("/cards/import")
@once
def check_file() -> Answer:
    """Check a file and show what it would do."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return show("import.html", 422, view=None, errors={"file": "file"})
    outcome = office().preview_import(file.filename[:120], file.read())
    if isinstance(outcome, Mistakes):
        return show("import.html", 422, view=None, errors=outcome.fields)
    return go(f"/cards/import/{outcome.id}")


@page.get("/cards/import/<preview>")
def preview(preview: str) -> Answer:
    """Show a checked file again."""
    view = office().import_preview(preview)
    if view is None:
        return go("/cards/import")
    return show("import.html", view=view, errors={})


@page.post("/cards/import/<preview>")
@once
def import_cards(preview: str) -> Answer:
    """Register the new cards of a faultless file, or none."""
    match office().import_cards(preview):
        case Done(count=count):
            title = n_("%(n)s card registered.", "%(n)s cards registered.", count)
            say("ok", title, _("They are in the chain; terminals learn them at their next sync."))
            return go("/cards")
        case NotDone() as refused:
            say("danger", _("Nothing was imported."), why_not(refused))
            return go(f"/cards/import/{preview}")
