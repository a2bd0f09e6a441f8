"""What must be settled before kivy is imported: no arguments, no configuration of the user's.

Guarantee: `prepare` leaves kivy deaf to the command line and to `~/.kivy`, with 15 frames a second
at most. It must run before the first import of kivy and is harmless when run twice; after that
import it has no effect on the window's size.
"""

import os
import tempfile
from pathlib import Path

MAX_FRAMES_PER_SECOND = 15
"""An idle till then costs about half a percent of a core."""


def prepare(width: int, height: int, *, home: Path | None = None, fullscreen: bool = False) -> None:
    """Set the environment and kivy's configuration for a window of that size, as mounted."""
    folder = home or Path(tempfile.gettempdir()) / f"tirelire-kivy-{os.getuid()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.update(
        KIVY_NO_ARGS="1",
        KIVY_NO_CONFIG="1",
        KIVY_NO_FILELOG="1",
        KIVY_LOG_MODE="PYTHON",  # leaves the logging of the process alone
        KIVY_HOME=str(folder),
    )
    # The import must follow the environment: kivy reads it while it is being imported.
    from kivy.config import Config  # noqa: PLC0415 - see above

    settings: dict[str, dict[str, object]] = {
        "graphics": {
            "width": width,
            "height": height,
            "multisamples": 0,
            "maxfps": MAX_FRAMES_PER_SECOND,
            "resizable": 0,
            "fullscreen": "auto" if fullscreen else 0,
            "show_cursor": 0 if fullscreen else 1,
            "allow_screensaver": 0,
        },
        "input": {"mouse": "mouse,disable_multitouch"},
        "kivy": {"log_level": "warning", "exit_on_escape": 0},
    }
    for section, values in settings.items():
        for name, value in values.items():
            Config.set(section, name, value)
