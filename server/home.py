"""A node's home directory: where its settings, keys, data, backups and logs are.

Nothing here opens anything but the key files; only their owner may read what is in a home.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.host import HostError
from shared.host.files import make_private_folder, write_atomically
from shared.host.keyfiles import create_key, read_key

NODE_KEY: Final = "node.key"
CARD_KEY: Final = "card.key"
PAGES_KEY: Final = "pages.key"


@dataclass(frozen=True, slots=True)
class Home:
    """The paths of one home."""

    path: Path

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.path / "node.toml"

    @property
    def keys(self) -> Path:
        """The folder of secret keys."""
        return self.path / "keys"

    @property
    def data(self) -> Path:
        """The folder of databases."""
        return self.path / "data"

    @property
    def database(self) -> Path:
        """The node's database."""
        return self.data / "node.db"

    @property
    def backups(self) -> Path:
        """The folder of copies."""
        return self.path / "backups"

    @property
    def logs(self) -> Path:
        """The folder of logs."""
        return self.path / "logs"

    @property
    def control(self) -> Path:
        """The socket by which the command line talks to the serving node."""
        return self.path / "control.sock"

    @property
    def clock(self) -> Path:
        """How far a simulated clock is ahead."""
        return self.path / "clock"

    @property
    def exists(self) -> bool:
        """Whether a node was made here."""
        return self.settings.exists()

    def require(self) -> None:
        """Raise HostError, with what to do, unless a node was made here."""
        if not self.exists:
            raise HostError(f"there is no node in {self.path}: make one with `tirelire node init`")


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The secrets of a node, 32 bytes each."""

    node: bytes
    card: bytes
    pages: bytes


def make_home(home: Home) -> None:
    """Make the folders of a new home.  Raises HostError when something is there already."""
    if home.exists:
        raise HostError(f"there is a node in {home.path} already")
    if home.path.exists() and any(home.path.iterdir()):
        raise HostError(f"{home.path} is not empty: give a new folder with --home")
    for folder in (home.path, home.keys, home.data, home.backups, home.logs):
        make_private_folder(folder)


def draw_keys(home: Home) -> Keys:
    """Draw the keys of a new node."""
    return Keys(*(create_key(home.keys / name) for name in (NODE_KEY, CARD_KEY, PAGES_KEY)))


def read_keys(home: Home) -> Keys:
    """Read the keys.  Raises HostError when one is missing or others may read it."""
    return Keys(*(read_key(home.keys / name) for name in (NODE_KEY, CARD_KEY, PAGES_KEY)))


def write_settings(home: Home, text: str) -> None:
    """Write the settings file; it comes last, for with it the home counts as made."""
    write_atomically(home.settings, text.encode())
