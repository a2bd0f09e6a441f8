"""Mistyped words are answered in one line, wherever they stand."""

import click
import pytest
from click.testing import CliRunner

from shared.host.commands import Commands, Misuse

NO_NUMBER = "Invalid value for '--number': 'x' is not a valid integer."


@click.group(cls=Commands)
def program() -> None:
    """Do things."""


@program.group()
def inner() -> None:
    """Do inner things."""


@inner.command()
@click.option("--number", type=int)
def work(number: int | None) -> None:
    """Work."""
    if number == 0:
        raise Misuse("nothing is no number")
    click.echo(f"worked {number}")


@pytest.mark.parametrize(
    "words, said, code",
    [
        (["inner", "work", "--number", "3"], "worked 3\n", 0),
        (
            ["inner", "work", "--number", "x"],
            f"Error: {NO_NUMBER} (see program inner work --help)\n",
            2,
        ),
        (
            ["inner", "work", "3"],
            "Error: Got unexpected extra argument (3) (see program inner work --help)\n",
            2,
        ),
        (["inner", "work", "--number", "0"], "Error: nothing is no number\n", 2),
        (["--no"], "Error: No such option '--no'. (see program --help)\n", 2),
        (["other"], "Error: No such command 'other'. (see program --help)\n", 2),
    ],
)
def test_mistakes_are_said_in_one_line(words: list[str], said: str, code: int) -> None:
    answer = CliRunner().invoke(program, words, prog_name="program")
    assert answer.exit_code == code
    assert answer.output == said


@pytest.mark.parametrize("words", [[], ["inner"], ["inner", "work", "--help"]])
def test_whoever_asks_gets_the_help(words: list[str]) -> None:
    answer = CliRunner().invoke(program, words, prog_name="program")
    assert answer.output.startswith("Usage: program")
