"""How the story is told: numbered steps with what was really seen, and what must hold."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


class StoryError(Exception):
    """Something did not come out as it must; the story ends here and the demo fails."""


@dataclass
class Telling:
    """The steps so far, each with its facts and how long it took."""

    steps: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def step(self, title: str) -> Iterator[dict[str, Any]]:
        """Tell one step: the caller puts its facts into the dictionary."""
        facts: dict[str, Any] = {}
        print(f"\n{len(self.steps) + 1:2}. {title}", flush=True)
        start = time.monotonic()
        yield facts
        seconds = round(time.monotonic() - start, 2)
        for name, value in facts.items():
            print(f"      {name}: {value}", flush=True)
        self.steps.append({"title": title, "seconds": seconds, "facts": facts})


def must(holds: object, what: str) -> None:
    """End the story unless something holds."""
    if not holds:
        raise StoryError(what)
