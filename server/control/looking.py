"""Acts that only look: status, terminals, doctor, a reload."""

import shutil
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from server import VERSION
from server.control.errors import NotPossibleError
from server.home import Home
from server.ledger.records import Asset, Author, Place
from server.node import Node
from server.office import money
from server.office.tills import NOTHING_SAID, terminals as every_terminal
from server.store.rotations import rotated_ms
from server.web.views.common import PartKind

MUCH_FREE: Final = 500_000_000
DAY_MS: Final = 86_400_000
SYNCHRONISED: Final = Path("/run/systemd/timesync/synchronized")
WALLETS: Final = (PartKind.WALLETS,)
Line = dict[str, str]


def status(node: Node) -> dict[str, Any]:
    """Say what this node is and how it is."""
    tip = node.engine.tip
    watch = node.office.keeper
    audits, backup = watch.audits(), watch.backup()
    return {
        "name": node.settings.name,
        "version": VERSION,
        "home": str(node.home.path),
        "address": node.settings.public_url,
        "chain": tip.chain,
        "node": node.engine.author,
        "key": node.engine.key,
        "chain_open": node.settings.chain_is_open,
        "height": tip.height,
        "head": tip.hash,
        "state": tip.state,
        "time_ms": node.clock.now_ms(),
        "sealing": node.engine.sealing,
        "simulated_clock": node.settings.simulated_clock,
        "production": node.settings.production,
        "payments": "stand-in" if node.payments.standin else "stripe",
        "places": _places(node),
        "assets": _assets(node),
        "terminals": terminals(node),
        "dead_letters": node.office.node.dead_letters(),
        "tasks": [task.key for task in node.tasks.open()],
        "audit": None if not audits else audit_line(audits[0]),
        "backup_ms": backup.at_ms,
        "backup_elsewhere_ms": backup.elsewhere_ms,
    }


def audit_line(audit: Any) -> dict[str, Any]:
    """Say what an audit has found."""
    return {
        "at_ms": audit.at_ms,
        "height": audit.to_height,
        "transactions": audit.operations,
        "bad_height": audit.bad_height,
        "cause": audit.cause,
    }


def _places(node: Node) -> list[dict[str, str]]:
    rows = sorted(node.books().rows(Place), key=lambda row: str(row[0]))
    return [{"place": str(key[0]), "name": place.name} for key, place in rows]


def _assets(node: Node) -> list[dict[str, Any]]:
    books = node.books()
    position = money.take_position(books)
    found = []
    for key, asset in sorted(books.rows(Asset), key=lambda row: str(row[0])):
        code = next(known for known in position.assets if known == key[0])
        accounts = position.accounts.get(code, {})
        found.append(
            {
                "asset": code,
                "name": asset.name,
                "class": asset.asset_class.value,
                "symbol": asset.symbol,
                "scale": asset.scale,
                "outstanding": -accounts.get(f"issuer:{code}", 0),
                "accounts": {name: held for name, held in sorted(accounts.items()) if held}
                if len(accounts) <= 1_000
                else {},
                "wallets": position.total(code, WALLETS),
                "losses": position.losses(code),
            }
        )
    return found


def terminals(node: Node) -> list[dict[str, Any]]:
    """List every terminal that was ever enrolled."""
    said = node.office.tills.said()
    return [
        {
            "terminal": author,
            "label": record.label,
            "place": record.place,
            "status": record.status,
            "seen_ms": said.get(author, NOTHING_SAID).seen_ms,
            "unsent": said.get(author, NOTHING_SAID).unsent_count,
            "unsent_amount": said.get(author, NOTHING_SAID).unsent_amount,
        }
        for author, record in _sorted(every_terminal(node.books()))
    ]


def _sorted(found: list[tuple[Any, Author]]) -> list[tuple[Any, Author]]:
    return sorted(found, key=lambda each: (each[1].place, each[1].label))


def chain_link(node: Node) -> dict[str, Any]:
    """Say where the chain can be read, and how whoever reads it knows that it is ours."""
    return {
        "link": node.chain_link(),
        "open": node.settings.chain_is_open,
        "chain": node.chain,
        "key": node.engine.key,
    }


def reload_status(node: Node, wanted: str) -> dict[str, Any]:
    """Say how far a reload is, by its id or the provider's session."""
    reloads = node.payments.reloads
    intent = reloads.get(wanted) or node.intent_of(wanted)
    if intent is None:
        raise NotPossibleError(f"no reload has the id or session {wanted}")
    return {
        "reload": intent.id,
        "state": intent.state.value,
        "amount": intent.amount,
        "asset": intent.asset,
        "session": intent.session,
        "payment": intent.payment,
        "transaction": intent.transaction,
        "note": intent.note,
    }


# ---------- doctor ----------


def doctor(node: Node) -> list[Line]:
    """Look at everything that may go wrong; each line that is not well says its fix."""
    return [check(node) for check in _CHECKS]


def _line(name: str, level: str, text: str, fix: str = "") -> Line:
    return {"check": name, "level": level, "text": text, "fix": fix}


