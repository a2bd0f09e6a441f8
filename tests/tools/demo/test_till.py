"""The till's hands: what they say when something is not as it must be."""

import json
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.demo.telling import StoryError
from tools.demo.till import Till, texts

SALE = {"type": "Sale", "total": "5,00 €", "tiles": [{"label": "Bière"}, {"label": ""}]}


class Counter:
    """The control socket of a till that shows one page and has one button."""

    def __init__(self, home: Path) -> None:
        self.heard: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(home / "control.sock"))
        self._socket.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as lines:
                line = lines.readline().decode().strip()
                self.heard.append(line)
                lines.write(json.dumps(self._answer(line)).encode() + b"\n")

    @staticmethod
    def _answer(line: str) -> dict[str, object]:
        if line == "screen":
            return {"ok": True, "screen": SALE}
        if line in {"touch charge", "tap 04AA 0.1"} or line.startswith("picture "):
            return {"ok": True}
        return {"ok": False, "error": "nothing to touch"}

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    made = Counter(tmp_path)
    yield made
    made.close()


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return Till(tmp_path, {})


def test_hands_speak_the_language_of_the_control_socket(
    till: Till, counter: Counter, tmp_path: Path
) -> None:
    till.touch("charge")
    till.tap("04AA")
    till.picture(tmp_path / "a.png")
    assert till.screen() == SALE
    assert till.brief() == "Sale"
    asked = ["touch charge", "tap 04AA 0.1", f"picture {tmp_path / 'a.png'}", "screen", "screen"]
    assert counter.heard == asked


def test_a_button_that_is_not_there_is_named_with_the_page(till: Till, counter: Counter) -> None:
    with pytest.raises(
        StoryError, match=re.escape("'touch pay': nothing to touch; on screen: Sale")
    ):
        till.touch("charge", "pay", "never")


def test_a_page_that_does_not_come_is_told_with_what_is_shown(till: Till, counter: Counter) -> None:
    assert till.until("Sale", lambda shown: shown["total"] == "5,00 €") == SALE
    words = re.escape("the till never showed Paid; it shows Sale: Sale | 5,00 € | Bière")
    with pytest.raises(StoryError, match=words):
        till.until("Paid", seconds=0.2)


def test_a_till_that_is_not_there_shows_nothing(till: Till) -> None:
    assert till.brief() == "nothing"
    assert till.stop() == 0
    with pytest.raises(StoryError, match="the till does not run"):
        _ = till.pid


def test_texts_are_found_at_any_depth() -> None:
    assert list(texts({"a": ["x", {"b": "y"}], "c": 3, "d": None})) == ["x", "y"]


@pytest.mark.alone
def test_a_till_that_ends_at_its_start_is_told_with_its_words(till: Till, tmp_path: Path) -> None:
    (tmp_path / "terminal.toml").write_text("nod = 1\n", "utf-8")
    with pytest.raises(StoryError, match=r"(?s)the till ended with 1:.*nod"):
        till.start()
