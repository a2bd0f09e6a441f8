"""Putting the office's acts on the chain: all of one act or nothing, and a code when it was not."""

from collections.abc import Sequence

from server.engine.port import Engine, EngineStoppedError, NotProposed
from shared.bodies import Body
from shared.errors import Code


def propose(engine: Engine, bodies: Sequence[Body]) -> Code | None:
    """Propose transactions in one block; give why it was refused, None when it was not.

    A node that makes no blocks now refuses, too: nothing has happened then.
    """
    try:
        outcome = engine.propose(bodies)
    except EngineStoppedError:
        return Code.NODE_BEHIND
    return outcome.code if isinstance(outcome, NotProposed) else None
