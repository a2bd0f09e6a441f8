"""Acts for every kind of transaction: which there are, and putting any of them on the chain.

The fields come as text, as a person writes them, and are read as the kind's body asks: what does
not fit is one sentence that names the field.  The ledger has the last word.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal, get_args, get_origin

import msgspec

from server.control.changes import propose, votes_missing
from server.control.errors import NotPossibleError
from server.control.reading import read
from server.demurrage.plan import day_number
from server.ledger.effect import CHAIN
from server.ledger.records import Rule
from server.node import Node
from server.store.view import StoreView
from shared.bodies import Body, Day, PolicySet, Role
from shared.kinds import KINDS, Kind
from shared.misfit import must_be
from shared.policy import PROTOCOL, ProtocolPolicy

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")


def kinds(node: Node) -> list[dict[str, Any]]:
    """Give what this node may sign on its chain: kind, meaning and fields of each body."""
    protocol = _protocol(node)
    return [
        {
            "kind": kind.name,
            "meaning": kind.meaning,
            "since": kind.since,
            "active": kind.since <= protocol,
            "fields": [_fields(body) for body in kind.bodies],
        }
        for kind in KINDS.values()
        if Role.NODE in kind.signers and kind.name != "genesis"
    ]


def transact(node: Node, kind: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """Sign a transaction of any kind as this node; give its verdict, and by what it is named.

    A `lock` is its hash; a correction or a dispute names its author and number.
    """
    row = KINDS.get(kind)
    if row is None or Role.NODE not in row.signers:
        raise NotPossibleError(f"a node signs no {kind!r}: see `node kinds`")
    placed = propose(node, _body(row, fields))
    return {
        "kind": kind,
        "verdict": str(placed.verdict),
        "height": placed.height,
        "author": node.engine.author,
        "seq": placed.seq,
        "hash": placed.hash,
        "votes_missing": votes_missing(node, placed),
    }


def protocol(node: Node, version: int = 0) -> dict[str, Any]:
    """Give the protocol of the chain, or bring a later one in; there is no way back."""
    if version:
        return {"protocol": version, "height": propose(node, _set_protocol(version)).height}
    return {"protocol": _protocol(node), "height": node.engine.tip.height}


def _set_protocol(version: int) -> Body:
    value = read({"policy": "protocol", "version": version}, ProtocolPolicy)
    return PolicySet(CHAIN, value)


def _protocol(node: Node) -> int:
    with node.database.read() as connection:
        rule = StoreView(connection).get(Rule, ("protocol", CHAIN))
    value = rule.value if rule else PROTOCOL
    return value.version if isinstance(value, ProtocolPolicy) else PROTOCOL.version


def _fields(body: type[Body]) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(body)]


def _body(kind: Kind, words: Mapping[str, str]) -> Body:
    """Read a body: the first of the kind's that has just these fields."""
    for shape in kind.bodies:
        if set(_fields(shape)) == set(words):
            return _read(shape, words)
    wanted = " or ".join(", ".join(_fields(shape)) for shape in kind.bodies)
    raise NotPossibleError(f"{kind.name} has the fields {wanted}")


def _read(shape: type[Body], words: Mapping[str, str]) -> Body:
    hints = {field.encode_name: field.type for field in msgspec.structs.fields(shape)}
    return read({name: _value(name, word, hints[name]) for name, word in words.items()}, shape)


def _value(name: str, word: str, hint: object) -> object:
    """Read a word as text where the field is one, a date where it is a day, else as JSON."""
    if _is_text(hint):
        return word
    if hint == Day and _DATE.fullmatch(word):
        return _day(name, word)
    try:
        return msgspec.json.decode(word)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise NotPossibleError(must_be(hint, name, word)) from None


def _day(name: str, word: str) -> int:
    try:
        return day_number(date.fromisoformat(word))
    except ValueError:
        raise NotPossibleError(f"{name}: {word} is no day") from None


def _is_text(hint: object) -> bool:
    hint = getattr(hint, "__supertype__", hint)
    origin = get_origin(hint)
    if origin is Annotated:
        return _is_text(get_args(hint)[0])
    if origin is Literal:
        return isinstance(get_args(hint)[0], str)
    return isinstance(hint, type) and issubclass(hint, str)
