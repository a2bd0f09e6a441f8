"""Founding a chain: height 0 with its founder and the rules it starts with.

Raises ValueError when the database holds a chain already or when the ledger would reject one of the
founding transactions; then nothing is written.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from server.engine.own import Signer
from server.engine.port import NotProposed
from server.ledger.chain import NOTHING, build
from server.ledger.records import Head
from server.store import blocks, readers
from server.store.database import Database
from server.store.view import StoreView
from shared.bodies import Body, Genesis
from shared.errors import MESSAGES, Code
from shared.host.clock import Clock
from shared.ids import ZERO_CHAIN, ZERO_HASH, BootId, ChainId, PublicKey
from shared.kinds import NAMES
from shared.signing import public_key


def found(
    database: Database,
    *,
    seed: bytes,
    name: str,
    boot: BootId,
    clock: Clock,
    bodies: Sequence[Body] = (),
) -> ChainId:
    """Make height 0: founder `name` with the key of `seed`, then `bodies`; give the chain id."""
    signer = Signer(seed, boot, clock)
    first = Genesis(founder=PublicKey(public_key(seed).hex()), name=name)

    def make(connection: Connection) -> ChainId:
        return _make(connection, signer, (first, *bodies))

    return database.run(make)


def _make(connection: Connection, signer: Signer, bodies: Sequence[Body]) -> ChainId:
    if readers.tip(connection) != NOTHING:
        raise ValueError("there is a chain in this database already")
    batches = signer.batches(bodies, chain=ZERO_CHAIN, head=Head(ZERO_HASH, 0), seen=0)
    if isinstance(batches, NotProposed):
        message = _refused(bodies[batches.position], batches.code)
        raise ValueError(message)  # noqa: TRY004 - what it says is wrong, not its type
    view = StoreView(connection)
    built = build(view, NOTHING, batches, author=signer.author, time=signer.clock.now_ms())
    for body, item in zip(bodies, built.result.executed, strict=True):
        if item.verdict.code:
            raise ValueError(_refused(body, item.verdict.code))
    blocks.append(view, built, signer.seal(built.raw))
    return built.tip.chain


def _refused(body: Body, code: Code) -> str:
    return f"{NAMES[type(body)]}: {code} ({MESSAGES[code].en})"
