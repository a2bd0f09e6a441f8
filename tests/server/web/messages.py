"""Every message of the pages, as found in templates and code.

Run as a module, it prints what `fr.po` lacks in the catalogue's own form, ready to be filled in.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).parents[3] / "server" / "web"
CATALOGUE = WEB / "translations" / "fr.po"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext.babel_extract")]
KEYWORDS = {"_": None, "n_": (1, 2), "N_": None, "ngettext": (1, 2), "gettext": None}
OPTIONS = {"templates/**.html": {"newstyle_gettext": "true", "trimmed": "true"}}

Message = str | tuple[str, ...]


def used() -> Iterator[tuple[Message, str]]:
    """Give each message with where it stands."""
    found = extract_from_dir(str(WEB), METHODS, OPTIONS, KEYWORDS)
    for file, line, message, _comments, _context in found:
        yield message, f"{file}:{line}"


def translated() -> Catalog:
    """Read the French catalogue."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="fr")


def main() -> None:
    """Print what is missing."""
    missing, known = Catalog(locale="fr"), translated()
    for message, where in used():
        old = known.get(message)
        if old is None or not old.string:
            path, line = where.rsplit(":", 1)
            missing.add(message, locations=[(path, int(line))])
    write_po(sys.stdout.buffer, missing, omit_header=True, no_location=True, width=0)


if __name__ == "__main__":
    main()
