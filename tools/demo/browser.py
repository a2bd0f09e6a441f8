"""A person at the pages: a real Chromium that logs in, reloads a card and takes pictures."""

from __future__ import annotations

import re
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tools.demo.people import ADMIN, Card
from tools.demo.telling import StoryError, must

CHROMIUM: Final = Path("/usr/bin/chromium")
DESKTOP: Final = ViewportSize(width=1280, height=900)
PHONE: Final = ViewportSize(width=390, height=844)


class Browser:
    """One browser for the whole story; pictures go to a folder."""

    def __init__(self, address: str, pictures: Path) -> None:
        if not CHROMIUM.exists():
            raise StoryError("the pages need a browser: apt install chromium")
        self._address, self._pictures = address, pictures
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
        )
        self._admin = self._browser.new_page(viewport=DESKTOP, locale="fr-FR")
        self._holder = self._browser.new_page(viewport=PHONE, locale="fr-FR")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._browser.close()
        self._playwright.stop()

    def open_account(self, link: str) -> None:
        """Use the one-time link that `node init` printed."""
        name, email, password = ADMIN
        self._admin.goto(link)
        for field, value in (("name", name), ("email", email), ("password", password)):
            self._admin.fill(f"input[name={field}]", value)
        self._admin.fill("input[name=again]", password)
        self._send(self._admin, "main button.primary")
        must("/welcome" not in self._admin.url, f"no account was opened: {self._admin.url}")

    def log_in(self) -> None:
        """Log in again, as one must after a year."""
        _, email, password = ADMIN
        self._admin.goto(f"{self._address}/login")
        self._admin.fill("input[name=email]", email)
        self._admin.fill("input[name=password]", password)
        self._send(self._admin, "main button.primary")
        must("/login" not in self._admin.url, "the login was refused")

    def picture(self, path: str, name: str) -> str:
        """Take a picture of an admin page, and give its heading."""
        self._admin.goto(self._address + path)
        must("/login" not in self._admin.url, f"{path} asks for a login")
        return self._take(self._admin, name)

    def reload_card(self, card: Card, euros: int) -> str:
        """Scan the card's QR link, choose an amount, pay at the stand-in; give the receipt."""
        page = self._holder
        page.goto(f"{self._address}/qr/{card.token}")
        self._take(page, "web-card-holder")
        self._send(page, f"button[name=amount][value='{euros * 100}']")
        self._take(page, "web-stand-in")
        page.click("button[name=act][value=pay]")
        page.wait_for_url(re.compile("/receipt"))
        self._take(page, "web-receipt")
        return page.inner_text("main")

    @staticmethod
    def _send(page: Page, button: str) -> None:
        """Press a button and wait for the page that answers, however long the node thinks."""
        with page.expect_navigation():
            page.click(button)

    def _take(self, page: Page, name: str) -> str:
        page.screenshot(path=self._pictures / f"{name}.png", full_page=True)
        return page.inner_text("h1")
