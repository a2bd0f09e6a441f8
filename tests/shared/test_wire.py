"""Uploads: a batch and the details behind it."""

import pytest

from shared.amounts import Amount
from shared.detail import Detail, Line, adds_up, detail_hash
from shared.errors import Code, Refused
from shared.ids import Hex32
from shared.transaction import MAX_TRANSACTIONS
from shared.wire import MAX_UPLOAD_BYTES, pairing_text, split_upload, write_details

LINES = (Line("beer", "Bière pression", 2, 500, 2000), Line("cup", "Retour gobelet", 1, -100, 0))
DETAIL = Detail(lines=LINES, operator="maia", salt="00" * 16, total=Amount(900))
BATCH = b"tirelire-batch/1 rest of the batch\n{}\n"


def test_details_travel_behind_the_batch() -> None:
    raw = BATCH + write_details([DETAIL, DETAIL])
    assert split_upload(raw) == (BATCH, (DETAIL, DETAIL))
    assert split_upload(BATCH + write_details([])) == (BATCH, ())


@pytest.mark.parametrize(
    "tail",
    [
        b"tirelire-details/1 2\n{}\n",
        b"tirelire-details/1 1\n{}",
        b"tirelire-details/1 01\n{}\n",
        b"tirelire-details/1 x\n{}\n",
        b"tirelire-details/1 0\n" + write_details([DETAIL]),
    ],
)
def test_a_wrong_count_is_refused(tail: bytes) -> None:
    with pytest.raises(Refused) as refused:
        split_upload(BATCH + tail)
    assert refused.value.code is Code.BAD_FRAMING


def test_details_without_a_batch_and_too_much_of_all_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        split_upload(b"x\n" + write_details([DETAIL]))
    assert refused.value.code is Code.BAD_FRAMING
    with pytest.raises(Refused) as refused:
        split_upload(b"x" * (MAX_UPLOAD_BYTES + 1))
    assert refused.value.code is Code.TOO_LARGE


def test_an_upload_may_be_as_large_as_the_limits() -> None:
    batch = BATCH.ljust(MAX_UPLOAD_BYTES, b"x")
    assert split_upload(batch) == (batch, ())
    details = (DETAIL,) * MAX_TRANSACTIONS
    assert split_upload(BATCH + write_details(details)) == (BATCH, details)
    with pytest.raises(Refused) as refused:
        split_upload(BATCH + write_details((*details, DETAIL)))
    assert refused.value.code is Code.BAD_FRAMING


def test_a_detail_that_is_not_canonical_is_refused() -> None:
    with pytest.raises(Refused):
        split_upload(BATCH + b'tirelire-details/1 1\n{"lines": []}\n')


def test_a_detail_adds_up_or_not() -> None:
    assert adds_up(DETAIL)
    assert not adds_up(Detail(lines=LINES, operator="-", salt="00" * 16, total=Amount(901)))
    assert adds_up(Detail(lines=(), operator="-", salt="00" * 16, total=Amount(2000)))


def test_the_hash_hides_behind_its_salt() -> None:
    other: Hex32 = "01" * 16
    again = Detail(lines=LINES, operator="maia", salt=other, total=Amount(900))
    assert detail_hash(DETAIL) != detail_hash(again)
    assert len(detail_hash(DETAIL)) == 64


def test_what_a_terminal_signs_to_pair() -> None:
    assert pairing_text("123456", "aa", "bb") == b"123456\naa\nbb"
