"""A run in words, for the command line: a line a day on which something happens, and the sum."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from server.demurrage.plan import calendar
from server.demurrage.run import Day
from server.ledger.records import Asset
from shared.amounts import format_amount
from shared.ids import AssetId


def lines(days: Iterable[Day], assets: Mapping[AssetId, Asset], *, dry: bool) -> Iterator[str]:
    """Describe the days as they are played; quiet ones are left out."""
    melted: Counter[AssetId] = Counter()
    count = 0
    for day in days:
        count += 1
        melted.update(day.melted)
        if not day.quiet:
            yield f"{calendar(day.day)}  {_words(day, assets)}"
    total = _amounts(melted, assets) or "nothing"
    would = "would melt" if dry else "melted"
    yield f"{count} {'day' if count == 1 else 'days'} played, {total} {would}"


def _words(day: Day, assets: Mapping[AssetId, Asset]) -> str:
    parts = [
        _count(day.reversals, "late sale repaid", "late sales repaid"),
        _count(day.notices, "notice", "notices"),
        _count(day.melts, "melt", "melts") + _in_brackets(_amounts(day.melted, assets)),
        _count(day.distributions, "month shared", "months shared"),
        _count(day.rejected, "rejected, tried again next time", "rejected, tried again next time"),
    ]
    return ", ".join(part for part in parts if part)


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}" if count else ""


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""


def _amounts(melted: Mapping[AssetId, int], assets: Mapping[AssetId, Asset]) -> str:
    return ", ".join(
        format_amount(amount, scale=assets[asset].scale, symbol=assets[asset].symbol, language="en")
        for asset, amount in sorted(melted.items())
    )
