"""Entry point of ./tirelire: prepare what a command needs, then run it."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tools.bootstrap import ROOT, Trouble, commands, debian, environment, say

ASKS_FOR_HELP = frozenset({"help", "-h", "--help"})


def main(arguments: Sequence[str]) -> int:
    """Run one command; give its exit code (2: there is no such command)."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("help", ())
    if name in ASKS_FOR_HELP:
        print(commands.usage())
        return 0
    command = commands.COMMANDS.get(name)
    if command is None:
        say(f"there is no command '{name}'\n\n{commands.usage()}")
        return 2
    try:
        if lacking := debian.missing(name):
            debian.install(lacking)
        environment.prepare(command.packages)
    except Trouble as trouble:
        say(str(trouble))
        return 1
    except KeyboardInterrupt:
        say("stopped; the same command goes on from here")
        return 130
    os.environ["PYTHONPATH"] = str(ROOT)
    return command.run(rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
