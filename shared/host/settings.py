"""Settings: one TOML file a process, read once into a frozen Struct.

An unknown key or a value of the wrong type is an error that names file and key, since a
misspelt limit that is silently ignored costs money.  Secrets may come from the environment.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from shared.host import HostError
from shared.misfit import misfit

S = TypeVar("S", bound=msgspec.Struct)


def load(path: Path, shape: type[S], *, secrets: Mapping[str, str] | None = None) -> S:
    """Read settings of a shape (a Struct with forbid_unknown_fields).

    `secrets` are dotted keys and the values (from the environment) that take the file's place.
    Raises HostError.
    """
    return parse(read_text(path), shape, name=str(path), secrets=secrets)


def read_text(path: Path) -> str:
    """Read the text of settings.  Raises HostError."""
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise HostError(f"the settings {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise HostError(f"the settings {path} are not TOML: {error}") from None


def parse(text: str, shape: type[S], *, name: str, secrets: Mapping[str, str] | None = None) -> S:
    """Do the same with a text that people know as `name`.  Raises HostError."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise HostError(f"the settings {name} are not TOML: {error}") from None
    for key, value in (secrets or {}).items():
        _put(values, key.split("."), value)
    try:
        return msgspec.convert(values, shape)
    except msgspec.ValidationError as error:
        raise HostError(f"{name}: {misfit(error, shape, values)}") from None


def _put(values: dict[str, object], path: list[str], value: str) -> None:
    table = values
    for name in path[:-1]:
        inner = table.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        table = inner
    table[path[-1]] = value
