"""A node's home directory: where its settings, keys, data, backups and logs are.

Nothing here opens anything but the key files; only their owner may read what is in a home.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.host import HostError
from shared.host.files import make_private_folder, sync_folder, write_atomically
from shared.host.keyfiles import create_key, open_key, read_key

NODE_KEY: Final = "node.key"
NEXT_KEY: Final = "node.key.next"
PREVIOUS_KEY: Final = "node.key.previous"
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
    """The secrets of a node, 32 bytes each.

    `spare` are keys that the chain may say are the node's instead of the one in its file: the next
    one, when a rotation was cut off, or the one before, when an old copy of the chain was put back.
    """

    node: bytes
    card: bytes
    pages: bytes
    spare: tuple[bytes, ...] = ()


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
    node, card, pages = (create_key(home.keys / name) for name in (NODE_KEY, CARD_KEY, PAGES_KEY))
    return Keys(node, card, pages)


def read_keys(home: Home) -> Keys:
    """Read the keys.  Raises HostError when one is missing or others may read it."""
    beside = (home.keys / name for name in (NEXT_KEY, PREVIOUS_KEY))
    return Keys(
        node=read_key(home.keys / NODE_KEY),
        card=read_key(home.keys / CARD_KEY),
        pages=read_key(home.keys / PAGES_KEY),
        spare=tuple(read_key(path) for path in beside if path.exists()),
    )


def draw_next_key(home: Home) -> bytes:
    """Draw the key that the node goes on with; the one of an attempt that was cut off, if any."""
    return open_key(home.keys / NEXT_KEY)


def settle_key(home: Home, key: bytes) -> None:
    """Let the key's file hold the one that the chain says; what it held before is kept beside it.

    Each step leaves every key in some file, so it may be cut off anywhere and done again.
    """
    before = read_key(home.keys / NODE_KEY)
    if before == key:
        return
    upcoming = home.keys / NEXT_KEY
    if upcoming.exists() and read_key(upcoming) == key:
        _write_key(home, PREVIOUS_KEY, before)
        upcoming.replace(home.keys / NODE_KEY)
        sync_folder(home.keys)
    else:  # the one before: an old copy of the chain was put back
        _write_key(home, NEXT_KEY, before)
        _write_key(home, NODE_KEY, key)
        (home.keys / PREVIOUS_KEY).unlink()
        sync_folder(home.keys)


def _write_key(home: Home, name: str, key: bytes) -> None:
    write_atomically(home.keys / name, key.hex().encode() + b"\n")


def write_settings(home: Home, text: str) -> None:
    """Write the settings file; it comes last, for with it the home counts as made."""
    write_atomically(home.settings, text.encode())
