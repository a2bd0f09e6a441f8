"""The name of an allowance, against bytes written by hand."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec.structs import replace

from shared.allowance import EPOCH_HOUR, MOST_CENTS, Allowance, allowance_hash
from shared.ids import CardRef

ONE = Allowance(
    base=250,
    card=CardRef("0a" * 16),
    credit=3_000,
    group=1,
    issued=7_892,
    number=3,
    valid_hours=24,
)
BYTES = (
    b'tirelire-allowance/1\n{"base":250,"card":"0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",'
    b'"credit":3000,"group":1,"issued":7892,"number":3,"valid_hours":24}'
)


def test_the_hash_is_over_a_tag_and_canonical_json() -> None:
    assert allowance_hash(ONE) == sha256(BYTES).hexdigest()


def test_the_vector() -> None:
    file = Path(__file__).parent.parent / "vectors" / "proofs.json"
    told = json.loads(file.read_text("utf-8"))["allowance"]
    assert told["hashed"].encode() == BYTES
    assert allowance_hash(msgspec.convert(told["fields"], Allowance)) == told["hash"]


def test_whatever_changes_changes_the_hash() -> None:
    others = {
        allowance_hash(replace(ONE, **{name: getattr(ONE, name) + 1}))
        for name in ("base", "credit", "group", "issued", "number", "valid_hours")
    }
    assert len(others | {allowance_hash(ONE)}) == 7


def test_hours_count_from_2026_and_cents_fit_three_bytes() -> None:
    assert datetime(2026, 1, 1, tzinfo=UTC).timestamp() == EPOCH_HOUR * 3_600
    assert MOST_CENTS == 0xFFFFFF
