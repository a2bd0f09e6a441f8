"""A real `serve` process with funded cards, a cable that can be cut, tills and raw terminals.

The processes do not know that they are in a test.  What is claimed about the chain is read from the
node's own database and audit, not from what the till says.
"""

from __future__ import annotations

import http.client
import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import psycopg

from server.control.acts import act
from server.control.desk import desk
from server.engine.port import NotProposed
from server.founding import Plan, found_node
from server.home import Home, read_keys
from server.node import open_node
from shared.bodies import Body, CardRegister, TerminalEnrol
from shared.host.lock import HomeLock
from shared.ids import (
    ZERO_HASH,
    CardRef,
    PlaceId,
    PublicKey,
    author_id,
    card_reference,
    wallet,
)
from shared.signing import public_key
from shared.transaction import Transaction, open_payload
from shared.wire import BATCH_TYPE
from terminal.sync import identity
from tests.server.engine.world import Till, World, card, wallet_of
from tests.terminal.process import CATALOGUE, TillProcess
from tools.demo.node import Node
from tools.demo.proxy import LOOPBACK, Cable, free_port

PLACE: Final = PlaceId("le-bar")
BEER: Final = 500
"""What the one product of the catalogue costs."""
FUNDS: Final = 2_000
RAW: Final = 1_000
"""Cards of raw terminals have numbers from here on; below are cards that are tapped."""


def uid(number: int) -> bytes:
    """Give the chip number of a card that can be tapped."""
    return bytes([0x04, 0x5A]) + number.to_bytes(5, "big")


class Served(Node):
    """A node with funded cards, that can be killed."""

    def __init__(
        self,
        folder: Path,
        *,
        cards: int = 0,
        raw_cards: Sequence[int] = (),
        tills: int = 0,
        database: str = "",
    ) -> None:
        """`database` is the address of PostgreSQL; without one it is a file of SQLite."""
        super().__init__(folder / "node", free_port())
        self.files, self.database = Home(self.home), database
        listen = f"{LOOPBACK}:{self.port}"
        plan = Plan(name="Le Bar", place="Le Bar", local="GRAIN", listen=listen, database=database)
        founded = found_node(self.files, plan)
        self.chain, self.link = founded.chain, founded.link
        self.terminals = [Till(World.till_seed(n), self.chain) for n in range(tills)]
        key = read_keys(self.files).card
        bodies: list[Body] = [_enrolment(till) for till in self.terminals]
        for n in range(cards):
            bodies += _funded(card_reference(key, uid(n)), n, FUNDS)
        for n, funds in enumerate(raw_cards, start=RAW):
            bodies += _funded(card(n), n, funds)
        with HomeLock(self.home), open_node(self.files) as node:
            if bodies:
                assert not isinstance(node.engine.propose(bodies), NotProposed)
            act(node, "catalogue.import", {"content": CATALOGUE})

    def kill(self) -> None:
        """Kill the process as a crash would."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def act(self, name: str, **arguments: Any) -> Any:
        """Ask what the command line would ask, of the process that serves."""
        with desk(self.files) as ask:
            return ask(name, **arguments)

    def send(self, raw: bytes, port: int = 0) -> tuple[int, Any]:
        """Post a batch, through the cable when its port is given.

        Raises OSError or HTTPException when the answer is lost.
        """
        connection = http.client.HTTPConnection(LOOPBACK, port or self.port, timeout=30)
        try:
            connection.request("POST", "/api/v1/batches", raw, {"Content-Type": BATCH_TYPE})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    # ---------- what is on the chain ----------

    def query(self, sql: str, *values: object) -> list[Any]:
        """Read rows from its database, whichever it is."""
        if not self.database:
            return super().query(sql, *values)
        with psycopg.connect(self.database) as connection:
            return connection.execute(sql.replace("?", "%s").encode(), values).fetchall()

    def must_be_sound(self) -> None:
        """Everything is what the blocks give, and money only moved."""
        assert self.act("audit")["bad_height"] is None
        sums = self.query("SELECT asset, SUM(amount) FROM chain_balance GROUP BY asset")
        assert [total for _, total in sums] == [0] * len(sums)

    def balance(self, number: int) -> int:
        """Give what is on a card."""
        rows = self.query(
            "SELECT amount FROM chain_balance WHERE account = ? AND asset = 'GRAIN'",
            wallet(wallet_of(number)),
        )
        return int(rows[0][0]) if rows else 0

    def verdicts(self, kind: str = "sale") -> list[str]:
        """Give the verdicts of a kind in the order of the chain."""
        rows = self.query(
            "SELECT verdict FROM chain_transaction WHERE kind = ? ORDER BY height, idx", kind
        )
        return [str(verdict) for (verdict,) in rows]

    def hashes(self, author: str) -> dict[int, str]:
        """Give the hashes that are on the chain of an author; no number may be there twice."""
        rows = self.query("SELECT seq, hash FROM chain_transaction WHERE author = ?", author)
        counted = Counter(seq for seq, _ in rows)
        assert all(times == 1 for times in counted.values()), counted
        return {seq: bytes(name).hex() for seq, name in rows}


def _enrolment(till: Till) -> TerminalEnrol:
    key = PublicKey(public_key(till.seed).hex())
    return TerminalEnrol(box=PublicKey("a" * 64), key=key, label="Raw", place=PLACE)


def _funded(reference: CardRef, number: int, funds: int) -> list[Body]:
    register = CardRegister(card=reference, home=PLACE, tier="T0", wallet=wallet_of(number))
    return [register, World.issue(number, funds)]


class Stage:
    """A served node, a cable, and the first till paired through it."""

    def __init__(self, folder: Path, *, cards: int) -> None:
        self.folder = folder
        self.node = Served(folder, cards=cards)
        self.cable = Cable(self.node.port)
        self.node.serve()
        self.till = self.new_till("till")

    def new_till(self, name: str) -> TillProcess:
        """Pair a till by its command line; it can reach the node by the cable only."""
        address = f"http://{LOOPBACK}:{self.cable.port}"
        till = TillProcess(self.folder / name, address)
        told = till.command("pair", address, self.node.act("terminal.pair-pin", label=name)["pin"])
        assert "is now a till of Le Bar" in told, told
        return till

    def author(self, till: TillProcess) -> str:
        """Give a till's name on the chain."""
        return author_id(public_key(identity.terminal_keys(till.home / "keys").sign))

    def close(self) -> None:
        """End everything."""
        self.till.kill()
        self.node.stop()
        self.cable.close()

    # ---------- hands ----------

    def sell(self, number: int, till: TillProcess | None = None) -> dict[str, Any]:
        """Sell a beer to a card and give the green screen; the till is ready for the next."""
        till = till or self.till
        charge(till, number)
        paid = till.sees("Paid")
        till.touches("continue")
        till.sees("Sale")
        return paid

    def cut(self, till: TillProcess | None = None) -> None:
        """Cut the cable and wait until the till has noticed."""
        self.cable.cut()
        (till or self.till).until(lambda s: s["status"]["network"]["label"] == "Hors ligne")


