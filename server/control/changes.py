"""Acts that change the registry: places, assets, terminals, users; and sealing again."""

from typing import Any, Final

from server.control.errors import NotPossibleError
from server.control.reading import mistaken, read
from server.engine.port import EngineStoppedError, NotProposed, Placed
from server.founding import invite, slug
from server.home import draw_next_key, settle_key
from server.ledger.effect import Context, deciders
from server.ledger.governance import quorum
from server.ledger.records import Proposal
from server.ledger.state import State
from server.node import Node
from server.store.view import StoreView
from server.web.port import Mistakes, NotDone
from shared.bodies import AssetClass, AssetCreate, Body, PlaceCreate
from shared.errors import MESSAGES
from shared.ids import AssetId, PlaceId
from shared.signing import public_key

_WORTH_EUROS: Final = frozenset(
    {AssetClass.FEDERATED, AssetClass.LOCAL, AssetClass.GIFT, AssetClass.MEAL}
)
_COUNTED: Final = frozenset({AssetClass.POINTS, AssetClass.BADGE, AssetClass.MEMBERSHIP})
"""What nobody has a part of."""


def propose(node: Node, body: Body) -> Placed:
    """Put a transaction on the chain and say where it stands.

    Raises NotPossibleError with the ledger's reason.
    """
    outcome = node.engine.propose([body])
    if isinstance(outcome, NotProposed):
        raise NotPossibleError(f"{outcome.code}: {MESSAGES[outcome.code].en}")
    return outcome[-1]


def votes_missing(node: Node, placed: Placed) -> int:
    """Give how many validators must still agree to what binds all members; 0: it counts."""
    with node.database.read() as connection:
        view = StoreView(connection)
        proposal = view.get(Proposal, (placed.hash,))
        there = deciders(Context(State(view), placed.height, node.clock.now_ms()))
    if proposal is None or proposal.status != "open":
        return 0
    return quorum(len(there)) - len(set(proposal.support) & set(there))


def place_create(node: Node, name: str, place: str = "") -> dict[str, Any]:
    """Register a place that this node serves."""
    code = PlaceId(place) if place else slug(name)
    if name and not code:
        raise NotPossibleError(f"no code can be made of the name {name!r}: give one with --code")
    body = read({"name": name, "place": code}, PlaceCreate)
    return {"place": code, "height": propose(node, body).height}


def asset_create(
    node: Node,
    asset: str,
    name: str,
    asset_class: str = "local",
    issuer: str = "",
    symbol: str = "",
    priority: int = 10,
    peg: str = "",
    scale: int | None = None,
) -> dict[str, Any]:
    """Register an asset of one of this node's places (the first when none is named).

    What is not said about its worth and its decimals is what its class usually has.
    """
    values = {
        "asset": asset,
        "class": asset_class,
        "issuer": issuer or first_place(node),
        "name": name,
        "peg": peg or ("EUR" if asset_class in _WORTH_EUROS else "-"),
        "priority": priority,
        "scale": (0 if asset_class in _COUNTED else 2) if scale is None else scale,
        "symbol": symbol or ("€" if asset_class == "federated" else name[:1].upper()),
    }
    placed = propose(node, read(values, AssetCreate))
    missing = votes_missing(node, placed)
    return {"asset": AssetId(asset), "height": placed.height, "votes_missing": missing}


def first_place(node: Node) -> PlaceId:
    """Give the first place that this node serves."""
    places = node.office.places()
    if not places:
        raise NotPossibleError("this node serves no place yet: tirelire node place create NAME")
    return PlaceId(places[0].id)


def pair_pin(node: Node, label: str, place: str = "") -> dict[str, Any]:
    """Make a code for one new terminal: six digits, ten minutes, once."""
    started = node.office.start_pairing(place or first_place(node), label)
    if isinstance(started, Mistakes):
        raise NotPossibleError(f"no code can be made: {mistaken(started)}")
    return pairing(node, started)


def pairing(node: Node, ident: str) -> dict[str, Any]:
    """Say how far a pairing is."""
    found = node.office.pairing(ident)
    if found is None:
        raise NotPossibleError(f"there is no pairing {ident}")
    return {
        "pairing": found.id,
        "pin": found.pin,
        "label": found.name,
        "place": found.place,
        "expires_ms": found.expires_ms,
        "state": found.state.value,
        "terminal": found.terminal,
        "address": node.settings.public_url,
    }


def revoke(node: Node, terminal: str) -> dict[str, Any]:
    """Revoke a terminal, by its id, the beginning of it, or its label."""
    known = [row.id for row in node.office.terminals().rows if _is(row.id, row.name, terminal)]
    if len(known) != 1:
        found = "no terminal" if not known else f"{len(known)} terminals"
        raise NotPossibleError(f"{found} called {terminal}: see tirelire node terminal list")
    page = node.office.revocation(known[0])
    outcome = node.office.revoke(known[0], "command line")
    if isinstance(outcome, NotDone):
        raise NotPossibleError(f"not revoked: {outcome.why.value} {outcome.detail}".rstrip())
    return {"terminal": known[0], "after": page.received_seq if page else 0}


def _is(ident: str, label: str, wanted: str) -> bool:
    short = wanted.replace(" ", "").lower()
    return label == wanted or (len(short) >= 4 and ident.startswith(short))


def resume(node: Node, *, till_lies: bool = False) -> dict[str, Any]:
    """Make blocks again although some are said to be missing, first of what waited meanwhile.

    The first says on the chain which are lost; or, with `till_lies`, it revokes the terminal that
    spoke of them.
    """
    if node.engine.sealing:
        raise NotPossibleError("this node makes blocks: there is nothing to resume")
    missing = node.engine.missing
    if node.engine.handed_over or missing is None:
        raise NotPossibleError("the chain was handed over: another engine makes its blocks")
    if till_lies and missing.sealed_ms is not None:
        raise NotPossibleError(f"this node has sealed block {missing.height}: it is lost, no lie")
    if till_lies and not missing.by:
        raise NotPossibleError("nobody knows which terminal has spoken")
    node.engine.resume(lies=till_lies)
    return {"height": node.engine.tip.height, "revoked": missing.by if till_lies else ""}


def key_rotate(node: Node) -> dict[str, Any]:
    """Give the node another key: on the chain first, then in its file.

    Wherever this is cut off, the next start picks the key that the chain says.  Paired tills follow
    by themselves.
    """
    seed = draw_next_key(node.home)
    try:
        outcome = node.engine.rotate(seed)
    except EngineStoppedError as error:
        raise NotPossibleError(f"the node makes no blocks now: {error}") from None
    if isinstance(outcome, NotProposed):
        raise NotPossibleError(f"{outcome.code}: {MESSAGES[outcome.code].en}")
    settle_key(node.home, node.engine.seed)
    return {"key": public_key(seed).hex(), "height": outcome[-1].height}


def user_invite(node: Node) -> dict[str, Any]:
    """Make a link that lets one person become an admin, once, within a week."""
    return {"link": invite(node.settings, node.office.accounts.invite())}
