"""Copies of a node: made while it serves, checked before they are believed, put back whole.

A backup is a folder: the database (SQLite's own online copy, or PostgreSQL's `node.dump`), the
settings, the keys unless they are left out, and a manifest with the height and the SHA-256 of each
file.  It holds the node's secrets: keep it as closed as the home.  It appears under its name only
when it is complete.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec

from server.control.errors import NotPossibleError
from server.home import CARD_KEY, NODE_KEY, PAGES_KEY, Home, read_keys
from server.jobs.audit import check_database
from server.node import Node
from server.payments.compose import STANDIN_FILE
from server.settings import read_settings
from server.store.database import open_database
from server.store.dump import DumpError, dump, undump
from server.store.writer import StoreError
from shared.host import in_words
from shared.host.files import make_private_folder, sync_folder, write_atomically
from shared.host.lock import HomeLock
from shared.ids import ChainId

MANIFEST: Final = "manifest.json"
KEY_NAMES: Final[tuple[str, ...]] = (NODE_KEY, CARD_KEY, PAGES_KEY)
PART: Final = ".part"
DUMP: Final = "node.dump"


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup says of itself; `files` are SHA-256 by name."""

    chain: str
    files: dict[str, str]
    height: int
    made_ms: int
    name: str
    v: int


def backup(
    node: Node, to: str = "", *, without_keys: bool = False, elsewhere: bool = False
) -> dict[str, Any]:
    """Make a copy, in the home or in another folder, and note that it was made."""
    home, settings = node.home, node.settings
    target = Path(to).expanduser() if to else home.backups
    made_ms = node.clock.now_ms()
    stamp = datetime.fromtimestamp(made_ms // 1000, UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    folder = target / f"tirelire-{stamp}"
    if folder.exists():
        raise NotPossibleError(f"{folder} is there already")
    part = folder.with_name(folder.name + PART)
    try:
        make_private_folder(part)
        height = _copy(node, part, without_keys=without_keys)
        _write_manifest(part, node, height, made_ms)
        part.rename(folder)
        sync_folder(target)
    except (OSError, DumpError) as error:
        raise NotPossibleError(f"no backup was made: {in_words(error)}") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    away = elsewhere or _other_disk(home.path, target)
    node.office.keeper.backed_up(str(folder), elsewhere=away)
    if not to:
        _prune(target, settings.backup.keep)
    return {"path": str(folder), "height": height, "elsewhere": away, "keys": not without_keys}


def _copy(node: Node, part: Path, *, without_keys: bool) -> int:
    """Copy everything; give the height that the copy of the database has."""
    home = node.home
    if node.settings.database:
        height = dump(node.database, node.settings.database, part / DUMP)
    else:
        copy_database(home.database, part / home.database.name)
        height = _top(part / home.database.name)
    if (home.data / STANDIN_FILE).exists():
        copy_database(home.data / STANDIN_FILE, part / STANDIN_FILE)
    write_atomically(part / home.settings.name, home.settings.read_bytes())
    if not without_keys:
        for name in KEY_NAMES:
            write_atomically(part / name, (home.keys / name).read_bytes())
    return height


def copy_database(source: Path, target: Path) -> None:
    """Copy a database while it is written to (SQLite's online backup), consistent and synced."""
    address = f"{source.resolve().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode = DELETE")
    target.chmod(0o600)
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_manifest(part: Path, node: Node, height: int, made_ms: int) -> None:
    manifest = Manifest(
        chain=node.chain,
        files={path.name: _digest(path) for path in sorted(part.iterdir())},
        height=height,
        made_ms=made_ms,
        name=node.settings.name,
        v=1,
    )
    write_atomically(part / MANIFEST, msgspec.json.encode(manifest))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _top(database: Path) -> int:
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as reading:
        row = reading.execute("SELECT max(height) FROM block_header").fetchone()
    return int(row[0])


def _other_disk(home: Path, target: Path) -> bool:
    return home.stat().st_dev != target.stat().st_dev


def _prune(folder: Path, keep: int) -> None:
    """Remove the oldest copies of this home; names sort by time."""
    for old in sorted(folder.glob("tirelire-*Z"))[: -max(1, keep)]:
        shutil.rmtree(old)


