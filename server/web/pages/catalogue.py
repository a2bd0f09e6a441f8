"""Products and team, edited in place: a row becomes a form at `?edit=`."""

from collections import Counter
from collections.abc import Mapping

from flask import Blueprint, request

from server.web.frame import Answer, _, frame, go, n_, office, say, show
from server.web.guards import members_only, once
from server.web.port import Done, Mistakes
from server.web.words import ROLES

page = Blueprint("catalogue", __name__)
members_only(page)
VAT_RATES = (0, 210, 550, 1000, 2000)
NEW = "new"


def _told(title: str, done: Done) -> None:
    """Say that a change is kept, and how many terminals have it."""
    text = ""
    if done.of:
        text = n_(
            "%(n)s terminal out of %(all)s has it already.",
            "%(n)s terminals out of %(all)s have it already.",
            done.count,
            all=done.of,
        )
    say("ok", title, text)


# ---------- products ----------


@page.get("/products")
def products() -> Answer:
    """List products; one is a form when `edit` names it."""
    edit = request.args.get("edit", "")
    form = {"name": "", "category": request.args.get("category", ""), "price": "", "vat": "2000"}
    writer = frame().writer()
    for product in office().products():
        if product.id == edit:
            form = {
                "name": product.name,
                "category": product.category,
                "price": writer.decimal(product.price.amount, product.price.asset.scale),
                "vat": str(product.vat_bp),
            }
    return _products(edit, form, {})


def _products(
    edit: str, form: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> Answer:
    writer, everything = frame().writer(), office().products()
    rates = sorted({*VAT_RATES, *(product.vat_bp for product in everything)}, reverse=True)
    return show(
        "products.html",
        status,
        products=everything,
        asset=office().product_asset(),
        categories=list(Counter(product.category for product in everything).items()),
        category=request.args.get("category", "") if not edit else "",
        edit=edit,
        form=form,
        errors=errors,
        vat_options=[(rate, writer.percent(rate)) for rate in rates],
    )


@page.post("/products/<product>")
@once
def save_product(product: str) -> Answer:
    """Write a product."""
    outcome = office().save_product("" if product == NEW else product, request.form)
    if isinstance(outcome, Mistakes):
        return _products(product, request.form, outcome.fields, 422)
    _told(_("“%(name)s” is saved.", name=request.form["name"].strip()), outcome)
    return go("/products")


@page.post("/products/<product>/sale")
@once
def put_on_sale(product: str) -> Answer:
    """Take a product off sale or put it back."""
    on_sale = bool(request.form.get("on_sale"))
    outcome = office().withdraw_product(product, on_sale=on_sale)
    if isinstance(outcome, Done):
        _told(_("Back on sale.") if on_sale else _("Taken off sale."), outcome)
    return go("/products")


@page.get("/products/<product>")
@page.get("/products/<product>/sale")
def product_row(product: str) -> Answer:
    """Answer a reload after a form with mistakes."""
    return go(f"/products?edit={product}#edit")


@page.get("/products/import")
def import_form() -> Answer:
    """Ask for a TOML file."""
    return show("catalogue_import.html", errors={}, detail="")


@page.post("/products/import")
@once
def import_catalogue() -> Answer:
    """Take products and team from a TOML file, all of it or nothing."""
    file = request.files.get("file")
    outcome = office().import_catalogue(file.read()) if file else Mistakes({"file": "file"})
    if isinstance(outcome, Mistakes):
        errors = {"file": outcome.fields["file"]}
        return show(
            "catalogue_import.html", 422, errors=errors, detail=outcome.fields.get("detail", "")
        )
    _told(n_("%(n)s row taken.", "%(n)s rows taken.", outcome.of), Done())
    return go("/products")


# ---------- team ----------


@page.get("/team")
def team() -> Answer:
    """List the team; one person is a form when `edit` names them."""
    edit = request.args.get("edit", "")
    form = {"name": "", "role": "seller", "card": "", "until": ""}
    operator = office().operator(edit) if edit not in ("", NEW) else None
    if operator:
        form = {
            "name": operator.name,
            "role": operator.role,
            "card": operator.card,
            "until": operator.until.isoformat() if operator.until else "",
        }
    return _team(edit, form, {})


def _team(
    edit: str, form: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> Answer:
    return show(
        "team.html",
        status,
        view=office().team(),
        edit=edit,
        form=form,
        errors=errors,
        role_options=[(role, _(word)) for role, word in ROLES.items()],
    )


@page.post("/team/<operator>")
@once
def save_operator(operator: str) -> Answer:
    """Write a person."""
    outcome = office().save_operator("" if operator == NEW else operator, request.form)
    if isinstance(outcome, Mistakes):
        return _team(operator, request.form, outcome.fields, 422)
    _told(_("%(name)s is saved.", name=request.form["name"].strip()), outcome)
    return go("/team")


@page.post("/team/<operator>/end")
@once
def end_access(operator: str) -> Answer:
    """End a person's access."""
    outcome = office().end_access(operator)
    if isinstance(outcome, Done):
        _told(_("Access ended."), outcome)
    return go("/team")


@page.get("/team/<operator>")
@page.get("/team/<operator>/end")
def operator_row(operator: str) -> Answer:
    """Answer a reload after a form with mistakes."""
    return go(f"/team?edit={operator}#edit")
