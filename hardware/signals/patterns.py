"""The table of moments: what the lamp shows and what the buzzer or loudspeaker plays.

The *count* of beeps carries the meaning, so that a buzzer of fixed pitch tells the same as a
loudspeaker. Frequencies lie between 1 and 2.2 kHz: above the bass of a bar, below age-related
hearing loss. Pure: `terminal.ui.tones` makes its waves from this table too.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Moment(StrEnum):
    """Something worth a lamp or a sound. The words are those of the till's tunes."""

    OK = "ok"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    ATTENTION = "attention"
    WAITING = "waiting"
    QUIET = "quiet"


class Light(StrEnum):
    """What the lamp shows. A lamp of two colours makes amber of red and green."""

    OFF = "off"
    GREEN = "green"
    RED = "red"
    AMBER = "amber"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Beep:
    """A tone, and the silence after it. `off_ms` 0 joins it to the next one."""

    hz: int
    on_ms: int
    off_ms: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """A light for a while; the last step of a pattern stays when it lasts 0."""

    light: Light
    ms: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is seen and heard. Beeps come again every `beeps_every_ms` unless that is 0."""

    steps: tuple[Step, ...]
    beeps: tuple[Beep, ...] = ()
    beeps_every_ms: int = 0
    steps_repeat: bool = False


def flashes(light: Light, count: int, on_ms: int, off_ms: int) -> tuple[Step, ...]:
    """Return the light that many times, then steady."""
    blink = (Step(light, on_ms), Step(Light.OFF, off_ms))
    return (*blink * count, Step(light, 0))


PATTERNS: Final[dict[Moment, Pattern]] = {
    Moment.OK: Pattern(
        steps=(Step(Light.GREEN, 2000), Step(Light.OFF, 0)),
        beeps=(Beep(1568, 90), Beep(2093, 180)),
    ),
    Moment.REFUSED: Pattern(
        steps=flashes(Light.RED, 3, 200, 200),
        beeps=(Beep(1047, 160, 90),) * 3,
    ),
    Moment.UNKNOWN: Pattern(
        steps=flashes(Light.AMBER, 2, 250, 250),
        beeps=(Beep(1319, 120, 120),) * 2,
    ),
    Moment.ATTENTION: Pattern(
        steps=(Step(Light.AMBER, 500), Step(Light.OFF, 500)),
        steps_repeat=True,
        beeps=(Beep(1047, 600),),
        beeps_every_ms=3000,
    ),
    Moment.WAITING: Pattern(steps=(Step(Light.BLUE, 0),)),
    Moment.QUIET: Pattern(steps=(Step(Light.OFF, 0),)),
}


@dataclass(frozen=True, slots=True)
class Change:
    """What the panel does at a time after the pattern began."""

    at_ms: int
    light: Light | None = None
    buzz: bool | None = None


def timeline(pattern: Pattern, until_ms: int) -> tuple[Change, ...]:
    """List the changes of a pattern from its beginning to before `until_ms`, in order."""
    changes = [*_lights(pattern, until_ms), *_buzzes(pattern, until_ms)]
    return tuple(sorted(changes, key=lambda change: change.at_ms))


def _lights(pattern: Pattern, until_ms: int) -> list[Change]:
    changes, at = [], 0
    while at < until_ms:
        for step in pattern.steps:
            if at < until_ms:
                changes.append(Change(at, light=step.light))
            at += step.ms
        if not pattern.steps_repeat:
            break
    return changes


def _buzzes(pattern: Pattern, until_ms: int) -> list[Change]:
    """Beeps that are joined are one buzz: the count is what a fixed pitch can tell."""
    changes: list[Change] = []
    begin = 0
    while pattern.beeps and begin < until_ms:
        at, sounding = begin, False
        for beep in pattern.beeps:
            if not sounding:
                changes.append(Change(at, buzz=True))
            at += beep.on_ms
            sounding = beep.off_ms == 0 and beep is not pattern.beeps[-1]
            if not sounding:
                changes.append(Change(at, buzz=False))
            at += beep.off_ms
        if not pattern.beeps_every_ms:
            break
        begin += pattern.beeps_every_ms
    return [change for change in changes if change.at_ms < until_ms]
