"""Pictures of the node's pages by a real browser: `python -m tools.screenshots.web DIR [WORD…]`.

Serves the sample office on loopback and photographs each page whose name holds one of the words,
in both languages, both themes, at 1280 and 390 px.  Needs chromium (`apt install chromium`).
"""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from server.app import create_app
from server.web.frame import SESSION_COOKIE
from server.web.settings import PageSettings
from server.web.views.public import ReceiptState
from tools.screenshots.office import CLAIRE, MemoryOffice

CHROMIUM: Final = "/usr/bin/chromium"
WIDTHS: Final = (1280, 390)
THEMES: Final = ("light", "dark")
LANGUAGES: Final = ("fr", "en")
CARD_LINK: Final = "17d044c2-0f77-4e3c-9ef6-047ea6b8726e"
BLOCKED: Final = "8e6bd7f1-0f77-4e3c-9ef6-047ea6b8726e"

MEMBER_PAGES: Final = {
    "overview": "/",
    "terminals": "/terminals",
    "terminals-care": "/terminals?show=care",
    "terminal-offline": "/terminals/bar-2",
    "terminal-synced": "/terminals/bar-1",
    "terminal-never": "/terminals/bar-4",
    "terminal-revoked": "/terminals/bar-3",
    "revoke": "/terminals/bar-2/revoke",
    "pair": "/terminals/pair",
    "pairing": "/terminals/pair/c1",
    "pairing-joined": "/terminals/pair/c2",
    "pairing-cancelled": "/terminals/pair/c3",
    "cards": "/cards?q=8E6B",
    "cards-none": "/cards?q=ZZZZ",
    "card": "/cards/8E6BD7F1",
    "card-new": "/cards/B194AEB9",
    "block-card": "/cards/17D044C2/block",
    "import": "/cards/import",
    "import-wrong": "/cards/import/i1",
    "import-right": "/cards/import/i2",
    "products": "/products",
    "product-edit": "/products?edit=p2",
    "product-new": "/products?edit=new",
    "catalogue-import": "/products/import",
    "team": "/team",
    "team-edit": "/team?edit=o2",
    "sales": "/sales",
    "assets": "/assets",
    "melt": "/melt",
    "reserve": "/reserve",
    "chain": "/chain",
    "block": "/chain/1042",
    "health": "/health",
}
PUBLIC_PAGES: Final = {
    "login": "/login",
    "welcome": "/welcome/premier-lien",
    "public": "/public",
    "find-card": "/qr",
    "holder": f"/qr/{CARD_LINK}",
    "holder-blocked": f"/qr/{BLOCKED}",
    "receipt-recorded": f"/qr/{CARD_LINK}/receipt?session=cs_1",
    "receipt-paid": f"/qr/{CARD_LINK}/receipt?session=cs_2",
    "receipt-held": f"/qr/{CARD_LINK}/receipt?session=cs_3",
    "receipt-cancelled": f"/qr/{CARD_LINK}/receipt?session=cs_4",
    "not-found": "/nothing-here",
}
FRESH_PAGES: Final = {
    "fresh-setup": "/",
    "fresh-terminals": "/terminals",
    "fresh-cards": "/cards",
    "fresh-products": "/products",
    "fresh-team": "/team",
    "fresh-sales": "/sales",
    "fresh-assets": "/assets",
    "fresh-melt": "/melt",
    "fresh-reserve": "/reserve",
    "fresh-chain": "/chain",
}
CARD_FILE: Final = """\
https://nuitsdumoulin.example/qr/b194aeb9-0f77-4e3c-9ef6-047ea6b8726e,B194AEB9,00A24B04
https://nuitsdumoulin.example/qr/4462ad16-54f7-47d9-89ab-e0d5a83baee4,4462AD1,C48D2E3F
https://nuitsdumoulin.example/qr/b24f7780-bfcb-43a9-8f3f-9bc989bdb861,B24F7780,34632BF9
https://nuitsdumoulin.example/qr/b24f7780-bfcb-43a9-8f3f-9bc989bdb861,B24F7780,34632BF9
https://nuitsdumoulin.example/qr/9c01e2aa-3ec6-41f2-a52d-feb9900823a3,9C01E2AA,00A24B04
https://nuitsdumoulin.example/qr/aa0fcfc0-3ec6-41f2-a52d-feb9900823a3,AA0FCFC0,8AA13541
"""


def prepared_office(*, fresh: bool = False) -> MemoryOffice:
    """Give an office in which every page of the lists above has something to show."""
    office = MemoryOffice(fresh=fresh)
    office.sessions["claire"] = CLAIRE
    if fresh:
        return office
    for name in ("Bar 4", "Bar 5", "Bar 6"):
        office.start_pairing("bar", name)
    office.join("c2")
    office.cancel_pairing("c3")
    office.preview_import("cartes-2026-lot2.csv", CARD_FILE.encode())
    good = CARD_FILE.splitlines()
    office.preview_import("cartes-2026-lot3.csv", "\n".join((good[0], good[2], good[5])).encode())
    for amount in (2000, 2000, 3000, 1000):
        office.start_reload(CARD_LINK, amount, "fr")
    office.settle("cs_1", ReceiptState.RECORDED)
    office.settle("cs_3", ReceiptState.HELD)
    office.settle("cs_4", ReceiptState.CANCELLED, None)
    return office


def sample_app(office: MemoryOffice) -> Flask:
    """Make the application over an office."""
    settings = PageSettings(secret=b"of the sample office, not secret", pay_at=())
    return create_app(office=office, settings=settings, now_ms=lambda: office.now_ms)


@contextmanager
def served(app: Flask, port: int = 0) -> Iterator[str]:
    """Serve an application on loopback, on a free port unless one is given; give its address."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield chromium
        finally:
            chromium.close()


def press(page: Page, what: str) -> None:
    """Click on what leads to a page, and wait for that page, however long the server thinks."""
    with page.expect_navigation():
        page.click(what)


def visitor(
    chromium: Browser,
    address: str,
    *,
    member: bool,
    width: int = 1280,
    theme: str = "light",
    language: str = "fr",
    script: bool = True,
) -> Page:
    """Open a page of a visitor with these preferences, logged in if a member."""
    context = chromium.new_context(
        viewport={"width": width, "height": 844 if width < 700 else 800},
        color_scheme="dark" if theme == "dark" else "light",
        java_script_enabled=script,
    )
    cookies = {"lang": language} | ({SESSION_COOKIE: "claire"} if member else {})
    context.add_cookies(
        [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
    )
    return context.new_page()


def main(folder: Path, words: list[str]) -> None:
    """Photograph the pages."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    folder.mkdir(parents=True, exist_ok=True)
    sets = ((False, True, MEMBER_PAGES), (False, False, PUBLIC_PAGES), (True, True, FRESH_PAGES))
    with browser() as chromium:
        for fresh, member, pages in sets:
            chosen = {n: p for n, p in pages.items() if not words or any(w in n for w in words)}
            if not chosen:
                continue
            with served(sample_app(prepared_office(fresh=fresh))) as address:
                _photograph(chromium, address, chosen, folder, member=member)


def _photograph(
    chromium: Browser, address: str, pages: dict[str, str], folder: Path, *, member: bool
) -> None:
    for language in LANGUAGES:
        for theme in THEMES:
            for width in WIDTHS:
                page = visitor(
                    chromium, address, member=member, width=width, theme=theme, language=language
                )
                for name, path in pages.items():
                    page.goto(address + path)
                    file = folder / f"{name}-{language}-{theme}-{width}.png"
                    page.screenshot(path=file, full_page=True)
                page.context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
