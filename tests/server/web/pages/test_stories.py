"""Stories over plain HTTP: what a browser without scripts can do, and what it cannot."""

import io
import re
from collections.abc import Mapping
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.web.frame import SESSION_COOKIE
from server.web.guards import ONCE, local_path
from server.web.views.public import ReceiptState
from tools.screenshots import web
from tools.screenshots.office import CLAIRE, MemoryOffice

PASSWORD = "une phrase de passe"


class Visitor:
    """Somebody with a browser: keeps cookies, sends the hidden field of the page they are on."""

    def __init__(self, office: MemoryOffice, *, member: bool = False, language: str = "en") -> None:
        self.office = office
        self.app = web.sample_app(office)
        self.client: FlaskClient = self.app.test_client()
        self.client.set_cookie("lang", language)
        if member:
            office.sessions["claire"] = CLAIRE
            self.client.set_cookie(SESSION_COOKIE, "claire")
        self.page: TestResponse | None = None

    def see(self, path: str) -> str:
        self.page = self.client.get(path, follow_redirects=True)
        return self.text

    @property
    def text(self) -> str:
        assert self.page is not None
        body = re.sub(
            r"<(script|svg|title).*?</\1>", "", self.page.get_data(as_text=True), flags=re.DOTALL
        )
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    def hidden(self, action: str) -> str:
        assert self.page is not None
        body = self.page.get_data(as_text=True)
        form = re.search(rf'action="{re.escape(action)}"[^>]*><input[^>]*value="([^"]+)"', body)
        assert form, f"no form to {action}"
        return form.group(1)

    def send(self, action: str, fields: Mapping[str, object], *, follow: bool = True) -> str:
        data = {"_form": self.hidden(action), **fields}
        self.page = self.client.post(
            action, data=data, follow_redirects=follow, content_type="multipart/form-data"
        )
        return self.text


@pytest.fixture
def office() -> MemoryOffice:
    return web.prepared_office()


@pytest.fixture
def claire(office: MemoryOffice) -> Visitor:
    return Visitor(office, member=True)


# ---------- doors ----------


def test_member_pages_lead_to_the_login_and_back(office: MemoryOffice) -> None:
    visitor = Visitor(office)
    for path in web.MEMBER_PAGES.values():
        answer = visitor.client.get(path)
        assert answer.status_code == 303
        assert answer.location.startswith("/login")
    visitor.see("/terminals/bar-2")
    visitor.send("/login?next=%2Fterminals%2Fbar-2", {"email": CLAIRE.email, "password": PASSWORD})
    assert visitor.page is not None
    assert visitor.page.request.path == "/terminals/bar-2"


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil", "", "x"])
def test_nobody_is_led_to_another_site(path: str) -> None:
    assert local_path(path) == "/"


def test_a_wrong_password_says_nothing_about_the_address(office: MemoryOffice) -> None:
    visitor = Visitor(office)
    visitor.see("/login")
    known = visitor.send("/login", {"email": CLAIRE.email, "password": "x"})
    unknown = visitor.send("/login", {"email": "nobody@example.org", "password": "x"})
    assert "Wrong address or password." in known
    assert "4 tries left" in known
    assert known.replace(CLAIRE.email, "") == unknown.replace("nobody@example.org", "")


def test_after_five_tries_there_is_a_pause(office: MemoryOffice) -> None:
    visitor = Visitor(office)
    visitor.see("/login")
    for _ in range(5):
        visitor.send("/login", {"email": CLAIRE.email, "password": "x"})
    text = Visitor.text.fget(visitor)  # type: ignore[attr-defined]  # a property's getter
    assert "A pause of 15 minutes begins now." in text
    text = visitor.send("/login", {"email": CLAIRE.email, "password": PASSWORD})
    assert visitor.page is not None
    assert visitor.page.status_code == 429
    assert "Slowly: too many tries" in text
    assert visitor.page.headers["Retry-After"] == "900"


def test_the_first_admin_comes_by_a_link_that_works_once(office: MemoryOffice) -> None:
    visitor = Visitor(office)
    visitor.see("/welcome/premier-lien")
    form = {"name": "Soizic", "email": "soizic", "password": "short", "again": "other"}
    text = visitor.send("/welcome/premier-lien", form)
    assert "Use at least 12 characters" in text
    assert "Write an address like" in text
    good = {**form, "email": "s@example.org", "password": "p" * 12, "again": "p" * 12}
    text = visitor.send("/welcome/premier-lien", good)
    assert "Your account is open." in text
    assert "Soizic" in text
    visitor.see("/welcome/premier-lien")
    assert visitor.page is not None
    assert visitor.page.status_code == 404


def test_logging_out_ends_the_session(claire: Visitor) -> None:
    claire.see("/")
    assert "You are logged out." in claire.send("/logout", {})
    assert claire.office.sessions == {}


# ---------- forms ----------


