"""A real till process (with a console for a screen) and a real node over loopback HTTP."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from werkzeug.serving import WSGIRequestHandler, make_server

from server.ledger.records import Balance
from server.office.shop import SqlShop
from server.store.view import StoreView
from shared.bodies import Body, CardRegister
from shared.host.clock import SystemClock
from shared.ids import card_reference, wallet
from tests.server.engine.world import BAR, GRAIN, wallet_of
from tests.terminal.sync.real_node import CARD_KEY, PIN, RealNode

ROOT: Final = Path(__file__).parents[2]
PATIENCE_S: Final = 90.0
CATALOGUE: Final = """
[[product]]
name = "Bière"
category = "Bières"
price = "5,00"
[[operator]]
name = "Maïa"
role = "manager"
pin = "4711"
"""


class Unreachable(Exception):  # noqa: N818 - the process was killed: that is what tests do
    """The till's process does not answer."""


class QuietHandler(WSGIRequestHandler):
    """Writes no log."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing."""


class HttpNode:
    """The real server's machine API on a loopback port, with funded cards; can be cut off."""

    def __init__(self, folder: Path, uids: Sequence[bytes], funds: int) -> None:
        self.node = RealNode(folder / "node.db")
        world = self.node.world
        world.clock.now = SystemClock().now_ms()
        bodies: list[Body] = []
        for number, uid in enumerate(uids, start=100):
            ref = card_reference(CARD_KEY, uid)
            bodies += [
                CardRegister(card=ref, home=BAR, tier="T0", wallet=wallet_of(number)),
                world.issue(number, funds),
            ]
        assert isinstance(world.solo.propose(bodies), tuple)
        shop = SqlShop(
            world.database.write, world.database.read, lambda _: True, lambda: date(2026, 11, 24)
        )
        shop.import_catalogue(CATALOGUE.encode(), 2)
        self.node.invite()
        self.cut = True
        self._server = make_server(
            "127.0.0.1",
            0,
            self.node.app,
            threaded=True,
            request_handler=self._handler(),
        )
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _handler(self) -> type[WSGIRequestHandler]:
        node = self

        class Handler(QuietHandler):
            """Hangs up while the node is cut off."""

            def handle(self) -> None:
                if not node.cut:
                    super().handle()

        return Handler

    def up(self) -> None:
        """Answer."""
        self.cut = False

    def down(self) -> None:
        """Hang up on everybody."""
        self.cut = True

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def balance(self, number: int) -> int:
        """Give what a wallet has on the chain."""
        with self.node.world.database.read() as connection:
            view = StoreView(connection)
            found = view.get(Balance, (wallet(wallet_of(number)), GRAIN))
        return 0 if found is None else found.amount


class TillProcess:
    """`python -m terminal run` in a home; talked to through its control socket."""

    def __init__(self, home: Path, address: str) -> None:
        self.home = home
        home.mkdir(mode=0o700, exist_ok=True)
        (home / "terminal.toml").write_text(
            f'node = "{address}"\ndisplay = "console"\nreader = "simulated"\n'
            "sound = false\ncontrol = true\n",
            "utf-8",
        )
        self.console = home / "console.log"
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *words: str) -> str:
        """Run another command of the till in the same home."""
        done = subprocess.run(
            self._words(*words), cwd=ROOT, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    def start(self) -> None:
        """Start selling, and wait until the till answers."""
        (self.home / "control.sock").unlink(missing_ok=True)
        with self.console.open("wb") as console:
            self.process = subprocess.Popen(
                self._words("run"),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
            )
        self.until(lambda screen: screen["type"] != "Checking", starting=True)

    def kill(self) -> None:
        """Pull the plug (but not the disk's): SIGKILL."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> int:
        """Ask it to end; give its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)

    def says(self, line: str) -> dict[str, Any]:
        """Send one command. Raises Unreachable when the process is gone."""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(PATIENCE_S)
                client.connect(str(self.home / "control.sock"))
                client.sendall(line.encode() + b"\n")
                with client.makefile() as answers:
                    told = answers.readline()
        except OSError as error:
            raise Unreachable(str(error)) from error
        if not told:
            raise Unreachable("the till hung up")
        answer = json.loads(told)
        assert isinstance(answer, dict)
        return answer

    def screen(self) -> dict[str, Any]:
        """Give the newest screen."""
        screen = self.says("screen")["screen"]
        assert isinstance(screen, dict)
        return screen

    def until(
        self, wanted: Callable[[dict[str, Any]], bool], *, starting: bool = False
    ) -> dict[str, Any]:
        """Poll until a screen is as wanted; fails when it does not come."""
        end = time.monotonic() + PATIENCE_S
        last: object = None
        while time.monotonic() < end:
            try:
                last = screen = self.screen()
                if wanted(screen):
                    return screen
            except Unreachable:
                if not starting:
                    raise
                self._must_run()
            time.sleep(0.01)
        raise AssertionError(f"this screen did not change: {last}")

    def sees(self, *kinds: str) -> dict[str, Any]:
        """Poll for a screen of one of these classes."""
        return self.until(lambda screen: screen["type"] in kinds)

    def touches(self, *targets: str) -> None:
        """Touch buttons, each as soon as it is there."""
        for target in targets:
            end = time.monotonic() + PATIENCE_S
            while not self.says(f"touch {target}")["ok"]:
                assert time.monotonic() < end, f"no {target} on {self.screen()}"
                time.sleep(0.01)

    def log_in(self) -> None:
        """From any first screen to the sale page."""
        if self.sees("LastSale", "Locked")["type"] == "LastSale":
            self.touches("acknowledge")
        self.touches("key:4", "key:7", "key:1", "key:1", "enter")
        self.sees("Sale")

    def _must_run(self) -> None:
        assert self.process is not None
        assert self.process.poll() is None, self.console.read_text("utf-8", "replace")[-2000:]

    def _words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "terminal", *words, "--home", str(self.home)]


def pair(till: TillProcess) -> None:
    """Enrol by the command line."""
    told = till.command("pair", (till.home / "terminal.toml").read_text("utf-8").split('"')[1], PIN)
    assert "is now a till of Bar" in told, told
