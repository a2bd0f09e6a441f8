"""Amounts as people read them."""

import pytest

from shared.amounts import Language, format_amount


@pytest.mark.parametrize(
    "amount, language, text",
    [
        (500, "fr", "5,00\u00a0€"),
        (108650, "fr", "1\u00a0086,50\u00a0€"),
        (-150, "fr", "\u22121,50\u00a0€"),
        (5, "fr", "0,05\u00a0€"),
        (0, "fr", "0,00\u00a0€"),
        (500, "en", "€5.00"),
        (108650, "en", "€1,086.50"),
        (-150, "en", "\u2212€1.50"),
        (123456789012, "en", "€1,234,567,890.12"),
    ],
)
def test_euros(amount: int, language: Language, text: str) -> None:
    assert format_amount(amount, scale=2, symbol="€", language=language) == text


def test_other_symbols_follow_in_both_languages() -> None:
    assert format_amount(1250, scale=2, symbol="G", language="en") == "12.50\u00a0G"
    assert format_amount(90, scale=0, symbol="min", language="fr") == "90\u00a0min"
    assert format_amount(1, scale=3, symbol="h", language="fr") == "0,001\u00a0h"
