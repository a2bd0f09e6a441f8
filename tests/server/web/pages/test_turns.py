"""The smaller turns of every story."""

import io

import pytest

from server.app import create_app
from server.web.port import NotDone, Refusal
from server.web.settings import PageSettings
from tests.server.web.pages.visitor import PASSWORD, Visitor
from tools.screenshots import web
from tools.screenshots.office import MemoryOffice


def test_a_code_that_was_cancelled_no_longer_shows(claire: Visitor) -> None:
    claire.see("/terminals/pair/c1")
    assert "The code no longer works." in claire.send("/terminals/pair/c1", {})
    text = claire.see("/terminals/pair/c1")
    assert "482 913" not in text
    assert "Ask for another code" in text


@pytest.mark.parametrize(
    "path",
    ["/terminals/x", "/terminals/pair/x", "/cards/X", "/cards/X/block", "/chain/999", "/qr/x"],
)
def test_what_does_not_exist_is_a_404(claire: Visitor, path: str) -> None:
    assert claire.client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path, to",
    [
        ("/terminals/bar-3/revoke", "/terminals/bar-3"),
        ("/cards/8E6BD7F1/block", "/cards/8E6BD7F1"),
        ("/cards/import/x", "/cards/import"),
        ("/products/p1", "/products?edit=p1#edit"),
        ("/team/o1", "/team?edit=o1#edit"),
        ("/login?next=/cards", "/cards"),
        ("/preferences", "/"),
    ],
)
def test_pages_that_lead_elsewhere(claire: Visitor, path: str, to: str) -> None:
    assert claire.client.get(path).location == to


def test_blocking_with_a_wrong_password_changes_nothing(claire: Visitor) -> None:
    claire.see("/cards/17D044C2/block")
    text = claire.send("/cards/17D044C2/block", {"password": "x"})
    assert "This is not your password." in text
    assert claire.office.acts[4:] == []


def test_refusals_come_with_the_ledgers_reason(claire: Visitor) -> None:
    def refused(*_words: str) -> NotDone:
        return NotDone(Refusal.LEDGER, "not_authorised")

    claire.office.revoke = claire.office.block_card = refused  # type: ignore[method-assign,assignment]  # a ledger that refuses
    claire.office.import_cards = refused  # type: ignore[method-assign,assignment]  # same
    claire.see("/terminals/bar-2/revoke")
    text = claire.send("/terminals/bar-2/revoke", {"password": PASSWORD})
    assert "Not revoked. The ledger refused. Nothing has changed." in text
    claire.see("/cards/17D044C2/block")
    assert "Not blocked." in claire.send("/cards/17D044C2/block", {"password": PASSWORD})
    claire.see("/cards/import/i2")
    assert "Nothing was imported." in claire.send("/cards/import/i2", {})


def test_revoking_twice_says_so(claire: Visitor) -> None:
    claire.see("/terminals/bar-2/revoke")
    field = claire.hidden("/terminals/bar-2/revoke")
    claire.office.revoke("bar-2", "end")
    data = {"_form": field, "password": PASSWORD}
    answer = claire.client.post("/terminals/bar-2/revoke", data=data, follow_redirects=True)
    assert "It was already revoked." in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "file, words",
    [(None, "Choose a file."), (b"\xff\xfe", "This file is not UTF-8 text.")],
)
def test_a_file_that_is_none(claire: Visitor, file: bytes | None, words: str) -> None:
    claire.see("/cards/import")
    fields = {} if file is None else {"file": (io.BytesIO(file), "x.csv")}
    assert words in claire.send("/cards/import", fields)


def test_a_catalogue_file(claire: Visitor) -> None:
    claire.see("/products/import")
    assert "Choose a file." in claire.send("/products/import", {})
    bad = (io.BytesIO(b"[[product]]\nname='A'"), "x.toml")
    text = claire.send("/products/import", {"file": bad})
    assert "This file is not TOML of products and team." in text
    assert "product 1: category (required), price (price)" in text
    good = (io.BytesIO(b"[[product]]\nname='A'\ncategory='B'\nprice=1\nvat=20"), "x.toml")
    assert "1 row taken." in claire.send("/products/import", {"file": good})


