"""What a benchmark gives, and the JSON it is written as."""

from __future__ import annotations

import json
import re
import resource
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Result:
    """One figure: `ratio` is value ÷ limit, whatever the unit."""

    metric: str
    value: float
    unit: str
    limit: float
    ratio: float


def result(metric: str, value: float, unit: str, limit: float) -> Result:
    """Give a figure with its ratio to the limit."""
    return Result(metric, round(value, 3), unit, round(limit, 3), round(value / limit, 4))


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


def as_json(name: str, results: Sequence[Result]) -> str:
    """Write results in the form that the issue asks for."""
    return json.dumps({"name": name, "results": [asdict(item) for item in results]}, indent=1)


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value below which a share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
