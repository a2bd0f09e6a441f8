"""Every sample screen laid out for both panels and languages, measured as a person would see it."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations

import pytest

from shared.amounts import Language
from terminal.ui import screen
from terminal.ui.kivy.elements import (
    Align,
    CardArt,
    Element,
    Hatch,
    Page,
    Panel,
    Progress,
    Scroll,
    Target,
    Words,
)
from terminal.ui.kivy.fonts import find_typeface, roboto
from terminal.ui.kivy.layouts import LAYOUTS, lay_out
from terminal.ui.kivy.metrics import LARGE, SMALL, TARGET_FLOOR, Box, Metrics
from terminal.ui.kivy.text import Typesetter
from terminal.ui.kivy.tokens import (
    DISABLED,
    DOUBT,
    INK,
    PAID,
    PAID_BAR,
    REFUSED,
    WAIT,
    Colour,
    contrast,
    luminance,
)
from terminal.ui.screen import AddressEntry, Paid, Screen
from tools.screenshots.till_states import samples

NAMES = sorted(samples("fr", 4, 3))
SETTERS = {"b612": Typesetter(find_typeface()), "roboto": Typesetter(roboto())}


class Drawn:
    """A sample, its page, and what it was made with."""

    def __init__(self, name: str, metrics: Metrics, language: Language, typeface: str) -> None:
        self.metrics = metrics
        self.setter = SETTERS[typeface]
        self.screen: Screen = samples(language, metrics.columns, metrics.rows)[name]
        self.page: Page = lay_out(self.screen, metrics, self.setter)

    def everything(self) -> Iterator[tuple[Element, Box]]:
        """Every element from back to front, with the box that it must not leave."""
        for element in self.page.elements:
            yield element, self.metrics.page
            if isinstance(element, Target):
                yield from ((part, element.box) for part in element.content)

    def targets(self) -> list[Target]:
        return [element for element, _ in self.everything() if isinstance(element, Target)]

    def listed(self) -> list[Element]:
        """What is in a list that scrolls."""
        scrolls = [e for e in self.page.elements if isinstance(e, Scroll)]
        return [part for scroll in scrolls for part in scroll.content]

    def lines(self, words: Words) -> list[Box]:
        """The box of the capital letters of each line."""
        boxes = []
        for number, text in enumerate(words.lines):
            width = self.setter.width(text, words.size, bold=words.bold)
            share = {Align.LEFT: 0.0, Align.CENTER: 0.5, Align.RIGHT: 1.0}[words.align]
            x = words.box.x + (words.box.w - width) * share
            pitch = words.size * words.leading
            middle = words.box.middle[1] + (number - (len(words.lines) - 1) / 2) * pitch
            height = words.size * self.setter.typeface.capital
            boxes.append(Box(x, middle - height / 2, width, height))
        return boxes


@cache
def draw(name: str, metrics: Metrics, language: Language, typeface: str) -> Drawn:
    """Each page is laid out once for all tests."""
    return Drawn(name, metrics, language, typeface)


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(
    params=[
        (metrics, language, typeface)
        for metrics in (LARGE, SMALL)
        for language in ("fr", "en")
        for typeface in ("b612", "roboto")
        if language == "fr" or typeface == "b612"
    ],
    ids=lambda p: f"{p[0].width}-{p[1]}-{p[2]}",
)
def drawn(name: str, request: pytest.FixtureRequest) -> Drawn:
    return draw(name, *request.param)


def test_every_target_can_be_hit_with_a_glove(drawn: Drawn) -> None:
    scrolled = [part for part in drawn.listed() if isinstance(part, Target)]
    for target in (*drawn.targets(), *scrolled):
        assert target.box.w >= TARGET_FLOOR, target.id
        assert target.box.h >= TARGET_FLOOR, target.id


def test_every_target_is_in_the_window_and_apart_from_the_others(drawn: Drawn) -> None:
    targets = drawn.targets()
    for target in targets:
        assert drawn.metrics.page.holds(target.box), target.id
    for one, other in combinations(targets, 2):
        assert not overlap(one.box, other.box), (one.id, other.id)


def overlap(one: Box, other: Box) -> bool:
    return (
        one.x < other.right - 0.5
        and other.x < one.right - 0.5
        and one.y < other.bottom - 0.5
        and other.y < one.bottom - 0.5
    )


def test_ids_are_unique(drawn: Drawn) -> None:
    names = [target.id for target in drawn.targets()]
    assert len(names) == len(set(names))


def test_no_text_leaves_its_box_nor_its_button(drawn: Drawn) -> None:
    for element, room in drawn.everything():
        if isinstance(element, Words):
            for text, line in zip(element.lines, drawn.lines(element), strict=True):
                assert line.w <= element.box.w + 0.5, text
                assert room.inset(-1).holds(line), text


def test_no_text_is_drawn_over_another(drawn: Drawn) -> None:
    shown = [(t, box) for e, _ in drawn.everything() if isinstance(e, Words)
             for t, box in zip(e.lines, drawn.lines(e), strict=True) if t]  # fmt: skip
    for (text, one), (other_text, other) in combinations(shown, 2):
        assert not overlap(one, other), (text, other_text)


def test_no_text_lies_under_a_button(drawn: Drawn) -> None:
    buttons = [target for target in drawn.targets() if target.fill is not None]
    for words in (e for e in drawn.page.elements if isinstance(e, Words)):
        for line in drawn.lines(words):
            assert not any(overlap(line, target.box) for target in buttons), words.lines


def test_no_amount_is_cut(drawn: Drawn) -> None:
    texts = [e for e, _ in drawn.everything() if isinstance(e, Words)]
    texts += [e for e in drawn.listed() if isinstance(e, Words)]
    for line in (line for words in texts for line in words.lines):
        assert not re.fullmatch(r"[^A-Za-zÀ-ÿ]+…", line), line


def test_no_type_is_smaller_than_the_smallest(drawn: Drawn) -> None:
    for element, _ in drawn.everything():
        if isinstance(element, Words):
            assert element.size >= drawn.metrics.px(20), element.lines


def test_every_text_can_be_read_on_what_is_behind_it(drawn: Drawn) -> None:
    for words, ground in on_grounds(drawn):
        large = words.size >= 24 and words.bold
        least = 3.9 if words.colour == DISABLED else 3.0 if large else 4.5
        assert contrast(words.colour, ground) >= least, (words.lines, words.colour, ground)


def on_grounds(drawn: Drawn) -> Iterator[tuple[Words, Colour]]:
    """Each text with the colour painted last behind its middle."""
    grounds: list[tuple[Box, Colour]] = [(drawn.metrics.page, drawn.page.ground)]
    for element, _ in drawn.everything():
        if isinstance(element, Panel | Hatch | Target):
            if element.fill is not None:
                grounds.append((element.box, element.fill))
        elif isinstance(element, Words) and any(element.lines):
            line = drawn.lines(element)[0]
            spot = Box(*line.middle, 0, 0)
            yield element, [colour for box, colour in grounds if box.holds(spot)][-1]


def test_only_paid_is_bright(drawn: Drawn) -> None:
    bright = luminance(drawn.page.ground) > 0.3
    assert bright == (isinstance(drawn.screen, Paid) and not drawn.screen.training)


def test_green_is_for_paid_only(drawn: Drawn) -> None:
    if not isinstance(drawn.screen, Paid):
        fills = [e.fill for e, _ in drawn.everything() if isinstance(e, Panel | Target | Hatch)]
        assert PAID not in fills
        assert PAID_BAR not in fills


def test_the_status_bar_keeps_point_of_sale_count_and_clock_whole(drawn: Drawn) -> None:
    bar = drawn.targets()[0]
    texts = " ".join(line for e in bar.content if isinstance(e, Words) for line in e.lines)
    status = drawn.screen.status
    for needed in (status.point_of_sale, status.unsent.label, status.clock):
        assert needed in texts


@pytest.mark.parametrize(
    "name,ground",
    [
        ("03-card-wait", WAIT),
        ("03-card-held", WAIT),
        ("04-approved", PAID),
        ("05-declined", REFUSED),
        ("07-checking", INK),
        ("02-sale-basket", INK),
    ],
)
def test_each_state_has_its_ground(name: str, ground: Colour) -> None:
    assert Drawn(name, LARGE, "fr", "b612").page.ground == ground


@pytest.mark.parametrize(
    "name",
    ["06-card-unknown", "07-checking", "07-same-card-again", "12-last-sale", "14-reader-unplugged"],
)
def test_doubt_is_a_thick_amber_frame(name: str) -> None:
    panels = [e for e in Drawn(name, LARGE, "fr", "b612").page.elements if isinstance(e, Panel)]
    assert panels[0].fill == DOUBT
    assert panels[0].box == Box(0, 48, 1024, 552)
    assert panels[1].fill == INK
    assert panels[1].box == Box(20, 68, 984, 512)


@pytest.mark.parametrize("name", ["03-card-held", "07-checking", "07-same-card-again"])
def test_nothing_but_the_status_bar_can_be_touched_while_one_must_wait(name: str) -> None:
    drawn = Drawn(name, LARGE, "fr", "b612")
    assert [target.id for target in drawn.targets()] == ["state"]
    assert any(isinstance(e, Progress | CardArt) for e, _ in drawn.everything())


def test_left_handed_swaps_basket_and_rail_but_not_the_tiles() -> None:
    right = Drawn("02-sale-basket", LARGE, "fr", "b612")
    left = Drawn("02-sale-left-handed", LARGE, "fr", "b612")

    def places(drawn: Drawn) -> dict[str, Box]:
        return {target.id: target.box for target in drawn.targets()}

    one, other = places(right), places(left)
    assert one["category:top"].x == 8
    assert other["category:top"].right == 1024 - 8
    assert one["charge"].x == 728
    assert other["charge"].x == 8
    assert one["product:draught"].x < one["product:white"].x
    assert other["product:draught"].x < other["product:white"].x


def test_the_best_way_out_of_a_refusal_is_white_and_the_first() -> None:
    ways = Drawn("05-declined", LARGE, "fr", "b612").targets()[1:]
    assert [way.id for way in ways] == ["remove-to-fit", "another-card", "cancel"]
    assert [way.fill for way in ways] == ["#ffffff", "#5c1015", "#5c1015"]
    assert ways[0].box.w > 2 * ways[1].box.w


def screens() -> set[type[Screen]]:
    """The classes of screens (`__subclasses__` would also list those that slots replaced)."""
    found = (thing for thing in vars(screen).values() if isinstance(thing, type))
    return {thing for thing in found if issubclass(thing, Screen)} - {Screen}


def test_every_class_of_screen_has_a_layout() -> None:
    assert set(LAYOUTS) == screens() - {AddressEntry}


def test_the_samples_show_every_class_of_screen() -> None:
    shown = {type(screen) for screen in samples("fr", 4, 3).values()}
    assert shown == screens()
