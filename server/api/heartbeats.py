"""`POST /api/v1/heartbeats`: a terminal says how it is; the answer is the node's own status.

Signed by the terminal over the very bytes.  A header above this node's own stops its sealing: it
was put back from an old copy (PROTOCOL §4).  A till that was revoked is not believed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from server.api.port import Chain, Identity, Notes, Said
from server.api.route import Answer, Call
from server.engine.port import Engine
from server.ledger.records import Author
from shared.codec import decode
from shared.errors import Code, Refused
from shared.signing import Purpose, from_text, verify
from shared.wire import SIGNATURE_HEADER, Heartbeat, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStatus:
    """`GET /api/v1/status`: what the node says of itself to anybody."""

    identity: Identity
    chain: Chain
    now_ms: Callable[[], int]

    def __call__(self, _call: Call) -> Status:
        """Give the status."""
        with self.chain.snapshot() as now:
            height = now.tip().height
        return Status(
            chain=self.identity.chain,
            height=height,
            name=self.identity.name,
            node=self.identity.node,
            sealing=self.chain.sealing(),
            time=self.now_ms(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeats:
    """The handler."""

    chain: Chain
    notes: Notes
    engine: Engine
    status: NodeStatus

    def __call__(self, call: Call) -> Answer:
        """Keep what a terminal says of itself."""
        said = decode(call.body, Heartbeat)
        with self.chain.snapshot() as now:
            author = now.get(Author, (said.author,))
        if author is None:
            raise Refused(Code.UNKNOWN_AUTHOR)
        signature = from_text(call.headers.get(SIGNATURE_HEADER, ""))
        if not verify(bytes.fromhex(author.key), Purpose.HEARTBEAT, call.body, signature):
            raise Refused(Code.BAD_SIGNATURE)
        if author.status == "active":
            self.engine.saw_header(said.header, said.author)
        self.notes.heard(
            said.author,
            Said(
                at_ms=said.at,
                seq=said.head.seq,
                unsent_count=said.unsent.count,
                unsent_amount=said.unsent.amount,
                version=said.version,
            ),
        )
        return self.status(call)
