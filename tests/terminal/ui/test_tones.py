"""The generated sounds, measured."""

import io
import wave
from array import array
from itertools import pairwise

import pytest

from hardware.signals.patterns import Beep, Moment
from terminal.ui.tones import PEAK, samples, sound_of, wav


def crossings(sound: list[int]) -> int:
    """Changes of sign: two a period."""
    loud = [height for height in sound if height]
    return sum(1 for a, b in pairwise(loud) if (a > 0) != (b > 0))


def test_a_wave_is_mono_16_bit_at_44100() -> None:
    with wave.open(io.BytesIO(sound_of(Moment.OK))) as file:
        assert file.getnchannels() == 1
        assert file.getsampwidth() == 2
        assert file.getframerate() == 44_100
        assert file.getnframes() == 3969 + 7938  # 90 ms and 180 ms


def test_refused_is_three_times_160_ms_and_its_pause() -> None:
    with wave.open(io.BytesIO(sound_of(Moment.REFUSED))) as file:
        assert file.getnframes() == 3 * (7056 + 3969)


@pytest.mark.parametrize("hz", [1047, 1319, 1568, 2093])
def test_the_pitch_is_right(hz: int) -> None:
    assert abs(crossings(list(samples((Beep(hz, 1000),)))) - 2 * hz) <= 2


def test_edges_rise_over_five_milliseconds_to_full_volume() -> None:
    sound = samples((Beep(1047, 160),))
    assert sound[0] == 0
    assert sound[-1] == 0
    assert max(abs(height) for height in sound[:110]) < PEAK * 0.51
    assert max(sound) == PEAK
    assert min(sound) == -PEAK


def test_silence_is_silent() -> None:
    sound = samples((Beep(1047, 10, 20),))
    assert list(sound[441:]) == [0] * 882


@pytest.mark.parametrize("moment", [Moment.WAITING, Moment.QUIET])
def test_silent_moments_have_no_file(moment: Moment) -> None:
    assert sound_of(moment) == b""


def test_a_wave_holds_its_samples_little_endian() -> None:
    assert wav(array("h", [1, -2])).endswith(b"\x01\x00\xfe\xff")
