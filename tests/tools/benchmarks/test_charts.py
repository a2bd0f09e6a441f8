"""Charts: where values lie on the paper, counted by hand."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from tools.benchmarks.charts import (
    Aim,
    Bar,
    Lines,
    Series,
    Stack,
    bars,
    beside,
    doubling,
    even,
    plain,
    stacks,
)
from tools.benchmarks.svg import Drawing, document, step

SVG = "{http://www.w3.org/2000/svg}"


def parsed(drawing: Drawing) -> ET.Element:
    """Read a drawing as what an SVG reader sees."""
    return ET.fromstring(document(drawing, title="A & B", subtitle="<small>"))  # noqa: S314 - ours


def words(tree: ET.Element) -> list[str]:
    return [item.text or "" for item in tree.iter(f"{SVG}text")]


def widths(tree: ET.Element, colour: str) -> list[float]:
    return [
        float(item.attrib["width"])
        for item in tree.iter(f"{SVG}rect")
        if item.attrib.get("class") == colour
    ]


def test_grid_lines_are_round() -> None:
    assert step(20_000) == 5_000
    assert step(1_900) == 500
    assert step(30) == 10
    assert step(7) == 2
    assert step(1) == 0.5


def test_text_is_escaped_and_a_picture_has_a_name() -> None:
    tree = parsed(bars([Bar(label="x < y", value=1, words="1")]))
    assert tree.attrib["aria-label"] == "A & B"
    assert words(tree) == ["A & B", "<small>", "x < y", "1"]


def test_the_longest_bar_fills_the_paper_and_the_others_are_to_scale() -> None:
    rows = [Bar(label="a", value=50, words="50"), Bar(label="b", value=200, words="200")]
    assert widths(parsed(bars(rows)), "f1") == [176.0, 704.0]


def test_an_aim_beyond_all_bars_fills_the_paper() -> None:
    row = Bar(label="a", value=100, words="100", aim=400, aim_words="≥ 400")
    tree = parsed(bars([row]))
    assert widths(tree, "f1") == [176.0]
    marks = [item for item in tree.iter(f"{SVG}line") if item.attrib["class"] == "aimed"]
    assert [mark.attrib["x1"] for mark in marks] == ["732.0"]
    assert "≥ 400" in words(tree)


def test_doublings_are_equally_far_apart() -> None:
    place = doubling([1, 2, 4, 8, 16], "clients").place
    assert [round(place(value), 3) for value in (1, 2, 4, 16)] == [0.05, 0.275, 0.5, 0.95]


def test_an_even_scale_counts_places() -> None:
    scale = even([0.5, 0.9, 0.99], ["50 %", "90 %", "99 %"], "of all")
    assert [round(scale.place(value), 3) for value in (0.5, 0.9, 0.99)] == [0.05, 0.5, 0.95]
    assert [word for _, word in scale.marks] == ["50 %", "90 %", "99 %"]


def test_a_plain_scale_begins_at_zero() -> None:
    scale = plain(1_000_000, lambda value: f"{value:.0f}", "transactions")
    assert [word for _, word in scale.marks] == [
        "0",
        "200000",
        "400000",
        "600000",
        "800000",
        "1000000",
    ]
    assert scale.place(250_000) == 0.25


def lines() -> Lines:
    return Lines(
        title="Rate",
        series=[
            Series(name="one", points=[(0, 0), (100, 100)], words=lambda v: f"v{v}", since=100),
            Series(name="", points=[(0, 50), (100, 50)], dots=False, filled=True),
        ],
        scale=plain(100, lambda value: f"{value:.0f}", "x"),
        words=lambda value: f"{value:.0f}",
        aims=[Aim(at=50, value=80, words="wanted")],
        width=458,
        height=250,
    )


def test_lines_lie_where_their_values_are() -> None:
    tree = parsed(lines().draw())
    drawn = [item.attrib["points"] for item in tree.iter(f"{SVG}polyline")]
    # From x = 44 over 400 pixels; from y = 206 up over 172 pixels for 150.
    assert drawn == ["44.0,206.0 444.0,91.3", "44.0,148.7 444.0,148.7"]
    assert len(list(tree.iter(f"{SVG}circle"))) == 2
    assert len(list(tree.iter(f"{SVG}polygon"))) == 1


def test_values_are_written_from_where_it_was_asked() -> None:
    found = words(parsed(lines().draw()))
    assert "v100" in found
    assert "v0" not in found
    assert "wanted" in found
    assert "one" in found


def test_parts_of_a_bar_fill_it() -> None:
    rows = [Stack(label="a", words="10", parts=[(1, 4), (2, 6)])]
    tree = parsed(stacks(rows, ["left", "right"], write=lambda value: f"{value:.0f} µs"))
    assert widths(tree, "f1") == [11.0, 280.6]  # the legend's, then the bar's less a gap
    assert widths(tree, "f2") == [11.0, 421.4]
    assert words(tree)[2:] == ["left", "right", "a", "10", "4 µs", "6 µs"]


def test_bars_in_parts_may_share_a_scale() -> None:
    rows = [
        Stack(label="a", words="1", parts=[(1, 1)]),
        Stack(label="b", words="4", parts=[(1, 4)]),
    ]
    tree = parsed(stacks(rows, ["part"], write=str, whole=4))
    assert widths(tree, "f1") == [11.0, 175.0, 703.0]


def test_a_part_that_is_too_narrow_has_no_words() -> None:
    rows = [Stack(label="a", words="all", parts=[(1, 1), (2, 999)])]
    tree = parsed(stacks(rows, ["p", "q"], write=lambda value: f"{value:,.0f} bytes"))
    assert "1 bytes" not in words(tree)
    assert "999 bytes" in words(tree)


def test_a_long_legend_goes_on_in_the_next_line() -> None:
    rows = [Stack(label="a", words="1", parts=[(1, 1)])]
    short = stacks(rows, ["a name"], write=str)
    long = stacks(rows, ["a rather long name of a part"] * 6, write=str)
    assert long.height == short.height + 22


def test_two_drawings_stand_side_by_side() -> None:
    both = beside(Drawing("<g/>", 10), Drawing("<g/>", 30))
    assert both.height == 30
    assert "translate(28.0 0.0)" in both.markup
    assert "translate(392.0 0.0)" in both.markup


@pytest.mark.parametrize("ceiling, height", [(False, 17), (True, -7)])
def test_a_ceiling_has_its_words_above_it(*, ceiling: bool, height: int) -> None:
    chart = replace(lines(), aims=[Aim(at=50, value=75, words="wanted", ceiling=ceiling)])
    tree = parsed(chart.draw())
    [wanted] = [item for item in tree.iter(f"{SVG}text") if item.text == "wanted"]
    # 206 − 172 × 75 / 150 is where the level lies.
    assert float(wanted.attrib["y"]) == 120 + height
