"""The pages in a real Chromium: accessible, within the screen, silent under the real policy."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tools.screenshots import web
from tools.screenshots.office import MemoryOffice

pytestmark = pytest.mark.loopback

SETS = {
    "member": (False, True, web.MEMBER_PAGES),
    "public": (False, False, web.PUBLIC_PAGES),
    "fresh": (True, True, web.FRESH_PAGES),
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with web.browser() as started:
        yield started


@pytest.fixture(scope="module", params=list(SETS))
def site(request: pytest.FixtureRequest) -> Iterator[tuple[str, bool, dict[str, str]]]:
    fresh, member, pages = SETS[request.param]
    with web.served(web.sample_app(web.prepared_office(fresh=fresh))) as address:
        yield address, member, dict(pages)


@pytest.fixture
def office() -> MemoryOffice:
    return web.prepared_office()


@pytest.fixture
def address(office: MemoryOffice) -> Iterator[str]:
    with web.served(web.sample_app(office)) as where:
        yield where


IDLE = "new Promise(done => requestIdleCallback(done))"
LEFT = "net::ERR_ABORTED"
OPEN_ALL = "document.querySelectorAll('details').forEach(d => { d.open = true; })"
TOO_WIDE = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.right > document.documentElement.clientWidth + 1 && box.width > 0
    && !e.closest('.blocks, .sample, .sr, .skip, .nav, svg, thead');
}).map(e => e.tagName + '.' + e.className).slice(0, 5)"""


