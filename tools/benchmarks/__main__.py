"""`./tirelire bench NAME|all|chart`: run benchmarks, each in its own folder; draw their charts.

`all` runs each in a process of its own, as memory is measured too, and writes DIR/NAME.json.
`chart` makes DIR/*.svg of those files and the table of figures in docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.benchmarks import publish
from tools.benchmarks.result import Figures, Report, report, this_machine, write_report

NAMES: Final = {
    "sync": "batches of 500 from request to verdict",
    "sale-http": "single sales over HTTP",
    "stages": "where the time of a sale goes",
    "growth": "a chain of a million against a short one",
    "size": "what a sale takes on the disk",
    "audit": "a chain proven from its blocks",
    "tap": "from a card's UID to the durable approval",
}
ALL: Final = "all"
CHART: Final = "chart"


def main(arguments: Sequence[str]) -> int:
    """Do what was named and print the figures."""
    parser = argparse.ArgumentParser(prog="./tirelire bench")
    words = "; ".join(f"{name}: {what}" for name, what in NAMES.items())
    parser.add_argument("name", choices=(*NAMES, ALL, CHART), help=words)
    parser.add_argument("--json", type=Path, help=f"a file; with {ALL} and {CHART} a folder")
    parser.add_argument("--size", type=int, help="how much of it; by default enough to be trusted")
    asked = parser.parse_args(arguments)
    if asked.name == CHART:
        publish.publish(asked.json or publish.FOLDER, publish.DOCUMENT)
    elif asked.name == ALL:
        _run_all(asked.json or publish.FOLDER)
    else:
        found = _run(asked.name, asked.size)
        _print(found)
        if asked.json:
            write_report(asked.json, found)
    return 0


def _run(name: str, size: int | None) -> Report:
    module = importlib.import_module(f"tools.benchmarks.{name.replace('-', '_')}")
    machine = this_machine()
    with tempfile.TemporaryDirectory(f"-tirelire-{name}") as folder:
        figures: Figures = module.run(Path(folder), size or module.SIZE)
    return report(name, figures, machine)


def _run_all(folder: Path) -> None:
    for name in NAMES:
        start = time.monotonic()
        file = folder / f"{name}.json"
        subprocess.run(
            [sys.executable, "-m", "tools.benchmarks", name, "--json", str(file)], check=True
        )
        print(f"{name} took {time.monotonic() - start:.0f} s", flush=True)


def _print(found: Report) -> None:
    for row in found.results:
        print(
            f"{found.name} {row.metric}: {row.value:,.3f} {row.unit}, "
            f"limit {row.limit:,.3f}, ratio {row.ratio:.4f}"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
