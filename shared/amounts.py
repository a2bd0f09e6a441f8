"""Amounts: positive whole numbers of an asset's smallest unit, and how people read them.

An amount is never a float.  Supply of an asset stays below 2^53 so that every JSON reader of the
chain sees the same number.
"""

from typing import Annotated, Final, Literal, NewType

from msgspec import Meta

LIMIT: Final = 2**53
MAX_AMOUNT: Final = LIMIT - 1

Amount = NewType("Amount", Annotated[int, Meta(ge=1, le=MAX_AMOUNT)])
Balance = NewType("Balance", Annotated[int, Meta(gt=-LIMIT, lt=LIMIT)])
Count = Annotated[int, Meta(ge=0, le=MAX_AMOUNT)]
Language = Literal["fr", "en"]

NO_BREAK_SPACE: Final = "\u00a0"
MINUS: Final = "\u2212"


def format_amount(amount: int, *, scale: int, symbol: str, language: Language) -> str:
    """Write an amount as a person reads it: `1 086,50 €` in French, `€1,086.50` in English.

    `scale` is the number of decimals.  Spaces are U+00A0 (the till's fonts lack U+202F), minus is
    U+2212.  Only the euro sign goes in front in English; other symbols follow the number.
    """
    units, rest = divmod(abs(amount), 10**scale)
    group, point = (NO_BREAK_SPACE, ",") if language == "fr" else (",", ".")
    digits = f"{units:,}".replace(",", group)
    if scale:
        digits += f"{point}{rest:0{scale}d}"
    sign = MINUS if amount < 0 else ""
    if language == "en" and symbol == "€":
        return f"{sign}{symbol}{digits}"
    return f"{sign}{digits}{NO_BREAK_SPACE}{symbol}"
