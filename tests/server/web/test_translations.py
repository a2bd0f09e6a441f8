"""Every message has French words, none is left over, placeholders agree."""

import re

from server.web.translations import N_, french_spacing, translations
from tests.server.web.messages import translated, used

PLACEHOLDER = re.compile(r"%\((\w+)\)s|<(/?\w+)[^>]*>")


def words(text: str) -> list[tuple[str, str]]:
    return sorted(PLACEHOLDER.findall(text))


def test_every_message_has_its_french_words() -> None:
    catalogue = translated()
    missing = [
        (where, message)
        for message, where in used()
        if (found := catalogue.get(message if isinstance(message, str) else message[0])) is None
        or not found.string
        or not all([found.string] if isinstance(found.string, str) else found.string)
        or found.fuzzy
    ]
    assert missing == []


def test_no_translation_is_left_over() -> None:
    wanted = {m if isinstance(m, str) else m[0] for m, _where in used()}
    have = {m.id if isinstance(m.id, str) else m.id[0] for m in translated() if m.id}
    assert have - wanted == set()


def test_placeholders_and_markup_agree() -> None:
    for message in translated():
        if not message.id:
            continue
        english = message.id if isinstance(message.id, str) else message.id[1]
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        for form in forms[-1:]:
            assert words(form) == words(english), english


def test_vocabulary() -> None:
    text = "\n".join(
        form
        for message in translated()
        if message.id
        for form in ([message.string] if isinstance(message.string, str) else message.string or ())
    )
    text = PLACEHOLDER.sub("", text)
    for forbidden in ("hash", "wallet", "token", "blockchain", " tu ", "'"):
        assert forbidden not in text.lower(), forbidden


def test_french_spacing() -> None:
    assert french_spacing("Que veut dire « autonomie » ?") == (
        "Que veut dire «\u00a0autonomie\u00a0»\u00a0?"
    )
    assert french_spacing("12:30") == "12:30"


def test_english_is_the_source() -> None:
    assert translations("en").gettext("Skip to content") == "Skip to content"
    assert translations("fr").gettext("Skip to content") == "Aller au contenu"
    assert N_("x") == "x"
