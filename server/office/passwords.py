"""Slow hashes of passwords and PINs: Argon2id.  The only module that imports argon2.

A verifier is a PHC string, so parameters may grow later.  PINs go to terminals as verifiers, with
lighter parameters that a Raspberry Pi checks in well under a second.
"""

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PASSWORDS: Final = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=2)
PINS: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# What an unknown address is checked against, so that it takes as long as a known one.
NOBODY: Final = PASSWORDS.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Make the verifier of a password."""
    return PASSWORDS.hash(password)


def hash_pin(pin: str) -> str:
    """Make the verifier of a PIN, as it is sent to terminals."""
    return PINS.hash(pin)


def matches(verifier: str, secret: str) -> bool:
    """Tell whether a secret is the one of a verifier; a broken verifier matches nothing."""
    try:
        return PASSWORDS.verify(verifier, secret)
    except (VerificationError, InvalidHashError):
        return False
