"""Column types that are exact on every database: whole numbers of 64 bits, text, bytes.

On SQLite the tables are STRICT, so a wrong type is an error instead of a surprise; that needs the
names INTEGER, TEXT and BLOB.  On PostgreSQL text compares by its bytes, as on SQLite: an index does
not depend on what the system thinks of an alphabet this year.
"""

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Text

INT: Final = BigInteger().with_variant(Integer(), "sqlite")
TEXT: Final = Text().with_variant(Text(collation="C"), "postgresql")
STRICT: Final[dict[str, Any]] = {"sqlite_strict": True}
ORDERED: Final[dict[str, Any]] = {"sqlite_strict": True, "sqlite_with_rowid": False}
"""Options of tables that are kept in the order of their primary key."""


def number(name: str, *args: Any, **options: Any) -> Column[Any]:
    """Give a whole number; never null unless asked."""
    return Column(name, INT, *args, **{"nullable": False, **options})


def text(name: str, *args: Any, **options: Any) -> Column[Any]:
    """Give a text; never null unless asked."""
    return Column(name, TEXT, *args, **{"nullable": False, **options})


def blob(name: str, *args: Any, **options: Any) -> Column[Any]:
    """Give bytes; never null unless asked."""
    return Column(name, LargeBinary, *args, **{"nullable": False, **options})
