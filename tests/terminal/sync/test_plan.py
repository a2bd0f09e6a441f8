"""What to send, and when."""

from __future__ import annotations

import pytest

from shared.errors import Code
from shared.ids import ZERO_HASH
from terminal.offline_queue.records import Record
from terminal.sync.plan import Plan, Rest, batch, pause_s


def record(seq: int, size: int) -> Record:
    return Record(seq=seq, payload=b"x" * size, hash=ZERO_HASH, signature=b"", detail=None, at_ms=0)


@pytest.mark.parametrize(
    "failures, longest", [(1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (5, 15.0), (5000, 15.0)]
)
def test_pauses_double_up_to_a_quarter_of_a_minute(failures: int, longest: float) -> None:
    plan = Plan(failures=failures)

    assert pause_s(plan, more=True, chance=1.0) == longest
    assert pause_s(plan, more=True, chance=0.0) == longest / 2


def test_a_batch_that_is_taken_ends_every_trouble() -> None:
    plan = Plan(failures=7, most=3, details=False, refused=Code.FORK, acquainted=True)

    assert plan.taken() == Plan(acquainted=True)
    assert pause_s(plan.taken(), more=True, chance=0.5) == 0.0
    assert pause_s(plan.taken(), more=False, chance=0.5) == 3.0


def test_an_answer_ends_the_pauses_but_not_a_refusal() -> None:
    assert Plan(failures=7).heard() == Plan()
    refused = Plan().refuse(Code.UNKNOWN_AUTHOR)
    assert refused == Plan(failures=1, refused=Code.UNKNOWN_AUTHOR)
    assert refused.heard() == refused


def test_what_is_too_large_is_halved_down_to_one() -> None:
    assert Plan(most=5).instead(Code.TOO_LARGE) == Plan(most=2)
    assert Plan(most=2).instead(Code.TOO_LARGE) == Plan(most=1)
    assert Plan(most=1).instead(Code.TOO_LARGE) is None


def test_details_are_left_out_once_they_were_refused() -> None:
    assert Plan().instead(Code.BAD_SHAPE) == Plan(details=False)
    assert Plan(details=False).instead(Code.BAD_SHAPE) is None


def test_nothing_helps_against_other_refusals() -> None:
    assert Plan().instead(Code.BAD_SIGNATURE) is None


@pytest.mark.parametrize(
    "now_ms, head, network, lasts",
    [
        (100, 7, b"up", True),
        (1099, 7, b"up", True),
        (1100, 7, b"up", False),
        (99, 7, b"up", False),  # the clock was put back: rather too early than never
        (200, 8, b"up", False),
        (200, 7, b"down", False),
    ],
)
def test_a_rest_ends_by_time_by_a_sale_or_by_the_network(
    now_ms: int, head: int, network: bytes, lasts: bool
) -> None:
    rest = Rest(since_ms=100, pause_ms=1000, head=7, network=b"up")

    assert rest.lasts(now_ms, head, network) is lasts


def test_a_batch_ends_at_its_number_or_at_its_bytes() -> None:
    small = [record(seq, 100) for seq in range(1, 700)]
    large = [record(seq, 8192) for seq in range(1, 100)]

    assert len(batch(small, 500)) == 500
    assert len(batch(large, 500)) == 63  # 63 × 8193 + 256 bytes ≤ 512 KiB < 64 × 8193
    assert len(batch([record(1, 600_000)], 500)) == 1
