"""What people type, read once into values.  Pure; a text that is none of it gives None."""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from shared.amounts import MAX_AMOUNT, MINUS

AMOUNT: Final = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]{1,4}))?")
SPACES: Final = re.compile(r"[\s\u00a0\u202f€]")
NUMBER: Final = re.compile(r"[0-9A-Z]{8}")


def read_amount(text: str, scale: int) -> int | None:
    """Read a positive amount such as `3,50` or `3.5 €` into minor units of `scale` decimals."""
    match = AMOUNT.fullmatch(SPACES.sub("", text))
    if not match:
        return None
    whole, decimals = match.group(1), match.group(2) or ""
    if len(decimals) > scale:
        return None
    amount = int(Decimal(f"{whole}.{decimals or 0}").scaleb(scale))
    return amount if 0 < amount <= MAX_AMOUNT else None


def read_price(text: str, scale: int) -> int | None:
    """Read a price like `read_amount`; a returned deposit has a minus in front: `−1,00`."""
    plain = text.strip()
    if plain[:1] not in {"-", MINUS}:
        return read_amount(plain, scale)
    amount = read_amount(plain[1:], scale)
    return None if amount is None else -amount


def read_day(text: str) -> date | None:
    """Read a day written as the browser does: `2026-06-21`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_card_number(text: str) -> str:
    """Read a printed number however it is grouped: `17d0-44c2` is `17D044C2`."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def write_card_number(number: str) -> str:
    """Write a printed number as it stands on the card: `17D0-44C2`."""
    return f"{number[:4]}-{number[4:]}" if NUMBER.fullmatch(number) else number
