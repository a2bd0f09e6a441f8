"""Verdicts and their text."""

import pytest

from shared.errors import Code
from shared.verdict import ACCEPTED, DISPUTED, OVERDRAWN, parse_verdict, rejected


def test_text_and_back() -> None:
    for verdict, text in (
        (ACCEPTED, "accepted"),
        (OVERDRAWN, "overdrawn"),
        (DISPUTED, "disputed"),
        (rejected(Code.CARD_BLOCKED), "rejected(card_blocked)"),
    ):
        assert str(verdict) == text
        assert parse_verdict(text) == verdict


@pytest.mark.parametrize("text", ["", "maybe", "rejected(", "rejected()", "rejected(nope)"])
def test_anything_else_is_no_verdict(text: str) -> None:
    with pytest.raises(ValueError, match=r"verdict|Status|Code"):
        parse_verdict(text)


def test_only_accepted_and_overdrawn_took_effect() -> None:
    assert [v.took_effect for v in (ACCEPTED, OVERDRAWN, DISPUTED, rejected(Code.GAP))] == [
        True,
        True,
        False,
        False,
    ]
