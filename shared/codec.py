"""Canonical JSON: one value, one sequence of bytes (PROTOCOL §1).

A subset of RFC 8785: sorted ASCII keys, whole numbers below 2^53, no floats, no duplicate keys, no
white space, at most `MAX_DEPTH` levels.  What somebody signed is kept as the bytes that came;
`decode` only proves that those bytes are the canonical form of the value it returns.  Anything else
raises `Refused`.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final, TypeVar

import msgspec

from shared.amounts import LIMIT
from shared.errors import Code, Refused

T = TypeVar("T")

MAX_DEPTH: Final = 32
"""Arrays and objects inside one another.  A number of ours, for each Python has another one."""
_ENCODER: Final = msgspec.json.Encoder(order="sorted")
encode: Final = _ENCODER.encode
"""Write a value (Struct, dict, list, tuple, str, int, bool, None) as canonical JSON.

The caller keeps to the subset; `plain` proves it where a value of unknown shape comes from outside.
"""


_DECODERS: Final[dict[type[Any], msgspec.json.Decoder[Any]]] = {}


def _decoder(shape: type[T]) -> msgspec.json.Decoder[T]:
    decoder = _DECODERS.get(shape)
    if decoder is None:
        decoder = _DECODERS[shape] = msgspec.json.Decoder(shape)
    return decoder


def prepare() -> None:
    """Make the decoder of every Struct there is; call it before a process starts its threads.

    msgspec 0.22 looks at a Struct when it meets it first and lets other threads see what it has
    found so far: two threads that meet a new Struct together crash the process.
    """
    for shape in _below(msgspec.Struct):
        with suppress(TypeError):  # one that is never read from JSON need not be readable
            _decoder(shape)


def _below(base: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for shape in base.__subclasses__():
        yield shape
        yield from _below(shape)


def read(raw: bytes | msgspec.Raw, shape: type[T]) -> T:
    """Read JSON of a known shape without proving that its bytes are canonical.

    Raises Refused(bad_json | bad_shape).
    """
    try:
        return _decoder(shape).decode(raw)
    except msgspec.ValidationError as error:
        raise Refused(Code.BAD_SHAPE, str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(Code.BAD_JSON, str(error)) from None


def decode(raw: bytes | msgspec.Raw, shape: type[T]) -> T:
    """Read canonical JSON of a known shape.

    Raises Refused(bad_json | bad_shape | not_canonical).
    """
    value = read(raw, shape)
    if encode(value) != bytes(raw):
        raise Refused(Code.NOT_CANONICAL)
    return value


def plain(raw: bytes | msgspec.Raw) -> Any:
    """Read canonical JSON of any shape as dicts, lists, strings, ints, bools and None.

    Raises Refused(bad_json | not_canonical).
    """
    value: object = read(raw, object)
    if not _in_subset(value, MAX_DEPTH) or encode(value) != bytes(raw):
        raise Refused(Code.NOT_CANONICAL)
    return value


def _in_subset(value: object, depth: int) -> bool:
    if isinstance(value, dict | list) and not depth:
        return False
    if isinstance(value, dict):
        return all(key.isascii() and _in_subset(item, depth - 1) for key, item in value.items())
    if isinstance(value, list):
        return all(_in_subset(item, depth - 1) for item in value)
    if isinstance(value, int):
        return -LIMIT < value < LIMIT
    return value is None or isinstance(value, str)