def _home(node: Node) -> Line:
    open_to_all = [
        path
        for path in (node.home.path, node.home.keys)
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if open_to_all:
        fix = f"chmod 700 {' '.join(map(str, open_to_all))}"
        return _line("home", "bad", "other users of this machine can read it", fix)
    return _line("home", "ok", f"{node.home.path}, closed to others")


def _clock(node: Node) -> Line:
    if node.settings.simulated_clock:
        return _line("clock", "warn", "simulated", "make another node for real money")
    behind = node.engine.tip.time - node.clock.now_ms()
    fix = "set the time: sudo timedatectl set-ntp true"
    if behind > 0:
        return _line("clock", "bad", f"{behind // 1000} s behind the last block", fix)
    if not SYNCHRONISED.exists():
        return _line("clock", "warn", "nobody says that it is synchronised", fix)
    return _line("clock", "ok", "synchronised")


def _disk(node: Node) -> Line:
    free = shutil.disk_usage(node.home.path).free
    text = f"{free // 1_000_000:,} MB free"
    if free < MUCH_FREE:
        return _line("disk", "bad", text, "make room, or move the home to a larger disk")
    return _line("disk", "ok", text)


def _lock(node: Node) -> Line:
    holder = (node.home.path / "lock").read_text("ascii", "replace").strip()
    return _line("lock", "ok", f"held by process {holder}: nobody else writes")


def _database(node: Node) -> Line:
    found = node.database.damage()
    if found and node.settings.database:
        return _line("database", "bad", found, "switch it on in postgresql.conf, reload the server")
    if found:
        return _line("database", "bad", found, "stop the node; tirelire node restore BACKUP")
    return _line("database", "ok", f"{node.database.size() // 1000:,} kB, whole")


def _till(node: Node, name: str) -> str:
    """Name whoever said something."""
    labels = {author: record.label for author, record in every_terminal(node.books())}
    label = next((label for author, label in labels.items() if str(author) == name), "")
    return f"the terminal {label}" if label else "somebody"


def _sealing(node: Node) -> Line:
    if node.engine.sealing:
        return _line("blocks", "ok", f"height {node.engine.tip.height}, sealing")
    if node.engine.handed_over:
        text = "the chain was handed over to another engine: it keeps sales and seals nothing"
        return _line("blocks", "bad", text, "serve this node with that engine")
    height, by, sealed_ms = node.engine.missing or (0, "", None)
    who, fix = _till(node, by), "tirelire node restore a newer BACKUP; if there is none: "
    if sealed_ms is not None:
        when = datetime.fromtimestamp(sealed_ms // 1000, UTC).strftime("%F at %T UTC")
        text = f"{who} shows block {height:,}, which this node sealed on {when} and has lost"
        return _line("blocks", "bad", f"{text}: it seals nothing", f"{fix}tirelire node resume")
    text = f"{who} says that it knows block {height:,}, which this node has not: it seals nothing"
    fix += "tirelire node resume; if the terminal lies: tirelire node resume --till-lies"
    return _line("blocks", "bad", text, fix)


def _backup(node: Node) -> Line:
    found, now = node.office.keeper.backup(), node.clock.now_ms()
    fix = "tirelire node backup --to /another/disk"
    if found.at_ms is None:
        return _line("backup", "bad", "there is none", fix)
    with node.database.read() as connection:
        rotated = rotated_ms(connection, node.engine.author)
    if rotated is not None and rotated > (found.elsewhere_ms or found.at_ms):
        return _line("backup", "bad", "there is none with the node's key of now", fix)
    hours = (now - found.at_ms) // 3_600_000
    if now - found.at_ms > DAY_MS:
        return _line("backup", "bad", f"the last one is {hours} hours old", fix)
    if found.elsewhere_ms is None:
        return _line("backup", "warn", "only on this disk", fix)
    return _line("backup", "ok", f"{hours} hours old, one is elsewhere")


def _stripe(node: Node) -> Line:
    if not node.payments.standin:
        return _line("stripe", "ok", "keys are set")
    return _line(
        "stripe",
        "warn",
        "no keys: reloads are played by a stand-in, no real money",
        "set TIRELIRE_STRIPE_SECRET_KEY and TIRELIRE_STRIPE_WEBHOOK_SECRET",
    )


def _audit(node: Node) -> Line:
    audits, now = node.office.keeper.audits(), node.clock.now_ms()
    if not audits:
        return _line("audit", "warn", "never made", "tirelire node audit")
    last = audits[0]
    if last.bad_height is not None:
        text = f"height {last.bad_height}: {last.cause}"
        return _line("audit", "bad", text, "stop the node; tirelire node restore BACKUP")
    if now - last.at_ms > 36 * 3_600_000:
        return _line("audit", "warn", "the last one is old", "tirelire node audit")
    return _line("audit", "ok", f"good up to height {last.to_height}")


def _address(node: Node) -> Line:
    url = node.settings.public_url
    if node.settings.production and not node.settings.https:
        fix = "write the https address into node.toml: [http] public"
        return _line("address", "bad", f"{url} is not https", fix)
    return _line("address", "ok", url)


_CHECKS: Final[tuple[Callable[[Node], Line], ...]] = (
    _home,
    _lock,
    _clock,
    _disk,
    _database,
    _sealing,
    _audit,
    _backup,
    _stripe,
    _address,
)


def closed(home: Home, why: Exception | None = None) -> list[Line]:
    """Say what keeps a node from being looked at: no home, or `why` it cannot be opened."""
    if not home.exists:
        return [_line("home", "bad", f"no node in {home.path}", "tirelire node init")]
    return [_line("home", "ok", str(home.path)), _line("node", "bad", str(why))] if why else []
