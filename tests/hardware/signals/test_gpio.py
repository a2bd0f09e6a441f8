"""The real gpiozero on its mock pins."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory

from hardware.signals.gpio import GpioPanel, Pins, factory_for, make_factory, this_model
from hardware.signals.patterns import Light


@pytest.fixture
def factory() -> Iterator[MockFactory]:
    factory = MockFactory()
    yield factory
    factory.close()


def lit(factory: MockFactory) -> dict[int, bool]:
    return {number: bool(factory.pin(number).state) for number in (17, 27, 22, 23)}


@pytest.mark.parametrize(
    "light,on",
    [
        (Light.OFF, set()),
        (Light.RED, {17}),
        (Light.GREEN, {27}),
        (Light.AMBER, {17, 27}),
        (Light.BLUE, {22}),
    ],
)
def test_each_light_is_the_right_leds(factory: MockFactory, light: Light, on: set[int]) -> None:
    panel = GpioPanel(Pins(), factory)
    panel.light(light)
    assert {number for number, state in lit(factory).items() if state} == on
    panel.close()


def test_the_buzzer_sounds_until_it_is_stopped(factory: MockFactory) -> None:
    panel = GpioPanel(Pins(), factory)
    panel.buzz(on=True)
    assert lit(factory)[23]
    panel.buzz(on=False)
    assert not lit(factory)[23]
    panel.close()


def test_close_leaves_everything_off_and_the_pins_free(factory: MockFactory) -> None:
    panel = GpioPanel(Pins(), factory)
    panel.light(Light.AMBER)
    panel.buzz(on=True)
    panel.close()
    assert lit(factory) == {17: False, 27: False, 22: False, 23: False}
    GpioPanel(Pins(), factory).close()


def test_what_is_not_wired_is_left_out(factory: MockFactory) -> None:
    panel = GpioPanel(Pins(blue=None, buzzer=None), factory)
    panel.light(Light.BLUE)
    panel.buzz(on=True)
    panel.light(Light.RED)
    assert {number for number, state in lit(factory).items() if state} == {17}
    panel.close()


@pytest.mark.parametrize(
    "model,name",
    [
        ("Raspberry Pi 3 Model B Plus Rev 1.3", "rpigpio"),
        ("Raspberry Pi 4 Model B Rev 1.4", "rpigpio"),
        ("Raspberry Pi 5 Model B Rev 1.0", "lgpio"),
        ("Raspberry Pi Compute Module 5 Rev 1.0", "lgpio"),
    ],
)
def test_the_model_chooses_the_pin_library(model: str, name: str) -> None:
    assert factory_for(model) == name


def test_the_model_is_read_from_the_device_tree(tmp_path: Path) -> None:
    file = tmp_path / "model"
    file.write_bytes(b"Raspberry Pi 4 Model B Rev 1.4\0")
    assert this_model(file) == "Raspberry Pi 4 Model B Rev 1.4"
    assert this_model(tmp_path / "missing") == ""


@pytest.mark.parametrize("name", ["rpigpio", "lgpio"])
def test_a_machine_without_pins_says_so(name: str) -> None:
    """Off a Pi the libraries are missing or refuse; on one, this test has nothing to refuse."""
    if "Raspberry" in this_model():
        make_factory(factory_for(this_model())).close()
    else:
        with pytest.raises(Exception, match=r"(?i)gpio|raspberry|module|chip"):
            make_factory(name)
