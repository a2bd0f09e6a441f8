"""The panel of a Raspberry Pi: three LEDs and a buzzer on GPIO pins, through gpiozero.

gpiozero drives the pins with RPi.GPIO up to the Pi 4 and with lgpio on the Pi 5, whose pins hang on
another chip. The factory is passed to every device: no global is set. Errors of the pins surface as
gpiozero's own exceptions or OSError from `GpioPanel`, never later than its construction for a pin
that does not exist.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gpiozero import LED, Buzzer

from hardware.signals.patterns import Light

MODEL: Final = Path("/proc/device-tree/model")

LEDS: Final[dict[Light, tuple[bool, bool, bool]]] = {
    Light.OFF: (False, False, False),
    Light.RED: (True, False, False),
    Light.GREEN: (False, True, False),
    Light.AMBER: (True, True, False),
    Light.BLUE: (False, False, True),
}
"""Red, green, blue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """GPIO numbers (BCM), as in hardware/README.md. None: not wired."""

    red: int | None = 17
    green: int | None = 27
    blue: int | None = 22
    buzzer: int | None = 23


def factory_for(model: str) -> str:
    """Which pin library drives this model of Raspberry Pi."""
    return "lgpio" if "Raspberry Pi 5" in model or "Compute Module 5" in model else "rpigpio"


def this_model(path: Path = MODEL) -> str:
    """Return the model of this machine, "" when it is not a Pi."""
    try:
        return path.read_text("ascii", errors="replace").rstrip("\0\n")
    except FileNotFoundError:
        return ""


def make_factory(name: str) -> Any:
    """Make gpiozero's pin factory `rpigpio` or `lgpio`.

    Imported late: RPi.GPIO raises when it is imported on anything but a Pi.
    """
    if name == "lgpio":
        from gpiozero.pins.lgpio import LGPIOFactory  # noqa: PLC0415 - see above

        return LGPIOFactory()
    from gpiozero.pins.rpigpio import RPiGPIOFactory  # noqa: PLC0415 - see above

    return RPiGPIOFactory()


class GpioPanel:
    """Lamp and buzzer on pins."""

    def __init__(self, pins: Pins, factory: Any) -> None:
        self._leds = [
            None if pin is None else LED(pin, pin_factory=factory)
            for pin in (pins.red, pins.green, pins.blue)
        ]
        buzzer = pins.buzzer
        self._buzzer = None if buzzer is None else Buzzer(buzzer, pin_factory=factory)

    def light(self, light: Light) -> None:
        """Show this light until the next call; without a blue LED, waiting is dark."""
        for led, on in zip(self._leds, LEDS[light], strict=True):
            if led is not None:
                led.value = on

    def buzz(self, *, on: bool) -> None:
        """Sound the buzzer, or stop it."""
        if self._buzzer is not None:
            self._buzzer.value = on

    def close(self) -> None:
        """Everything off; let go of the pins."""
        for device in (*self._leds, self._buzzer):
            if device is not None:
                device.off()
                device.close()
