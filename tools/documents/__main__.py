"""`./tirelire docs`: write the tables of `docs/` that come from the code."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.documents.tables import write


def main() -> int:
    """Write them and say which had grown old."""
    for name in write(Path(__file__).parents[2]):
        print(f"written anew: {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
