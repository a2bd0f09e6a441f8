"""The words in the visitor's language: English in the source, French in `translations/fr.po`.

The catalogue is read as text at start, so no compiled file can be stale.  French spacing (a
no-break space before `: ; ? ! »` and after `«`) is put in here, once, for every message.
"""

import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from shared.amounts import NO_BREAK_SPACE, Language

CATALOGUE: Final = Path(__file__).parent / "translations" / "fr.po"


def french_spacing(text: str) -> str:
    """Put the no-break spaces of French typography into a message."""
    return re.sub(r" (?=[:;?!»])|(?<=«) ", NO_BREAK_SPACE, text)


@cache
def translations(language: Language) -> NullTranslations:
    """Give the catalogue of a language; English is the source itself."""
    if language == "en":
        return NullTranslations()
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="fr")
    for message in catalogue:
        words = message.string
        if message.id and words:
            message.string = (
                french_spacing(words)
                if isinstance(words, str)
                else tuple(french_spacing(form) for form in words)
            )
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def N_(message: str) -> str:  # noqa: N802 -- gettext's own name for "translate me later"
    """Mark a message of a table for extraction; it is translated where it is shown."""
    return message
