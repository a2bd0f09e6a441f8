"""Sales, currencies, melt, reserve."""

from flask import Blueprint, request

from server.web import drawings
from server.web.frame import Answer, frame, office, show
from server.web.guards import members_only
from server.web.views.common import Money

page = Blueprint("money", __name__)
members_only(page)


@page.get("/sales")
def sales() -> Answer:
    """List sales, newest first."""
    return show("sales.html", view=office().sales(request.args.get("before", "")))


@page.get("/assets")
def assets() -> Answer:
    """Show each currency and where it is."""
    writer = frame().writer()
    views = [(view, drawings.whereabouts(view, writer)) for view in office().assets()]
    return show("assets.html", views=views)


@page.get("/melt")
def melt() -> Answer:
    """Show each melt rule and what it has done."""
    writer = frame().writer()
    return show("melt.html", pages=[drawings.melt(view, writer) for view in office().melting()])


@page.get("/reserve")
def reserve() -> Answer:
    """Show tokens and euros face to face."""
    view = office().reserve()
    if view is None:
        return show("reserve.html", view=None)
    writer, asset = frame().writer(), view.asset
    short = Money(view.outstanding - view.backing, asset)
    covered = 10_000 if not view.outstanding else view.backing * 10_000 // view.outstanding
    return show(
        "reserve.html",
        view=view,
        covered=covered,
        short=writer.money(short),
        outstanding=writer.money(Money(view.outstanding, asset)),
        backing=writer.money(Money(view.backing, asset)),
        chart=drawings.balance(view, writer),
    )