def test_a_product_goes_off_sale_and_back(claire: Visitor) -> None:
    claire.see("/products?edit=p2")
    assert "Taken off sale." in claire.send("/products/p2/sale", {"on_sale": ""})
    claire.see("/products?edit=p2")
    assert "Back on sale." in claire.send("/products/p2/sale", {"on_sale": "1"})


def test_access_ends_at_once(claire: Visitor) -> None:
    claire.see("/team?edit=o1")
    assert "Access ended." in claire.send("/team/o1/end", {})
    assert not claire.office.team_["o1"].active


def test_a_chain_is_verified_on_demand(claire: Visitor) -> None:
    claire.see("/chain")
    assert "No block has come since." in claire.send("/chain", {})
    assert len(claire.office.audits) == 4


def test_a_theme_is_kept_and_an_unknown_one_is_none(claire: Visitor) -> None:
    claire.see("/cards")
    claire.send("/preferences", {"theme": "dark", "back": "/cards"})
    assert claire.page is not None
    assert 'data-theme="dark"' in claire.page.get_data(as_text=True)
    claire.send("/preferences", {"theme": "pink", "back": "//evil.example"})
    assert claire.page.request.path == "/"
    assert "data-theme" not in claire.page.get_data(as_text=True)


def test_payments_are_slowed_down_and_refusals_are_said(office: MemoryOffice) -> None:
    visitor, action = Visitor(office), f"/qr/{web.CARD_LINK}"
    visitor.see(action)
    office.start_reload = lambda *_words: NotDone(Refusal.AMOUNT)  # type: ignore[method-assign]  # a full wallet
    assert "This card cannot take that much now." in visitor.send(action, {"amount": "2000"})
    office.start_reload = lambda *_words: NotDone(Refusal.PAYMENT_DOWN)  # type: ignore[method-assign]  # no answer
    for _ in range(14):
        assert "The payment page does not answer." in visitor.send(action, {"amount": "2000"})
    assert "Slowly: too many tries" in visitor.send(action, {"amount": "2000"})


def test_a_file_that_is_too_large_is_not_read(claire: Visitor) -> None:
    kind = "multipart/form-data; boundary=x"
    answer = claire.client.post("/cards/import", data=b"x" * 5_200_000, content_type=kind)
    assert answer.status_code == 413
    assert "This file is too large" in answer.get_data(as_text=True)


def test_cookies_are_for_this_site_and_not_for_scripts(office: MemoryOffice) -> None:
    app = create_app(
        office=office,
        settings=PageSettings(secret=b"s" * 32, https=True),
        now_ms=lambda: office.now_ms,
    )
    client = app.test_client()
    page = client.get("/login", base_url="https://node.example")
    cookie = page.headers["Set-Cookie"]
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax"))
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert (
        "form-action 'self' https://checkout.stripe.com;" in page.headers["Content-Security-Policy"]
    )


def test_what_people_type_is_never_markup(claire: Visitor) -> None:
    evil = "<script>alert(1)</script>"
    claire.see("/products?edit=new")
    form = {"name": evil, "category": evil, "price": "1", "vat": "0"}
    claire.send("/products/new", form)
    claire.see("/terminals/pair")
    claire.send("/terminals/pair", {"name": evil, "place": "bar"})
    for path in ("/products", "/terminals/pair/c4", f"/cards?q={evil}", "/products?edit=p8"):
        body = claire.client.get(path).get_data(as_text=True)
        assert "<script" not in body
        assert "&lt;script&gt;" in body or path == "/cards"


def test_the_language_link_leads_nowhere_else(claire: Visitor) -> None:
    path = {"PATH_INFO": "//evil.example/x"}
    answer = claire.client.get("/x?lang=fr", environ_overrides=path)
    assert answer.location == "/evil.example/x"
    answer = claire.client.get("/cards?q=8E&lang=fr")
    assert answer.location == "/cards?q=8E"
