"""What anybody sees, and what holds on every page."""

import re

import pytest

from server.web.views.public import ReceiptState
from tests.server.web.pages.visitor import Visitor
from tools.screenshots import web
from tools.screenshots.office import MemoryOffice


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


def test_an_amount_of_thousands_of_digits_is_no_amount(office: MemoryOffice) -> None:
    visitor, action = Visitor(office), f"/qr/{web.CARD_LINK}"
    visitor.see(action)
    assert "Write an amount like" in visitor.send(action, {"amount": "9" * 5_000})


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
