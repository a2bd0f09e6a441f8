"""Enrolment at a node by a six-digit code that its admin reads out: once in a till's life.

The terminal proves that it holds the key it asks to enrol, and gets back who it is, whom to believe
(the node's key) and the secrets sealed to its own box key: only this terminal can open them.  What
the node says is checked before it is believed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from shared.block import header_hash
from shared.codec import decode, encode, read
from shared.errors import Code, Refused
from shared.ids import author_id, chain_id
from shared.signing import Purpose, from_text, public_key, sign, to_text
from shared.wire import PairAnswer, PairRequest, Secrets, pairing_text
from terminal.sync.transport import Reply, Request, Transport, code_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The terminal's own keys, made on it and never leaving it: 32-byte seeds."""

    sign: bytes = field(repr=False)  # Ed25519
    box: bytes = field(repr=False)  # X25519


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What an enrolled terminal keeps: the node's answer, and the key that names cards."""

    answer: PairAnswer
    card_key: bytes = field(repr=False)


def enrol(transport: Transport, keys: Keys, pin: str) -> Enrolment | Code | None:
    """Ask to be enrolled: the enrolment, the node's refusal, or None when it did not answer.

    `bad_pin` without asking when `pin` is not six digits.
    """
    if len(pin) != 6 or not pin.isascii() or not pin.isdecimal():
        return Code.BAD_PIN
    key = public_key(keys.sign).hex()
    box = bytes(PrivateKey(keys.box).public_key).hex()
    proof = sign(keys.sign, Purpose.PAIRING, pairing_text(pin, key, box))
    asked = PairRequest(box=box, key=key, pin=pin, proof=to_text(proof))  # type: ignore[arg-type]  # hex of 32 bytes
    reply = transport.send(
        Request(
            method="POST",
            path="/api/v1/pair",
            headers={"Content-Type": "application/json"},
            body=encode(asked),
        )
    )
    return None if reply is None else _enrolment(reply, keys)


def _enrolment(reply: Reply, keys: Keys) -> Enrolment | Code | None:
    if reply.status != 200:
        return code_of(reply)
    try:
        answer = read(reply.body, PairAnswer)
        opened = SealedBox(PrivateKey(keys.box)).decrypt(from_text(answer.sealed))
        secrets = decode(opened, Secrets)
    except Refused:
        return Code.BAD_SHAPE
    except CryptoError:
        return Code.BAD_SIGNATURE
    if answer.terminal != author_id(public_key(keys.sign)):
        return Code.UNKNOWN_TERMINAL
    if answer.chain != chain_id(header_hash(answer.genesis.encode())):
        return Code.OTHER_CHAIN
    return Enrolment(answer=answer, card_key=bytes.fromhex(secrets.card_key))
