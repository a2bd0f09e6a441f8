"""The pages on a real node, from the one-time link to a paid reload, in a real Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from server.founding import Plan, found_node
from server.home import Home
from server.node import Node, open_node
from server.payments.settings import PaymentSettings
from shared.host.lock import HomeLock
from tests.server.office.world import CARD_FILE
from tools.demo.proxy import free_port
from tools.screenshots import web

pytestmark = [pytest.mark.loopback, pytest.mark.alone]

LINK = "b194aeb9-0f77-4e3c-9ef6-047ea6b8726e"
PASSWORD = "une phrase de passe"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Node, str, str]]:
    home = Home(tmp_path / "home")
    port = free_port()
    listen = f"127.0.0.1:{port}"
    plan = Plan(
        name="Le Moulin",
        place="Le Bar",
        federated="FED",
        local="GRAIN",
        language="fr",
        listen=listen,
    )
    token = found_node(home, plan).link.rsplit("/", 1)[1]
    with HomeLock(home.path), open_node(home) as node, web.served(node.app(), port) as address:
        yield node, address, token
    assert isinstance(node.settings.payments, PaymentSettings)


def test_from_the_first_link_to_a_paid_reload(site: tuple[Node, str, str], tmp_path: Path) -> None:
    node, address, token = site
    said: list[str] = []
    with web.browser() as chromium:
        page = web.visitor(chromium, address, member=False)
        page.on("console", lambda message: said.append(message.text))
        open_account(page, f"{address}/welcome/{token}")
        assert "Bienvenue. Encore 3 étapes avant la première vente." in page.inner_text("h1")
        add_product(page, address)
        import_cards(page, address, tmp_path)
        pair(page, address)
        holder = web.visitor(chromium, address, member=False, width=390)
        holder.on("console", lambda message: said.append(message.text))
        reload(holder, address)
        page.goto(f"{address}/cards/B194AEB9")
        assert "20,00\u00a0€" in page.inner_text("dl.tiles")
        page.goto(f"{address}/reserve")
        assert "Couvert à 100\u00a0%" in page.inner_text("main")
        page.goto(f"{address}/chain")
        web.press(page, "text=Vérifier maintenant")
        assert "Tout est vérifié" in page.inner_text("main")
        block(page, address)
        page.context.close()
        holder.context.close()
    assert said == []
    assert [row.state for row in node.office.cards("B194").found] == ["blocked"]


def open_account(page: Page, link: str) -> None:
    page.goto(link)
    for name, value in {
        "name": "Claire",
        "email": "claire@example.org",
        "password": PASSWORD,
        "again": PASSWORD,
    }.items():
        page.fill(f"#{name}", value)
    web.press(page, "main button")


def add_product(page: Page, address: str) -> None:
    page.goto(f"{address}/products?edit=new")
    page.fill("#name", "Bière")
    page.fill("#category", "Bières")
    page.fill("#price", "3,50")
    web.press(page, "main button.primary")
    assert "« Bière » est enregistré" in page.inner_text("main").replace("\u00a0", " ")


def import_cards(page: Page, address: str, folder: Path) -> None:
    file = folder / "lot.csv"
    file.write_text(CARD_FILE)
    page.goto(f"{address}/cards/import")
    page.set_input_files("#file", file)
    web.press(page, "main button.primary")
    assert "3 cartes nouvelles, prêtes à entrer" in page.inner_text("h1")
    web.press(page, "main button.primary")
    assert "3 cartes enregistrées." in page.inner_text("main")


def pair(page: Page, address: str) -> None:
    page.goto(f"{address}/terminals/pair")
    page.fill("#name", "Bar 1")
    web.press(page, "main button.primary")
    assert len(page.inner_text(".pin").replace("\n", "")) == 6


def reload(page: Page, address: str) -> None:
    page.goto(f"{address}/qr/{LINK}")
    web.press(page, "button[value='2000']")
    assert "/qr/" not in page.url
    page.click("button >> nth=0")
    page.wait_for_url("**/receipt?session=*")
    assert "C’est fait\u00a0: 20,00\u00a0€ ajoutés." in page.inner_text("main")
    page.reload()
    assert "C’est fait" in page.inner_text("main")


def block(page: Page, address: str) -> None:
    page.goto(f"{address}/cards/B194AEB9/block")
    page.fill("#password", PASSWORD)
    web.press(page, "button.danger")
    assert "Bloquée" in page.inner_text("h1 + .pill")
