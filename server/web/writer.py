"""Numbers, money and times as people of one language and one time zone read them.

Pure: the present is a value.  Babel knows the digits; the rules beyond it (minus sign, symbol after
the amount, `2 h 35`, groups of four) are those of the design.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from babel.support import NullTranslations

from server.web.views.common import Money
from shared.amounts import MINUS, NO_BREAK_SPACE, Language

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS
JUST_NOW_MS: Final = 5_000
SIZES: Final = ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k"))
KEY_WORD: Final = 4


def first_of_month(text: str) -> str:
    """Write a French first day as people say it: `1er juillet`."""
    return text.replace("1 ", "1er ", 1) if text.startswith("1 ") else text


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes values for one visitor; `now_ms` is when the page is made."""

    language: Language
    zone: ZoneInfo
    now_ms: int
    words: NullTranslations

    def gettext(self, message: str) -> str:
        """Translate a message."""
        return str(self.words.gettext(message))

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Translate a message that depends on a number."""
        return str(self.words.ngettext(one, many, count))

    # ---------- numbers and money ----------

    def number(self, value: int) -> str:
        """Write a whole number with its groups: `48 168`."""
        return str(format_decimal(value, "#,##0", locale=self.language)).replace("-", MINUS)

    def decimal(self, value: int, scale: int) -> str:
        """Write minor units as a decimal number, without a symbol."""
        pattern = "#,##0." + "0" * scale if scale else "#,##0"
        text = format_decimal(Decimal(value).scaleb(-scale), pattern, locale=self.language)
        return str(text).replace("-", MINUS)

    def amount(self, value: int, symbol: str, scale: int) -> str:
        """Write minor units with their symbol: `1 234,50 €`, in English `€1,234.50`."""
        digits = self.decimal(value, scale)
        if self.language == "en" and symbol == "€":
            sign, digits = (MINUS, digits[1:]) if value < 0 else ("", digits)
            return f"{sign}{symbol}{digits}"
        return f"{digits}{NO_BREAK_SPACE}{symbol}"

    def money(self, money: Money) -> str:
        """Write money in full."""
        return self.amount(money.amount, money.asset.symbol, money.asset.scale)

    def signed(self, money: Money) -> str:
        """Write money that comes in or goes out, with its sign."""
        return ("+" if money.amount > 0 else "") + self.money(money)

    def short(self, money: Money) -> str:
        """Write money without decimals when there are none to write: `20 €`."""
        whole, rest = divmod(money.amount, 10**money.asset.scale)
        return self.money(money) if rest else self.amount(whole, money.asset.symbol, 0)

    def percent(self, basis_points: int) -> str:
        """Write basis points as a percentage: `2 %`, `5,5 %`."""
        text = str(format_decimal(Decimal(basis_points) / 100, "#,##0.##", locale=self.language))
        return text + (f"{NO_BREAK_SPACE}%" if self.language == "fr" else "%")

    def size(self, count: int) -> str:
        """Write a number of bytes in kB, MB or GB."""
        unit, name = next((each for each in SIZES if count >= each[0]), SIZES[-1])
        value = format_decimal(Decimal(count) / unit, "#,##0.#", locale=self.language)
        return f"{value}{NO_BREAK_SPACE}{name}{'o' if self.language == 'fr' else 'B'}"

    # ---------- times ----------

    def local(self, at_ms: int) -> datetime:
        """Give a time in the place's zone."""
        return datetime.fromtimestamp(at_ms / 1000, self.zone)

    def iso(self, at_ms: int) -> str:
        """Write a time for machines, with its offset."""
        return self.local(at_ms).isoformat(timespec="seconds")

    def clock(self, at_ms: int) -> str:
        """Write the time of day: `22:47`."""
        return self.local(at_ms).strftime("%H:%M")

    def seconds(self, at_ms: int) -> str:
        """Write the time of day to the second."""
        return self.local(at_ms).strftime("%H:%M:%S")

    def utc(self, at_ms: int) -> str:
        """Write the UTC time of day to the second, as the chain's pages do."""
        return datetime.fromtimestamp(at_ms / 1000, ZoneInfo("UTC")).strftime("%H:%M:%S")

    def utc_day(self, at_ms: int) -> str:
        """Write a UTC day."""
        return self.calendar(datetime.fromtimestamp(at_ms / 1000, ZoneInfo("UTC")).date())

    def calendar(self, day: date, *, year: bool = True) -> str:
        """Write a day: `20 juin 2026`, `1er juillet`."""
        pattern = "d MMMM y" if year else "d MMMM"
        text = str(format_date(day, pattern, locale=self.language))
        return first_of_month(text) if self.language == "fr" else text

    def day(self, at_ms: int) -> str:
        """Write the day of a time in the place's zone."""
        return self.calendar(self.local(at_ms).date())

    def long_day(self, at_ms: int) -> str:
        """Write a day with its name: `Samedi 20 juin 2026`."""
        text = str(format_datetime(self.local(at_ms), "EEEE d MMMM y", locale=self.language))
        return text[0].upper() + text[1:]

    def month(self, day: date) -> str:
        """Write a month in short: `juil.`."""
        return str(format_date(day, "MMM", locale=self.language))

    def month_year(self, at_ms: int) -> str:
        """Write a month and its year."""
        return str(format_date(self.local(at_ms).date(), "MMMM y", locale=self.language))

    def hour(self, at_ms: int) -> str:
        """Write a full hour on an axis: `21 h`, in English `21:00`."""
        hour = self.local(at_ms).hour
        return f"{hour}{NO_BREAK_SPACE}h" if self.language == "fr" else f"{hour:02}:00"

    def moment(self, at_ms: int) -> str:
        """Write a time with as much of its day as is needed: `hier, 23:41`."""
        then, today = self.local(at_ms), self.local(self.now_ms).date()
        days = (today - then.date()).days
        if days == 0:
            return self.clock(at_ms)
        if days == 1:
            return self.gettext("yesterday, %(time)s") % {"time": self.clock(at_ms)}
        day = self.calendar(then.date(), year=then.year != today.year)
        return f"{day}, {self.clock(at_ms)}"

    def duration(self, span_ms: int) -> str:
        """Write a span: `8 s`, `41 min`, `2 h 35`, `3 jours`."""
        nbsp = NO_BREAK_SPACE
        if span_ms < MINUTE_MS:
            return f"{max(0, span_ms) // 1000}{nbsp}s"
        if span_ms < HOUR_MS:
            return f"{span_ms // MINUTE_MS}{nbsp}min"
        if span_ms < DAY_MS:
            hours, minutes = divmod(span_ms // MINUTE_MS, 60)
            unit = "" if self.language == "fr" else f"{nbsp}min"
            return f"{hours}{nbsp}h{nbsp}{minutes:02}{unit}" if minutes else f"{hours}{nbsp}h"
        days = span_ms // DAY_MS
        return self.ngettext("%(n)s day", "%(n)s days", days) % {"n": self.number(days)}

    def ago(self, at_ms: int) -> str:
        """Write how long ago: `il y a 2 h 35`, `à l’instant`."""
        span = self.now_ms - at_ms
        if span < JUST_NOW_MS:
            return self.gettext("just now")
        return self.gettext("%(time)s ago") % {"time": self.duration(span)}

    def tenths(self, span_ms: int) -> str:
        """Write a short span to a tenth of a second: `1,8 s`."""
        value = format_decimal(Decimal(span_ms) / 1000, "#,##0.0", locale=self.language)
        return f"{value}{NO_BREAK_SPACE}s"

    # ---------- names ----------

    @staticmethod
    def print(text: str, ends: int = 2) -> str:
        """Shorten a fingerprint to its first and last groups of four."""
        groups = [text[i : i + KEY_WORD] for i in range(0, len(text), KEY_WORD)]
        if len(groups) <= ends + 2:
            return " ".join(groups)
        return " ".join((*groups[:ends], "…", groups[-1]))

    @staticmethod
    def groups(text: str) -> str:
        """Write a fingerprint in full, in groups of four."""
        return " ".join(text[i : i + KEY_WORD] for i in range(0, len(text), KEY_WORD))
