"""`./tirelire demo`: the whole system on this machine; `--once` plays the story by itself."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tools.demo import people
from tools.demo.browser import Browser
from tools.demo.stage import OFFSCREEN, Stage
from tools.demo.story import Story
from tools.demo.telling import StoryError, Telling


def main(arguments: Sequence[str]) -> int:
    """Play the story, or set the stage for a person."""
    parser = argparse.ArgumentParser(prog="./tirelire demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="play the story and end")
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for pictures")
    parser.add_argument("--json", type=Path, help="write the story and the final state there")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="tirelire-demo-") as folder:
        return _once(Path(folder), asked.out, asked.json) if asked.once else _by_hand(Path(folder))


def _once(folder: Path, out: Path, report: Path | None) -> int:
    out.mkdir(parents=True, exist_ok=True)
    telling = Telling()
    stage = Stage(folder, display="kivy", environment=OFFSCREEN)
    try:
        made = stage.found()
        stage.node.serve()
        imported = stage.furnish()
        stage.make_till()
        stage.till.start()
        with Browser(stage.node.address, out) as browser:
            Story(stage, browser, out, telling).play(made["link"], imported)
        final = stage.node.ask("status")
    except StoryError as error:
        print(f"\nThe story ends here: {error}", file=sys.stderr)
        return 1
    finally:
        stage.close()
    if report is not None:
        report.parent.mkdir(parents=True, exist_ok=True)
        told = {"steps": telling.steps, "state": final}
        report.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(f"\nEach step held. Pictures are in {out}.")
    return 0


def _by_hand(folder: Path) -> int:
    has_display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    stage = Stage(folder, display="kivy" if has_display else "console", environment={})
    try:
        made = stage.found()
        stage.node.serve()
        stage.furnish()
        stage.make_till()
        card = people.CARDS[0]
        print(
            f"\nThe node's pages      {stage.node.address}"
            f"\nOpen your account     {made['link']}"
            f"\nTop up a card         {stage.node.address}/qr/{card.token}"
            f"\nPair the till with    {stage.pin()}"
            f"\nThen log in with      {people.PIN}\n",
            flush=True,
        )
        return stage.till.run_here()
    except StoryError as error:
        print(f"tirelire demo: {error}", file=sys.stderr)
        return 1
    finally:
        stage.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
