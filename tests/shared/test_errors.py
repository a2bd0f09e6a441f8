"""Every code has its words, and codes never change."""

from shared.errors import MESSAGES, Code, Refused


def test_every_code_has_words_in_both_languages() -> None:
    assert set(MESSAGES) == set(Code)
    assert all(words.fr and words.en for words in MESSAGES.values())


def test_words_are_short_enough_for_a_till() -> None:
    long = [code for code, words in MESSAGES.items() for text in words if len(text.split()) > 14]
    assert long == []


def test_a_refusal_carries_its_code_and_a_hint() -> None:
    assert str(Refused(Code.GAP)) == "gap"
    assert str(Refused(Code.TOO_LARGE, "batch")) == "too_large: batch"
    assert Refused(Code.TOO_LARGE, "batch").hint == "batch"
