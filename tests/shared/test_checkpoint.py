"""Checkpoints: a published note, one written by hand, and everything that must not be read."""

from base64 import b64decode, b64encode
from hashlib import sha256

import pytest
from nacl.signing import SigningKey

from shared.checkpoint import (
    MAX_NOTE_CHARACTERS,
    Checkpoint,
    cosign,
    key_id,
    open_note,
    origin,
    read_checkpoint,
    read_cosigned,
    sign_text,
    write_checkpoint,
)
from shared.errors import Code, Refused
from shared.ids import ChainId

# From the tests of golang.org/x/mod/sumdb/note, where the format comes from.
PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PUBLISHED_SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb"
    "6KE6RyyBwJnAM=\n"
)
NAME, NUMBER, KEY = PUBLISHED_KEY.split("+", 2)
PUBLIC = b64decode(KEY)[1:]

SEED = b"s" * 32
OURS = bytes(SigningKey(SEED).verify_key)
CHAIN = ChainId("92f3d35fa3bb522dc2e2696e3a5e960e")
LOG = "tirelire-chain/92f3d35fa3bb522dc2e2696e3a5e960e"
ROOT = bytes.fromhex("63e21e3c32834b2255756671cadc2eb8cabe45ac659c9cc172b1d7a0824d4117")
TEXT = f"{LOG}\n62\nY+IePDKDSyJVdWZxytwuuMq+RaxlnJzBcrHXoIJNQRc=\n"


def by_hand(text: str, name: str = LOG, seed: bytes = SEED) -> str:
    """Sign a text with nothing of ours: C2SP signed-note, word for word."""
    key = SigningKey(seed)
    number = sha256(name.encode() + b"\x0a\x01" + bytes(key.verify_key)).digest()[:4]
    raw = b64encode(number + key.sign(text.encode()).signature).decode()
    return f"\u2014 {name} {raw}\n"


def code(note: str, public: bytes = OURS) -> Code:
    with pytest.raises(Refused) as refused:
        read_checkpoint(note, public=public)
    return refused.value.code


def test_the_published_note() -> None:
    assert key_id(NAME, PUBLIC).hex() == NUMBER
    note = f"{PUBLISHED_TEXT}\n{PUBLISHED_SIGNATURE}"
    assert open_note(note, name=NAME, public=PUBLIC) == PUBLISHED_TEXT
    with pytest.raises(Refused) as refused:
        open_note(note.replace("problem is", "problem was"), name=NAME, public=PUBLIC)
    assert refused.value.code is Code.BAD_SIGNATURE


def test_a_checkpoint_written_by_hand() -> None:
    made = Checkpoint(origin(CHAIN), 62, ROOT)
    assert write_checkpoint(made) == TEXT
    note = f"{TEXT}\n{by_hand(TEXT)}"
    assert sign_text(TEXT, name=LOG, seed=SEED, public=OURS) == note
    assert read_checkpoint(note, public=OURS) == made


def test_signatures_of_others_and_extensions_are_passed_over() -> None:
    text = f"{TEXT}an extension\n"
    witness = by_hand(text, "witness.example/1", b"w" * 32)
    same_name = by_hand(text, LOG, b"x" * 32)
    note = f"{text}\n{witness}{by_hand(text)}{same_name}"
    assert read_checkpoint(note, public=OURS).size == 62
    assert code(f"{text}\n{witness}") is Code.BAD_SIGNATURE
    assert code(f"{text}\n{same_name}") is Code.BAD_SIGNATURE


def test_one_bad_signature_of_the_key_spoils_the_note() -> None:
    for_another = by_hand(TEXT.replace("62", "63"))
    assert code(f"{TEXT}\n{by_hand(TEXT)}{for_another}") is Code.BAD_SIGNATURE
    number = key_id(LOG, OURS)
    short = f"— {LOG} {b64encode(number + bytes(63)).decode()}\n"
    assert code(f"{TEXT}\n{short}") is Code.BAD_SIGNATURE


