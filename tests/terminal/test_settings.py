"""The till's settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.host import HostError
from terminal.settings import DemoCard, Settings, load


def test_a_new_home_has_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path) == Settings()
    assert Settings().reader == "nfcpy"
    assert not Settings().control


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "terminal.toml").write_text(
        'reader = "simulated"\nwidth = 800\nheight = 480\npower_off = ["systemctl", "poweroff"]\n'
        '[[demo_cards]]\nname = "Alice"\nuid = "04A1B2C3D4E5F6"\n',
        "utf-8",
    )
    settings = load(tmp_path)
    assert (settings.reader, settings.width) == ("simulated", 800)
    assert settings.power_off == ("systemctl", "poweroff")
    assert settings.demo_cards == (DemoCard(name="Alice", uid="04A1B2C3D4E5F6"),)


@pytest.mark.parametrize(
    "text",
    [
        "colour = 1",
        'display = "paper"',
        "width = 1.5",
        "rotation = 45",
        "=",
        'demo_cards = [{name="A", uid="04"}]',
    ],
)
def test_mistakes_are_errors(tmp_path: Path, text: str) -> None:
    (tmp_path / "terminal.toml").write_text(text, "utf-8")
    with pytest.raises(HostError, match=r"terminal\.toml"):
        load(tmp_path)
