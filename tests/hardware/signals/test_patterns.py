"""The table of moments: counts, rates and what a fixed pitch can tell."""

import pytest

from hardware.signals.patterns import (
    PATTERNS,
    Beep,
    Change,
    Light,
    Moment,
    Pattern,
    Step,
    timeline,
)


def buzzes(moment: Moment, until_ms: int = 3000) -> list[tuple[int, int]]:
    """Beginning and end of each buzz."""
    switched = [c for c in timeline(PATTERNS[moment], until_ms) if c.buzz is not None]
    assert [c.buzz for c in switched] == [True, False] * (len(switched) // 2)
    return [(on.at_ms, off.at_ms) for on, off in zip(switched[::2], switched[1::2], strict=True)]


def test_every_moment_has_a_pattern() -> None:
    assert set(PATTERNS) == set(Moment)


def test_ok_is_one_joined_beep_and_two_seconds_of_green() -> None:
    assert PATTERNS[Moment.OK].beeps == (Beep(1568, 90), Beep(2093, 180))
    assert buzzes(Moment.OK) == [(0, 270)]
    lights = [c for c in timeline(PATTERNS[Moment.OK], 3000) if c.light]
    assert lights == [Change(0, light=Light.GREEN), Change(2000, light=Light.OFF)]


def test_refused_is_three_beeps_and_three_red_flashes_then_steady() -> None:
    assert buzzes(Moment.REFUSED) == [(0, 160), (250, 410), (500, 660)]
    lights = [(c.at_ms, c.light) for c in timeline(PATTERNS[Moment.REFUSED], 3000) if c.light]
    assert lights == [
        (0, Light.RED),
        (200, Light.OFF),
        (400, Light.RED),
        (600, Light.OFF),
        (800, Light.RED),
        (1000, Light.OFF),
        (1200, Light.RED),
    ]


def test_unknown_is_two_beeps() -> None:
    assert buzzes(Moment.UNKNOWN) == [(0, 120), (240, 360)]
    assert {step.light for step in PATTERNS[Moment.UNKNOWN].steps} == {Light.AMBER, Light.OFF}


def test_attention_is_one_long_beep_again_every_three_seconds() -> None:
    assert buzzes(Moment.ATTENTION) == [(0, 600)]
    assert buzzes(Moment.ATTENTION, 6000) == [(0, 600), (3000, 3600)]
    lights = [c.light for c in timeline(PATTERNS[Moment.ATTENTION], 2000) if c.light]
    assert lights == [Light.AMBER, Light.OFF] * 2


@pytest.mark.parametrize("moment", [Moment.WAITING, Moment.QUIET])
def test_waiting_and_quiet_make_no_sound(moment: Moment) -> None:
    assert buzzes(moment) == []


def test_waiting_is_steady_blue() -> None:
    assert PATTERNS[Moment.WAITING].steps == (Step(Light.BLUE, 0),)


@pytest.mark.parametrize("moment", list(Moment))
def test_never_more_than_three_flashes_a_second(moment: Moment) -> None:
    lit = [
        change.at_ms
        for change in timeline(PATTERNS[moment], 10_000)
        if change.light not in {None, Light.OFF}
    ]
    for first, fourth in zip(lit, lit[3:], strict=False):
        assert fourth - first >= 1000


@pytest.mark.parametrize("moment", list(Moment))
def test_frequencies_pass_bass_and_old_ears(moment: Moment) -> None:
    assert all(1000 <= beep.hz <= 2200 for beep in PATTERNS[moment].beeps)


def test_a_timeline_ends_before_its_limit() -> None:
    pattern = Pattern(steps=(Step(Light.RED, 100), Step(Light.OFF, 0)), beeps=(Beep(1000, 100),))
    assert timeline(pattern, 100) == (Change(0, light=Light.RED), Change(0, buzz=True))
