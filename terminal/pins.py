"""Finds whose code was typed: the only module that knows how PIN verifiers are made.

A verifier is an Argon2id string (`$argon2id$v=19$…`) as the node made it. Checking is slow on
purpose; the shell calls this on a worker thread. A verifier that is no such string opens nothing.
"""

from __future__ import annotations

from nacl.exceptions import CryptoError
from nacl.pwhash import verify

from terminal.till.directory import Operator, OperatorId


class ArgonPins:
    """Implements `terminal.till.ports.PinVerifier`."""

    def find(self, operators: tuple[Operator, ...], pin: str) -> OperatorId | None:
        """Find the operator whose verifier the code satisfies."""
        typed = pin.encode()
        return next((o.id for o in operators if o.pin and _opens(o.pin, typed)), None)


def _opens(verifier: str, typed: bytes) -> bool:
    try:
        return verify(verifier.encode(), typed)
    except (CryptoError, ValueError):
        return False
