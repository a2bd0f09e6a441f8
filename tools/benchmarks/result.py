"""What a benchmark gives, and the JSON it is written as.

    {"name", "results": [{"metric", "value", "unit", "limit", "ratio"}], "curves", "machine"}

A curve is what a chart needs beside the figures; the machine says how far to trust them.
"""

from __future__ import annotations

import os
import re
import resource
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec


class Result(msgspec.Struct, frozen=True):
    """One figure: `ratio` is value ÷ limit, whatever the unit."""

    metric: str
    value: float
    unit: str
    limit: float
    ratio: float


class Curve(msgspec.Struct, frozen=True):
    """Points of a chart; `labels` name them where `x` does not."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    labels: tuple[str, ...] = ()


Figures = Sequence[Result | Curve]


class Machine(msgspec.Struct, frozen=True):
    """When and where: the day, the cores, and how many programs wanted to run before (0: none)."""

    day: str
    cores: int
    load: float


class Report(msgspec.Struct, frozen=True):
    """All that one run of a benchmark found."""

    name: str
    results: tuple[Result, ...]
    curves: tuple[Curve, ...] = ()
    machine: Machine = Machine("", 0, 0)

    def find(self, metric: str) -> Result | None:
        """Give a figure, if it was measured."""
        return next((row for row in self.results if row.metric == metric), None)

    def curve(self, name: str) -> Curve | None:
        """Give a curve, if it was measured."""
        return next((curve for curve in self.curves if curve.name == name), None)


def result(metric: str, value: float, unit: str, limit: float) -> Result:
    """Give a figure with its ratio to the limit."""
    return Result(metric, round(value, 3), unit, round(limit, 3), round(value / limit, 4))


def curve(name: str, points: Sequence[tuple[float, float]], labels: Sequence[str] = ()) -> Curve:
    """Give a curve of points."""
    rounded = [(round(x, 3), round(y, 3)) for x, y in points]
    return Curve(name, tuple(x for x, _ in rounded), tuple(y for _, y in rounded), tuple(labels))


def report(name: str, figures: Figures, machine: Machine) -> Report:
    """Sort what a benchmark gave into figures and curves."""
    return Report(
        name,
        tuple(item for item in figures if isinstance(item, Result)),
        tuple(item for item in figures if isinstance(item, Curve)),
        machine,
    )


def this_machine() -> Machine:
    """Look at the machine, before it is measured."""
    today = datetime.now(UTC).date().isoformat()
    return Machine(today, os.cpu_count() or 0, round(os.getloadavg()[0], 1))


def write_report(path: Path, found: Report) -> None:
    """Write a report as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")


def read_report(path: Path) -> Report:
    """Read a report.  Raises msgspec.ValidationError when it is none."""
    return msgspec.json.decode(path.read_bytes(), type=Report)


def memory() -> Result:
    """Give the largest resident set of this process so far."""
    return _megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def memory_of(pid: int) -> Result:
    """Give the largest resident set of another process so far."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    [kilobytes] = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return _megabytes(int(kilobytes))


def _megabytes(kilobytes: int) -> Result:
    return result("memory", kilobytes / 1024, "MiB", 1024)


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value below which a share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