@pytest.mark.parametrize(
    "text",
    [
        f"{LOG}\n",
        f"{LOG}\n62\n",
        TEXT.replace("62", "062"),
        TEXT.replace("62", "-1"),
        TEXT.replace("62", str(2**53)),
        TEXT.replace("62", "٦٢"),
        TEXT.replace("Y+Ie", "Ie"),
        TEXT.replace("Y+Ie", "Y+I"),
        TEXT.replace("QRc=", "QRd="),
        TEXT.replace("Y+Ie", "Y-Ie"),
    ],
)
def test_a_signed_text_that_is_no_checkpoint(text: str) -> None:
    assert code(f"{text}\n{by_hand(text)}") is Code.BAD_FRAMING


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}\n{by_hand(TEXT)}".removesuffix("\n"),
        f"{TEXT}\n{by_hand(TEXT)}\n",
        f"{TEXT}\n{by_hand(TEXT)}a comment\n",
        f"{TEXT}\n{by_hand(TEXT)}".replace("— ", "- "),
        f"{TEXT}\n{by_hand(TEXT)}".replace("62", "62\r"),
        f"{TEXT}\n{by_hand(TEXT)}" + by_hand(TEXT) * 500,
        f"{TEXT}\n— {LOG} AAAA=\n",
        f"{TEXT}\n— {LOG} AAB=\n",
    ],
)
def test_what_is_no_note(note: str) -> None:
    assert code(note) is Code.BAD_FRAMING


def test_a_note_may_hold_empty_lines_and_ends_at_the_last() -> None:
    text = f"{TEXT}\nmore of it\n"
    assert read_checkpoint(f"{text}\n{by_hand(text)}", public=OURS).size == 62


def test_a_note_has_a_text() -> None:
    with pytest.raises(Refused) as refused:
        open_note(f"\n\n{by_hand(chr(10), NAME)}", name=NAME, public=OURS)
    assert refused.value.code is Code.BAD_FRAMING


def test_a_note_may_be_as_long_as_the_limit() -> None:
    bare = len(f"{TEXT}\n\n{by_hand(TEXT)}")
    text = f"{TEXT}{'x' * (MAX_NOTE_CHARACTERS - bare)}\n"
    note = f"{text}\n{by_hand(text)}"
    assert len(note) == MAX_NOTE_CHARACTERS
    assert read_checkpoint(note, public=OURS).size == 62


def test_the_key_signs_under_the_name_of_the_log() -> None:
    renamed = by_hand(TEXT, "another.example/log")
    assert code(f"{TEXT}\n{renamed}") is Code.BAD_SIGNATURE
    with pytest.raises(Refused) as refused:
        open_note(f"{TEXT}\n{renamed}", name=LOG, public=OURS)
    assert refused.value.code is Code.BAD_SIGNATURE


# ---------- cosignatures ----------

W1, W2, W3 = (bytes(SigningKey(letter * 32).verify_key) for letter in (b"1", b"2", b"3"))


def cosigned(*seeds: bytes) -> str:
    """Make a note that validators have signed by hand, each under a name of its own."""
    lines = (by_hand(TEXT, f"validator.example/{seed[:1].decode()}", seed) for seed in seeds)
    return f"{TEXT}\n{by_hand(TEXT)}{''.join(lines)}"


def test_a_cosignature_is_one_more_line() -> None:
    alone = f"{TEXT}\n{by_hand(TEXT)}"
    made = cosign(alone, name="validator.example/1", seed=b"1" * 32, public=W1)
    assert made == cosigned(b"1" * 32)


def test_enough_of_the_keys_have_signed() -> None:
    note = cosigned(b"1" * 32, b"2" * 32)
    for keys, need, signers in (
        ((OURS,), 1, {OURS}),
        ((W1, W2), 2, {W1, W2}),
        ((OURS, W1, W2, W3), 3, {OURS, W1, W2}),
        ((W1, W3), 1, {W1}),
    ):
        found = read_cosigned(note, keys=keys, need=need)
        assert found == (Checkpoint(LOG, 62, ROOT), frozenset(signers))


@pytest.mark.parametrize(
    "keys, need", [((W3,), 1), ((OURS, W3), 2), ((W1, W1), 2), ((W1,), 2), ((), 0)]
)
def test_too_few_of_the_keys_have_signed(keys: tuple[bytes, ...], need: int) -> None:
    note = cosigned(b"1" * 32, b"1" * 32)
    with pytest.raises(Refused) as refused:
        read_cosigned(note, keys=keys, need=need)
    assert refused.value.code is Code.BAD_SIGNATURE


def test_a_bad_cosignature_of_a_known_key_spoils_the_note() -> None:
    note = cosigned(b"1" * 32) + by_hand(TEXT + "more\n", "validator.example/2", b"2" * 32)
    assert read_cosigned(note, keys=(W1,), need=1)[1] == {W1}
    with pytest.raises(Refused) as refused:
        read_cosigned(note, keys=(W1, W2), need=1)
    assert refused.value.code is Code.BAD_SIGNATURE


def test_a_size_stands_on_a_line_of_its_own() -> None:
    text = TEXT.replace("\n62", " 62")
    note = f"{text}\n{by_hand(text, 'validator.example/1', b'1' * 32)}"
    with pytest.raises(Refused) as refused:
        read_cosigned(note, keys=(W1,), need=1)
    assert refused.value.code is Code.BAD_FRAMING