def violations(page: Page) -> list[str]:
    result: Any = Axe().run(page)
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in result.response["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("theme", web.THEMES)
@pytest.mark.parametrize("width", web.WIDTHS)
def test_axe_finds_nothing(
    chromium: Browser, site: tuple[str, bool, dict[str, str]], theme: str, width: int
) -> None:
    address, member, pages = site
    language = "fr" if theme == "light" else "en"
    page = web.visitor(
        chromium, address, member=member, width=width, theme=theme, language=language
    )
    found: dict[str, list[str]] = {}
    for name, path in pages.items():
        page.goto(address + path)
        page.evaluate(OPEN_ALL)
        if problems := violations(page):
            found[name] = problems
    if member and width < 700:
        page.goto(address + "/#menu")
        if problems := violations(page):
            found["menu"] = problems
    page.context.close()
    assert found == {}


def test_no_page_scrolls_sideways(
    chromium: Browser, site: tuple[str, bool, dict[str, str]]
) -> None:
    address, member, pages = site
    page = web.visitor(chromium, address, member=member)
    found: dict[str, object] = {}
    for name, path in pages.items():
        page.goto(address + path)
        page.evaluate(OPEN_ALL)
        for width in (320, 390, 700, 1024, 1152, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            inner = page.evaluate("document.documentElement.scrollWidth")
            if inner > width or (wide := page.evaluate(TOO_WIDE)):
                found[f"{name} at {width}"] = (inner, wide if inner <= width else "scrolls")
    page.context.close()
    assert found == {}


@pytest.mark.parametrize("language", web.LANGUAGES)
def test_the_console_stays_empty(
    chromium: Browser, site: tuple[str, bool, dict[str, str]], language: str
) -> None:
    address, member, pages = site
    page = web.visitor(chromium, address, member=member, language=language)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    failed: set[tuple[str, str | None]] = set()
    page.on("requestfailed", lambda request: failed.add((request.url, request.failure)))
    for name, path in pages.items():
        if name != "not-found":
            page.goto(address + path)
            page.evaluate(IDLE)
    page.context.close()
    left = {
        (url, why) for url, why in failed if why == LEFT
    }  # we went on before the icon was there
    assert (said, failed - left) == ([], set())


def test_touch_targets_are_large_enough(
    chromium: Browser, site: tuple[str, bool, dict[str, str]]
) -> None:
    address, member, pages = site
    page = web.visitor(chromium, address, member=member, width=390)
    small: dict[str, Any] = {}
    script = """() => [...document.querySelectorAll(
      '.btn, .tabs a, input:not([type=hidden]):not(.sr):not([type=radio]), select')]
      .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height])
      .filter(([, height]) => height > 0 && height < 43.5)"""
    for name, path in pages.items():
        page.goto(address + path)
        if found := page.evaluate(script):
            small[name] = found
    page.context.close()
    assert small == {}


def test_the_phone_menu_opens_and_closes_without_script(chromium: Browser, address: str) -> None:
    page = web.visitor(chromium, address, member=True, width=390, script=False)
    page.goto(address + "/")
    assert not page.locator("#menu").is_visible()
    page.click("nav.tabs >> text=Menu")
    assert page.locator("#menu").is_visible()
    page.click("#menu >> text=Fermer")
    assert not page.locator("#menu").is_visible()
    page.context.close()


def test_a_holder_reloads_without_script(
    chromium: Browser, address: str, office: MemoryOffice
) -> None:
    page = web.visitor(chromium, address, member=False, width=390, script=False)
    page.goto(f"{address}/qr/{web.CARD_LINK}")
    web.press(page, "button[value='2000']")
    assert page.url.endswith("receipt?session=cs_5")
    assert "Payé. Inscription en cours…" in page.inner_text("main")
    office.settle("cs_5", office.reloads["cs_1"].state)
    web.press(page, "text=Redemander")
    assert "C’est fait\u00a0: 20,00\u00a0€ ajoutés." in page.inner_text("main")
    assert office.acts[-1] == "reload 17D044C2 2000 fr"
    page.context.close()


def test_a_double_tap_pays_once_and_arrives_once(
    chromium: Browser, address: str, office: MemoryOffice
) -> None:
    page = web.visitor(chromium, address, member=False, width=390)
    page.goto(f"{address}/qr/{web.CARD_LINK}")
    page.dblclick("button[value='3000']")
    page.wait_for_url("**/receipt?session=*")
    assert [act for act in office.acts if act.startswith("reload")][4:] == [
        "reload 17D044C2 3000 fr"
    ]
    page.context.close()


def test_an_admin_revokes_a_terminal_without_script(
    chromium: Browser, address: str, office: MemoryOffice
) -> None:
    page = web.visitor(chromium, address, member=False, script=False, language="en")
    page.goto(address + "/terminals/bar-2")
    assert page.url == f"{address}/login?next=%2Fterminals%2Fbar-2"
    page.fill("#email", "claire@nuitsdumoulin.example")
    page.fill("#password", "une phrase de passe")
    web.press(page, "main button")
    assert page.url == f"{address}/terminals/bar-2"
    web.press(page, "text=Revoke…")
    assert "38 unsent sales, €263.50," in page.inner_text("main")
    page.fill("#password", "wrong")
    web.press(page, "text=Revoke Bar 2 >> nth=-1")
    assert "This is not your password." in page.inner_text("main")
    page.fill("#password", "une phrase de passe")
    web.press(page, "button.danger")
    assert "Revoked." in page.inner_text("[role=status]")
    assert office.acts == [*office.acts[:-1], "revoke bar-2 stolen"]
    page.context.close()


def test_the_theme_is_kept_and_goes_back_to_automatic(chromium: Browser, address: str) -> None:
    page = web.visitor(chromium, address, member=True)
    page.goto(address + "/cards")
    for expected in ("dark", "light", None):
        web.press(page, "form[action='/preferences'] button")
        assert page.url == address + "/cards"
        assert page.get_attribute("html", "data-theme") == expected
    page.context.close()


def test_the_language_link_keeps_the_page(chromium: Browser, address: str) -> None:
    page = web.visitor(chromium, address, member=True)
    page.goto(address + "/cards?q=8E6B")
    web.press(page, "nav >> text=English")
    assert page.url == address + "/cards?q=8E6B"
    assert "2 cards for “8E6B”" in page.inner_text("main")
    page.context.close()


def test_print_opens_every_detail_and_keeps_the_warning(chromium: Browser, address: str) -> None:
    page = web.visitor(chromium, address, member=True, theme="dark")
    page.goto(address + "/reserve")
    page.emulate_media(media="print")
    assert page.locator("details table").is_visible()
    assert page.locator(".standin").is_visible()
    assert not page.locator("nav.nav").is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    page.context.close()
