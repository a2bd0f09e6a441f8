"""Bodies as they stand on the wire: no default, no stranger, names in order, limits kept."""

import msgspec
import pytest

from shared.bodies import (
    Body,
    CashOutDone,
    GroupCreate,
    KeyRotate,
    Part,
    PurseIssue,
    SaleVoid,
    SlotSale,
    SplitSale,
)
from shared.codec import decode, encode
from shared.errors import Code, Refused
from shared.ids import ZERO_HASH
from shared.kinds import KINDS

CARD = "0" * 32


def test_no_body_has_a_default_or_takes_an_unknown_field() -> None:
    shapes = [shape for kind in KINDS.values() for shape in kind.bodies]
    assert all(issubclass(shape, Body) for shape in shapes)
    for shape in shapes:
        assert all(field.required for field in msgspec.structs.fields(shape)), shape
        assert shape.__struct_config__.forbid_unknown_fields
        names = [field.encode_name for field in msgspec.structs.fields(shape)]
        assert names == sorted(names), shape


SALE = {"basis": "online", "card": CARD, "detail": ZERO_HASH, "in": [], "total": 5}
SLOT = SALE | {"allowance": ZERO_HASH, "basis": "slot", "spent": [0, 5]}
PART = {"amount": 1, "asset": "TIME"}


@pytest.mark.parametrize(
    "shape, body",
    [
        (SplitSale, SALE | {"in": [PART], "total": 0}),
        (SplitSale, SALE | {"in": [PART] * 16}),
        (SlotSale, SLOT),
        (SaleVoid, {"card": CARD, "spent": [0, 2**53 - 1]}),
        (PurseIssue, {"card": CARD, "group": 255, "need": 0, "valid_hours": 1}),
        (GroupCreate, {"assets": ["FED"] * 8, "group": 1}),
        (KeyRotate, {"key": "a" * 64, "proof": "A" * 86}),
        (CashOutDone, {"evidence": "stripe:re_1:done", "lock": ZERO_HASH}),
        (Part, PART),
    ],
)
def test_what_just_fits(shape: type[msgspec.Struct], body: object) -> None:
    assert encode(decode(encode(body), shape)) == encode(body)


@pytest.mark.parametrize(
    "shape, body",
    [
        (SplitSale, SALE),
        (SplitSale, SALE | {"in": [PART] * 17}),
        (SplitSale, SALE | {"in": [PART], "basis": "cached"}),
        (SlotSale, SLOT | {"in": [PART]}),
        (SlotSale, SLOT | {"spent": [0, 5, 9]}),
        (SlotSale, SLOT | {"spent": [-1, 5]}),
        (SlotSale, SLOT | {"total": 0}),
        (SaleVoid, {"card": CARD, "spent": [0, 2**53]}),
        (PurseIssue, {"card": CARD, "group": 256, "need": 0, "valid_hours": 1}),
        (PurseIssue, {"card": CARD, "group": 1, "need": 0, "valid_hours": 256}),
        (GroupCreate, {"assets": [], "group": 1}),
        (GroupCreate, {"assets": ["FED"], "group": 0}),
        (KeyRotate, {"key": "a" * 64, "proof": "A" * 85}),
        (KeyRotate, {"key": "a" * 64, "proof": "A" * 86 + "\n"}),
        (Part, PART | {"amount": 0}),
    ],
)
def test_what_does_not_fit(shape: type[msgspec.Struct], body: object) -> None:
    with pytest.raises(Refused) as caught:
        decode(encode(body), shape)
    assert caught.value.code is Code.BAD_SHAPE