# ---------- restoring ----------


def restore(backup_folder: Path, home: Home, *, force: bool = False) -> dict[str, Any]:
    """Put a backup back into a home and audit it before anything serves.

    Over an existing node only with `force`; its data is moved aside, never deleted.  Raises
    NotPossibleError or HostError; then the home is as it was.
    """
    manifest = read_manifest(backup_folder)
    if home.exists and not force:
        raise NotPossibleError(f"there is a node in {home.path}: --force moves its data aside")
    if not home.exists and home.path.exists() and any(home.path.iterdir()):
        raise NotPossibleError(f"{home.path} is not empty and holds no node")
    keys = [name for name in KEY_NAMES if name in manifest.files]
    if not keys and not home.keys.exists():
        raise NotPossibleError("this backup was made without keys: put them into HOME/keys first")
    make_private_folder(home.path)
    with HomeLock(home.path):
        fresh = home.path / "restored.part"
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            make_private_folder(fresh)
            if STANDIN_FILE in manifest.files:
                shutil.copyfile(backup_folder / STANDIN_FILE, fresh / STANDIN_FILE)
            audited = _audited(_database(backup_folder, home, fresh, manifest), manifest)
            aside = _put(backup_folder, home, fresh, keys, manifest)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        read_keys(home)
    return {"home": str(home.path), "aside": aside, **audited}


def read_manifest(folder: Path) -> Manifest:
    """Read a backup's manifest and prove its files.  Raises NotPossibleError."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
        wrong = [
            name
            for name, digest in manifest.files.items()
            if "/" in name or _digest(folder / name) != digest
        ]
    except (OSError, msgspec.DecodeError) as error:
        raise NotPossibleError(f"{folder} is not a whole backup: {in_words(error)}") from None
    if wrong:
        raise NotPossibleError(f"{folder} is damaged: {', '.join(wrong)}")
    return manifest


def _database(backup_folder: Path, home: Home, fresh: Path, manifest: Manifest) -> Path | str:
    """Put the copy of the database where it will be, or beside; give where."""
    settings = home.settings if home.exists else backup_folder / home.settings.name
    address = read_settings(settings, os.environ).database
    if bool(address) != (DUMP in manifest.files):
        sort = "PostgreSQL" if DUMP in manifest.files else "SQLite"
        raise NotPossibleError(f"this is a backup of {sort}: set `database` in {settings} to match")
    if address:
        try:
            undump(backup_folder / DUMP, address)
        except DumpError as error:
            raise NotPossibleError(f"nothing was restored: {error}") from None
        return address
    shutil.copyfile(backup_folder / home.database.name, fresh / home.database.name)
    return fresh / home.database.name


def _audited(where: Path | str, manifest: Manifest) -> dict[str, Any]:
    try:
        database = open_database(where)
    except StoreError as error:
        raise NotPossibleError(f"the backup cannot be opened: {error}") from None
    try:
        found = check_database(database, ChainId(manifest.chain))
    finally:
        database.close()
    if found.finding is not None:
        where = f"height {found.finding.height}: {found.finding.what}"
        raise NotPossibleError(f"the backup does not audit, {where}")
    return {"height": found.height, "transactions": found.transactions, "state": found.state}


def _put(backup_folder: Path, home: Home, fresh: Path, keys: list[str], manifest: Manifest) -> str:
    """Swap the folder of data and add what is missing; settings and keys that are there stay."""
    aside = ""
    if home.data.exists():
        moved = home.path / f"data.before-{manifest.made_ms}"
        if moved.exists():
            raise NotPossibleError(f"{moved} is there already: move it away")
        home.data.rename(moved)
        aside = str(moved)
    fresh.rename(home.data)
    for folder in (home.keys, home.backups, home.logs):
        make_private_folder(folder)
    for name in keys:
        if not (home.keys / name).exists():
            write_atomically(home.keys / name, (backup_folder / name).read_bytes())
    if not home.exists:
        write_atomically(home.settings, (backup_folder / home.settings.name).read_bytes())
    sync_folder(home.path)
    return aside
