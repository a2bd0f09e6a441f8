"""The stage: the home of a node, the home of a till, and the cable between them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tools.demo import people
from tools.demo.node import Node
from tools.demo.proxy import LOOPBACK, Cable, free_port
from tools.demo.till import Till

OFFSCREEN: Final = {"SDL_VIDEODRIVER": "offscreen"}
MELT: Final = ("--grace-days", "180", "--step-days", "30", "--rate-bp", "500")


class Stage:
    """Everything that the story and the hands-on demo need, made but not yet started."""

    def __init__(self, folder: Path, *, display: str, environment: dict[str, str]) -> None:
        self.folder = folder
        self.node = Node(folder / "node", free_port())
        self.cable = Cable(self.node.port)
        self.till_home = folder / "till"
        self.till = Till(self.till_home, environment)
        self._display = display

    def found(self) -> dict[str, Any]:
        """Make the node: a place with FED (Stripe, does not melt) and GRAIN (cash, melts)."""
        made: dict[str, Any] = self.node.ask(
            *("init", "--place", people.PLACE, "--federated", "FED", "--local", "GRAIN"),
            *("--local-name", "Grain", "--local-symbol", "G", "--simulated-clock"),
            *("--listen", f"{LOOPBACK}:{self.node.port}"),
        )
        return made

    def furnish(self) -> Any:
        """Import cards and catalogue, and let GRAIN melt; give what the card import said."""
        cards, catalogue = self.folder / "cards.csv", self.folder / "catalogue.toml"
        cards.write_text(people.card_file(), "utf-8")
        catalogue.write_text(people.catalogue(), "utf-8")
        imported = self.node.ask("cards", "import", str(cards))
        self.node.run("catalogue", "import", str(catalogue))
        self.node.run("demurrage", "set", "GRAIN", *MELT)
        return imported

    def make_till(self) -> None:
        """Write the till's settings: its only way to the node is the cable."""
        self.till_home.mkdir(mode=0o700)
        settings = people.till_settings(
            address=f"http://{LOOPBACK}:{self.cable.port}",
            clock=str(self.node.clock),
            display=self._display,
        )
        (self.till_home / "terminal.toml").write_text(settings, "utf-8")

    def pin(self) -> str:
        """Have the node show a pairing code."""
        return str(self.node.ask("terminal", "pair-pin", people.POINT_OF_SALE)["pin"])

    def close(self) -> None:
        """End every process and take the cable away."""
        self.till.stop()
        self.node.stop()
        self.cable.close()
