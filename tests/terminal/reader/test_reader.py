"""A reader over a simulated field and a simulated clock: presentations, deadlines, unplugging."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from terminal.reader.reader import CardReader
from terminal.reader.session import Chip
from terminal.reader.simulated import SimulatedCard, SimulatedField
from terminal.till.ports import ReaderGone

UID = bytes.fromhex("04A1B2C3D4E5F6")
OLD = bytes.fromhex("1A2B3C4D")


class Script:
    """Time that passes only by pauses; at its moment, each step of the script happens."""

    def __init__(self, *steps: tuple[int, Callable[[], None]]) -> None:
        self.now = 0
        self._steps = list(steps)

    def mono_ms(self) -> int:
        return self.now

    def pause(self, ms: int) -> None:
        self.now += ms
        while self._steps and self._steps[0][0] <= self.now:
            self._steps.pop(0)[1]()


def opened(field: SimulatedField, script: Script) -> CardReader:
    reader = CardReader(field, script)
    assert reader.wait(0) is None  # the first call opens it
    return reader


@pytest.mark.parametrize("uid", ["1A2B3C4D", "04A1B2C3D4E5F6", "01020304050607080910"])
def test_a_uid_arrives_in_full(uid: str) -> None:
    raw = bytes.fromhex(uid)
    field = SimulatedField()
    script = Script((200, lambda: field.present(SimulatedCard(raw))))

    assert opened(field, script).wait(1.0) == raw


def test_without_a_card_the_deadline_ends_the_wait() -> None:
    script = Script()

    assert opened(SimulatedField(), script).wait(0.5) is None
    assert 500 <= script.now <= 540


def test_a_card_that_stays_is_reported_once_over_many_waits() -> None:
    field = SimulatedField(card=SimulatedCard(UID))
    reader = opened(field, Script())

    assert [reader.wait(0.5) for _ in range(4)] == [UID, None, None, None]


def test_a_card_that_left_is_reported_again() -> None:
    field = SimulatedField(card=SimulatedCard(OLD, Chip.CLASSIC))
    script = Script(
        (1000, field.remove),
        (2000, lambda: field.present(SimulatedCard(OLD, Chip.CLASSIC))),
    )
    reader = opened(field, script)

    assert reader.wait(0.9) == OLD
    assert reader.wait(2.5) == OLD


def test_a_lost_answer_does_not_lose_the_tap() -> None:
    field = SimulatedField(card=SimulatedCard(UID), losses=1)

    assert opened(field, Script()).wait(1.0) == UID


def test_an_unplugged_reader_is_gone_until_it_is_back() -> None:
    field = SimulatedField()
    reader = opened(field, Script())
    field.plugged = False

    for _ in range(2):
        with pytest.raises(ReaderGone, match="unplugged"):
            reader.wait(0.1)
    field.plugged = True
    field.present(SimulatedCard(UID))
    assert reader.wait(0.1) is None
    assert reader.wait(0.1) == UID


def test_a_card_that_lay_there_while_the_reader_was_unplugged_is_not_charged_twice() -> None:
    field = SimulatedField(card=SimulatedCard(UID))
    reader = opened(field, Script())
    assert reader.wait(0.1) == UID
    field.plugged = False
    with pytest.raises(ReaderGone, match="unplugged"):
        reader.wait(0.1)
    field.plugged = True

    assert [reader.wait(0.3) for _ in range(3)] == [None, None, None]
