"""A maker's card file, one card a line: `https://host/qr/<uuid4>,<printed number>,<chip>`.

Pure.  Every line is judged; a file with one bad line gives nothing to import, so nothing can be
half-imported.  The chip's UID becomes a pseudonym at once and is kept nowhere.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

LINK: Final = re.compile(
    r"https?://[^/\s]+/qr/([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})/?",
    re.IGNORECASE,
)
NUMBER: Final = re.compile(r"[0-9A-Z]{8}")
CHIP: Final = re.compile(r"(?:[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})")
RANDOM_FIRST_BYTE: Final = 0x08
MAX_BYTES: Final = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCard:
    """A card as this node keeps it: pseudonym, printed number, token of its QR link."""

    ref: str
    number: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that cannot enter; `cause` is a closed word, `detail` what it collides with."""

    line: int
    content: str
    cause: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFile:
    """What a file would do."""

    lines: int
    new: tuple[FileCard, ...]
    known: tuple[FileCard, ...]
    bad: tuple[BadLine, ...]


def read_line(text: str, reference: Callable[[bytes], str]) -> FileCard | str:
    """Read one line into a card, or give the cause why it is none."""
    columns = [column.strip() for column in text.split(",")]
    if len(columns) != 3:
        return "columns"
    link, number, chip = columns[0], columns[1].upper(), columns[2].upper()
    found = LINK.fullmatch(link)
    if not found:
        return "link"
    if not NUMBER.fullmatch(number):
        return "number"
    if not CHIP.fullmatch(chip):
        return "chip"
    uid = bytes.fromhex(chip)
    if len(uid) == 4 and uid[0] == RANDOM_FIRST_BYTE:
        return "chip_random"
    return FileCard(ref=reference(uid), number=number, token=found.group(1).lower())


def read_card_file(
    content: bytes, reference: Callable[[bytes], str], registered: Iterable[FileCard]
) -> CardFile:
    """Judge every line of a file against itself and the registered cards.

    `reference` makes the pseudonym of a UID.  Raises UnicodeDecodeError when it is not UTF-8.
    """
    known_by = _index(registered)
    seen: dict[tuple[str, str], int] = {}
    new: list[FileCard] = []
    known: list[FileCard] = []
    bad: list[BadLine] = []
    lines = 0
    for number, raw in enumerate(content.decode("utf-8-sig").splitlines(), start=1):
        text = raw.strip()
        if not text:
            continue
        lines += 1
        card = read_line(text, reference)
        if isinstance(card, str):
            bad.append(BadLine(line=number, content=text, cause=card))
            continue
        earlier = min((seen[key] for key in _keys(card) if key in seen), default=0)
        if earlier:
            bad.append(BadLine(line=number, content=text, cause="twice", detail=str(earlier)))
            continue
        seen.update(dict.fromkeys(_keys(card), number))
        clash = next((key for key in _keys(card) if known_by.get(key, card) != card), None)
        if clash:
            other = known_by[clash]
            bad.append(
                BadLine(line=number, content=text, cause=f"{clash[0]}_taken", detail=other.number)
            )
        elif ("chip", card.ref) in known_by:
            known.append(card)
        else:
            new.append(card)
    return CardFile(lines=lines, new=tuple(new), known=tuple(known), bad=tuple(bad))


def _keys(card: FileCard) -> tuple[tuple[str, str], ...]:
    return (("chip", card.ref), ("number", card.number), ("link", card.token))


def _index(cards: Iterable[FileCard]) -> dict[tuple[str, str], FileCard]:
    return {key: card for card in cards for key in _keys(card)}
