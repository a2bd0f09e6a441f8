"""How the story is told."""

import pytest

from tools.demo.telling import StoryError, Telling, must


def test_a_step_is_printed_with_its_facts_and_kept(capsys: pytest.CaptureFixture[str]) -> None:
    telling = Telling()
    with telling.step("A beer is sold") as facts:
        facts["screen"] = "Payé"
    with telling.step("Another") as facts:
        facts["unsent"] = 2
    assert [(step["title"], step["facts"]) for step in telling.steps] == [
        ("A beer is sold", {"screen": "Payé"}),
        ("Another", {"unsent": 2}),
    ]
    assert all(step["seconds"] >= 0 for step in telling.steps)
    assert capsys.readouterr().out == (
        "\n 1. A beer is sold\n      screen: Payé\n\n 2. Another\n      unsent: 2\n"
    )


def test_a_step_that_does_not_hold_is_not_told_as_done() -> None:
    telling = Telling()
    with pytest.raises(StoryError, match="nothing was sold"), telling.step("A beer is sold"):
        must([], "nothing was sold")
    assert telling.steps == []


def test_what_holds_goes_on() -> None:
    must(1, "never said")
