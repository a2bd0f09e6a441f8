"""`tirelire verify receipt`: words and exit codes, and what it needs to run."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from server.verify.__main__ import verify
from server.verify.words import moment, printable
from shared.checkpoint import cosign
from shared.codec import encode
from shared.signing import public_key
from tests.shared.test_receipt import KEY, payload, receipt

GOOD = """\
Good: this transaction and its verdict are in the log that was signed.
  verdict      accepted
  kind         asset.create
"""


def run(folder: Path, raw: bytes, key: str = KEY.hex(), option: str = "--key") -> Result:
    file = folder / "receipt.json"
    file.write_bytes(raw)
    return CliRunner().invoke(verify, ["receipt", str(file), option, key])


@pytest.mark.parametrize("option", ["--key", "--node-key"])
def test_a_good_receipt(tmp_path: Path, option: str) -> None:
    said = run(tmp_path, encode(receipt()), option=option)
    assert said.exit_code == 0, said.output
    assert said.output.startswith(GOOD)
    assert "  at           2026-09-21 14:13:20 UTC, by its author's clock\n" in said.output
    assert "  chain        92f3d35fa3bb522dc2e2696e3a5e960e\n" in said.output
    assert "  log          leaf 1 of 2\n" in said.output


def test_another_node_and_another_verdict(tmp_path: Path) -> None:
    said = run(tmp_path, encode(receipt()), public_key(b"x" * 32).hex())
    assert said.exit_code == 1
    assert (
        said.output
        == "Not proven: its checkpoint is not signed with this key, or by too few of these keys.\n"
    )
    said = run(tmp_path, encode(receipt()).replace(b'"accepted"', b'"overdrawn"'))
    assert said.exit_code == 1
    assert said.output.startswith("Not proven: this transaction with this verdict is not in the")


@pytest.mark.parametrize(
    "raw, why",
    [
        (b"", "is not a receipt (bad_json"),
        (payload(), "is not a receipt (bad_shape"),
        (b"\xff" * 10, "is not a receipt (bad_json"),
        (b"[" * 100_000, "is not a receipt (bad_"),
        (b" " * 300_000, "is too large"),
    ],
)
def test_what_is_no_receipt(tmp_path: Path, raw: bytes, why: str) -> None:
    said = run(tmp_path, raw)
    assert said.exit_code == 2
    assert why in said.output.replace("\n", " ")


@pytest.mark.parametrize("key", ["", "00", "x" * 64])
def test_what_is_no_key(tmp_path: Path, key: str) -> None:
    said = run(tmp_path, encode(receipt()), key)
    assert said.exit_code == 2
    assert "64 hex digits" in said.output


def test_it_needs_no_database_and_no_web() -> None:
    program = (
        "import sys, server.verify.__main__\n"
        "print(sorted({'sqlalchemy', 'sqlite3', 'flask', 'granian', 'stripe'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_a_strangers_words_do_not_move_the_cursor() -> None:
    assert printable('{"a":"é\x7f\x9b2J"}') == '{"a":"é\N{REPLACEMENT CHARACTER}\ufffd2J"}'


def test_a_clock_may_say_anything() -> None:
    assert moment(253_402_300_799_999) == "9999-12-31 23:59:59 UTC"
    assert moment(2**53 - 1) == "9007199254740991 ms since 1970"


def test_several_nodes_vouch_for_it(tmp_path: Path) -> None:
    made, other = receipt(), public_key(b"w" * 32)
    name = "validator.example/w"
    signed = cosign(made.checkpoint, name=name, seed=b"w" * 32, public=other)
    raw = encode(msgspec.structs.replace(made, checkpoint=signed))
    both = ("--key", KEY.hex(), "--key", other.hex())
    said = several(tmp_path, raw, *both)
    assert said.exit_code == 0, said.output
    assert said.output.count("  signed by    ") == 2
    alone = several(tmp_path, encode(made), *both)
    assert alone.exit_code == 1
    assert "by too few of these keys" in alone.output
    assert several(tmp_path, encode(made), *both, "--need", "1").exit_code == 0


@pytest.mark.parametrize(
    "words, why",
    [
        ((), "--key is needed"),
        (("--key", KEY.hex(), "--need", "2"), "only 1 keys"),
        (("--key", KEY.hex(), "--key", KEY.hex(), "--need", "2"), "only 1 keys"),
        (("--key", KEY.hex(), "--need", "0"), "Invalid value"),
    ],
)
def test_how_many_must_vouch_is_sensible(tmp_path: Path, words: tuple[str, ...], why: str) -> None:
    said = several(tmp_path, encode(receipt()), *words)
    assert said.exit_code == 2
    assert why in said.output


def several(folder: Path, raw: bytes, *words: str) -> Result:
    file = folder / "receipt.json"
    file.write_bytes(raw)
    return CliRunner().invoke(verify, ["receipt", str(file), *words])
