"""`./tirelire bench NAME [--json FILE]`: run one benchmark in a folder of its own."""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.benchmarks.result import Result, as_json

NAMES: Final = {
    "sync": "batches of 500 from request to verdict",
    "sale-http": "single sales over HTTP",
    "tap": "from a card's UID to the durable approval",
    "audit": "a chain proven from its blocks",
}


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark that was named and print its figures."""
    parser = argparse.ArgumentParser(prog="./tirelire bench")
    parser.add_argument(
        "name", choices=NAMES, help="; ".join(f"{k}: {v}" for k, v in NAMES.items())
    )
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    parser.add_argument("--size", type=int, help="how much of it; by default enough to be trusted")
    asked = parser.parse_args(arguments)
    module = importlib.import_module(f"tools.benchmarks.{asked.name.replace('-', '_')}")
    with tempfile.TemporaryDirectory(f"-tirelire-{asked.name}") as folder:
        results: list[Result] = module.run(Path(folder), asked.size or module.SIZE)
    for item in results:
        print(
            f"{asked.name} {item.metric}: {item.value:,.3f} {item.unit}, "
            f"limit {item.limit:,.3f}, ratio {item.ratio:.4f}"
        )
    if asked.json:
        asked.json.write_text(as_json(asked.name, results) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
