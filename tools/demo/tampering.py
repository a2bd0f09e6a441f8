"""One wrong byte: in a copy of the node's home, once for each part of the chain.

Which block and which byte is drawn from a fixed seed.  The audit must fail and name the height.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from server.store.packing import pack, unpack
from tools.demo.node import Node
from tools.demo.telling import must

SEED: Final = 2026
Tamper = Callable[[sqlite3.Connection, random.Random], int]


def try_each(node: Node, folder: Path, parts: Mapping[str, Tamper] | None = None) -> dict[str, str]:
    """Flip a byte in a copy, audit the copy, and say what was found; the node must be stopped."""
    told = {}
    rng = random.Random(SEED)
    for part, tamper in (parts or PARTS).items():
        copy = folder / f"tampered-{part}"
        shutil.copytree(node.home, copy, ignore=shutil.ignore_patterns("control.sock"))
        height = flip_in(copy, tamper, rng)
        found = Node(copy, node.port).ask("audit", fails=True)
        must(
            found["bad_height"] == height,
            f"a byte was flipped in the {part} at {height}; the audit says {found}",
        )
        told[part] = f"block {height}: {found['cause']}"
        shutil.rmtree(copy)
    return told


def flip_in(home: Path, tamper: Tamper, rng: random.Random) -> int:
    """Change the database in a home behind the node's back; give the height that must be named."""
    database = sqlite3.connect(home / "data" / "node.db")
    with database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            database.execute(f"DROP TRIGGER {name}")
        height = tamper(database, rng)
    database.close()
    return height


def _flip(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(raw))
    return raw[:at] + bytes([raw[at] ^ (1 << rng.randrange(8))]) + raw[at + 1 :]


def _in_header(column: str) -> Tamper:
    def tamper(database: sqlite3.Connection, rng: random.Random) -> int:
        rows = database.execute(f"SELECT height, {column} FROM block_header").fetchall()  # noqa: S608 - our own words
        height, raw = rng.choice(rows)
        values = (_flip(raw, rng), height)
        database.execute(f"UPDATE block_header SET {column} = ? WHERE height = ?", values)  # noqa: S608 - same
        return int(height)

    return tamper


def _in_payload(database: sqlite3.Connection, rng: random.Random) -> int:
    """Change what somebody signed, and pack it as the store does: nothing but the hashes tells."""
    rows = database.execute("SELECT height, position, packed FROM block_batch").fetchall()
    height, position, packed = rng.choice(rows)
    values = (pack(_flip(unpack(packed), rng)), height, position)
    database.execute("UPDATE block_batch SET packed = ? WHERE height = ? AND position = ?", values)
    return int(height)


def _in_verdict(database: sqlite3.Connection, rng: random.Random) -> int:
    rows = database.execute("SELECT height, idx FROM chain_compact_transaction").fetchall()
    height, idx = rng.choice(rows)
    database.execute(
        "UPDATE chain_compact_transaction SET verdict = 'overdrawn' WHERE height = ? AND idx = ?",
        (height, idx),
    )
    return int(height)


def _in_balance(database: sqlite3.Connection, rng: random.Random) -> int:
    """Make somebody a cent richer; the last block that touched the balance is the one named."""
    rows = database.execute(
        "SELECT b.account, b.asset, b.changed FROM chain_compact_balance b"
        " JOIN chain_name n ON n.id = b.account WHERE n.text LIKE 'wallet:%'"
    ).fetchall()
    account, asset, height = rng.choice(rows)
    database.execute(
        "UPDATE chain_compact_balance SET amount = amount + 1 WHERE account = ? AND asset = ?",
        (account, asset),
    )
    return int(height)


PARTS: Final[dict[str, Tamper]] = {
    "header": _in_header("packed"),
    "signature": _in_header("seal"),
    "payload": _in_payload,
    "verdict": _in_verdict,
    "balance": _in_balance,
}
