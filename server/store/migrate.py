"""Brings this node's own tables (`local_*`) up to date; the chain's tables follow from the code.

The migrations are in `migrations/versions`.  They run inside the caller's transaction: either all
of them are there afterwards or none.
"""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

VERSION_TABLE: Final = "local_version"
NEWER: Final = (
    "a newer version of this program wrote into it: use that one / "
    "une version plus récente de ce programme y a écrit : utilisez-la"
)
_SCRIPTS: Final = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run the migrations that this database has not seen, up to one of them.

    Raises ValueError when it has seen some that are not known here.
    """
    try:
        command.upgrade(_config(connection), to)
    except CommandError as error:
        raise ValueError(f"{NEWER} ({error})") from error


def downgrade(connection: Connection, to: str) -> None:
    """Undo the migrations after one of them; what only their tables hold is lost."""
    command.downgrade(_config(connection), to)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config
