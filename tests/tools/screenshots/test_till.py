"""The picture tool in a process of its own, as it is run by hand."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.screenshots.till_states import STATES, samples


@pytest.mark.alone
def test_it_writes_a_picture_for_each_size_and_language(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.screenshots.till", str(tmp_path), "--only", "04-topped"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "04-topped-up-1024x600.png",
        "04-topped-up-800x480.png",
        "04-topped-up-en-1024x600.png",
        "04-topped-up-en-800x480.png",
    ]
    assert done.stdout.count("1 pictures") == 4
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in tmp_path.iterdir())


def test_every_state_has_a_sample_in_each_language() -> None:
    french, english = samples("fr", 4, 3), samples("en", 4, 3)
    assert set(french) == set(english) == {*STATES, "07-same-card-again"}
    assert all(french[name] != english[name] for name in french)
