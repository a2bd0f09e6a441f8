"""Money, days and durations as people write them in French and English."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from server.web.translations import translations
from server.web.views.common import Asset, Money
from server.web.writer import Writer
from shared.amounts import Language

NOW = 1_781_988_425_000  # 2026-06-20 22:47:05 in Paris
EURO = Asset(code="FED", name="Euro fédéré", symbol="€", scale=2)
GRAIN = Asset(code="GRAIN", name="Grain", symbol="G", scale=2)


def writer(language: Language) -> Writer:
    return Writer(language, ZoneInfo("Europe/Paris"), NOW, translations(language))


FR, EN = writer("fr"), writer("en")


@pytest.mark.parametrize(
    "amount, french, english",
    [
        (123_450, "1\u202f234,50\u00a0€", "€1,234.50"),
        (-100, "\u22121,00\u00a0€", "\u2212€1.00"),
        (0, "0,00\u00a0€", "€0.00"),
        (5, "0,05\u00a0€", "€0.05"),
    ],
)
def test_euros_as_people_write_them(amount: int, french: str, english: str) -> None:
    assert (FR.money(Money(amount, EURO)), EN.money(Money(amount, EURO))) == (french, english)


def test_other_symbols_follow_the_number_in_both_languages() -> None:
    assert FR.money(Money(624_000, GRAIN)) == "6\u202f240,00\u00a0G"
    assert EN.money(Money(624_000, GRAIN)) == "6,240.00\u00a0G"


def test_short_money_drops_cents_only_when_there_are_none() -> None:
    assert (FR.short(Money(2000, EURO)), EN.short(Money(2000, EURO))) == ("20\u00a0€", "€20")
    assert FR.short(Money(2050, EURO)) == "20,50\u00a0€"


def test_signed_money_says_where_it_goes() -> None:
    assert FR.signed(Money(2900, EURO)) == "+29,00\u00a0€"
    assert FR.signed(Money(-700, EURO)) == "\u22127,00\u00a0€"


@pytest.mark.parametrize(
    "span_ms, french, english",
    [
        (8_400, "8\u00a0s", "8\u00a0s"),
        (41 * 60_000, "41\u00a0min", "41\u00a0min"),
        (155 * 60_000, "2\u00a0h\u00a035", "2\u00a0h\u00a035\u00a0min"),
        (12 * 3_600_000, "12\u00a0h", "12\u00a0h"),
        (24 * 3_600_000, "1 jour", "1 day"),
        (3 * 24 * 3_600_000, "3 jours", "3 days"),
        (-5, "0\u00a0s", "0\u00a0s"),
    ],
)
def test_durations(span_ms: int, french: str, english: str) -> None:
    assert (FR.duration(span_ms), EN.duration(span_ms)) == (french, english)


def test_moments_carry_as_much_of_the_day_as_is_needed() -> None:
    hour = 3_600_000
    assert FR.moment(NOW - hour) == "21:47"
    assert FR.moment(NOW - 23 * hour) == "hier, 23:47"
    assert EN.moment(NOW - 23 * hour) == "yesterday, 23:47"
    assert FR.moment(NOW - 48 * hour) == "18 juin, 22:47"
    assert FR.moment(NOW - 365 * 24 * hour) == "20 juin 2025, 22:47"


def test_how_long_ago() -> None:
    assert (FR.ago(NOW - 1000), EN.ago(NOW - 1000)) == ("à l’instant", "just now")
    assert (FR.ago(NOW - 8000), EN.ago(NOW - 8000)) == ("il y a 8\u00a0s", "8\u00a0s ago")


def test_days_and_hours() -> None:
    assert FR.long_day(NOW) == "Samedi 20 juin 2026"
    assert FR.calendar(date(2026, 7, 1), year=False) == "1er juillet"
    assert EN.calendar(date(2026, 7, 1)) == "1 July 2026"
    assert (FR.hour(NOW), EN.hour(NOW)) == ("22\u00a0h", "22:00")
    assert (FR.clock(NOW), FR.seconds(NOW), FR.utc(NOW)) == ("22:47", "22:47:05", "20:47:05")
    assert FR.iso(NOW) == "2026-06-20T22:47:05+02:00"
    assert (FR.month(date(2026, 7, 1)), FR.month_year(NOW)) == ("juil.", "juin 2026")
    assert FR.utc_day(NOW) == "20 juin 2026"


def test_small_numbers() -> None:
    assert (FR.percent(200), EN.percent(550)) == ("2\u00a0%", "5.5%")
    assert (FR.number(-48_168), EN.number(48_168)) == ("\u221248\u202f168", "48,168")
    assert (FR.tenths(1850), EN.size(12_400_000)) == ("1,8\u00a0s", "12.4\u00a0MB")
    assert (FR.size(21_400_000_000), FR.size(900)) == ("21,4\u00a0Go", "0,9\u00a0ko")


def test_fingerprints_in_groups_of_four() -> None:
    assert FR.print("7c1e93af" + "0" * 52 + "04d2") == "7c1e 93af … 04d2"
    assert FR.print("7c1e93af") == "7c1e 93af"
    assert FR.groups("7c1e93af04") == "7c1e 93af 04"
