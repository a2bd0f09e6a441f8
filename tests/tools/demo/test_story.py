"""The whole story, as `./tirelire demo --once` plays it: thirteen steps and their pictures."""

import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

pytestmark = [pytest.mark.alone, pytest.mark.loopback]

ROOT = Path(__file__).parents[3]
STEPS = [
    "Cards are imported, the first admin opens an account",
    "A till is paired with six digits and somebody logs in",
    "A card is reloaded through the payment page",
    "A beer is sold online",
    "The network is cut; the till sells within its limit",
    "The till is killed between two sales and started again",
    "The network returns and everything is sent",
    "The same batch again has no second effect",
    "Cash becomes local money that can melt",
    "The till is stolen: the node revokes it",
    "A year passes: notices, melt, distribution",
    "The audit rebuilds everything from the blocks",
    "One byte is flipped, in each part of the chain, and found",
]
PICTURES = {
    *("till-pairing", "till-locked", "till-sale", "till-paid-online", "till-offline-basket"),
    *("till-paid-offline", "till-refused", "till-offline-limit", "till-before-kill"),
    *("till-restarted", "till-not-yet", "till-all-sent", "till-card-check", "till-cash-reload"),
    *("till-revoked", "web-first-overview", "web-card-holder", "web-stand-in", "web-receipt"),
    *("web-overview", "web-terminals", "web-cards", "web-products", "web-sales", "web-chain"),
    *("web-melt", "web-reserve", "web-melt-after-a-year", "web-chain-audited"),
}
TILL_SIZE = (1024, 600 + 132)
"""The till's screen, and the strip of virtual cards below it."""
LIVELY = 24
"""A picture of one colour has fewer different bytes than this, however it was filtered."""


def look_at(picture: Path) -> tuple[tuple[int, int], int]:
    """Give the size of a PNG and how many different bytes its pixels are made of."""
    raw = picture.read_bytes()
    assert raw.startswith(b"\x89PNG\r\n\x1a\n"), picture.name
    at, pixels = 8, b""
    while at < len(raw):
        (length,), kind = struct.unpack(">I", raw[at : at + 4]), raw[at + 4 : at + 8]
        if kind == b"IDAT":
            pixels += raw[at + 8 : at + 8 + length]
        at += 12 + length
    size = struct.unpack(">II", raw[16:24])
    return size, len(set(zlib.decompress(pixels)))


def test_each_step_holds_and_each_picture_shows_something(tmp_path: Path) -> None:
    out, report = tmp_path / "out", tmp_path / "state.json"
    command = [sys.executable, "-m", "tools.demo", "--once", "--out", str(out)]
    done = subprocess.run(
        [*command, "--json", str(report)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    told = json.loads(report.read_text("utf-8"))
    assert [step["title"] for step in told["steps"]] == STEPS
    assert all(step["facts"] for step in told["steps"])
    facts = [step["facts"] for step in told["steps"]]
    assert facts[3]["screen"] == "Payé · 5,00 € · reste 15,00 €".replace(" €", "\u00a0€")
    assert (facts[5]["unsent"], facts[6]["verdicts"]) == (3, ", ".join(["accepted"] * 4))
    assert facts[9]["node"] == "revoked"
    assert set(facts[12]) == {"header", "signature", "payload", "verdict", "balance"}
    assert told["state"]["audit"]["bad_height"] is None
    assert [asset["outstanding"] for asset in told["state"]["assets"]] == [3000, 4000]
    assert {picture.stem for picture in out.glob("*.png")} == PICTURES
    for picture in sorted(out.glob("*.png")):
        size, colours = look_at(picture)
        assert colours > LIVELY, picture.name
        if picture.stem.startswith("till-"):
            assert size == TILL_SIZE, picture.name


def test_a_blank_picture_would_be_noticed(tmp_path: Path) -> None:
    row = b"\x00" + b"\xff\xfa\xf0" * 600
    body = zlib.compress(row * 400)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 600, 400, 8, 2, 0, 0, 0)), (b"IDAT", body)]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + bytes(4) for kind, data in chunks
    )
    (tmp_path / "blank.png").write_bytes(png)
    assert look_at(tmp_path / "blank.png") == ((600, 400), 4)
