"""A group of commands that says what was mistyped in one line, with where to read more.

click's own answer has four lines and puts the one that helps last.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from click.exceptions import NoArgsIsHelpError


class Misuse(click.ClickException):
    """A command, file or answer that is not understood: exit code 2."""

    exit_code = 2


class Commands(click.Group):
    """The outermost group of a program; what its commands are given wrong becomes a Misuse."""

    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:
        """Read the words before the command."""
        with _in_one_line():
            return super().make_context(*arguments, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Read the words of the command, and do it."""
        with _in_one_line():
            return super().invoke(ctx)


@contextmanager
def _in_one_line() -> Iterator[None]:
    try:
        yield
    except NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        said = " ".join(error.format_message().split())
        where = f" (see {error.ctx.command_path} --help)" if error.ctx else ""
        raise Misuse(f"{said}{where}") from None
