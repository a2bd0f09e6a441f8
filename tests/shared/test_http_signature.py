"""RFC 9421 reads: a signature holds for one request, one key, one minute."""

import re
from base64 import b64decode

import pytest
from nacl.signing import SigningKey

from shared.errors import Code, Refused
from shared.http_signature import Read, check_claim, read_claim, sign_read
from shared.ids import author_id
from shared.signing import public_key

SEED = b"s" * 32
KEY = public_key(SEED)
READ = Read("GET", "/api/v1/deltas", "cursor=12.3")
NONCE = "0123456789abcdef"


def headers(created: int = 1_790_000_000) -> tuple[str, str]:
    signed = sign_read(READ, author=author_id(KEY), seed=SEED, created=created, nonce=NONCE)
    return signed["Signature-Input"], signed["Signature"]


def test_a_signed_read_is_the_authors() -> None:
    claim = read_claim(*headers())
    assert (claim.author, claim.created, claim.nonce) == (author_id(KEY), 1_790_000_000, NONCE)
    check_claim(claim, READ, key=KEY, now=1_790_000_060)
    check_claim(claim, READ, key=KEY, now=1_789_999_940)


def test_the_headers_have_the_form_of_rfc_9421() -> None:
    given, signature = headers()
    assert given.startswith('tirelire=("@method" "@path" "@query");created=1790000000;nonce="')
    assert given.endswith(';alg="ed25519"')
    assert re.fullmatch(r"tirelire=:[A-Za-z0-9+/]{86}==:", signature)


def test_the_signature_is_over_the_base_of_rfc_9421_written_by_hand() -> None:
    given, signature = headers()
    base = (
        '"@method": GET\n'
        '"@path": /api/v1/deltas\n'
        '"@query": ?cursor=12.3\n'
        '"@signature-params": ' + given.removeprefix("tirelire=")
    )
    raw = b64decode(signature.removeprefix("tirelire=:").removesuffix(":"))
    assert SigningKey(SEED).sign(base.encode()).signature == raw


@pytest.mark.parametrize("now", [1_790_000_061, 1_789_999_939])
def test_an_old_or_early_read_is_stale(now: int) -> None:
    with pytest.raises(Refused) as refused:
        check_claim(read_claim(*headers()), READ, key=KEY, now=now)
    assert refused.value.code is Code.STALE_READ


@pytest.mark.parametrize(
    "read",
    [
        Read("POST", READ.path, READ.query),
        Read("GET", "/api/v1/journal", READ.query),
        Read("GET", READ.path, "cursor=0"),
    ],
)
def test_another_request_was_not_signed(read: Read) -> None:
    with pytest.raises(Refused) as refused:
        check_claim(read_claim(*headers()), read, key=KEY, now=1_790_000_000)
    assert refused.value.code is Code.BAD_READ_SIGNATURE


def test_another_key_did_not_sign() -> None:
    with pytest.raises(Refused):
        check_claim(read_claim(*headers()), READ, key=public_key(b"t" * 32), now=1_790_000_000)


@pytest.mark.parametrize(
    "change", [("tirelire", "sig1"), ("@path", "@authority"), ("ed25519", "hmac")]
)
def test_other_forms_of_the_headers_are_refused(change: tuple[str, str]) -> None:
    given, signature = headers()
    for claim in ((given.replace(*change), signature), (given, signature[:-3])):
        with pytest.raises(Refused) as refused:
            read_claim(*claim)
        assert refused.value.code is Code.BAD_READ_SIGNATURE
