"""Secret keys of 32 bytes in files that only their owner may read."""

from __future__ import annotations

import secrets
import stat
from pathlib import Path
from typing import Final

from shared.host import HostError
from shared.host.files import make_private_folder, write_atomically

KEY_BYTES: Final = 32


def create_key(path: Path) -> bytes:
    """Draw a new key and keep it in a file.  Raises HostError when there is one already."""
    if path.exists():
        raise HostError(f"{path} exists already: a key is never overwritten")
    make_private_folder(path.parent)
    key = secrets.token_bytes(KEY_BYTES)
    write_atomically(path, key.hex().encode() + b"\n")
    return key


def read_key(path: Path) -> bytes:
    """Read a key.  Raises HostError when it is missing, damaged or readable by others."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_bytes().decode("ascii", "replace").strip()
    except OSError as error:
        raise HostError(f"the key {path} cannot be read: {error.strerror}") from None
    if mode & 0o077:
        raise HostError(f"others may read the key {path}: chmod 600 {path}")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise HostError(f"the key {path} is damaged: restore it from a backup")
    return key


def open_key(path: Path) -> bytes:
    """Read a key, drawing it the first time."""
    return read_key(path) if path.exists() else create_key(path)
