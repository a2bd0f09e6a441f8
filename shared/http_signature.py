"""RFC 9421 message signatures for reads: who asks, for what, and just now (PROTOCOL §2).

Covers method, path and query with `created`, `nonce` and `keyid`; Ed25519.  The base string is made
here for both sides; the clock and the nonce come from the caller.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from shared.errors import Code, Refused
from shared.ids import AuthorId

MAX_AGE_S: Final = 60
_LABEL: Final = "tirelire"
_COMPONENTS: Final = '("@method" "@path" "@query")'
_INPUT: Final = re.compile(
    rf"{_LABEL}={re.escape(_COMPONENTS)};created=(\d{{1,12}});nonce=\"([0-9a-f]{{16,64}})\""
    rf";keyid=\"([0-9a-f]{{32}})\";alg=\"ed25519\""
)
_SIGNATURE: Final = re.compile(rf"{_LABEL}=:([A-Za-z0-9+/]{{86}}==):")


@dataclass(frozen=True, slots=True)
class Read:
    """A request as both sides see it: method, path and the query without its question mark."""

    method: str
    path: str
    query: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Who signed a read, and when (seconds UTC); its signature has still to be checked."""

    author: AuthorId
    created: int
    nonce: str
    signature: bytes


def _parameters(author: str, created: int, nonce: str) -> str:
    return f'{_COMPONENTS};created={created};nonce="{nonce}";keyid="{author}";alg="ed25519"'


def _base(read: Read, parameters: str) -> bytes:
    lines = (
        f'"@method": {read.method}',
        f'"@path": {read.path}',
        f'"@query": ?{read.query}',
        f'"@signature-params": {parameters}',
    )
    return "\n".join(lines).encode()


def sign_read(
    read: Read, *, author: AuthorId, seed: bytes, created: int, nonce: str
) -> dict[str, str]:
    """Give the two headers that sign a read.  `nonce` is 16 to 64 lower-case hex digits."""
    parameters = _parameters(author, created, nonce)
    signature = SigningKey(seed).sign(_base(read, parameters)).signature
    return {
        "Signature-Input": f"{_LABEL}={parameters}",
        "Signature": f"{_LABEL}=:{b64encode(signature).decode()}:",
    }


def read_claim(signature_input: str, signature: str) -> Claim:
    """Read the two headers.  Raises Refused(bad_read_signature) unless they have our form."""
    inputs, signatures = _INPUT.fullmatch(signature_input), _SIGNATURE.fullmatch(signature)
    if not inputs or not signatures:
        raise Refused(Code.BAD_READ_SIGNATURE, "headers")
    created, nonce, author = inputs.groups()
    return Claim(AuthorId(author), int(created), nonce, b64decode(signatures[1]))


def check_claim(claim: Claim, read: Read, *, key: bytes, now: int) -> None:
    """Check a claim against the author's key (32 bytes) and the server's time (seconds).

    Raises Refused(bad_read_signature | stale_read).  Whether the nonce is new is the caller's.
    """
    parameters = _parameters(claim.author, claim.created, claim.nonce)
    try:
        VerifyKey(key).verify(_base(read, parameters), claim.signature)
    except BadSignatureError:
        raise Refused(Code.BAD_READ_SIGNATURE, "signature") from None
    if abs(now - claim.created) > MAX_AGE_S:
        raise Refused(Code.STALE_READ)
