"""What to send, and when."""

from __future__ import annotations

import pytest

from shared.errors import Code
from shared.ids import ZERO_HASH
from terminal.offline_queue.records import Record
from terminal.sync.plan import Plan, batch, pause_s


def record(seq: int, size: int) -> Record:
    return Record(seq=seq, payload=b"x" * size, hash=ZERO_HASH, signature=b"", detail=None, at_ms=0)


@pytest.mark.parametrize(
    "failures, longest", [(1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (5, 15.0), (5000, 15.0)]
)
def test_pauses_double_up_to_a_quarter_of_a_minute(failures: int, longest: float) -> None:
    plan = Plan(failures=failures)

    assert pause_s(plan, more=True, chance=1.0) == longest
    assert pause_s(plan, more=True, chance=0.0) == longest / 2


def test_one_answer_ends_the_pauses() -> None:
    plan = Plan(failures=7, most=3, details=False, refused=Code.TOO_LARGE, acquainted=True)

    assert plan.answered() == Plan(acquainted=True)
    assert pause_s(plan.answered(), more=True, chance=0.5) == 0.0
    assert pause_s(plan.answered(), more=False, chance=0.5) == 3.0


def test_what_is_too_large_is_halved_down_to_one() -> None:
    plan = Plan(most=5)

    plan = plan.refuse(Code.TOO_LARGE)
    assert (plan.most, plan.failures) == (2, 0)
    plan = plan.refuse(Code.TOO_LARGE)
    assert (plan.most, plan.failures) == (1, 0)
    plan = plan.refuse(Code.TOO_LARGE)
    assert (plan.most, plan.failures) == (1, 1)


def test_details_are_left_out_once_they_were_refused() -> None:
    plan = Plan().refuse(Code.BAD_SHAPE)
    assert (plan.details, plan.failures) == (False, 0)

    plan = plan.refuse(Code.BAD_SHAPE)
    assert (plan.details, plan.failures) == (False, 1)


def test_other_refusals_are_waited_out() -> None:
    assert Plan().refuse(Code.UNKNOWN_AUTHOR) == Plan(failures=1, refused=Code.UNKNOWN_AUTHOR)


def test_a_batch_ends_at_its_number_or_at_its_bytes() -> None:
    small = [record(seq, 100) for seq in range(1, 700)]
    large = [record(seq, 8192) for seq in range(1, 100)]

    assert len(batch(small, 500)) == 500
    assert len(batch(large, 500)) == 63  # 63 × 8193 + 256 bytes ≤ 512 KiB < 64 × 8193
    assert len(batch([record(1, 600_000)], 500)) == 1
