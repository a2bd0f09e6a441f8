"""`POST /api/v1/pair`: a six-digit code, read out by an admin, enrols one terminal (issue point 4).

Guarantees that a code enrols one key, that the same key with the same code always gets the same
answer (its first one may have been lost), and that guessing is slow: a few tries for one address
and a few more for all.  The federation's card key leaves sealed to the terminal's own X25519 key.
"""

from dataclasses import dataclass
from typing import Final

from nacl.exceptions import CryptoError
from nacl.public import PublicKey, SealedBox

from server.api.limits import Wait
from server.api.port import Chain, Identity, Invitation, Notes, Snapshot
from server.api.problem import problem
from server.api.route import Answer, Call
from server.engine.port import Engine, EngineStoppedError, NotProposed
from server.ledger.records import Author, Place
from shared.bodies import TerminalEnrol
from shared.codec import encode, read
from shared.errors import Code, Refused
from shared.ids import AuthorId, author_id
from shared.signing import Purpose, from_text, to_text, verify
from shared.wire import PairAnswer, PairRequest, Secrets, pairing_text

EVERYBODY: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """The handler; `wait` counts tries by address, `wait_all` those of everybody."""

    identity: Identity
    chain: Chain
    notes: Notes
    engine: Engine
    wait: Wait
    wait_all: Wait

    def __call__(self, call: Call) -> Answer:
        """Enrol the terminal that has the code."""
        asked = read(call.body, PairRequest)
        if self.wait(call.address) or self.wait_all(EVERYBODY):
            return problem(Code.TOO_MANY_ATTEMPTS, call.language)
        terminal = author_id(_proven_key(asked))
        sealed = self._sealed(asked.box)
        invitation = self.notes.take_code(asked.pin, terminal)
        if invitation is None:
            raise Refused(Code.BAD_PIN)
        self._enrol(invitation, terminal, asked)
        self.notes.joined(invitation.pairing, terminal)
        with self.chain.snapshot() as now:
            return self._answer(now, invitation, terminal, sealed)

    def _sealed(self, box: str) -> str:
        """Seal the secrets to a terminal.  Raises Refused(bad_request) for a weak key."""
        secrets = encode(Secrets(card_key=self.identity.card_key.hex()))  # type: ignore[arg-type]  # 32 bytes
        try:
            return to_text(SealedBox(PublicKey(bytes.fromhex(box))).encrypt(secrets))
        except CryptoError:
            raise Refused(Code.BAD_REQUEST, "box") from None

    def _enrol(self, invitation: Invitation, terminal: AuthorId, asked: PairRequest) -> None:
        body = TerminalEnrol(
            box=asked.box, key=asked.key, label=invitation.label, place=invitation.place
        )
        try:
            outcome = self.engine.propose([body], atomic=True)
        except EngineStoppedError:
            sealing = self.chain.sealing()
            raise Refused(Code.NODE_BUSY if sealing else Code.NODE_BEHIND) from None
        if not isinstance(outcome, NotProposed):
            return
        if outcome.code is not Code.ALREADY_EXISTS or not self._is_same(terminal, asked):
            raise Refused(_pairing_code(outcome.code))

    def _is_same(self, terminal: AuthorId, asked: PairRequest) -> bool:
        """Tell whether the chain holds this very enrolment: a repetition, not a second one."""
        with self.chain.snapshot() as now:
            known = now.get(Author, (terminal,))
        return known is not None and (known.box, known.status) == (asked.box, "active")

    def _answer(
        self, now: Snapshot, invitation: Invitation, terminal: AuthorId, sealed: str
    ) -> PairAnswer:
        place, node = now.get(Place, (invitation.place,)), now.get(Author, (self.identity.node,))
        if node is None:
            raise Refused(Code.INTERNAL, "the chain does not know its own node")
        return PairAnswer(
            chain=self.identity.chain,
            genesis=self.identity.genesis,
            height=now.tip().height,
            label=invitation.label,
            node=self.identity.node,
            node_key=node.key,  # type: ignore[arg-type]  # hex of 32 bytes
            place=invitation.place,
            place_name=place.name if place else invitation.place,
            sealed=sealed,
            short=f"{terminal[:4]} {terminal[4:8]}".upper(),
            terminal=terminal,
        )


def _proven_key(asked: PairRequest) -> bytes:
    """Give the key that the terminal holds.  Raises Refused(bad_signature)."""
    key = bytes.fromhex(asked.key)
    text = pairing_text(asked.pin, asked.key, asked.box)
    try:
        proof = from_text(asked.proof)
    except Refused:
        raise Refused(Code.BAD_SIGNATURE, "proof") from None
    if not verify(key, Purpose.PAIRING, text, proof):
        raise Refused(Code.BAD_SIGNATURE, "proof")
    return key


def _pairing_code(code: Code) -> Code:
    return code if code in {Code.ALREADY_EXISTS, Code.UNKNOWN_PLACE} else Code.NODE_BUSY
