"""How the store keeps headers, batches and details: deflated, and exact when they come back.

A packed value is a byte that names the form, the CRC-32 of that byte and what follows, and what
follows: the bytes themselves (`PLAIN`), or raw deflate with a dictionary of the words that every
payload has, without which a sale by itself would hardly shrink.  Hashes and signatures are over the
bytes, never over their packed form, which may be another one tomorrow.

`unpack` gives the bytes that were packed or raises ValueError: the CRC sees a flipped bit even
where inflating would not care, and what would become larger than a batch can be is not inflated.
"""

import zlib
from typing import Final

from shared.transaction import MAX_BATCH_BYTES

MOST_BYTES: Final = MAX_BATCH_BYTES
"""Nothing that is packed is larger; a header and a detail are far smaller."""
PLAIN: Final = b"\x00"
DEFLATED: Final = b"\x01"

_DICTIONARY: Final = b"".join(
    (
        b'"asset_class":"federated","issuer":"","name":"","peg":"EUR","priority":50,"scale":2,',
        b'"kind":"terminal.enrol"card.register"card.block"card.link"policy.set"melt"notice"',
        b'"body":{"box":"","key":"","label":"","place":""},"home":"","reason":"","tier":"T1",',
        b'"kind":"transfer"exchange"merge"settlement"cash_out"purse.issue"purse.release"sale.void"',
        b'"body":{"amount":1000,"asset":"FED","evidence":"pi_","source":"","target":"","wallet":"',
        b'"body":{"amount":1000,"asset":"FED","card":"","detail":"","evidence":""},"kind":"reload"',
        b'"body":{"amount":100,"author":"","detail":"","seq":1},"kind":"refund"',
        b'"body":{"amount":1000,"asset":"FED","card":"","detail":""},"kind":"cash_reload"',
        b'{"lines":[{"item":"","label":"","quantity":2,"unit_price":150,"vat":1000},',
        b'{"item":"","label":"","quantity":1,"unit_price":250,"vat":2000}],',
        b'"operator":"","salt":"","total":500}',
        b'{"author":"","batches":"","chain":"","effects":"","height":1,"log":{"root":"","size":1},',
        b'"parent":"","state":"","time":1790000000000,"v":1,"validators":""}',
        b'tirelire-batch/1 \n{"at":1790000000000,"author":"","body":{"basis":"cached","card":"',
        b'","detail":"","in":[],"total":500},"boot":"","chain":"","kind":"sale","mono":1000,',
        b'"prev":"","seen":100,"seq":100,"v":1}\n',
    )
)
"""Of the form `DEFLATED`, for ever: other words are another form.  The most frequent come last."""
_WINDOW: Final = -15
_LEVEL: Final = 3
"""Level 1 is hardly faster, level 6 half as fast for a tenth less."""
_HEAD: Final = 5


def pack(raw: bytes) -> bytes:
    """Give the packed form of bytes."""
    deflate = zlib.compressobj(
        _LEVEL, zlib.DEFLATED, _WINDOW, zlib.DEF_MEM_LEVEL, zlib.Z_DEFAULT_STRATEGY, _DICTIONARY
    )
    packed = deflate.compress(raw) + deflate.flush()
    return _frame(DEFLATED, packed) if len(packed) < len(raw) else _frame(PLAIN, raw)


def unpack(packed: bytes) -> bytes:
    """Give the bytes that were packed.  Raises ValueError when they are damaged or too many."""
    form, rest = packed[:1], packed[_HEAD:]
    if packed != _frame(form, rest):
        raise ValueError("packed bytes are damaged")
    if form == PLAIN:
        return rest
    if form != DEFLATED:
        message = f"packed in a form that is not known here: {form!r}"
        raise ValueError(message)
    inflate = zlib.decompressobj(_WINDOW, _DICTIONARY)
    try:
        raw = inflate.decompress(rest, MOST_BYTES)
    except zlib.error as error:
        message = f"packed bytes cannot be inflated: {error}"
        raise ValueError(message) from None
    if not inflate.eof or inflate.unused_data or inflate.unconsumed_tail:
        raise ValueError("packed bytes do not end where they should")
    return raw


def salvage(packed: bytes) -> bytes:
    """Unpack for whoever proves what comes back: nothing in the place of what is damaged."""
    try:
        return unpack(packed)
    except ValueError:
        return b""


def _frame(form: bytes, rest: bytes) -> bytes:
    return form + zlib.crc32(rest, zlib.crc32(form)).to_bytes(4, "big") + rest
