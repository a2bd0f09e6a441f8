"""THE table of routes of `/api/v1`: application, guards and OpenAPI all come from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from server.api.application import Application
from server.api.batches import Batches
from server.api.chain_parts import GZIP, ChainParts
from server.api.deltas import Deltas
from server.api.heartbeats import Heartbeats, NodeStatus
from server.api.journal import Journal
from server.api.keys import Keys
from server.api.limits import Wait
from server.api.openapi import describe
from server.api.pairing import Pairing
from server.api.port import Chain, Identity, Notes
from server.api.proofs import Proofs
from server.api.reads import ReadGuard
from server.api.route import Call, Document, Parameter, Route
from server.engine.port import Engine
from shared.errors import Code
from shared.wire import (
    BATCH_TYPE,
    MAX_UPLOAD_BYTES,
    SIGNATURE_HEADER,
    BatchAnswer,
    ConsistencyAnswer,
    Deltas as DeltasMessage,
    Heartbeat,
    InclusionAnswer,
    JournalAnswer,
    KeysAnswer,
    PairAnswer,
    PairRequest,
    Receipt,
    Status,
)

BASE: Final = "/api/v1"
SIGNED: Final = ("Signature-Input", "Signature")
BYTES: Final = (
    Code.BAD_JSON,
    Code.BAD_SHAPE,
    Code.NOT_CANONICAL,
    Code.BAD_FRAMING,
    Code.WRONG_VERSION,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the node gives to its API.  The waits bound what anybody may try."""

    identity: Identity
    chain: Chain
    notes: Notes
    engine: Engine
    proofs: Proofs
    parts: ChainParts
    now_ms: Callable[[], int]
    new_nonce: Callable[[], str]
    wait: Wait
    wait_all: Wait
    wait_to_bury: Wait
    version: str


def make_routes(node: Surroundings) -> tuple[Route, ...]:
    """Write the table."""
    status = NodeStatus(identity=node.identity, chain=node.chain, now_ms=node.now_ms)
    document: dict[str, object] = {}

    def openapi(_call: Call) -> Document:
        return document

    routes = (
        _pair(node),
        _batches(node),
        _deltas(node),
        _journal(node),
        _keys(node),
        _heartbeats(node, status),
        *_proofs(node.proofs),
        _chain(node.parts),
        Route(
            method="GET",
            path=f"{BASE}/status",
            name="status",
            meaning="What the node says of itself to anybody.",
            handle=status,
            answer=Status,
            codes=(),
        ),
        Route(
            method="GET",
            path=f"{BASE}/openapi.json",
            name="openapi",
            meaning="This description.",
            handle=openapi,
            answer=None,
            codes=(),
        ),
    )
    document.update(describe(routes, node.version))
    return routes


def application(node: Surroundings) -> Application:
    """Make the machine API of a node."""
    guard = ReadGuard(chain=node.chain, now_ms=node.now_ms, new_nonce=node.new_nonce)
    return Application(make_routes(node), guard)


def _pair(node: Surroundings) -> Route:
    return Route(
        method="POST",
        path=f"{BASE}/pair",
        name="pair",
        meaning="Enrol a terminal by the six-digit code that an admin reads out.",
        handle=Pairing(
            identity=node.identity,
            chain=node.chain,
            notes=node.notes,
            engine=node.engine,
            wait=node.wait,
            wait_all=node.wait_all,
        ),
        body=PairRequest,
        answer=PairAnswer,
        codes=(
            Code.BAD_JSON,
            Code.BAD_SHAPE,
            Code.BAD_PIN,
            Code.BAD_SIGNATURE,
            Code.ALREADY_EXISTS,
            Code.UNKNOWN_PLACE,
            Code.TOO_MANY_ATTEMPTS,
            Code.NODE_BUSY,
            Code.NODE_BEHIND,
        ),
    )


def _batches(node: Surroundings) -> Route:
    return Route(
        method="POST",
        path=f"{BASE}/batches",
        name="batches",
        meaning="Hand in a batch and the details behind it; the same bytes again change nothing.",
        handle=Batches(
            identity=node.identity,
            chain=node.chain,
            notes=node.notes,
            engine=node.engine,
            wait_to_bury=node.wait_to_bury,
        ),
        body_type=BATCH_TYPE,
        most_bytes=MAX_UPLOAD_BYTES,
        answer=BatchAnswer,
        codes=(
            *BYTES,
            Code.OTHER_CHAIN,
            Code.BROKEN_LINK,
            Code.UNKNOWN_AUTHOR,
            Code.BAD_SIGNATURE,
            Code.GAP,
            Code.FORK,
            Code.AUTHOR_QUARANTINED,
            Code.NODE_BUSY,
            Code.NODE_BEHIND,
        ),
    )


def _deltas(node: Surroundings) -> Route:
    return Route(
        method="GET",
        path=f"{BASE}/deltas",
        name="deltas",
        meaning="What is new for the terminal that signs, since its cursor.",
        handle=Deltas(chain=node.chain, notes=node.notes, engine=node.engine, now_ms=node.now_ms),
        parameters=(
            Parameter(
                name="cursor",
                meaning="From the last answer; empty the first time.",
                schema={"type": "string", "maxLength": 120},
            ),
        ),
        answer=DeltasMessage,
        signed=True,
        headers=SIGNED,
        codes=(Code.BAD_CURSOR,),
    )


