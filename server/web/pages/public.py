"""Pages without a login: a card's QR link, its receipt, the public figures.

Nobody sees a balance or a name here: a QR link and a printed number are no secrets.  Look-ups and
payments are limited for each caller's address.
"""

from flask import Blueprint, abort, request

from server.web import drawings
from server.web.frame import Answer, _, address, frame, go, office, say, show, why_not
from server.web.guards import once
from server.web.pages.errors import too_many
from server.web.parsing import read_amount
from server.web.port import Redirect, Refusal
from server.web.views.common import Money
from server.web.views.public import HolderPage

page = Blueprint("public", __name__)


@page.get("/public")
def public() -> Answer:
    """Show the public figures."""
    view, writer = office().public(), frame().writer()
    assets = [(asset, drawings.whereabouts(asset, writer)) for asset in view.assets]
    rules = {each.asset.code: drawings.melt_rule(each, writer) for each in view.melts}
    return show("public.html", view=view, assets=assets, melt_rules=rules)


@page.get("/qr")
def find_card() -> Answer:
    """Ask for a printed number."""
    return show("find_card.html", form={"number": ""}, errors={})


@page.post("/qr")
@once
def found_card() -> Answer:
    """Lead from a printed number to the card's page."""
    wait_ms = frame().lookups.wait_ms(address())
    if wait_ms:
        return too_many(wait_ms)
    number = request.form.get("number", "")[:20]
    token = office().find_token(number)
    if not token:
        return show("find_card.html", 422, form={"number": number}, errors={"number": "card"})
    return go(f"/qr/{token}")


@page.get("/qr/<token>")
def holder(token: str) -> Answer:
    """Show a card's page; a wrong link costs a look-up."""
    return _holder_page(_holder(token), {"other": ""}, {})


def _holder(token: str) -> HolderPage:
    view = office().holder(token)
    if view is None:
        if wait_ms := frame().lookups.wait_ms(address()):
            abort(too_many(wait_ms))
        abort(404)
    return view


def _holder_page(
    view: HolderPage, form: dict[str, str], errors: dict[str, str], status: int = 200
) -> Answer:
    return show(
        "holder.html",
        status,
        view=view,
        amounts=[Money(amount, view.asset) for amount in view.amounts],
        least=Money(view.least, view.asset),
        most=Money(view.most, view.asset),
        form=form,
        errors=errors,
    )


@page.post("/qr/<token>")
@once
def reload(token: str) -> Answer:
    """Lead to the payment page for an amount of the buttons, or another one."""
    view = _holder(token)
    other = request.form.get("other", "")[:20]
    chosen = request.form.get("amount", "")[:20]
    amount = int(chosen) if chosen.isdecimal() else read_amount(other, view.asset.scale)
    if amount is None or not view.least <= amount <= view.most:
        return _holder_page(view, {"other": other}, {"other": "amount"}, 422)
    if wait_ms := frame().payments.wait_ms(address()):
        return too_many(wait_ms)
    outcome = office().start_reload(token, amount, frame().writer().language)
    if isinstance(outcome, Redirect):
        return go(outcome.url)
    if outcome.why is Refusal.AMOUNT:
        say("warn", _("This card cannot take that much now."), _("Try a smaller amount."))
    else:
        say("danger", why_not(outcome))
    return go(f"/qr/{token}")


@page.get("/qr/<token>/receipt")
def receipt(token: str) -> Answer:
    """Show how far a payment is; asking again is safe."""
    view = office().receipt(token, request.args.get("session", "")[:200])
    if view is None:
        abort(404)
    return show("receipt.html", view=view)
