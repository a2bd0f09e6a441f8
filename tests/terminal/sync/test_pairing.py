"""Enrolment: proof of both keys, and nothing of the node's believed unchecked."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from nacl.public import PrivateKey, PublicKey, SealedBox

from shared.codec import encode, read
from shared.errors import Code
from shared.host import HostError
from shared.signing import Purpose, from_text, public_key, to_text, verify
from shared.wire import PairRequest, Secrets, pairing_text
from terminal.sync import identity
from terminal.sync.pairing import Enrolment, Keys, enrol
from terminal.sync.transport import Reply, Request
from tests.terminal.sync.node_model import IDENTITY, PAIR, TILL_SEED, good, problem

KEYS = Keys(sign=TILL_SEED, box=bytes([3]) * 32)
CARD_KEY = bytes(range(32))


def sealed(box: str) -> str:
    secrets = encode(Secrets(card_key=CARD_KEY.hex()))  # type: ignore[arg-type]  # hex
    return to_text(SealedBox(PublicKey(bytes.fromhex(box))).encrypt(secrets))


class Node:
    """Pairs with the code 123456."""

    def __init__(self, **changes: object) -> None:
        self.changes = changes

    def send(self, request: Request) -> Reply | None:
        assert (request.method, request.path) == ("POST", "/api/v1/pair")
        asked = read(request.body, PairRequest)
        proof = from_text(asked.proof)
        text = pairing_text(asked.pin, asked.key, asked.box)
        assert verify(bytes.fromhex(asked.key), Purpose.PAIRING, text, proof)
        if asked.pin != "123456":
            return problem(403, Code.BAD_PIN)
        return good(msgspec.structs.replace(PAIR, **{"sealed": sealed(asked.box)} | self.changes))


def test_the_right_code_enrols_and_opens_the_secrets() -> None:
    enrolment = enrol(Node(), KEYS, "123456")

    assert isinstance(enrolment, Enrolment)
    assert enrolment.card_key == CARD_KEY
    assert (enrolment.answer.place, enrolment.answer.short) == ("bar", "7F3A-52")


@pytest.mark.parametrize("pin", ["654321", "12345", "1234567", "12345a", "١٢٣٤٥٦", ""])
def test_a_wrong_code_is_told(pin: str) -> None:
    assert enrol(Node(), KEYS, pin) is Code.BAD_PIN


def test_a_node_that_does_not_answer_is_no_refusal() -> None:
    class Silent:
        def send(self, request: Request) -> Reply | None:
            return None

    class Portal:
        def send(self, request: Request) -> Reply | None:
            return Reply(302, b"<html>")

    assert enrol(Silent(), KEYS, "123456") is None
    assert enrol(Portal(), KEYS, "123456") is None


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"terminal": "0" * 32}, Code.UNKNOWN_TERMINAL),
        ({"chain": "0" * 32}, Code.OTHER_CHAIN),
        ({"sealed": "AAAA"}, Code.BAD_SIGNATURE),
        ({"sealed": "é"}, Code.BAD_SHAPE),
        ({"sealed": sealed(bytes(PrivateKey(bytes(32)).public_key).hex())}, Code.BAD_SIGNATURE),
    ],
)
def test_an_answer_that_does_not_fit_is_not_believed(
    changes: dict[str, object], code: Code
) -> None:
    assert enrol(Node(**changes), KEYS, "123456") is code


def test_keys_are_drawn_once_and_kept_private(tmp_path: Path) -> None:
    folder = tmp_path / "keys"

    keys = identity.terminal_keys(folder)

    assert identity.terminal_keys(folder) == keys
    assert keys.sign != keys.box
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())
    assert "sign" not in repr(keys)


def test_an_enrolment_is_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    keys = identity.terminal_keys(folder)
    assert identity.load(folder) is None
    enrolment = Enrolment(answer=PAIR, card_key=CARD_KEY)

    identity.store(folder, enrolment)

    assert identity.load(folder) == enrolment
    assert identity.journal_identity(keys, enrolment).chain == IDENTITY.chain
    followed = msgspec.structs.replace(PAIR, node_key=public_key(b"N" * 32).hex())
    (folder / ".pairing.json.7").write_bytes(encode(followed)[:90])  # a power cut left this
    assert identity.load(folder) == enrolment
    identity.keep_answer(folder, followed)
    assert identity.load(folder) == Enrolment(answer=followed, card_key=CARD_KEY)
    (folder / "pairing.json").write_bytes(b"{")
    with pytest.raises(HostError, match="damaged"):
        identity.load(folder)
