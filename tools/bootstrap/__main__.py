"""Entry point of ./tirelire: prepare what a command needs, then run it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tools.bootstrap import ROOT, Trouble, commands, debian, environment


def main(arguments: Sequence[str]) -> int:
    """Run one command; give its exit code (2: there is no such command)."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", ())
    command = commands.known(name)
    if command is None:
        asked = name in {"", "help", "-h", "--help"}
        commands.say(
            commands.usage() if asked else f"tirelire: no command '{name}'\n\n{commands.usage()}"
        )
        return 0 if name in {"help", "-h", "--help"} else 2
    try:
        if packages := debian.missing(name):
            debian.install(packages)
        environment.prepare(command.packages)
    except Trouble as trouble:
        commands.say(f"tirelire: {trouble}")
        return 1
    os.environ["PYTHONPATH"] = str(ROOT)
    return command.run(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
