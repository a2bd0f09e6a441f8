"""Renders every screen of the till into a folder: `python -m tools.screenshots.till OUT`.

One process draws one size and language, as a window keeps its size for life; without `--size` this
starts one after the other. Needs no display: SDL draws off screen.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from shared.amounts import Language

SIZES = ("1024x600", "800x480")
LANGUAGES: tuple[Language, ...] = ("fr", "en")


def main() -> int:
    """Parse the command line, render, and say where the pictures are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="folder for the pictures")
    parser.add_argument("--size", choices=SIZES)
    parser.add_argument("--language", choices=LANGUAGES, default="fr")
    parser.add_argument("--only", default="", help="render only names that contain this")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    if arguments.size:
        count = render(arguments.out, arguments.size, arguments.language, arguments.only)
        print(f"{count} pictures of {arguments.size} {arguments.language} in {arguments.out}")
        return 0
    for size in SIZES:
        for language in LANGUAGES:
            command = [sys.executable, "-m", "tools.screenshots.till", str(arguments.out)]
            command += ["--size", size, "--language", language, "--only", arguments.only]
            subprocess.run(command, check=True)
    return 0


def render(out: Path, size: str, language: Language, only: str = "") -> int:
    """Draw the samples of one size and language; returns how many there were."""
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    width, height = (int(part) for part in size.split("x"))
    # Kivy reads its environment when it is imported: the import must follow.
    from terminal.ui.kivy.environment import prepare  # noqa: PLC0415 - Kivy reads the environment at import

    prepare(width, height)
    from terminal.ui.kivy.metrics import metrics_for  # noqa: PLC0415 - Kivy reads the environment at import
    from terminal.ui.kivy.window import TillWindow  # noqa: PLC0415 - Kivy reads the environment at import
    from tools.screenshots.till_states import samples  # noqa: PLC0415 - Kivy reads the environment at import

    metrics = metrics_for(width, height)
    window = TillWindow(metrics, lambda _: None)
    window.open()
    wanted = {
        name: screen
        for name, screen in samples(language, metrics.columns, metrics.rows).items()
        if only in name
    }
    for name, screen in wanted.items():
        window.view.draw(screen)
        suffix = "" if language == "fr" else f"-{language}"
        window.screenshot(out / f"{name}{suffix}-{size}.png")
    return len(wanted)


if __name__ == "__main__":
    raise SystemExit(main())
