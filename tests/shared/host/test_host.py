"""Clock, key files, settings, logs, locks, files: on real files, with what goes wrong."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from shared.host import HostError, logs
from shared.host.clock import SimulatedClock, SystemClock
from shared.host.files import make_private_folder, write_atomically
from shared.host.keyfiles import create_key, open_key, read_key
from shared.host.lock import HomeLock
from shared.host.settings import load


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cap: int = 5


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    secret: str = ""
    limits: Limits = Limits()


def test_a_key_is_drawn_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "node"
    key = open_key(path)
    assert len(key) == 32
    assert open_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    with pytest.raises(HostError, match="never overwritten"):
        create_key(path)


@pytest.mark.parametrize(
    "content, mode, words",
    [
        (b"00" * 32, 0o644, "chmod 600"),
        (b"00" * 31, 0o600, "damaged"),
        (b"zz" * 32, 0o600, "damaged"),
        (b"\xff", 0o600, "damaged"),
    ],
)
def test_a_bad_key_file_says_what_to_do(
    tmp_path: Path, content: bytes, mode: int, words: str
) -> None:
    path = tmp_path / "node"
    path.write_bytes(content)
    path.chmod(mode)
    with pytest.raises(HostError, match=words):
        read_key(path)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="cannot be read"):
        read_key(tmp_path / "none")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "state"
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "text")  # type: ignore[arg-type]  # what fails is the point
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["state"]


def test_settings_are_read_once_and_strictly(tmp_path: Path) -> None:
    path = tmp_path / "node.toml"
    path.write_text('name = "Le Bar"\n[limits]\ncap = 7\n', "utf-8")
    assert load(path, Settings) == Settings("Le Bar", "", Limits(7))
    given = load(path, Settings, secrets={"secret": "s", "limits.cap.x": "1"})
    assert given == Settings("Le Bar", "s", Limits(7))
    path.write_text('name = "Le Bar"\n', "utf-8")
    with pytest.raises(HostError, match="cap"):
        load(path, Settings, secrets={"limits.cap": "many"})


@pytest.mark.parametrize(
    "text, words",
    [
        ('name = "x"\ncpa = 1\n', "cpa"),
        ("name = 3\n", "name"),
        ("name = \n", "not TOML"),
    ],
)
def test_wrong_settings_name_the_key(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "node.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(HostError, match=words):
        load(path, Settings)


def test_missing_settings_are_named(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="cannot be read"):
        load(tmp_path / "none.toml", Settings)


def test_a_home_has_one_process(tmp_path: Path) -> None:
    hold = (
        "import sys; from pathlib import Path; from shared.host.lock import HomeLock;"
        "HomeLock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(HostError, match=f"process {other.pid}"):
            HomeLock(tmp_path)
        other.kill()
        other.wait()
    with HomeLock(tmp_path):
        assert (tmp_path / "lock").read_text("ascii") == f"{os.getpid()}\n"


def test_a_simulated_clock_moves_for_everybody_and_never_back(tmp_path: Path) -> None:
    mine, yours = SimulatedClock(tmp_path / "clock"), SimulatedClock(tmp_path / "clock")
    start = SystemClock().now_ms()
    mine.move_to(start + 86_400_000)
    assert 0 <= yours.now_ms() - (start + 86_400_000) < 60_000
    assert yours.mono_ms() >= SystemClock().mono_ms() + 86_000_000
    with pytest.raises(ValueError, match="never goes back"):
        yours.move_to(start)


def test_a_damaged_clock_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("soon", "ascii")
    with pytest.raises(HostError, match="clock"):
        SimulatedClock(tmp_path / "clock").now_ms()


@pytest.mark.parametrize(
    "text, masked",
    [
        ("tap uid=04A1B2C3D4E5F6", "tap uid=…"),
        ("PIN: 123456 refused", "PIN: … refused"),
        ("card 0123456789abcdef0123456789abcdef", "card …"),
        ("stripe sk_test_51Habc", "stripe sk_…"),
        ("GET /qr/b194aeb9-0f77 200", "GET /qr/… 200"),
        ("GET /welcome/xK_9-Qz 200", "GET /welcome/… 200"),
        ("card 04A1B2C3D4E5F6 is unknown", "card … is unknown"),
        ("card 04112233445566 is unknown", "card … is unknown"),
        ("card 0a1b2c3d taken off", "card … taken off"),
        ("card 04:A1:B2:C3 taken off", "card … taken off"),
        ("pairing code 042917 shown", "pairing code … shown"),
        ("GET /api/v1/journal?token=abc HTTP/1.1", "GET /api/v1/journal?token=… HTTP/1.1"),
        ("refused: code=overdrawn", "refused: code=overdrawn"),
        ("height 12345678 at 1790000000000 ms", "height 12345678 at 1790000000000 ms"),
        ("2026-11-24T21:06:15Z sale 42 accepted", "2026-11-24T21:06:15Z sale 42 accepted"),
    ],
)
def test_secrets_never_reach_a_log(text: str, masked: str) -> None:
    assert logs.mask(text) == masked


def test_logs_go_to_the_home(tmp_path: Path) -> None:
    before = logging.getLogger().handlers[:]
    try:
        for handler in before:
            logging.getLogger().removeHandler(handler)
        logs.set_up(tmp_path / "logs", name="node")
        logging.getLogger("x").info("uid=%s", "04A1B2C3")
        logs.set_up(None, name="node")
    finally:
        for handler in logging.getLogger().handlers[:]:
            logging.getLogger().removeHandler(handler)
        for handler in before:
            logging.getLogger().addHandler(handler)
    assert (tmp_path / "logs" / "node.log").read_text("utf-8").endswith("INFO x: uid=…\n")


def test_a_private_folder_is_private(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
