"""THE table of acts: what the command line can ask of an open node.

An act takes the node and plain arguments and gives plain data (what JSON can carry), so that it
travels through the control socket unchanged.  What cannot be done raises `NotPossibleError` with a
sentence; nothing has happened then.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from server.control import archive, auditing, cards, changes, keeping, looking, melting, transacting
from server.control.errors import NotPossibleError
from server.engine.port import EngineStoppedError
from server.node import Node
from server.store.writer import StoreError

Act = Callable[..., Any]

ACTS: Final[Mapping[str, Act]] = {
    "status": looking.status,
    "audit": auditing.audit,
    "audit.links": auditing.links,
    "rebuild": auditing.rebuild_serving,
    "chain.link": looking.chain_link,
    "doctor": looking.doctor,
    "reload.status": looking.reload_status,
    "backup": keeping.backup,
    "export": archive.export_chain,
    "asset.create": changes.asset_create,
    "place.create": changes.place_create,
    "terminal.list": looking.terminals,
    "terminal.pair-pin": changes.pair_pin,
    "terminal.pairing": changes.pairing,
    "terminal.revoke": changes.revoke,
    "resume": changes.resume,
    "key.rotate": changes.key_rotate,
    "kinds": transacting.kinds,
    "transact": transacting.transact,
    "protocol": transacting.protocol,
    "user.invite": changes.user_invite,
    "cards.import": cards.import_cards,
    "cards.list": cards.list_cards,
    "cards.show": cards.show_card,
    "catalogue.import": cards.import_catalogue,
    "demurrage.set": melting.set_policy,
    "demurrage.run": melting.run,
}


def act(node: Node, name: str, arguments: Mapping[str, Any]) -> Any:
    """Do one act.  Raises NotPossibleError, also when the database is lost meanwhile."""
    wanted = ACTS.get(name)
    if wanted is None:
        raise NotPossibleError(f"this node does not know the act {name!r}")
    try:
        return wanted(node, **arguments)
    except StoreError as error:
        raise NotPossibleError(f"the database is lost: {error}") from error
    except EngineStoppedError as error:
        raise NotPossibleError(f"the node makes no blocks now: {error}") from error
