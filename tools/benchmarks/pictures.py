"""Which picture shows what: reports in, whole SVG documents by name out.

A picture whose figures were not measured is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tools.benchmarks.charts import (
    HALF,
    Aim,
    Bar,
    Lines,
    Series,
    Stack,
    bars,
    beside,
    doubling,
    even,
    plain,
    stacks,
)
from tools.benchmarks.result import Curve, Report
from tools.benchmarks.svg import MARGIN, Drawing, document, group
from tools.benchmarks.wanted import WANTED

_DATABASES: Final = {"sqlite": "SQLite, synchronous=FULL", "postgresql": "PostgreSQL"}
_AUDITS: Final = {
    "links and hashes": "Links, hashes and signatures",
    "re-execution": "Every rule executed again",
}
_SIZES: Final = {
    "bytes a sale": "in batches of 500",
    "bytes a sale with its detail": "in batches of 500, what was bought included",
    "bytes a sale alone": "alone, a block for each",
}
_MANY_TABLES: Final = 5


def pictures(reports: Mapping[str, Report]) -> dict[str, str]:
    """Draw what these reports allow."""
    found = {}
    for name, draw in _PICTURES.items():
        source = _SOURCES.get(name, name)
        drawn = draw(reports[source]) if source in reports else None
        if drawn is not None:
            found[name] = drawn
    return found


# ---------- batches ----------


def _sync(found: Report) -> str | None:
    rows = []
    for metric, label in _DATABASES.items():
        row, wanted = found.find(metric), WANTED["sync", metric]
        if row is None:
            continue
        rows += [
            Bar(
                label=label,
                value=row.value,
                words=f"{row.value:,.0f} transactions/s",
                aim=wanted.bound,
                aim_words=str(wanted),
            ),
            Bar(
                label="the same bytes, raw, nothing checked",
                value=row.limit,
                words=f"{row.limit:,.0f}/s",
                colour=0,
            ),
        ]
    if not rows:
        return None
    return document(
        bars(rows),
        title="Batches of 500 sales, durable and final",
        subtitle="Transactions a second, one client, from request bytes to verdicts",
        note="Raw: the payloads alone, inserted 500 a commit on the same disk in the same run.",
    )


def _stages(found: Report) -> str | None:
    if not found.curves:
        return None
    rows = [
        Stack(
            label=f"A sale {curve.name}",
            words=f"{sum(curve.y):,.0f} µs",
            parts=list(enumerate(curve.y, 1)),
        )
        for curve in found.curves
    ]
    return document(
        stacks(rows, found.curves[0].labels, write=_short),
        title="Where the time of a sale goes",
        subtitle="Microseconds a sale at each step; each bar is the whole of its own sale",
        note="SQLite with synchronous=FULL.  Commit: waiting for the disk, and the hand-over.",
    )


# ---------- single sales ----------


def _sale_http(found: Report) -> str | None:
    rate, half, slow = found.curve("rate"), found.curve("p50"), found.curve("p99")
    if rate is None or half is None or slow is None:
        return None
    one, sixteen = (
        WANTED["sale-http", f"{n} client{s}"] for n, s in (("one", ""), ("sixteen", "s"))
    )
    patience = WANTED["sale-http", "p99"]
    scale = doubling(rate.x, "clients at once")
    left = Lines(
        title="Sales a second",
        series=[Series(name="", points=_points(rate), words=lambda v: f"{v:,.0f}")],
        scale=scale,
        words=_thousands,
        aims=[
            Aim(at=1, value=one.bound, words=f"wanted {one}"),
            Aim(at=16, value=sixteen.bound, words=f"wanted {sixteen}"),
        ],
        width=HALF,
    )
    right = Lines(
        title="Milliseconds",
        series=[
            Series(name="median", points=_points(half)),
            Series(name="slowest 1 %", points=_points(slow), colour=2),
        ],
        scale=scale,
        words=lambda v: f"{v:g}",
        aims=[Aim(at=16, value=patience.bound, words=f"wanted {patience}", ceiling=True)],
        width=HALF,
    )
    return document(
        beside(left.draw(), right.draw()),
        title="Single sales over HTTP",
        subtitle="Each sale its own request with its detail, answered when it is on the disk",
        note="A real node process and its clients share two cores; connections stay open.",
    )


def _latency(found: Report) -> str | None:
    one, sixteen = found.curve("one waiting"), found.curve("sixteen waiting")
    if one is None or sixteen is None:
        return None
    chart = Lines(
        title="Milliseconds",
        series=[
            Series(name="one client", points=_points(one), words=_short, since=0.75),
            Series(name="sixteen clients", points=_points(sixteen), colour=3, words=_short),
        ],
        scale=even(
            one.x, [f"{100 * share:g} %" for share in one.x], "of all sales are answered within"
        ),
        words=lambda v: f"{v:g}",
    )
    return document(
        _inset(chart.draw()),
        title="How long a sale waits for its answer",
        subtitle="Single sales over HTTP, from the request's first byte to the verdict",
    )


# ---------- growth, size, audit ----------


def _growth(found: Report) -> str | None:
    rate, ratio = found.curve("rate"), found.find("ratio")
    if rate is None or ratio is None:
        return None
    chart = Lines(
        title="Transactions a second",
        series=[Series(name="", points=_points(rate), dots=False, filled=True)],
        scale=plain(rate.x[-1], _thousands, "transactions in the ledger"),
        words=_thousands,
    )
    return document(
        _inset(chart.draw()),
        title="What the size of a ledger costs",
        subtitle=f"Rate of 500-batches while it grows; at its end {ratio.value:.2f} of the rate of "
        "one a hundredth as large",
        note="Both are fed in turns at the end, so that noise of the machine meets both.",
    )


def _size(found: Report) -> str | None:
    curves = {name: curve for name in _SIZES if (curve := found.curve(name)) is not None}
    if not curves:
        return None
    names = _largest(curves)
    rows = []
    for metric, curve in curves.items():
        sizes = dict(zip(curve.labels, curve.y, strict=True))
        parts = [(number, sizes.pop(name, 0)) for number, name in enumerate(names, 1)]
        parts.append((len(names) + 1, sum(sizes.values())))
        total = sum(curve.y)
        rows.append(
            Stack(label=f"A sale {_SIZES[metric]}", words=f"{total:,.0f} bytes", parts=parts)
        )
    raw = found.find("bytes a sale")
    least = f", the payload alone in raw sqlite3 {raw.limit:,.0f}" if raw else ""
    drawing = stacks(
        rows,
        [*names, "the rest"],
        write=lambda value: f"{value:,.0f}",
        whole=max(sum(curve.y) for curve in curves.values()),
    )
    return document(
        drawing,
        title="What a sale takes on the disk",
        subtitle=f"Bytes a sale by table with its indexes; wanted in batches "
        f"{WANTED['size', 'bytes a sale']}{least}",
    )


def _largest(curves: Mapping[str, Curve]) -> list[str]:
    """Give the tables that take most in any of the curves, largest first."""
    most: dict[str, float] = {}
    for curve in curves.values():
        for name, size in zip(curve.labels, curve.y, strict=True):
            most[name] = max(size, most.get(name, 0))
    return sorted(most, key=lambda name: -most[name])[:_MANY_TABLES]


def _audit(found: Report) -> str | None:
    rows = []
    for metric, label in _AUDITS.items():
        row, wanted = found.find(metric), WANTED["audit", metric]
        if row is not None:
            rows.append(
                Bar(
                    label=label,
                    value=row.value,
                    words=f"{row.value:,.0f} transactions/s",
                    aim=wanted.bound,
                    aim_words=str(wanted),
                )
            )
    if not rows:
        return None
    return document(
        bars(rows),
        title="A chain proven from its blocks",
        subtitle="Transactions a second, nothing trusted; links on all cores, rules on one",
    )


# ---------- words ----------


def _inset(drawing: Drawing) -> Drawing:
    return Drawing(group(MARGIN, 0, drawing.markup), drawing.height)


def _points(curve: Curve) -> list[tuple[float, float]]:
    return list(zip(curve.x, curve.y, strict=True))


def _thousands(value: float) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:g} M"
    return f"{value / 1_000:g}k" if value >= 1_000 else f"{value:g}"


def _short(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"


_PICTURES: Final[Mapping[str, Callable[[Report], str | None]]] = {
    "sync": _sync,
    "stages": _stages,
    "sale-http": _sale_http,
    "latency": _latency,
    "growth": _growth,
    "size": _size,
    "audit": _audit,
}
_SOURCES: Final = {"latency": "sale-http"}
