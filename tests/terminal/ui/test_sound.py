"""The loudspeaker with a real child process in place of aplay."""

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hardware.signals.patterns import Moment
from terminal.till.commands import Tune
from terminal.ui.sound import Loudspeaker, SoundAndLight, find_player

PATIENCE_S = 60.0


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether it becomes true before patience ends."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def player(tmp_path: Path) -> Path:
    """A player that writes down which file it was given, then sounds for a minute."""
    script = tmp_path / "player"
    script.write_text(f'#!/bin/sh\necho "$$ $1" >> {tmp_path}/played\nexec sleep 60\n', "utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


def played(player: Path) -> list[tuple[int, str]]:
    log = player.parent / "played"
    rows = log.read_text("utf-8").splitlines() if log.exists() else []
    return [(int(row.split(" ")[0]), Path(row.split(" ")[1]).name) for row in rows]


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_tune_plays_its_wave_and_a_new_one_ends_it(player: Path, tmp_path: Path) -> None:
    speaker = Loudspeaker((str(player),), tmp_path / "waves")
    speaker.play(Moment.OK)
    assert eventually(lambda: len(played(player)) == 1)
    speaker.play(Moment.REFUSED)
    assert eventually(lambda: len(played(player)) == 2)
    (first, ok), (second, refused) = played(player)
    assert (ok, refused) == ("ok.wav", "refused.wav")
    assert not alive(first)
    assert alive(second)
    speaker.close()
    assert not alive(second)


def test_a_silent_moment_does_not_cut_the_last_sound(player: Path, tmp_path: Path) -> None:
    speaker = Loudspeaker((str(player),), tmp_path / "waves")
    speaker.play(Moment.OK)
    assert eventually(lambda: len(played(player)) == 1)
    speaker.play(Moment.QUIET)
    speaker.play(Moment.WAITING)
    assert alive(played(player)[0][0])
    speaker.close()
    assert len(played(player)) == 1


def test_the_waves_are_files_for_the_player(player: Path, tmp_path: Path) -> None:
    Loudspeaker((str(player),), tmp_path / "waves").close()
    names = sorted(file.name for file in (tmp_path / "waves").iterdir())
    assert names == ["attention.wav", "ok.wav", "refused.wav", "unknown.wav"]


def test_a_player_that_does_not_start_is_no_trouble(tmp_path: Path) -> None:
    speaker = Loudspeaker((str(tmp_path / "missing"),), tmp_path / "waves")
    speaker.play(Moment.OK)
    speaker.play(Moment.REFUSED)
    speaker.close()


@pytest.mark.parametrize(
    "installed,command",
    [
        ({"aplay", "paplay", "pw-play"}, ("pw-play",)),
        ({"aplay"}, ("aplay", "-q")),
        (set(), None),
    ],
)
def test_the_first_player_that_is_installed(
    installed: set[str], command: tuple[str, ...] | None
) -> None:
    assert find_player(lambda name: name if name in installed else None) == command


class Noted:
    """An instrument that remembers."""

    def __init__(self) -> None:
        self.moments: list[Moment] = []
        self.closed = False

    def play(self, moment: Moment) -> None:
        self.moments.append(moment)

    def close(self) -> None:
        self.closed = True


def test_every_tune_is_played_on_every_instrument() -> None:
    lamp, speaker = Noted(), Noted()
    both = SoundAndLight([lamp, speaker])
    for tune in Tune:
        both.play(tune)
    both.close()
    assert lamp.moments == speaker.moments == list(Moment)
    assert lamp.closed
    assert speaker.closed
