"""Charts as SVG: round grids, values where they help, nothing to run in a browser."""

from markupsafe import Markup

from server.web.charts import Bar, Piece, Slice, bars, columns, gauge, icicle, step_for


def test_grid_steps_are_round_and_few() -> None:
    assert [step_for(peak) for peak in (0, 3, 9, 77_600, 4_170)] == [1, 1, 5, 20_000, 2_000]


def test_columns_stack_and_only_the_peak_has_its_value() -> None:
    labels = [str(hour) for hour in range(12, 23)]
    drawn = columns(
        labels,
        [[10] * 10 + [30], [0] * 10 + [10]],
        axis=["20", "40"],
        step=20,
        values=["v"] * 10 + ["peak"],
    )
    assert drawn.height == 210
    assert drawn.markup.count("<rect") == 12
    assert 'class="val"' in drawn.markup
    assert drawn.markup.count("peak") == 1
    assert drawn.markup.count("wide-only") == 5
    # 30 of 40: from the base line 184 up to 184 - 158 × 30 / 40.
    assert 'y="65.5" height="118.5"' in drawn.markup


def test_up_to_eight_columns_all_have_their_value() -> None:
    drawn = columns(["a", "b"], [[1, 2]], axis=["2"], step=2, values=["one", "two"])
    assert "one" in drawn.markup
    assert "two" in drawn.markup


def test_a_drawing_never_carries_style_and_escapes_its_text() -> None:
    drawn = bars((Bar(label="<b>", value="1 < 2", slices=(Slice(share=1, colour=1, text="&"),)),))
    assert "&lt;b&gt;" in drawn.markup
    assert "1 &lt; 2" in drawn.markup
    assert "&amp;" in drawn.markup
    assert "style=" not in drawn.markup


def test_slices_under_one_per_cent_are_five_pixels_at_the_end() -> None:
    slices = (Slice(share=0.995, colour=1), Slice(share=0.005, colour=4), Slice(share=0, colour=2))
    drawn = bars((Bar(label="a", value="b", slices=slices),))
    assert 'class="f4" x="100%" transform="translate(-5)"' in drawn.markup
    assert "f2" not in drawn.markup


def test_an_icicle_puts_each_piece_under_what_it_came_of() -> None:
    rows = (
        ("all", (Piece(letter="A", value="60", start=0, size=60, colour=3),)),
        ("half", (Piece(letter="B", value="0", start=0, size=0, colour=1),)),
    )
    drawn = icicle(rows, whole=100)
    assert 'x="0.00%" y="24" width="60.00%"' in drawn.markup
    assert ">B<" not in drawn.markup
    assert drawn.height == 134


def test_the_gauge_changes_colour_and_says_its_words() -> None:
    assert [
        colour
        for level in (1000, 851, 850, 201, 200, 0)
        for colour in ("fok", "fwarn", "fdanger")
        if colour in gauge(level, "w")
    ] == ["fok", "fok", "fwarn", "fwarn", "fdanger", "fdanger"]
    assert 'aria-label="a &lt; b"' in gauge(10, "a < b")
    assert isinstance(gauge(10, "x"), Markup)
