"""From JSON files to pictures and the table of a document."""

from pathlib import Path

import pytest

from tools.benchmarks.publish import BEGIN, END, publish, table
from tools.benchmarks.result import (
    Machine,
    Result,
    curve,
    read_report,
    report,
    result,
    write_report,
)
from tools.benchmarks.wanted import WANTED

QUIET = Machine("2026-11-25", 2, 0.1)
SYNC = report(
    "sync",
    [
        result("per second of work", 17_000, "transactions/s", 60_000),
        result("sqlite", 16_000, "transactions/s", 64_000),
    ],
    QUIET,
)
SALES = report(
    "sale-http",
    [
        result("p99", 31.5, "ms", 0.3),
        curve("rate", [(1, 700), (16, 1_500)]),
        curve("p50", [(1, 1.1), (16, 8)]),
        curve("p99", [(1, 2), (16, 31.5)]),
    ],
    Machine("2026-11-25", 2, 1.5),
)
GROWTH = report("growth", [result("memory", 130, "MiB", 100)], QUIET)
STAGES = report("stages", [result("form alone", 50, "µs a sale", 300)], QUIET)


def test_a_report_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_report(tmp_path / "deep" / "sales.json", SALES)
    assert read_report(tmp_path / "deep" / "sales.json") == SALES


def test_the_table_says_what_was_wanted_and_what_was_missed() -> None:
    reports = {"sync": SYNC, "sale-http": SALES, "growth": GROWTH, "stages": STAGES}
    assert table(reports).splitlines() == [
        "| Figure | Measured | Wanted | Limit in the same run | Ratio |",
        "|---|---|---|---|---|",
        "| `sync` sqlite | **16,000 transactions/s** | ≥ 15,000/s | 64,000 | 0.25 |",
        "| `sync` per second of work | 17,000 transactions/s |  | 60,000 | 0.283 |",
        "| `sale-http` p99 | **31.5 ms** (missed) | ≤ 30 ms | 0.3 | 105 |",
        "| `growth` memory | **130 MiB** (missed) | ≤ 1.1 of the small one's | 100 | 1.3 |",
        "",
        "Measured on 2026-11-25, 2 cores; the load average before each run was",
        "0.1 to 1.5.",
    ]


def test_what_is_wanted_may_be_exact() -> None:
    assert WANTED["growth", "ratio"].holds(Result("ratio", 0.9, "", 1, 0.9))
    assert not WANTED["growth", "ratio"].holds(Result("ratio", 0.899, "", 1, 0.899))
    assert WANTED["growth", "memory"].holds(Result("memory", 110, "MiB", 100, 1.1))
    assert WANTED["size", "bytes a sale"].holds(Result("", 600, "bytes", 450, 1.3))


def test_pictures_and_the_table_are_put_in_their_places(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text(f"before\n{BEGIN}old\n{END}after\n", "utf-8")
    write_report(tmp_path / "sync.json", SYNC)
    write_report(tmp_path / "sale-http.json", SALES)
    drawn = publish(tmp_path, document)
    assert [path.name for path in drawn] == ["sync.svg", "sale-http.svg"]
    assert "16,000 transactions/s" in drawn[0].read_text("utf-8")
    written = document.read_text("utf-8")
    assert written.startswith(f"before\n{BEGIN}\n| Figure |")
    assert "| `sync` sqlite | **16,000 transactions/s** | ≥ 15,000/s | 64,000 | 0.25 |" in written
    assert written.endswith(f"was\n0.1 to 1.5.\n\n{END}after\n")


def test_a_document_without_marks_is_not_touched(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    document.write_text("nothing", "utf-8")
    with pytest.raises(ValueError, match="no marks"):
        publish(tmp_path, document)
    assert document.read_text("utf-8") == "nothing"
