"""Real touches on real widgets: what is posted, when, and what is not."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from kivy.core.image import Image

from terminal.till import events
from terminal.till.directory import CategoryId, ProductId
from terminal.ui.kivy.elements import Acts, Scroll
from terminal.ui.kivy.metrics import SMALL
from terminal.ui.kivy.tokens import ACT, DOUBT, INK, PAID, Colour, channels, lighter
from terminal.ui.screen import Sale
from tests.terminal.ui.kivy.conftest import Stage
from tools.screenshots.till_states import samples

NAMES = sorted(samples("fr", 4, 3))


@pytest.mark.parametrize("name", [name for name in NAMES if name != "13-address"])
def test_each_target_posts_its_event(stage: Stage, name: str) -> None:
    stage.show(stage.sample(name))
    targets = [t for t in stage.window.view.targets() if stage.metrics.page.holds(t.box)]
    scrolls = [e for e in stage.elements() if isinstance(e, Scroll)]
    hidden = {part.id for scroll in scrolls for part in scroll.content if hasattr(part, "id")}
    expected = [target.event for target in targets if target.id not in hidden]
    for target in targets:
        if target.id not in hidden:
            stage.clock += 1
            stage.tap(target.id)
    assert stage.posted == expected


def test_a_new_page_is_deaf_for_400_ms(stage: Stage) -> None:
    stage.show(stage.sample("04-approved"), awake=False)
    stage.tap("continue")
    stage.clock += 0.399
    stage.tap("continue")
    assert stage.posted == []
    stage.clock += 0.002
    stage.tap("continue")
    assert stage.posted == [events.Continue()]


def test_the_same_page_with_other_values_is_not_deaf(stage: Stage) -> None:
    stage.show(stage.sample("02-sale-empty"))
    stage.show(stage.sample("02-sale-basket"), awake=False)
    stage.tap("product:draught")
    assert stage.posted == [events.AddProduct(ProductId("draught"))]


def test_a_tile_acts_on_touch_even_when_the_finger_slides_away(stage: Stage) -> None:
    stage.show(stage.sample("02-sale-basket"))
    lift = stage.window.press(*stage.target("product:white").box.middle)
    assert stage.posted == [events.AddProduct(ProductId("white"))]
    lift()
    assert stage.posted == [events.AddProduct(ProductId("white"))]


def test_charge_acts_on_release(stage: Stage) -> None:
    stage.show(stage.sample("02-sale-basket"))
    lift = stage.window.press(*stage.target("charge").box.middle)
    assert stage.posted == []
    lift()
    assert stage.posted == [events.Charge()]


def test_charge_does_not_act_when_released_elsewhere(stage: Stage) -> None:
    stage.show(stage.sample("02-sale-basket"))
    stage.window.drag(stage.target("charge").box.middle, stage.target("menu").box.middle)
    assert stage.posted == []


def test_a_trembling_finger_adds_one_beer(stage: Stage) -> None:
    stage.show(stage.sample("02-sale-basket"))
    for seconds in (0, 0.119, 0.002, 0.121):
        stage.clock += seconds
        stage.tap("product:draught")
    assert stage.posted == [events.AddProduct(ProductId("draught"))] * 3


def test_two_tiles_at_once_are_two_products(stage: Stage) -> None:
    stage.show(stage.sample("02-sale-basket"))
    first = stage.window.press(*stage.target("product:draught").box.middle)
    second = stage.window.press(*stage.target("product:white").box.middle)
    second()
    first()
    assert stage.posted == [
        events.AddProduct(ProductId("draught")),
        events.AddProduct(ProductId("white")),
    ]


def test_a_press_is_forgotten_when_the_button_becomes_another(stage: Stage) -> None:
    basket = stage.sample("02-sale-basket")
    stage.show(basket)
    lift = stage.window.press(*stage.target("clear").box.middle)
    stage.show(stage.sample("02-sale-cleared"))
    lift()
    assert stage.posted == []
    stage.tap("restore")
    assert stage.posted == [events.RestoreBasket()]


def test_a_press_is_forgotten_when_its_page_leaves(stage: Stage) -> None:
    stage.show(stage.sample("03-card-wait"))
    lift = stage.window.press(*stage.target("cancel").box.middle)
    stage.show(stage.sample("04-approved"))
    lift()
    assert stage.posted == []


def test_a_button_without_event_does_nothing(stage: Stage) -> None:
    stage.show(stage.sample("02-sale-empty"))
    clear = next(e for e in stage.elements() if getattr(e, "id", "") == "clear")
    stage.window.tap(*clear.box.middle)
    assert stage.posted == []


def test_paid_goes_on_wherever_it_is_touched(stage: Stage) -> None:
    stage.show(stage.sample("04-approved"))
    width, height = stage.metrics.width, stage.metrics.height
    for x, y in ((5, 60), (width / 2, height / 2), (width - 5, height - 5)):
        stage.clock += 1
        stage.window.tap(x, y)
    assert stage.posted == [events.Continue()] * 3


def test_the_status_bar_opens_the_state_page(stage: Stage) -> None:
    stage.show(stage.sample("02-sale-basket"))
    stage.window.tap(stage.metrics.width - 30, 20)
    assert stage.posted == [events.OpenState()]


def test_the_address_is_typed_on_the_screen(stage: Stage) -> None:
    stage.show(stage.sample("13-address"))
    for name in ("key-https://", "key-a", "key-.", "key-f", "key-f", "erase", "key-r", "ok"):
        stage.clock += 1
        stage.tap(name)
    assert stage.posted == [events.AddressTyped("https://a.fr")]


def basket_of(stage: Stage) -> Scroll:
    """The list of the basket: the one at the right."""
    scrolls = [element for element in stage.elements() if isinstance(element, Scroll)]
    return max(scrolls, key=lambda scroll: scroll.box.x)


def test_a_long_basket_shows_the_line_touched_last_and_can_be_dragged(stage: Stage) -> None:
    screen = stage.sample("02-sale-many-lines")
    assert isinstance(screen, Sale)
    stage.show(screen)
    box = basket_of(stage).box
    minus = stage.metrics.minus / 2 + stage.metrics.gap
    bottom = (box.right - minus, box.bottom - minus)
    stage.window.tap(*bottom)
    assert stage.posted == [events.RemoveProduct(ProductId("kir"))]
    stage.window.drag((box.x + 60, box.y + 20), (box.x + 60, box.bottom - 20))
    stage.window.drag((box.x + 60, box.y + 20), (box.x + 60, box.bottom - 20))
    stage.clock += 1
    stage.window.tap(box.right - minus, box.y + minus)
    assert stage.posted[1:] == [events.RemoveProduct(ProductId("plate"))]


def test_more_categories_than_fit_scroll_and_a_drag_chooses_none() -> None:
    stage = Stage(SMALL)
    stage.show(stage.sample("02-sale-many-lines"))
    rail = next(e for e in stage.elements() if isinstance(e, Scroll) and e.box.x < 50)
    middle = rail.box.x + rail.box.w / 2
    stage.window.drag((middle, rail.box.bottom - 20), (middle, rail.box.y + 20))
    assert stage.posted == []
    stage.window.tap(middle, rail.box.bottom - 20)
    assert stage.posted == [events.ChooseCategory(CategoryId("shirts"))]
    stage.close()


def test_the_list_moves_only_when_another_line_was_touched(large: Stage) -> None:
    screen = large.sample("02-sale-many-lines")
    assert isinstance(screen, Sale)
    large.show(screen)
    lines = [replace(line, touched=number == 0) for number, line in enumerate(screen.basket)]
    large.show(replace(screen, basket=tuple(lines)))
    box = basket_of(large).box
    large.window.tap(box.right - 36, box.y + 28)
    assert large.posted == [events.RemoveProduct(ProductId("plate"))]


def test_nothing_is_drawn_again_for_the_same_screen(stage: Stage) -> None:
    screen = stage.sample("02-sale-basket")
    stage.show(screen)
    before, widgets = stage.window.view.page, list(stage.window.view.children)
    stage.show(stage.sample("02-sale-basket"))
    assert stage.window.view.page is before
    assert stage.window.view.children == widgets


def test_one_more_beer_keeps_the_other_widgets(stage: Stage) -> None:
    stage.show(stage.sample("02-sale-empty"))
    before = {w.element.id: w for w in stage.window.view.children if hasattr(w.element, "id")}
    stage.show(stage.sample("02-sale-basket"))
    after = {w.element.id: w for w in stage.window.view.children if hasattr(w.element, "id")}
    assert before["product:draught"] is after["product:draught"]
    assert before["menu"] is after["menu"]


def test_a_screen_shown_from_another_thread_is_drawn_at_the_next_frame(stage: Stage) -> None:
    def show_both() -> None:
        for name in ("03-card-wait", "04-approved"):
            stage.window.show(stage.sample(name))

    thread = threading.Thread(target=show_both)
    thread.start()
    thread.join()
    for _ in range(3):
        stage.window.step()
    assert stage.window.view.screen == stage.sample("04-approved")


def pixel(stage: Stage, folder: Path, x: float, y: float) -> tuple[float, ...]:
    path = folder / "picture.png"
    stage.window.screenshot(path)
    image = Image(str(path), keep_data=True, nocache=True)
    path.unlink()
    return tuple(image.read_pixel(round(x), round(y))[:3])


def shows(actual: tuple[float, ...], colour: Colour) -> bool:
    return actual == pytest.approx(channels(colour)[:3], abs=0.01)


@pytest.mark.parametrize(
    "name,colour", [("04-approved", PAID), ("07-checking", DOUBT), ("02-sale-basket", INK)]
)
def test_the_page_has_its_colour_on_the_glass(
    stage: Stage, tmp_path: Path, name: str, colour: Colour
) -> None:
    stage.show(stage.sample(name))
    assert shows(pixel(stage, tmp_path, 3, 60), colour)


def test_a_pressed_button_is_lighter_with_a_white_edge(stage: Stage, tmp_path: Path) -> None:
    stage.show(stage.sample("02-sale-basket"))
    box = stage.target("charge").box
    lift = stage.window.press(*box.middle)
    assert shows(pixel(stage, tmp_path, box.x + box.w / 2, box.y + 1), Colour("#ffffff"))
    assert shows(pixel(stage, tmp_path, box.x + box.w / 2, box.y + 8), lighter(ACT))
    lift()
    assert shows(pixel(stage, tmp_path, box.x + box.w / 2, box.y + 8), ACT)


def test_only_tiles_minus_and_keys_act_on_touch(stage: Stage) -> None:
    at_once = set()
    for name in NAMES:
        stage.show(stage.sample(name))
        for target in stage.window.view.targets():
            if target.acts is Acts.ON_TOUCH:
                at_once.add(target.id.replace("-", ":").split(":")[0])
    assert at_once == {"product", "remove", "key", "erase", "enter", "add"}
