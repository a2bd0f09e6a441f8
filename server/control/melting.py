"""Acts of demurrage: set how an asset melts, and play the days."""

from datetime import date
from typing import Any, Final

import msgspec

from server.control.changes import propose
from server.control.errors import NotPossibleError
from server.control.reading import read
from server.demurrage.plan import calendar, day_number, day_of
from server.demurrage.run import Day, FutureDayError
from server.node import Node
from shared.bodies import PolicySet
from shared.policy import NO_DEMURRAGE, DemurragePolicy

FURTHEST_DAYS: Final = 3_653
"""How far a dry run looks ahead."""


def set_policy(node: Node, asset: str, **changes: Any) -> dict[str, Any]:
    """Set how an asset melts; what is not named keeps the protocol's first value."""
    values = {**msgspec.structs.asdict(NO_DEMURRAGE), "enabled": True, **changes}
    values["notice_days"] = tuple(values["notice_days"])
    policy = read({**values, "policy": "demurrage"}, DemurragePolicy)
    body = read({"subject": asset, "value": policy}, PolicySet)
    return {"asset": asset, "height": propose(node, body).height}


def run(node: Node, until: str, *, dry_run: bool = False) -> list[dict[str, Any]]:
    """Play each day up to one, or say what would happen; quiet days are left out."""
    try:
        last = day_number(date.fromisoformat(until))
    except ValueError:
        raise NotPossibleError(f"{until} is no day: write it as 2027-03-01") from None
    if dry_run and last > day_of(node.clock.now_ms()) + FURTHEST_DAYS:
        raise NotPossibleError(f"{until} is more than ten years from today")
    play = node.demurrage.forecast if dry_run else node.demurrage.until
    try:
        return [_line(day) for day in play(last) if not day.quiet]
    except FutureDayError as error:
        raise NotPossibleError(str(error)) from None


def _line(day: Day) -> dict[str, Any]:
    return {
        "day": calendar(day.day).isoformat(),
        "notices": day.notices,
        "melts": day.melts,
        "melted": dict(day.melted),
        "reversals": day.reversals,
        "distributions": day.distributions,
        "rejected": day.rejected,
    }
