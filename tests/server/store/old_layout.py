"""A database as the first layout had it: blocks as they came, an index of texts, `user_version`.

Made from one of today by raw SQL, with the statements that were written then.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from server.store.packing import unpack

_TABLES = """
CREATE TABLE block_header (
  height INTEGER NOT NULL, hash BLOB NOT NULL, parent BLOB NOT NULL, header BLOB NOT NULL,
  seal BLOB NOT NULL, PRIMARY KEY (height), UNIQUE (hash), UNIQUE (parent),
  CONSTRAINT block_header_height CHECK (height >= 0)
) STRICT;
CREATE TABLE block_batch (
  height INTEGER NOT NULL, position INTEGER NOT NULL, author TEXT NOT NULL,
  first_seq INTEGER NOT NULL, count INTEGER NOT NULL, bytes BLOB NOT NULL,
  PRIMARY KEY (height, position), FOREIGN KEY(height) REFERENCES block_header (height),
  CONSTRAINT block_batch_count CHECK (count > 0)
) STRICT;
CREATE TABLE chain_balance (
  account TEXT NOT NULL, asset TEXT NOT NULL, amount INTEGER NOT NULL, changed INTEGER NOT NULL,
  PRIMARY KEY (account, asset)
) WITHOUT ROWID, STRICT;
CREATE TABLE chain_block (
  height INTEGER NOT NULL, hash TEXT NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (height),
  FOREIGN KEY(height) REFERENCES block_header (height)
) STRICT;
CREATE INDEX ix_chain_block_time ON chain_block (time);
CREATE TABLE chain_transaction (
  height INTEGER NOT NULL, idx INTEGER NOT NULL, batch INTEGER NOT NULL, author TEXT NOT NULL,
  PRIMARY KEY (height, idx),
  FOREIGN KEY(height, batch) REFERENCES block_batch (height, position)
) WITHOUT ROWID, STRICT;
CREATE TABLE chain_posting (
  height INTEGER NOT NULL, idx INTEGER NOT NULL, n INTEGER NOT NULL, source TEXT NOT NULL,
  PRIMARY KEY (height, idx, n),
  FOREIGN KEY(height, idx) REFERENCES chain_transaction (height, idx)
) WITHOUT ROWID, STRICT;
CREATE INDEX chain_posting_source ON chain_posting (source, height, idx);
"""
_TRIGGER = (
    "CREATE TRIGGER {0}_no_{1} BEFORE {1} ON {0} BEGIN SELECT RAISE(ABORT, '{0} only grows'); END"
)


def to_first_layout(path: Path) -> None:
    """Change a closed database in place."""
    with closing(sqlite3.connect(path)) as database:
        headers = database.execute(
            "SELECT height, parent, packed, seal FROM block_header"
        ).fetchall()
        batches = database.execute(
            "SELECT height, position, author, first_seq, count, packed FROM block_batch"
        ).fetchall()
        hashes = dict(database.execute("SELECT height, hash FROM chain_block"))
        found = database.execute("SELECT type, name FROM sqlite_master").fetchall()
        for kind, name in found:
            if kind in {"view", "table"} and name.startswith(("chain_", "block_")):
                database.execute(f"DROP {kind} {name}")
        database.executescript(_TABLES)
        for table in ("block_header", "block_batch"):
            for verb in ("update", "delete"):
                database.execute(_TRIGGER.format(table, verb))
        database.executemany(
            "INSERT INTO block_header VALUES (?, ?, ?, ?, ?)",
            [(row[0], hashes[row[0]], row[1], unpack(row[2]), row[3]) for row in headers],
        )
        database.executemany(
            "INSERT INTO block_batch VALUES (?, ?, ?, ?, ?, ?)",
            [(*row[:5], unpack(row[5])) for row in batches],
        )
        for height, hashed in hashes.items():
            database.execute("INSERT INTO chain_block VALUES (?, ?, 0)", (height, hashed.hex()))
        database.execute("INSERT INTO chain_transaction VALUES (1, 0, 0, 'somebody')")
        database.execute("INSERT INTO chain_posting VALUES (1, 0, 0, 'external')")
        database.execute("INSERT INTO chain_balance VALUES ('external', 'GRAIN', -1, 1)")
        database.execute("DELETE FROM local_fact WHERE name = 'index_version'")
        database.execute("PRAGMA user_version = 2")
        database.commit()
