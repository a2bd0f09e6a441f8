"""The first page and the node's health."""

from flask import Blueprint

from server.web import drawings
from server.web.frame import Answer, frame, office, show
from server.web.guards import members_only
from server.web.views.overview import Setup

page = Blueprint("home", __name__)
members_only(page)


@page.get("/")
def overview() -> Answer:
    """Show the day, or the check list of a node that cannot sell yet."""
    view = office().overview()
    if isinstance(view, Setup):
        return show("setup.html", view=view)
    heads = [(asset.name, "right") for asset in view.assets]
    charts = drawings.day(view, frame().writer())
    return show("overview.html", view=view, charts=charts, money_heads=heads)


@page.get("/health")
def health() -> Answer:
    """Show what the node watches."""
    return show("health.html", view=office().health())
