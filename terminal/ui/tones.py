"""The till's sounds as WAV files, made from the table of `hardware.signals.patterns`.

Square waves with 5 ms edges at full volume: they cut through music and need no sound file in the
tree. Pure: the same moment always gives the same bytes.
"""

from __future__ import annotations  # array[int] is not a type at run time before 3.12

import io
import wave
from array import array
from collections.abc import Iterable
from typing import Final

from hardware.signals.patterns import PATTERNS, Beep, Moment

RATE_HZ: Final = 44_100
EDGE_MS: Final = 5
PEAK: Final = 32_000


def sound_of(moment: Moment) -> bytes:
    """Make a mono 16-bit WAV of one round of a moment's beeps; b"" when it is silent."""
    beeps = PATTERNS[moment].beeps
    return wav(samples(beeps)) if beeps else b""


def samples(beeps: Iterable[Beep]) -> array[int]:
    """Join the beeps, each rising and falling within 5 ms."""
    sound = array("h")
    for beep in beeps:
        count = RATE_HZ * beep.on_ms // 1000
        edge = RATE_HZ * EDGE_MS // 1000
        for number in range(count):
            height = PEAK * min(number, count - 1 - number, edge) // edge
            upper = (2 * beep.hz * number // RATE_HZ) % 2 == 0
            sound.append(height if upper else -height)
        sound.extend([0] * (RATE_HZ * beep.off_ms // 1000))
    return sound


def wav(sound: array[int]) -> bytes:
    """Return the samples as a WAV file; `wave` writes little-endian whatever the machine."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(sound.tobytes())
    return file.getvalue()
