"""The till's settings: HOME/terminal.toml, read once into a frozen value.

An unknown key or a value of the wrong kind is an error with its place; a missing file means the
defaults. What the till itself learns (the node's address, the language) is not here but beside its
data, so that no program ever writes this file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from shared.host import settings

FILE: Final = "terminal.toml"


class DemoCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A virtual card under the window of a simulated reader. `uid`: 4, 7 or 10 bytes in hex."""

    name: str
    uid: Annotated[
        str, msgspec.Meta(pattern=r"^(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{14}|[0-9a-fA-F]{20})$")
    ]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that may be set; `docs/settings.md` is written from these lines."""

    node: str = ""  # address of the node; the pairing page can change it
    language: Literal["fr", "en"] = "fr"  # until somebody chooses another
    display: Literal["kivy", "console"] = "kivy"
    width: int = 1024
    height: int = 600
    rotation: Literal[0, 90, 180, 270] = 0
    fullscreen: bool = False
    reader: Literal["simulated", "nfcpy"] = "nfcpy"
    reader_path: str = "usb"  # nfcpy's: usb, tty:S0:pn532, udp:localhost:54321
    signals: Literal["none", "gpio"] = "none"  # lamp and buzzer
    sound: bool = True  # through the machine's loudspeaker
    simulated_clock: str = ""  # file that moves the clock: only the demo and tests have one
    clock_chip: bool = False  # its time can be trusted right after a power cut
    power_off: tuple[str, ...] = ()  # command that switches the machine off
    control: bool = False  # HOME/control.sock, for tests and the demo
    demo_cards: tuple[DemoCard, ...] = ()


def load(home: Path) -> Settings:
    """Read the settings of a home. Raises HostError."""
    path = home / FILE
    return settings.load(path, Settings) if path.exists() else Settings()
