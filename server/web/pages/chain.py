"""The chain: head, checks, one block."""

from flask import Blueprint, abort

from server.web.frame import Answer, _, go, office, say, show, why_not
from server.web.guards import members_only, once
from server.web.port import NotDone

page = Blueprint("chain", __name__)
members_only(page)


@page.get("/chain")
def chain() -> Answer:
    """Show the newest blocks and the checks."""
    view = office().chain()
    head = view.blocks[0].height if view.blocks else 0
    since = head - view.audits[0].to_height if view.audits else head
    return show("chain.html", view=view, since=since)


@page.post("/chain")
@once
def verify() -> Answer:
    """Rebuild everything from the blocks and compare."""
    outcome = office().audit()
    if isinstance(outcome, NotDone):
        say("warn", _("Not verified."), why_not(outcome))
    return go("/chain")


@page.get("/chain/<int:height>")
def block(height: int) -> Answer:
    """Show one block."""
    view = office().block(height)
    if view is None:
        abort(404)
    return show("block.html", view=view, newer=office().block(height + 1) is not None)
