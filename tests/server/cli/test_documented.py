"""Each command that a document names is one, with the options that it is shown with."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from server.cli.__main__ import node
from server.verify.__main__ import verify

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PROGRAMS = {"node": node, "verify": verify}
NAMED = re.compile(r"(?:\./tirelire |`)(node|verify) ([^`\n#]*)")


def named() -> Iterator[tuple[str, click.Group, list[str]]]:
    for page in PAGES:
        for found in NAMED.finditer(page.read_text("utf-8")):
            yield f"{page.name}: {found[0]}", PROGRAMS[found[1]], found[2].split()


@pytest.mark.parametrize(
    "group, words", [pytest.param(group, words, id=name) for name, group, words in named()]
)
def test_it_is_one(group: click.Group, words: list[str]) -> None:
    command: click.Command = group
    while isinstance(command, click.Group):
        assert words, "which?"
        command = command.commands[words.pop(0)]
    options = {name for each in command.params for name in each.opts}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options
