"""Why a value does not fit its shape, in the words of whoever wrote it.

msgspec says `Expected int >= 1 - at $.amount`; a person who typed `amount=-1` reads `amount must be
a whole number of the smallest unit (1.50 is 150), not -1`.  Closed sets and bounds are read from
the type, what a pattern means is in a table.  English: it is for those who write commands and
settings, not for a screen.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
from msgspec import inspect

from shared.amounts import Amount
from shared.bodies.base import Day, Proof
from shared.bodies.registry import Subject, Symbol
from shared.ids import AssetId, Hex16, Hex32, Hex64, Name, PlaceId, Token

_PLACE: Final = re.compile(r"(?s)(.*?)(?: - at `(?:key(?: in)? )?\$(.*)`)?")
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d*)[^]]*\]")
_FIELD: Final = re.compile(r"Object (?:contains (unknown)|missing required) field `(.*)`")
_LONGEST: Final = 60
_MEANINGS: Final[tuple[tuple[inspect.Type, str], ...]] = tuple(
    (inspect.type_info(shape), words)
    for shape, words in (
        (Amount, "a whole number of the smallest unit (1.50 is 150)"),
        (AssetId, "an asset's code (2 to 12 capital letters and digits, such as GRAIN)"),
        (Day, "a day (the number of days since 1970-01-01)"),
        (Hex16, "16 hex digits"),
        (Hex32, "32 hex digits"),
        (Hex64, "64 hex digits"),
        (Name, "a name (1 to 64 Latin letters, digits, spaces and signs)"),
        (PlaceId, "a place's code (1 to 32 small letters, digits and -, such as le-champ)"),
        (Proof, "a signature (86 letters of base64url)"),
        (Subject, "what the policy is about (- for the chain, a place, an asset or a pair)"),
        (Symbol, "a symbol (1 to 8 letters, such as € or h)"),
        (Token, "1 to 200 letters, digits and signs, without spaces or accents"),
    )
)


def misfit(error: msgspec.ValidationError, shape: Any, value: object) -> str:
    """Say in a sentence what `value`, which was read as `shape`, should have held."""
    found = _PLACE.fullmatch(str(error))
    what, where = (found[1], found[2] or "") if found else (str(error), "")
    name = where.removeprefix(".")
    if field := _FIELD.fullmatch(what):
        said = f"there is no field {field[2]}" if field[1] else f"the field {field[2]} is missing"
        return f"{name}: {said}" if name else said
    steps = [name or number for name, number in _STEP.findall(where)]
    return must_be(_at(shape, steps), name or "it", _given(value, steps))


def must_be(shape: Any, name: str, given: object) -> str:
    """Say what a type holds, and what was given instead."""
    text = repr(given) if isinstance(given, str) else msgspec.json.encode(given).decode()
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return f"{name} must be {_words(_info(shape))}, not {shown}"


def _info(shape: Any) -> inspect.Type:
    return shape if isinstance(shape, inspect.Type) else inspect.type_info(shape)


def _at(shape: Any, steps: Iterable[str]) -> inspect.Type:
    """Give the type at a path; the last that is known, where the path leaves it."""
    info = _info(shape)
    for step in steps:
        inner = next((found for each in _each(info) for found in _inside(each, step)), None)
        if inner is None:
            break
        info = inner
    return info


def _each(info: inspect.Type) -> tuple[inspect.Type, ...]:
    """Give the types that a value may have."""
    return info.types if isinstance(info, inspect.UnionType) else (info,)


def _inside(info: inspect.Type, step: str) -> Iterator[inspect.Type]:
    if isinstance(info, inspect.StructType):
        yield from (field.type for field in info.fields if field.encode_name == step)
    elif isinstance(info, inspect.VarTupleType | inspect.ListType):
        yield info.item_type
    elif isinstance(info, inspect.TupleType):
        yield info.item_types[int(step)]
    elif isinstance(info, inspect.DictType):
        yield info.value_type


def _given(value: object, steps: Iterable[str]) -> object:
    """Give what stands at a path of plain values."""
    for step in steps:
        if isinstance(value, dict) and step:  # a free key is not told
            value = value.get(step)
        elif isinstance(value, list | tuple) and step:
            value = value[int(step)]
    return value


def _words(info: inspect.Type) -> str:
    for known, words in _MEANINGS:
        if info == known:
            return words
    return _one_of(word for each in _each(info) for word in _plain(each))


def _plain(info: inspect.Type) -> Iterator[str]:
    if isinstance(info, inspect.IntType):
        yield _whole_number(info)
    elif isinstance(info, inspect.BoolType):
        yield from ("true", "false")
    elif isinstance(info, inspect.LiteralType):
        yield from map(str, info.values)
    elif isinstance(info, inspect.EnumType):
        yield from (str(member.value) for member in info.cls)
    elif isinstance(info, inspect.StructType):
        yield str(info.tag or f"an object with {', '.join(f.encode_name for f in info.fields)}")
    elif isinstance(info, inspect.TupleType):
        yield f"a list of {len(info.item_types)}"
    elif isinstance(info, inspect.VarTupleType | inspect.ListType):
        yield f"a list{_bounds(' of', info.min_length, info.max_length)}"
    elif isinstance(info, inspect.NoneType):
        yield "null"
    else:
        yield "text"


def _whole_number(info: inspect.IntType) -> str:
    least = info.ge if info.gt is None else info.gt + 1
    most = info.le if info.lt is None else info.lt - 1
    return f"a whole number{_bounds(' from', least, most)}"


def _bounds(word: str, least: int | None, most: int | None) -> str:
    if most is None:
        return "" if least is None else f"{word} {least} on"
    return f"{word} {least or 0} to {most}"


def _one_of(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
