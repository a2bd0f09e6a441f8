"""The window as a Display: from other threads, by target id, turned, with a strip of cards."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from kivy.core.image import Image
from kivy.core.window import Window

from terminal.till import events
from terminal.till.directory import ProductId
from terminal.till.events import Event
from terminal.ui.kivy.app import Panel, open_window
from terminal.ui.kivy.demo import Demo, VirtualCard
from terminal.ui.kivy.metrics import LARGE, SMALL
from terminal.ui.kivy.window import TillWindow
from terminal.ui.port import Display
from tests.terminal.ui.kivy.conftest import Stage
from tools.screenshots.till_states import samples

CARDS = tuple(VirtualCard(f"Carte {i}", bytes([4, i, 0, 0, 0, 0, 9])) for i in range(12))


def elsewhere(stage: Stage, act: Callable[[Display], object]) -> list[object]:
    """Do something with the display on another thread, while this one steps kivy's loop."""
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(act(stage.window)))
    thread.start()
    while thread.is_alive():
        stage.clock += 0.1
        stage.window.step()
    thread.join()
    return results


def touch(display: Display, name: str) -> bool:
    return display.touch(name)


def test_a_target_is_touched_by_its_id_from_another_thread(stage: Stage) -> None:
    stage.window.show(stage.sample("02-sale-basket"))
    assert elsewhere(stage, lambda display: display.touch("charge")) == [True]
    assert stage.posted == [events.Charge()]


def test_touch_waits_until_a_new_page_hears(stage: Stage) -> None:
    stage.show(stage.sample("03-card-wait"))
    stage.window.show(stage.sample("04-approved"))
    assert elsewhere(stage, lambda display: display.touch("continue")) == [True]
    assert stage.posted == [events.Continue()]


@pytest.mark.parametrize("name", ["nobody", "charge"])
def test_what_is_not_there_or_off_is_not_touched(stage: Stage, name: str) -> None:
    stage.window.show(stage.sample("02-sale-empty"))
    assert elsewhere(stage, lambda display: display.touch(name)) == [False]
    assert stage.posted == []


def test_a_target_in_a_long_list_is_scrolled_to(stage: Stage) -> None:
    stage.window.show(stage.sample("02-sale-many-lines"))
    for name in ("plate", "kir", "water"):
        assert elsewhere(stage, partial(touch, name=f"remove:{name}")) == [True]
    removed = [events.RemoveProduct(ProductId(name)) for name in ("plate", "kir", "water")]
    assert stage.posted == removed


def test_an_address_is_typed_by_name(stage: Stage) -> None:
    stage.window.show(stage.sample("13-address"))
    assert elsewhere(stage, lambda d: d.touch("address:http://127.0.0.1:8000")) == [True]
    assert stage.posted == [events.AddressTyped("http://127.0.0.1:8000")]


def test_a_point_is_touched(stage: Stage) -> None:
    stage.show(stage.sample("04-approved"))
    elsewhere(stage, lambda display: display.touch_at(300, 300))
    assert stage.posted == [events.Continue()]


def test_a_picture_has_the_size_of_the_panel(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "till.png"
    stage.window.show(stage.sample("04-approved"))
    assert elsewhere(stage, lambda display: display.picture(path)) == [True]
    size = (stage.metrics.width, stage.metrics.height)
    assert tuple(Image(str(path), nocache=True).size) == size
    assert [file.name for file in tmp_path.iterdir()] == ["till.png"]


def test_run_ends_with_stop() -> None:
    window = TillWindow(LARGE, lambda _: None)
    window.show(samples("fr", 4, 3)["01-locked"])
    window.stop()
    window.run()
    assert window.view.screen is not None
    Window.remove_widget(window.root)


@pytest.fixture
def upright() -> Iterator[None]:
    yield
    Window.rotation = 0


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.usefixtures("upright")
def test_a_turned_panel_is_touched_where_it_is_drawn(rotation: int) -> None:
    posted: list[Event] = []
    clock = [100.0]
    window = TillWindow(SMALL, posted.append, rotation=rotation, now=lambda: clock[0])
    window.open()
    window.view.draw(samples("fr", 3, 3)["02-sale-basket"])
    window.step()
    clock[0] += 1
    assert tuple(Window.size) == (800, 480)
    box = next(target for target in window.view.targets() if target.id == "charge").box
    window.tap(*box.middle)
    assert posted == [events.Charge()]
    Window.remove_widget(window.root)


def test_a_virtual_card_is_held_by_touching_it() -> None:
    held: list[bytes] = []
    posted: list[Event] = []
    demo = Demo(title="Cartes de démonstration", cards=CARDS, hold=held.append)
    window = open_window(Panel(), posted.append, demo)
    assert isinstance(window, TillWindow)
    window.open()
    assert tuple(Window.size) == (1024, 600 + 132)
    width = (1024 - 32) / 12
    window.tap(16 + width * 3.5, 600 + 90)
    assert held == [CARDS[3].uid]
    assert posted == []
    Window.remove_widget(window.root)


@pytest.mark.parametrize(
    "panel,message",
    [
        (Panel(width=640, height=480), "1024x600 and 800x480"),
        (Panel(rotation=45), "not 45"),
    ],
)
def test_a_panel_that_cannot_be_is_refused(panel: Panel, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        open_window(panel, lambda _: None)