def test_every_form_is_guarded_and_has_a_page_of_its_own(claire: Visitor) -> None:
    rules = list(claire.app.url_map.iter_rules())
    seen = {rule.rule for rule in rules if "GET" in (rule.methods or ())}
    for rule in rules:
        if "POST" in (rule.methods or ()):
            assert getattr(claire.app.view_functions[rule.endpoint], ONCE, False), rule
            assert rule.rule in seen, rule


@pytest.mark.parametrize("field", ["", "forged.1.00", None])
def test_a_form_of_another_site_has_no_effect(claire: Visitor, field: str | None) -> None:
    data = {"password": PASSWORD} | ({} if field is None else {"_form": field})
    answer = claire.client.post("/terminals/bar-2/revoke", data=data, follow_redirects=True)
    assert claire.office.acts[4:] == []
    assert "This page had expired." in answer.get_data(as_text=True)


def test_a_form_sent_twice_has_one_effect_and_one_destination(claire: Visitor) -> None:
    claire.see("/terminals/bar-2/revoke")
    action = "/terminals/bar-2/revoke"
    data = {"_form": claire.hidden(action), "password": PASSWORD, "reason": "stolen"}
    first = claire.client.post(action, data=data)
    again = claire.client.post(action, data=data)
    assert first.location == again.location == "/terminals/bar-2"
    assert claire.office.acts[4:] == ["revoke bar-2 stolen"]


# ---------- terminals ----------


def test_pairing_shows_a_code_and_then_the_id_to_compare(claire: Visitor) -> None:
    claire.see("/terminals/pair")
    assert "Fill this in." in claire.send("/terminals/pair", {"name": "", "place": "bar"})
    text = claire.send("/terminals/pair", {"name": "Bar 7", "place": "bar"})
    assert "482 913" in text
    assert "Valid until 22:57, once only." in text
    claire.office.join("c4")
    assert "MOUL 4417" in claire.see("/terminals/pair/c4")


def test_revoking_states_its_consequences_and_wants_the_password(claire: Visitor) -> None:
    text = claire.see("/terminals/bar-2/revoke")
    assert "38 unsent sales, €263.50," in text
    assert "€1,500.00 at most" in text
    text = claire.send("/terminals/bar-2/revoke", {"reason": "broken", "password": "no"})
    assert "This is not your password." in text
    claire.send("/terminals/bar-2/revoke", {"reason": "broken", "password": PASSWORD})
    assert claire.office.acts[-1] == "revoke bar-2 broken"


def test_filters_show_what_they_say(claire: Visitor) -> None:
    assert "Bar 1" not in claire.see("/terminals?show=care")
    assert "Bar 2" not in claire.see("/terminals?show=revoked").split("What does")[0]


# ---------- cards ----------


def test_a_card_file_is_previewed_then_enters_at_once(claire: Visitor) -> None:
    claire.see("/cards/import")
    file = (io.BytesIO(web.CARD_FILE.encode()), "lot.csv")
    text = claire.send("/cards/import", {"file": file})
    assert "3 lines of lot.csv are wrong." in text
    assert "The printed number is not 8 characters" in text
    assert "Import 2 cards" not in text
    assert len(claire.office.cards_) == 4
    claire.see("/cards/import/i2")
    text = claire.send("/cards/import/i2", {})
    assert "2 cards registered." in text
    assert len(claire.office.cards_) == 6


def test_blocking_a_card_says_who_knows_it(claire: Visitor) -> None:
    assert "Its money waits: €12.50 and 7.00 G" in claire.see("/cards/17D044C2/block")
    text = claire.send("/cards/17D044C2/block", {"password": PASSWORD})
    assert "4 terminals out of 6 know it already." in text
    assert "Bar 2 and Buvette du lac do not know yet" in text


def test_a_search_takes_a_number_however_it_is_grouped(claire: Visitor) -> None:
    assert "8E6B-D7F1" in claire.see("/cards?q=8e6b-d7f1")
    assert "No card for “ZZZZ”" in claire.see("/cards?q=ZZZZ")


# ---------- products and team ----------


def test_a_price_with_a_mistake_keeps_what_was_typed(claire: Visitor) -> None:
    claire.see("/products?edit=p2")
    form = {"name": "Cidre", "category": "Bières", "price": "3,5O", "vat": "2000"}
    text = claire.send("/products/p2", form)
    assert "Write a price like 3.50." in text
    assert claire.page is not None
    assert 'value="3,5O"' in claire.page.get_data(as_text=True)
    text = claire.send("/products/p2", {**form, "price": "3,60"})
    assert "“Cidre” is saved. 4 terminals out of 6 have it already." in text
    assert claire.office.acts[-1] == "product Cidre 360"


def test_somebody_needs_a_pin_or_a_card(claire: Visitor) -> None:
    claire.see("/team?edit=new")
    form = {"name": "Léa", "role": "seller", "pin": "", "card": "", "until": ""}
    assert "Give a PIN or a staff card." in claire.send("/team/new", form)
    assert "Léa is saved." in claire.send("/team/new", {**form, "pin": "4812"})


# ---------- people with a card ----------


def test_a_card_page_shows_no_balance_and_no_name(office: MemoryOffice) -> None:
    text = Visitor(office).see(f"/qr/{web.CARD_LINK}")
    assert "€10 €20 €30 €50" in text
    assert "12.50" not in text
    assert "7.00" not in text


