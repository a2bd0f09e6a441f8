"""The player on a panel that writes down what it is told."""

import queue
import time

import pytest

from hardware.signals.panel import NullPanel
from hardware.signals.patterns import Light, Moment
from hardware.signals.player import Player

PATIENCE_S = 5.0


class Written:
    """A panel that tells the test what it was told; broken, it fails."""

    def __init__(self) -> None:
        self.told: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.broken = False

    def light(self, light: Light) -> None:
        if self.broken:
            self.told.put("failed")
            raise OSError("wire cut")
        self.told.put(light)

    def buzz(self, *, on: bool) -> None:
        self.told.put(on)

    def close(self) -> None:
        self.told.put("closed")

    def next(self, count: int) -> list[object]:
        return [self.told.get(timeout=PATIENCE_S) for _ in range(count)]


@pytest.fixture
def panel() -> Written:
    return Written()


def test_ok_lights_green_and_buzzes_once(panel: Written) -> None:
    player = Player(panel)
    begin = time.monotonic()
    player.play(Moment.OK)
    assert panel.next(4) == [False, Light.GREEN, True, False]
    assert time.monotonic() - begin >= 0.25
    player.close()
    assert panel.next(1) == ["closed"]


def test_a_new_moment_replaces_the_one_that_plays(panel: Written) -> None:
    player = Player(panel)
    player.play(Moment.ATTENTION)
    assert panel.next(3) == [False, Light.AMBER, True]
    player.play(Moment.WAITING)
    assert panel.next(2) == [False, Light.BLUE]
    player.close()


def test_attention_repeats(panel: Written) -> None:
    player = Player(panel)
    player.play(Moment.ATTENTION)
    first = [False, Light.AMBER, True, Light.OFF, False, *[Light.AMBER, Light.OFF] * 2]
    assert panel.next(9) == first
    assert panel.next(2) == [Light.AMBER, True]
    player.close()


def test_a_broken_lamp_is_left_alone_until_the_next_moment(panel: Written) -> None:
    player = Player(panel)
    panel.broken = True
    player.play(Moment.OK)
    assert panel.next(2) == [False, "failed"]
    panel.broken = False
    player.play(Moment.REFUSED)
    assert panel.next(3) == [False, Light.RED, True]
    player.close()


def test_the_null_panel_does_nothing() -> None:
    player = Player(NullPanel())
    player.play(Moment.REFUSED)
    player.close()