def _journal(node: Surroundings) -> Route:
    return Route(
        method="GET",
        path=f"{BASE}/journal",
        name="journal",
        meaning="The signing terminal's own payloads, for one whose disk was put back.",
        handle=Journal(chain=node.chain),
        parameters=(
            Parameter(name="from", meaning="The first number wanted.", schema=_integer(1)),
        ),
        answer=JournalAnswer,
        signed=True,
        headers=SIGNED,
        codes=(),
    )


def _keys(node: Surroundings) -> Route:
    return Route(
        method="GET",
        path=f"{BASE}/keys",
        name="keys",
        meaning="How this node's key became another, proven by the key that the terminal trusts.",
        handle=Keys(chain=node.chain, node=node.identity.node),
        parameters=(
            Parameter(
                name="known",
                meaning="The public key that the terminal trusts.",
                schema={"type": "string", "pattern": "^[0-9a-f]{64}$"},
                required=True,
            ),
        ),
        answer=KeysAnswer,
        signed=True,
        headers=SIGNED,
        codes=(Code.NOT_FOUND,),
    )


def _heartbeats(node: Surroundings, status: NodeStatus) -> Route:
    return Route(
        method="POST",
        path=f"{BASE}/heartbeats",
        name="heartbeats",
        meaning="A terminal says how it is, and learns how the node is.",
        handle=Heartbeats(chain=node.chain, notes=node.notes, engine=node.engine, status=status),
        parameters=(
            Parameter(
                name=SIGNATURE_HEADER,
                meaning="Ed25519 over the body, purpose `heartbeat`, base64url.",
                schema={"type": "string"},
                place="header",
                required=True,
            ),
        ),
        headers=(SIGNATURE_HEADER,),
        body=Heartbeat,
        answer=Status,
        codes=(*BYTES, Code.UNKNOWN_AUTHOR, Code.BAD_SIGNATURE),
    )


def _proofs(proofs: Proofs) -> tuple[Route, ...]:
    return (
        Route(
            method="GET",
            path=f"{BASE}/checkpoint",
            name="checkpoint",
            meaning="Size and root of the log, signed: a C2SP checkpoint.",
            handle=proofs.checkpoint,
            answer=str,
            codes=(Code.TOO_MANY_ATTEMPTS,),
        ),
        Route(
            method="GET",
            path=f"{BASE}/receipts",
            name="receipts",
            meaning="A transaction with its verdict, its proof and a checkpoint.",
            handle=proofs.receipt,
            parameters=_TRANSACTION,
            answer=Receipt,
            codes=(Code.NOT_FOUND, Code.TOO_MANY_ATTEMPTS),
        ),
        Route(
            method="GET",
            path=f"{BASE}/proofs/inclusion",
            name="inclusion",
            meaning="Proof that a transaction is among the first leaves of the log.",
            handle=proofs.inclusion,
            parameters=(*_TRANSACTION, _log_size("size", "How many leaves; by default all.")),
            answer=InclusionAnswer,
            codes=(Code.NOT_FOUND, Code.TOO_MANY_ATTEMPTS),
        ),
        _consistency(proofs),
    )


def _consistency(proofs: Proofs) -> Route:
    return Route(
        method="GET",
        path=f"{BASE}/proofs/consistency",
        name="consistency",
        meaning="Proof that nothing of an earlier log was taken back.",
        handle=proofs.consistency,
        parameters=(
            _log_size("from", "The earlier size.", required=True),
            _log_size("to", "The later size; by default the last."),
        ),
        answer=ConsistencyAnswer,
        codes=(Code.NOT_FOUND, Code.TOO_MANY_ATTEMPTS),
    )


def _chain(parts: ChainParts) -> Route:
    return Route(
        method="GET",
        path=f"{BASE}/chain",
        name="chain",
        meaning="Some megabytes of blocks, compressed: the chain for whoever proves or keeps it.",
        handle=parts,
        parameters=(
            Parameter(name="from", meaning="The first height wanted.", schema=_integer(0)),
            Parameter(
                name="Authorization",
                meaning="`Bearer` and the secret of this node's link, unless all may read.",
                schema={"type": "string"},
                place="header",
            ),
        ),
        headers=("Authorization",),
        answer=GZIP,
        codes=(Code.CHAIN_CLOSED, Code.NOT_FOUND, Code.TOO_MANY_ATTEMPTS),
    )


def _log_size(name: str, meaning: str, *, required: bool = False) -> Parameter:
    return Parameter(name=name, meaning=meaning, schema=_integer(0), required=required)


def _integer(least: int) -> Mapping[str, object]:
    return {"type": "integer", "minimum": least, "maximum": 2**53 - 1}


_TRANSACTION: Final = (
    Parameter(
        name="author",
        meaning="Who signed the transaction.",
        schema={"type": "string", "pattern": "^[0-9a-f]{32}$"},
        required=True,
    ),
    Parameter(name="seq", meaning="Its number.", schema=_integer(1), required=True),
    Parameter(
        name="hash",
        meaning="Its hash, which only those know who hold the payload.",
        schema={"type": "string", "pattern": "^[0-9a-f]{64}$"},
        required=True,
    ),
)
