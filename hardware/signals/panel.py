"""The port: a lamp and a buzzer that can be switched, whatever they are made of."""

from typing import Protocol

from hardware.signals.patterns import Light


class Panel(Protocol):
    """A lamp and a buzzer. Calls return at once and may raise OSError when the wiring fails."""

    def light(self, light: Light) -> None:
        """Show this light until the next call."""

    def buzz(self, *, on: bool) -> None:
        """Sound the buzzer, or stop it."""

    def close(self) -> None:
        """Everything off; let go of the pins."""


class NullPanel:
    """A till without lamp or buzzer: its screen and loudspeaker must do."""

    def light(self, light: Light) -> None:
        """Show nothing."""

    def buzz(self, *, on: bool) -> None:
        """Sound nothing."""

    def close(self) -> None:
        """Nothing to let go of."""
