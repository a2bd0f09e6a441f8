"""The table of the till as a page of documentation: what each state hears, and what it does then.

`docs/till.md` is this text; a test compares them, so the page cannot lie.
"""

from __future__ import annotations

import sys
from itertools import groupby

from terminal.till.flow import FLOW

HEAD = """# The till, state by state

Made from `terminal/till/flow.py` by `python -m terminal.till.describe`; do not edit. What a state
does not hear it ignores: that is what kills double taps. Time, network, reader and deltas are
taken into account in every state (`terminal/till/world.py`).
"""


def describe() -> str:
    """Write the page, in the order of the table."""
    parts = [HEAD]
    rows = ((page, event, handler) for (page, event), handler in FLOW.items())
    for page, heard in groupby(rows, key=lambda row: row[0]):
        parts.append(f"## {page.__name__}\n\n{first_line(page)}\n")
        parts.append("| hears | and then |\n|---|---|")
        parts.extend(f"| {event.__name__} | {first_line(act)} |" for _, event, act in heard)
        parts.append("")
    return "\n".join(parts)


def first_line(thing: object) -> str:
    """Give the first paragraph of a docstring on one line."""
    words = (thing.__doc__ or "").split("\n\n")[0].split()
    return " ".join(words)


if __name__ == "__main__":
    sys.stdout.write(describe())
