"""Each benchmark runs, at a size that measures nothing, and writes the figures asked for."""

import json
from pathlib import Path

import pytest

from tools.benchmarks.__main__ import NAMES, main
from tools.benchmarks.result import percentile, result

METRICS = {
    "sync": {"sqlite": "transactions/s", "postgresql": "transactions/s"},
    "sale-http": {"one client": "sales/s", "sixteen clients": "sales/s", "p99": "ms"},
    "stages": {"commit alone": "µs a sale", "commit in a batch": "µs a sale"},
    "growth": {"ratio": "of the small one's rate", "memory": "MiB"},
    "size": {"bytes a sale": "bytes", "bytes a sale alone": "bytes"},
    "tap": {"p99": "ms"},
    "audit": {"links and hashes": "transactions/s", "re-execution": "transactions/s"},
}
SIZES = dict.fromkeys(METRICS, 1) | {"sale-http": 8, "tap": 3}


@pytest.mark.loopback
@pytest.mark.alone
@pytest.mark.parametrize("name", METRICS)
def test_a_benchmark_writes_its_figures(name: str, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    assert main([name, "--size", str(SIZES[name]), "--json", str(file)]) == 0
    written = json.loads(file.read_text("utf-8"))
    assert written["name"] == name
    figures = {row["metric"]: row for row in written["results"]}
    assert {metric: figures[metric]["unit"] for metric in METRICS[name]} == METRICS[name]
    for row in figures.values():
        assert set(row) == {"metric", "value", "unit", "limit", "ratio"}
        assert row["value"] > 0
        assert row["limit"] > 0


def test_no_benchmark_is_forgotten() -> None:
    assert set(METRICS) == set(NAMES)


def test_a_ratio_is_value_to_limit() -> None:
    assert result("p99", 3.0, "ms", 2.0).ratio == 1.5


def test_a_percentile_is_a_value_that_was_seen() -> None:
    assert percentile([5.0, 1.0, 4.0, 2.0, 3.0], 0.5) == 3.0
    assert percentile([1.0], 0.99) == 1.0
    assert percentile(list(map(float, range(100))), 0.99) == 99.0
