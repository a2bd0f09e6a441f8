"""The tables and pictures of `docs/` that come from tables of the code.

A document has a pair of marks, `<!-- NAME: … -->` and `<!-- /NAME -->`; what stands between them is
written by `./tirelire docs` and compared by the tests, so that it cannot grow old.  A document
without its marks is a ValueError.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from shared.bodies import Body, Role
from shared.errors import MESSAGES
from shared.kinds import KINDS, Kind
from tools.documents.accounts import drawing

_ROLES: Final = (Role.NODE, Role.TERMINAL, Role.PLACE, Role.WALLET)


def kinds() -> str:
    """Give the table of kinds."""
    return _table(
        ("Kind", "Signed by", "Offline", "Since", "What it says", "Fields"),
        (
            (
                f"`{kind.name}`",
                _signers(kind),
                "yes" if kind.offline else "",
                str(kind.since),
                kind.meaning,
                "<br>or ".join(map(_fields, kind.bodies)),
            )
            for kind in KINDS.values()
        ),
    )


def codes() -> str:
    """Give the table of codes with what staff read."""
    rows = ((f"`{code}`", words.fr, words.en) for code, words in MESSAGES.items())
    return _table(("Code", "Français", "English"), rows)


def _signers(kind: Kind) -> str:
    return ", ".join(str(role) for role in _ROLES if role in kind.signers)


def _fields(body: type[Body]) -> str:
    return " ".join(f"`{field.encode_name}`" for field in msgspec.structs.fields(body))


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


GENERATED: Final[dict[str, dict[str, Callable[[], str]]]] = {
    "docs/ledger.md": {"kinds": kinds},
    "docs/codes.md": {"codes": codes},
}
"""Which document has which tables."""
DRAWN: Final[dict[str, Callable[[], str]]] = {"docs/accounts.svg": drawing}
"""Which picture is drawn by what."""


def renewed(text: str, tables: dict[str, Callable[[], str]]) -> str:
    """Give a document with its tables written anew.  Raises ValueError for a mark it lacks."""
    for name, table in tables.items():
        marks = re.compile(rf"(<!-- {name}:[^\n]*-->\n).*?(<!-- /{name} -->)", re.DOTALL)
        found = marks.search(text)
        if found is None:
            message = f"there is no place for {name}"
            raise ValueError(message)
        text = f"{text[: found.end(1)]}\n{table()}\n{text[found.start(2) :]}"
    return text


def write(root: Path) -> list[str]:
    """Write all documents and pictures of a tree anew; give the names of those that changed."""
    before = {name: (root / name).read_text("utf-8") for name in GENERATED}
    after = {name: renewed(text, GENERATED[name]) for name, text in before.items()}
    for name, draw in DRAWN.items():
        path = root / name
        before[name] = path.read_text("utf-8") if path.exists() else ""
        after[name] = draw()
    changed = [name for name, text in after.items() if text != before[name]]
    for name in changed:
        (root / name).write_text(after[name], "utf-8")
    return changed
