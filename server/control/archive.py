"""The whole chain out into one file, and back into a home that has no chain.

The file holds the blocks and nothing else (docs/chain-file.md): with a home's keys and settings it
makes a node that ends at the same state, but products, people, details and payments under way are
only in a backup.  What cannot be done raises NotPossibleError; then nothing is changed.
"""

import os
import shutil
from pathlib import Path
from typing import Any

from server.control.errors import NotPossibleError
from server.home import Home, read_keys
from server.ledger.audit import Report, audit
from server.ledger.records import Author
from server.node import Node
from server.settings import read_settings
from server.store import readers
from server.store.database import open_database
from server.store.importing import append_chain
from server.store.stored import stored_blocks
from server.store.writer import StoreError
from server.verify.files import UnreadableError, open_chain, write_chain_file
from shared.bodies import Role
from shared.host import in_words
from shared.host.files import PRIVATE, make_private_folder, sync_folder
from shared.host.lock import HomeLock
from shared.ids import author_id
from shared.signing import public_key

PART = ".part"


def export_chain(node: Node, file: str) -> dict[str, Any]:
    """Write the chain while the node serves; the file appears under its name when it is whole."""
    target = Path(file)
    part = target.with_name(target.name + PART)
    if target.exists():
        raise NotPossibleError(f"{target} is there already")
    try:
        part.unlink(missing_ok=True)
        with node.database.read() as connection:
            tip = readers.tip(connection)
            write_chain_file(part, tip.chain, tip.height + 1, stored_blocks(connection))
        part.chmod(PRIVATE)
        _sync(part)
        part.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise NotPossibleError(f"the chain was not written: {in_words(error)}") from None
    size = target.stat().st_size
    return {"path": file, "blocks": tip.height + 1, "bytes": size, "state": tip.state}


def import_chain(file: Path, home: Home) -> dict[str, Any]:
    """Fill a home that has keys and settings but no database; the file is audited first."""
    home.require()
    with HomeLock(home.path):
        address = read_settings(home.settings, os.environ).database
        if not address and home.database.exists():
            raise NotPossibleError(f"{home.database} is there: move the folder away first")
        try:
            report = _audited(file, home)
            if address:
                _fill(file, address, report)
            else:
                _fill_home(file, home, report)
        except UnreadableError as error:
            raise NotPossibleError(str(error)) from None
        except (OSError, StoreError, ValueError) as error:
            raise NotPossibleError(f"the chain was not imported: {in_words(error)}") from None
    return {
        "chain": report.tip.chain,
        "height": report.tip.height,
        "transactions": report.transactions,
        "state": report.tip.state,
    }


def _audited(file: Path, home: Home) -> Report:
    with open_chain(file) as found:
        report = audit(found.blocks, chain=found.chain)
    if report.finding is not None:
        raise NotPossibleError(
            f"the chain does not audit, height {report.finding.height}: {report.finding.what}"
        )
    me = author_id(public_key(read_keys(home).node))
    known = report.memory.get(Author, (me,))
    if known is None or known.role is not Role.NODE:
        raise NotPossibleError("the key of this home seals no blocks of that chain")
    return report


def _fill_home(file: Path, home: Home, report: Report) -> None:
    """Make the database aside and move it in when it is whole and closed."""
    fresh = home.path / "imported.part"
    shutil.rmtree(fresh, ignore_errors=True)
    make_private_folder(fresh)
    try:
        _fill(file, fresh / home.database.name, report)
        make_private_folder(home.data)
        (fresh / home.database.name).rename(home.database)
        sync_folder(home.data)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _fill(file: Path, where: Path | str, report: Report) -> None:
    """Write the chain into a database that has none, in one transaction."""
    database = open_database(where)
    try:
        with open_chain(file) as found, database.write() as connection:
            if append_chain(connection, found.blocks) != report.tip:
                raise ValueError("the file has changed meanwhile")
    finally:
        database.close()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
