"""Logging in and out, one-time links, forms that work once."""

import pytest

from server.web.guards import ONCE, local_path
from tests.server.web.pages.visitor import PASSWORD, Visitor
from tools.screenshots import web
from tools.screenshots.office import CLAIRE, MemoryOffice


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


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "/\t/evil.example", "/a\nb", "https://evil", "", "x"],
)
def test_nobody_is_led_to_another_site(path: str) -> None:
    assert local_path(path) == "/"


@pytest.mark.parametrize("path", ["/%09/evil.example?lang=en", "/%0a/evil.example?lang=en"])
def test_the_other_language_leads_to_no_other_site(office: MemoryOffice, path: str) -> None:
    assert Visitor(office).client.get(path).location == "/"


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
