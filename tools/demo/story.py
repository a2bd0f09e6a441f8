"""The story that `./tirelire demo --once` plays: each step says what was seen and what must hold.

A card reloaded, sold to online and offline, a till killed between two sales, the network back, a
stolen till, a year of idle money, an audit, and one wrong byte.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from server.store.packing import unpack
from shared.wire import BATCH_TYPE
from tools.demo import people, tampering
from tools.demo.browser import Browser
from tools.demo.people import CARDS
from tools.demo.stage import Stage
from tools.demo.telling import StoryError, Telling, must
from tools.demo.till import Screen, texts

ANA, BILAL, CHLOE, DRISS = CARDS[:4]
ADMIN_PAGES: Final = {
    "web-overview": "/",
    "web-terminals": "/terminals",
    "web-cards": "/cards",
    "web-products": "/products",
    "web-sales": "/sales",
    "web-chain": "/chain",
    "web-melt": "/melt",
    "web-reserve": "/reserve",
}


class Story:
    """The steps in order; each leaves the stage as the next one needs it."""

    def __init__(self, stage: Stage, browser: Browser, out: Path, telling: Telling) -> None:
        self._stage, self._browser, self._out, self._tell = stage, browser, out, telling
        self._node, self._till = stage.node, stage.till
        self._beer = ""

    def play(self, link: str, imported: Any) -> None:
        """Play all of it."""
        self._import_cards(link, imported)
        self._pair()
        self._reload()
        self._sell_online()
        self._sell_offline()
        self._crash_between_sales()
        self._network_back()
        self._same_batch_again()
        self._cash_for_melting_money()
        self._stolen()
        self._a_year()
        self._audit()
        self._one_byte()

    # ---------- opening ----------

    def _import_cards(self, link: str, imported: Any) -> None:
        with self._tell.step("Cards are imported, the first admin opens an account") as facts:
            must(imported["imported"] == len(CARDS), f"not all cards were imported: {imported}")
            again = self._node.ask("cards", "import", str(self._stage.folder / "cards.csv"))
            must(again["known"] == len(CARDS) and not again["imported"], f"imported twice: {again}")
            self._browser.open_account(link)
            facts["cards"] = (
                f"{imported['imported']} new; the same file again: {again['known']} known"
            )
            facts["overview"] = self._browser.picture("/", "web-first-overview")

    def _pair(self) -> None:
        with self._tell.step("A till is paired with six digits and somebody logs in") as facts:
            self._till.until("Pairing")
            self._till.picture(self._out / "till-pairing.png")
            self._type(self._stage.pin())
            self._till.until("Locked", seconds=40)
            self._till.picture(self._out / "till-locked.png")
            sale = self._log_in()
            self._beer = _product(sale, "Bière pression")
            facts["till"] = f"{sale['status']['place']} · {sale['status']['point_of_sale']}"
            facts["operator"] = sale["status"]["operator"]["label"]

    def _type(self, digits: str) -> None:
        self._till.touch(*(f"key:{digit}" for digit in digits), "enter")

    def _log_in(self) -> Screen:
        self._type(people.PIN)
        return self._till.until("Sale")

    def _reload(self) -> None:
        with self._tell.step("A card is reloaded through the payment page") as facts:
            words = self._browser.reload_card(ANA, 20)
            must("20,00" in words, f"the receipt does not say 20,00 €: {words}")
            self._browser.reload_card(BILAL, 10)
            held = self._assets()["FED"]
            must(held["outstanding"] == 3000, f"30.00 FED should be out, not {held['outstanding']}")
            facts["receipt"] = words.splitlines()[0]
            facts["outstanding"] = f"{held['outstanding']} cents of FED, as many in the reserve"

    # ---------- selling ----------

    def _sell_online(self) -> None:
        with self._tell.step("A beer is sold online") as facts:
            self._wait_for_balance(ANA, "20,00")
            paid = self._sell(ANA, beers=1, picture="till-paid-online.png")
            facts["screen"] = _line(paid)
            self._synced()
            facts["node"] = self._last_verdict()

    def _sell_offline(self) -> None:
        with self._tell.step("The network is cut; the till sells within its limit") as facts:
            self._stage.cable.cut()
            self._till.until(
                "Sale", lambda shown: shown["status"]["network"]["trouble"], seconds=60
            )
            self._fill(2)
            self._till.picture(self._out / "till-offline-basket.png")
            first = self._pay(BILAL, "till-paid-offline.png")
            self._fill(1)
            refused = self._charge(BILAL, "Refused")
            self._till.picture(self._out / "till-refused.png")
            self._till.touch("cancel")
            self._till.touch("clear")
            self._till.until("Sale")
            self._fill(3)
            limit = self._charge(ANA, "Refused")
            self._till.picture(self._out / "till-offline-limit.png")
            self._till.touch("cancel")
            self._till.touch("clear")
            facts["sold"] = _line(first)
            facts["nothing left"] = _line(refused)
            facts["over the limit"] = _line(limit)
            must(any("hors ligne" in text for text in texts(limit)), "the limit is not explained")

    def _crash_between_sales(self) -> None:
        with self._tell.step("The till is killed between two sales and started again") as facts:
            self._till.until("Sale")
            before = self._sell(ANA, beers=1, picture="till-before-kill.png")
            killed = self._till.pid
            self._till.kill()
            self._till.start()
            last = self._till.until("LastSale", seconds=60)
            self._till.picture(self._out / "till-restarted.png")
            must(last["paid"] and last["amount"] == before["amount"], f"another sale: {last}")
            self._till.touch("acknowledge")
            self._till.until("Locked")
            self._log_in()
            after = self._sell(ANA, beers=1)
            facts["killed"] = f"process {killed}, then {self._till.pid}"
            facts["shown again"] = f"{last['result']} {last['amount']}"
            facts["next sale"] = _line(after)
            facts["unsent"] = self._till.until("Sale")["status"]["unsent_count"]
            must(facts["unsent"] == 3, "three sales should wait to be sent")

    def _network_back(self) -> None:
        with self._tell.step("The network returns and everything is sent") as facts:
            self._till.touch("state")
            waiting = self._till.until("StatePage", lambda shown: not shown["done"])
            self._till.picture(self._out / "till-not-yet.png")
            self._till.touch("back")
            self._stage.cable.mend()
            self._synced()
            self._till.touch("state")
            done = self._till.until("StatePage", lambda shown: shown["done"])
            self._till.picture(self._out / "till-all-sent.png")
            self._till.touch("back")
            verdicts = self._verdicts()
            must(verdicts == ["accepted"] * 4, f"four sales should be accepted: {verdicts}")
            facts["before"] = f"{waiting['title']} · {waiting['headline']}"
            facts["after"] = f"{done['title']} · {done['headline']}"
            facts["verdicts"] = ", ".join(verdicts)
            facts["height"] = self._status()["height"]

    def _same_batch_again(self) -> None:
        with self._tell.step("The same batch again has no second effect") as facts:
            author = self._status()["terminals"][0]["terminal"]
            [(packed,)] = self._node.query(
                "SELECT packed FROM block_batch WHERE author = ? ORDER BY height DESC LIMIT 1",
                author,
            )
            before = self._status()
            status, answer = self._node.post("/api/v1/batches", unpack(packed), BATCH_TYPE)
            after = self._status()
            must(status == 200, f"the node answered {status}: {answer}")
            must(before["state"] == after["state"], "the state changed")
            facts["answer"] = [line["verdict"] for line in answer["verdicts"]]
            facts["state"] = f"{after['state'][:16]}… before and after"

    def _cash_for_melting_money(self) -> None:
        with self._tell.step("Cash becomes local money that can melt") as facts:
            self._till.until("Sale")
            self._till.touch("check-card")
            self._till.until("CardWait")
            self._till.tap(CHLOE.uid)
            self._till.until("CardCheck")
            self._till.picture(self._out / "till-card-check.png")
            self._till.touch("reload")
            self._till.until("CashReload")
            self._type_amount()
            self._till.picture(self._out / "till-cash-reload.png")
            self._till.touch("confirm")
            self._till.until("CardWait")
            self._till.tap(CHLOE.uid)
            paid = self._till.until("Paid")
            self._till.touch("continue")
            self._till.until("Sale")
            self._synced()
            grain = self._assets()["GRAIN"]["outstanding"]
            must(grain == 4000, f"40.00 GRAIN should be out, not {grain}")
            facts["screen"] = _line(paid)
            facts["outstanding"] = f"{grain} of GRAIN"

    def _type_amount(self) -> None:
        self._till.touch("key:4", "key:0", "key:00")

    def _stolen(self) -> None:
        with self._tell.step("The till is stolen: the node revokes it") as facts:
            for name, path in ADMIN_PAGES.items():
                facts[name] = self._browser.picture(path, name)
            terminal = self._status()["terminals"][0]["terminal"]
            self._node.run("terminal", "revoke", terminal)
            shown = self._till.until(
                "Sale",
                lambda screen: "ne peut plus vendre" in (screen["strip"] or {}).get("text", ""),
                seconds=60,
            )
            self._till.picture(self._out / "till-revoked.png")
            self._fill(1)
            refused = self._charge(ANA, "Refused")
            facts["strip"] = f"{shown['strip']['text']} · {shown['strip']['aside']}"
            facts["sale"] = _line(refused)
            facts["node"] = self._status()["terminals"][0]["status"]
            self._till.stop()

    # ---------- time and proof ----------

    def _a_year(self) -> None:
        with self._tell.step("A year passes: notices, melt, distribution") as facts:
            until = _day_after(self._status()["time_ms"], 400)
            days = self._node.ask("demurrage", "run", "--until", until)
            grain = self._assets()["GRAIN"]
            pots = {
                name: held for name, held in grain["accounts"].items() if name.startswith("pot:")
            }
            facts["days"] = f"{len(days)} days on which something happened, until {until}"
            facts["pots"] = json.dumps(pots)
            facts["wallets"] = grain["wallets"]
            must(grain["outstanding"] == 4000, "melting must not change what is out")
            must(grain["wallets"] < 4000, "nothing melted")
            must(pots.get("pot:commons", 0) > 0, "nothing was shared")
            self._browser.log_in()
            facts["page"] = self._browser.picture("/melt", "web-melt-after-a-year")

    def _audit(self) -> None:
        with self._tell.step("The audit rebuilds everything from the blocks") as facts:
            found = self._node.ask("audit")
            must(found["bad_height"] is None, f"the audit found {found}")
            facts["proven"] = f"{found['transactions']} transactions up to block {found['height']}"
            facts["state"] = found["state"]
            facts["page"] = self._browser.picture("/chain", "web-chain-audited")

    def _one_byte(self) -> None:
        with self._tell.step("One byte is flipped, in each part of the chain, and found") as facts:
            self._node.stop()
            for part, told in tampering.try_each(self._node, self._stage.folder).items():
                facts[part] = told
            self._node.serve()

    # ---------- hands ----------

    def _fill(self, beers: int) -> None:
        self._till.until("Sale")
        for _ in range(beers):
            self._till.touch(self._beer)

    def _charge(self, card: people.Card, page: str) -> Screen:
        self._till.touch("charge")
        self._till.until("CardWait")
        self._till.tap(card.uid)
        return self._till.until(page)

    def _pay(self, card: people.Card, picture: str = "") -> Screen:
        paid = self._charge(card, "Paid")
        if picture:
            self._till.picture(self._out / picture)
        self._till.touch("continue")
        self._till.until("Sale")
        return paid

    def _sell(self, card: people.Card, *, beers: int, picture: str = "") -> Screen:
        self._fill(beers)
        self._till.picture(self._out / "till-sale.png")
        return self._pay(card, picture)

    def _synced(self) -> None:
        self._till.until("Sale", lambda shown: shown["status"]["unsent_count"] == 0, seconds=90)

    def _wait_for_balance(self, card: people.Card, words: str) -> None:
        """Look at the card until the till has heard of the reload."""
        shown: Screen = {}
        for _ in range(30):
            self._till.touch("check-card")
            self._till.until("CardWait")
            self._till.tap(card.uid)
            shown = self._till.until("CardCheck")
            self._till.touch("back")
            self._till.until("Sale")
            if any(words in text for text in texts(shown)):
                return
        raise StoryError(f"the till never heard of the reload: {texts(shown)}")

    def _status(self) -> Any:
        return self._node.status()

    def _assets(self) -> dict[str, Any]:
        return {asset["asset"]: asset for asset in self._status()["assets"]}

    def _verdicts(self) -> list[str]:
        rows = self._node.query("SELECT verdict FROM chain_transaction WHERE kind = 'sale'")
        return [row[0] for row in rows]

    def _last_verdict(self) -> str:
        [(height, idx, verdict)] = self._node.query(
            "SELECT height, idx, verdict FROM chain_transaction WHERE kind = 'sale'"
            " ORDER BY height DESC, idx DESC LIMIT 1"
        )
        must(verdict == "accepted", f"the sale was {verdict}")
        return f"{verdict} in block {height}, number {idx}"


def _product(sale: Screen, name: str) -> str:
    found = (tile["button"]["id"] for tile in sale["tiles"] if tile["button"]["label"] == name)
    return str(next(found))


def _line(screen: Screen) -> str:
    """Give the words of a result that a person reads first."""
    names = ("title", "headline", "caption", "amount", "left", "text", "detail")
    words = [str(screen[name]) for name in names if screen.get(name)]
    return " · ".join(dict.fromkeys(words))


def _day_after(time_ms: int, days: int) -> str:
    now = datetime.fromtimestamp(time_ms // 1000, UTC)
    return (now + timedelta(days=days)).date().isoformat()
