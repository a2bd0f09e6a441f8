"""Measuring and fitting text in both typefaces."""

from pathlib import Path

import pytest

from terminal.ui.kivy.fonts import Typeface, find_typeface, roboto
from terminal.ui.kivy.text import Typesetter


@pytest.fixture(params=["installed", "roboto"])
def setter(request: pytest.FixtureRequest) -> Typesetter:
    return Typesetter(find_typeface() if request.param == "installed" else roboto())


def test_b612_is_found_where_it_is(tmp_path: Path) -> None:
    for style in ("Regular", "Bold"):
        (tmp_path / f"B612-{style}.otf").touch()
    regular, bold = (str(tmp_path / f"B612-{style}.otf") for style in ("Regular", "Bold"))
    assert find_typeface([tmp_path / "missing", tmp_path]) == Typeface(regular, bold, 0.76)


def test_without_b612_kivys_roboto_is_used(tmp_path: Path) -> None:
    typeface = find_typeface([tmp_path])
    assert typeface == roboto()
    assert Path(typeface.regular).is_file()
    assert Path(typeface.bold).is_file()


def test_digits_are_tabular(setter: Typesetter) -> None:
    widths = {setter.width(digit * 10, 100) for digit in "0123456789"}
    assert max(widths) - min(widths) <= 1


def test_bold_is_another_font_and_nothing_is_nothing(setter: Typesetter) -> None:
    assert setter.width("VALIDER", 40, bold=True) != setter.width("VALIDER", 40)
    assert setter.width("", 40) == 0


def test_the_first_size_that_fits_is_taken(setter: Typesetter) -> None:
    wide = setter.width("1 086,50 €", 50, bold=True)
    assert setter.fit("1 086,50 €", wide, [(80, 1), (50, 1), (20, 1)], bold=True).size == 50


def test_lines_are_balanced(setter: Typesetter) -> None:
    text = "Posez votre carte équipe"
    width = setter.width("Posez votre carte ", 40)
    assert setter.fit(text, width, [(40, 2)]).lines == ("Posez votre", "carte équipe")


def test_a_hyphen_may_end_a_line(setter: Typesetter) -> None:
    width = setter.width("Galette-sau", 23)
    assert setter.fit("Galette-saucisse", width, [(23, 2)]).lines == ("Galette-", "saucisse")


def test_a_long_word_is_broken_and_the_rest_is_cut(setter: Typesetter) -> None:
    width = setter.width("Anticonst", 20)
    lines = setter.fit("Anticonstitutionnellement", width, [(20, 2)]).lines
    assert len(lines) == 2
    assert lines[0].endswith("-")
    assert lines[1].endswith("…")
    assert all(setter.width(line, 20) <= width for line in lines)


@pytest.mark.parametrize("width", [30, 80, 142, 300])
@pytest.mark.parametrize(
    "text",
    ["Planche charcuterie-fromage à partager", "Kir", "x" * 60, "1 086,50 €", "a b c d e f g"],
)
def test_what_is_fitted_never_leaves_its_width(setter: Typesetter, text: str, width: int) -> None:
    setting = setter.fit(text, width, [(23, 2), (20, 3)])
    assert len(setting.lines) <= 3
    assert all(setter.width(line, setting.size) <= width for line in setting.lines)


def test_clip_keeps_what_fits(setter: Typesetter) -> None:
    assert setter.clip("Bar 2", 500, 20) == "Bar 2"
    assert setter.clip("Le Grand Champ", setter.width("Le Gra…", 20), 20) == "Le Gra…"