def open_till(till: TillProcess) -> None:
    """Start a till and log somebody in."""
    till.start()
    till.log_in()
    till.until(lambda s: s["type"] == "Sale" and bool(s["tiles"]))


def fill(till: TillProcess) -> None:
    """Put a beer into the basket."""
    shown = till.until(lambda s: s["type"] == "Sale" and bool(s["tiles"]))
    till.touches(shown["tiles"][0]["button"]["id"])


def charge(till: TillProcess, number: int) -> None:
    """Fill the basket and hold a card to the reader."""
    fill(till)
    till.touches("charge")
    assert till.says(f"tap {uid(number).hex()} 0")["ok"]


def all_sent(till: TillProcess) -> None:
    """Wait until nothing is unsent."""
    till.until(
        lambda s: s["status"]["unsent_count"] == 0 and s["status"]["network"]["label"] == "En ligne"
    )


def journal_of(till: TillProcess) -> dict[int, Transaction]:
    """Give the journal of a till that does not run, read from its file; each link is checked."""
    database = sqlite3.connect(f"file:{till.home / 'data' / 'journal.db'}?mode=ro", uri=True)
    try:
        rows = database.execute("SELECT seq, payload, hash FROM entry ORDER BY seq").fetchall()
    finally:
        database.close()
    entries: dict[int, Transaction] = {}
    link = ZERO_HASH
    for expected, (seq, payload, kept) in enumerate(rows, start=1):
        entry = open_payload(payload)
        assert (seq, entry.envelope.seq, entry.envelope.prev) == (expected, expected, link)
        assert bytes(kept).hex() == entry.hash
        entries[seq], link = entry, entry.hash
    return entries