def test_another_amount_within_the_limits(office: MemoryOffice) -> None:
    visitor, action = Visitor(office), f"/qr/{web.CARD_LINK}"
    visitor.see(action)
    assert "Write an amount like" in visitor.send(action, {"other": "4"})
    assert "Paid. Being recorded…" in visitor.send(action, {"other": "12,50"})
    assert office.acts[-1] == "reload 17D044C2 1250 en"


@pytest.mark.parametrize(
    "state, words",
    [
        (ReceiptState.RECORDED, "Done: €20.00 added."),
        (ReceiptState.HELD, "Paid, but set aside."),
        (ReceiptState.CANCELLED, "Nothing was paid."),
        (ReceiptState.WAITING, "The payment is not confirmed yet."),
    ],
)
def test_each_state_of_a_payment(office: MemoryOffice, state: ReceiptState, words: str) -> None:
    office.settle("cs_2", state)
    assert words in Visitor(office).see(f"/qr/{web.CARD_LINK}/receipt?session=cs_2")


def test_a_receipt_needs_its_card(office: MemoryOffice) -> None:
    visitor = Visitor(office)
    visitor.see(f"/qr/{web.BLOCKED}/receipt?session=cs_1")
    assert visitor.page is not None
    assert visitor.page.status_code == 404


def test_a_blocked_card_offers_a_contact_and_no_amounts(office: MemoryOffice) -> None:
    text = Visitor(office).see(f"/qr/{web.BLOCKED}")
    assert "This card is blocked" in text
    assert "bonjour@nuitsdumoulin.example" in text
    assert "€20" not in text


def test_guessing_links_is_slowed_down(office: MemoryOffice) -> None:
    visitor = Visitor(office)
    codes = [visitor.client.get(f"/qr/guess-{k}").status_code for k in range(32)]
    assert codes == [404] * 30 + [429] * 2


def test_a_printed_number_leads_to_its_card(office: MemoryOffice) -> None:
    visitor = Visitor(office)
    visitor.see("/qr")
    assert "No card has this number." in visitor.send("/qr", {"number": "0000-0000"})
    assert "How much do you want to add?" in visitor.send("/qr", {"number": "17d0-44c2"})


# ---------- everywhere ----------


@pytest.mark.parametrize("path", ["/", "/login", "/nothing", f"/qr/{web.CARD_LINK}"])
def test_security_headers_are_on_every_answer(claire: Visitor, path: str) -> None:
    headers = claire.client.get(path).headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_static_files_are_kept_for_a_year_under_their_hash(claire: Visitor) -> None:
    page = claire.client.get("/public").get_data(as_text=True)
    address = re.search(r'href="(/static/\w+/app.css)"', page)
    assert address
    answer = claire.client.get(address.group(1))
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert claire.client.get("/static/000000000000/app.css").status_code == 404


def test_the_stand_in_is_named_on_every_page(claire: Visitor) -> None:
    everything = {**web.MEMBER_PAGES, **web.PUBLIC_PAGES}
    for path in everything.values():
        assert "Test payment: no real money." in claire.see(path), path
    claire.office.stand_in = False
    assert "Test payment" not in claire.see("/")


def test_no_page_has_inline_style_or_script(claire: Visitor) -> None:
    for path in (*web.MEMBER_PAGES.values(), *web.PUBLIC_PAGES.values()):
        body = claire.client.get(path).get_data(as_text=True)
        assert "<script" not in body
        assert " style=" not in body
        assert " onclick" not in body
        assert "http://" not in body.replace("http://localhost", "")


def test_a_failure_promises_nothing_and_has_a_reference(claire: Visitor) -> None:
    def broken() -> None:
        raise RuntimeError

    claire.office.melting = broken  # type: ignore[method-assign,assignment]  # a broken office
    text = claire.see("/melt")
    assert claire.page is not None
    assert claire.page.status_code == 500
    assert "done in full or not at all" in text
    assert re.search(r"reference 22:47-[0-9A-F]{4}", text)


def test_other_methods_and_unknown_paths_are_pages(claire: Visitor) -> None:
    assert "This page does not exist" in claire.see("/no/such/page")
    assert claire.client.put("/cards").status_code == 405


def test_a_fresh_node_shows_what_is_missing() -> None:
    visitor = Visitor(web.prepared_office(fresh=True), member=True)
    text = visitor.see("/")
    assert "Welcome. 3 steps before the first sale." in text
    for path in web.FRESH_PAGES.values():
        visitor.see(path)
        assert visitor.page is not None
        assert visitor.page.status_code == 200


def test_the_browser_language_is_taken_until_somebody_chooses(office: MemoryOffice) -> None:
    client = web.sample_app(office).test_client()
    english = client.get("/login", headers={"Accept-Language": "en-GB,en"})
    other = client.get("/login", headers={"Accept-Language": "de"})
    assert 'lang="en"' in english.get_data(as_text=True)
    assert '<html lang="fr"' in other.get_data(as_text=True)
