"""`GET /api/v1/keys`: how the node's key became another, for a till that trusts an earlier one.

Each step is proven by the key before it alone, so that a till that was off for years follows by
itself and believes nobody.
"""

import re
from dataclasses import dataclass
from typing import Final

from server.api.port import Chain
from server.api.route import Answer, Call
from server.store.rotations import Rotation
from shared.errors import Code, Refused
from shared.ids import AuthorId, Hash, PublicKey
from shared.signing import to_text
from shared.wire import KeysAnswer, KeyStep, SealedHeader

_KEY: Final = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The handler; `node` is whose key it is."""

    chain: Chain
    node: AuthorId

    def __call__(self, call: Call) -> Answer:
        """Give the steps from the key that the caller knows, as many as one answer should hold."""
        known = call.arguments.get("known", "")
        if not _KEY.fullmatch(known):
            raise Refused(Code.BAD_REQUEST, "known")
        with self.chain.snapshot() as now:
            rotations = now.rotations(self.node, PublicKey(known))
        if rotations is None:
            raise Refused(Code.NOT_FOUND, "never a key of this node")
        return KeysAnswer(steps=tuple(map(_step, rotations)))


def _step(rotation: Rotation) -> KeyStep:
    return KeyStep(
        block=SealedHeader(header=rotation.header.decode(), seal=to_text(rotation.seal)),
        index=rotation.place,
        payload=rotation.payload.decode(),
        proof=tuple(Hash(part.hex()) for part in rotation.proof),
        signature=to_text(rotation.signature),
    )
