"""From figures to documents: the pictures beside the JSON files, and the table in benchmarks.md.

The table stands between two marks and nothing else of the document is touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tools.benchmarks.pictures import pictures
from tools.benchmarks.result import Report, Result, read_report
from tools.benchmarks.wanted import WANTED, Wanted

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "docs" / "benchmarks"
DOCUMENT: Final = ROOT / "docs" / "benchmarks.md"
BEGIN: Final = "<!-- figures: made by ./tirelire bench chart -->\n"
ONLY_DRAWN: Final = frozenset({"stages"})
END: Final = "<!-- end of figures -->\n"


def publish(folder: Path, document: Path | None = None) -> list[Path]:
    """Draw a folder's reports and write the table; give the pictures.

    Raises ValueError when the document has no place for the table.
    """
    reports = {path.stem: read_report(path) for path in sorted(folder.glob("*.json"))}
    drawn = []
    for name, picture in pictures(reports).items():
        drawn.append(folder / f"{name}.svg")
        drawn[-1].write_text(picture, "utf-8")
    if document is not None:
        text = document.read_text("utf-8")
        document.write_text(_with_table(text, table(reports)), "utf-8")
    return drawn


def _with_table(text: str, rows: str) -> str:
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the document has no marks for the table")
    return f"{before}{begin}\n{rows}\n{end}{after}"


def table(reports: Mapping[str, Report]) -> str:
    """Write all figures as a table, the wanted first; but for what a picture says."""
    lines = [
        "| Figure | Measured | Wanted | Limit in the same run | Ratio |",
        "|---|---|---|---|---|",
    ]
    for found in reports.values():
        rows = sorted(found.results, key=lambda row: (found.name, row.metric) not in WANTED)
        if found.name not in ONLY_DRAWN:
            lines += [_line(found.name, row, WANTED.get((found.name, row.metric))) for row in rows]
    return "\n".join([*lines, "", *_machines(reports), ""])


def _machines(reports: Mapping[str, Report]) -> list[str]:
    """Say when and where; a load far from 0 means that others took their part of the machine."""
    if not reports:
        return []
    days = sorted({found.machine.day for found in reports.values()})
    loads = sorted(found.machine.load for found in reports.values())
    cores = max(found.machine.cores for found in reports.values())
    return [
        f"Measured on {' and '.join(days)}, {cores} cores; the load average before each run was",
        f"{loads[0]:g} to {loads[-1]:g}.",
    ]


def _line(name: str, row: Result, wanted: Wanted | None) -> str:
    value = f"{_number(row.value)} {row.unit}"
    if wanted is not None:
        value = f"**{value}**" if wanted.holds(row) else f"**{value}** (missed)"
    cells = (f"`{name}` {row.metric}", value, wanted or "", _number(row.limit), f"{row.ratio:.3g}")
    return f"| {' | '.join(map(str, cells))} |"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
