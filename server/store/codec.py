"""Records of the state as rows of `chain_*`, and back; and the statements that read and write them.

Compiled once from Core's tables, in SQLite's words (`dialect.py`).  A field that is
neither a whole number nor a text is kept as its canonical JSON.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final, cast

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import dialect

from server.ledger.records import TABLES, Key, Record
from server.store.dialect import ANY_TEXT, Inserter, replacer
from server.store.schema import INTERNED, RECORDS, STORED, is_whole_number
from shared.codec import encode

_DIALECT: Final = dialect()
Row = tuple[Any, ...]
Change = tuple[str, Key, Record, int]
"""A record of a table, and the height at which it became what it is."""


def statement(clause: Any) -> str:
    """Give the text of a statement with positional parameters in the order of its columns."""
    return str(clause.compile(dialect=_DIALECT))


@dataclass(frozen=True, slots=True)
class Shelf:
    """One table of records and its statements.

    `one` reads the fields of a key, `some` key and fields for a JSON list of the key's first part,
    `columns` those of all rows, `whole` with `changed` at the end.  `replacer` writes rows;
    with `interned` their keys must be numbers of names.
    """

    record: type[Record]
    interned: bool
    replacer: Inserter
    one: str
    some: str
    columns: str
    whole: str
    keys: int
    values: Callable[[Record], Row]
    read: Callable[[Sequence[Any]], Record]

    def row(self, key: Key, record: Record, height: int) -> Row:
        """Give the row of a record that changed at a height."""
        return (*key, *self.values(record), height)


def _shelf(name: str, record: type[Record], keys: int) -> Shelf:
    info = msgspec.inspect.type_info(record)
    assert isinstance(info, msgspec.inspect.StructType)
    table = RECORDS[name]
    own = list(table.columns)[:keys]
    fields = list(table.columns)[keys:-1]
    everything = statement(select(*own, *fields))
    one = select(*fields).where(*(column == bindparam(column.name) for column in own))
    return Shelf(
        record=record,
        interned=name in INTERNED,
        replacer=replacer(STORED[name]),
        one=statement(one),
        some=f"{everything} WHERE {own[0].name} {ANY_TEXT}",
        columns=everything,
        whole=statement(select(table)),
        keys=keys,
        values=_values(info.fields),
        read=_reader(record, info.fields),
    )


def _is_plain(kind: msgspec.inspect.Type) -> bool:
    plain = (msgspec.inspect.StrType, msgspec.inspect.EnumType, msgspec.inspect.LiteralType)
    return is_whole_number(kind) or isinstance(kind, plain)


def _values(fields: Sequence[msgspec.inspect.Field]) -> Callable[[Record], Row]:
    names = [field.name for field in fields]
    if all(_is_plain(field.type) for field in fields):
        take = attrgetter(*names)
        return (lambda record: (take(record),)) if len(names) == 1 else take
    json = [not _is_plain(field.type) for field in fields]

    def values(record: Record) -> Row:
        return tuple(
            encode(getattr(record, name)).decode() if as_json else getattr(record, name)
            for name, as_json in zip(names, json, strict=True)
        )

    return values


def _reader(
    record: type[Record], fields: Sequence[msgspec.inspect.Field]
) -> Callable[[Sequence[Any]], Record]:
    hints = {field.name: field.type for field in msgspec.structs.fields(record)}
    convert: list[tuple[int, Callable[[Any], Any]]] = []
    for place, field in enumerate(fields):
        if isinstance(field.type, msgspec.inspect.EnumType):
            convert.append((place, field.type.cls))
        elif not _is_plain(field.type):
            convert.append((place, msgspec.json.Decoder(hints[field.name]).decode))

    def read(row: Sequence[Any]) -> Record:
        values = list(row)
        for place, function in convert:
            values[place] = function(values[place])
        return record(*values)

    return read


SHELVES: Final = {name: _shelf(name, record, len(key)) for name, (record, key) in TABLES.items()}
BY_RECORD: Final = {shelf.record: shelf for shelf in SHELVES.values()}


def names_in(keys: Iterable[tuple[str, Key]]) -> Iterator[str]:
    """Give the names in the keys that are kept as numbers, of keys with their tables."""
    return (str(part) for name, key in keys if name in INTERNED for part in key)


def changes_by_shelf(
    changes: Sequence[Change], numbers: Mapping[str, int]
) -> list[tuple[Shelf, list[Row]]]:
    """Sort changed records into the rows of each table; `numbers` has all of `names_in`."""
    rows: dict[str, list[Row]] = {}
    for name, key, record, height in changes:
        shelf = SHELVES[name]
        stored = tuple(numbers[part] for part in key) if shelf.interned else key  # type: ignore[index]  # only text is interned
        rows.setdefault(name, []).append(shelf.row(stored, record, height))
    return [(SHELVES[name], found) for name, found in rows.items()]


def key_of(row: Sequence[Any], keys: int) -> Key:
    """Give the key at the front of a row."""
    return cast("Key", tuple(row[:keys]))
