"""The command line, on a stopped node: what it prints and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from server.cli.__main__ import node as group
from shared.ids import ChainId, PlaceId, author_id
from shared.proofs import invitation
from shared.signing import public_key

CARDS = Path(__file__).parents[2] / "data" / "cards_fedow_format.csv"


class Line:
    """A shell with one home."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "node"
        self.folder = folder

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(group, [*words, "--home", str(self.home)])

    def good(self, *words: str) -> str:
        result = self.run(*words)
        assert result.exit_code == 0, result.output
        return result.output

    def bad(self, *words: str) -> str:
        result = self.run(*words)
        assert result.exit_code == 1, result.output
        return result.output

    def json(self, *words: str) -> Any:
        return json.loads(self.good(*words, "--json"))

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)


@pytest.fixture
def line(tmp_path: Path) -> Line:
    made = Line(tmp_path)
    made.good(
        "init", "--place", "Le Grand Champ", "--federated", "FED", "--local", "GRAIN",
        "--simulated-clock",
    )  # fmt: skip
    return made


def test_five_commands_to_a_running_node(tmp_path: Path) -> None:
    line = Line(tmp_path)
    said = line.good("init", "--place", "Le Grand Champ", "--federated", "FED", "--local", "GRAIN")
    assert "A node was made in" in said
    assert "http://127.0.0.1:8600/welcome/" in said
    assert line.good("cards", "import", str(CARDS)) == "4 new, 0 known, 0 wrong; 4 imported\n"
    assert line.good("terminal", "pair-pin", "Bar 1")[3] == " "
    assert line.good("audit").startswith("Good: 2 blocks, 9 transactions in ")
    assert "Le Grand Champ" in line.good("status")


def test_status_for_people_and_machines(line: Line) -> None:
    said = line.good("status")
    assert "height 0, sealing" in said
    assert "payments: stand-in" in said
    assert "FED    Euro fédéré  federated  0.00 €" in said
    found = line.json("status")
    assert found["name"] == "Le Grand Champ"
    assert found["height"] == 0
    assert [asset["asset"] for asset in found["assets"]] == ["FED", "GRAIN"]
    assert found["places"] == [{"place": "le-grand-champ", "name": "Le Grand Champ"}]


def test_init_does_not_touch_a_home_that_is_there(line: Line) -> None:
    assert "there is a node in" in line.bad("init", "--name", "x")


def test_without_a_home_every_command_says_what_to_do(tmp_path: Path) -> None:
    line = Line(tmp_path)
    for words in (["status"], ["audit"], ["backup"], ["terminal", "list"]):
        assert "tirelire node init" in line.bad(*words)
    assert "tirelire node init" in line.bad("doctor")


def one_line(result: Result, code: int = 1) -> str:
    """Give the one line that a command has said when it could not."""
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit), result.exception
    [said] = result.output.splitlines()
    return said.removeprefix("Error: ")


def test_whoever_mistyped_can_say_it_again(tmp_path: Path) -> None:
    line = Line(tmp_path)
    words = ("init", "--place", "x", "--federated")
    assert one_line(line.run(*words, "fed")).startswith("asset must be an asset's code (2 to 12")
    line.good(*words, "FED")


@pytest.mark.parametrize(
    "words, said, command",
    [
        (["dance"], "No such command 'dance'.", "node"),
        (["--loud"], "No such option '--loud'.", "node"),
        (["backup", "--aloud"], "No such option '--aloud'.", "node backup"),
        (["protocol", "x"], "Invalid value for '[VERSION]': 'x' is not a valid integer.", ""),
        (["cards", "import", "/none.csv"], "File '/none.csv' does not exist.", "node cards import"),
        (["transact", "issue", "amount"], "write each field once, as name=value: amount", ""),
    ],
)
def test_a_command_that_is_not_understood_ends_with_two(
    words: list[str], said: str, command: str
) -> None:
    answer = one_line(CliRunner().invoke(group, words, prog_name="node"), 2)
    assert said in answer
    assert answer.endswith(f"{command} --help)")


def test_a_command_without_its_words_is_explained() -> None:
    assert CliRunner().invoke(group, []).output.startswith("Usage: ")


def test_what_the_system_refuses_is_said_in_one_line(line: Line) -> None:
    nowhere = Line(line.home / "node.toml")
    assert one_line(nowhere.run("init", "--place", "x")) == f"{nowhere.home}: Not a directory"
    (line.home / "lock").unlink()
    (line.home / "lock").mkdir()
    assert one_line(line.run("status")) == f"{line.home / 'lock'}: Is a directory"
    words = ("export", str(line.home / "none" / "x"))
    (line.home / "lock").rmdir()
    said = f"the chain was not written: {line.home / 'none' / 'x.part'}: No such file or directory"
    assert one_line(line.run(*words)) == said


def test_a_database_that_is_gone_is_not_made_anew(line: Line) -> None:
    database = line.home / "data" / "node.db"
    database.rename(line.folder / "elsewhere.db")
    said = f"{database} is missing: see `tirelire node restore`"
    for command in ("status", "audit", "rebuild", "serve"):
        assert one_line(line.run(command)) == said
    assert not database.exists()


def test_the_doctor_comes_also_when_the_node_cannot_be_opened(line: Line) -> None:
    key = line.home / "keys" / "node.key"
    key.write_text("none", "ascii")
    said = f"bad   node      the key {key} is damaged: restore it from a backup"
    assert line.bad("doctor").splitlines() == [f"ok    home      {line.home}", said]


def test_a_key_of_a_checkpoint_is_sixty_four_digits(line: Line) -> None:
    note = line.file("kept.note", "x")
    said = "a node's public key has 64 hex digits: zz"
    assert one_line(line.run("audit", "--checkpoint", note, "--key", "zz")) == said
    few = ("--key", "0" * 64, "--need", "2")
    said = "--need 2, but only 1 keys were given"
    assert one_line(line.run("audit", "--checkpoint", note, *few)) == said
    said = "that is not a checkpoint of these keys (bad_framing: note)"
    assert one_line(line.run("audit", "--checkpoint", note, "--key", "0" * 64)) == said


def test_assets_places_and_terminals(line: Line) -> None:
    assert line.good("place", "create", "Bar du lac") == "bar-du-lac (block 1)\n"
    assert line.good("asset", "create", "MIEL", "Miel") == "MIEL (block 2)\n"
    assert "already_exists" in line.bad("asset", "create", "MIEL", "Miel")
    assert line.good("transact", "place.leave", "place=bar-du-lac")
    assert line.good("asset", "create", "SUCRE", "Sucre")  # of a place that is still there
    assert "unknown_place" in line.bad("asset", "create", "SEL", "Sel", "--issuer", "nowhere")
    assert "asset must be an asset's code (2 to 12 capital letters" in line.bad(
        "asset", "create", "miel", "Miel"
    )
    assert "give one with --code" in line.bad("place", "create", "!!!")
    assert "name must be a name (1 to 64 Latin" in line.bad("place", "create", "")
    assert line.good("place", "create", "Buvette") == "buvette (block 5)\n"
    found = line.json("terminal", "pair-pin", "Bar 1", "--place", "buvette")
    assert len(found["pin"]) == 6
    assert (found["place"], found["state"]) == ("buvette", "waiting")
    said = "no code can be made: name: Fill this in."
    assert one_line(line.run("terminal", "pair-pin", "")) == said
    assert "no terminal called Bar 9" in line.bad("terminal", "revoke", "Bar 9")
    assert "terminal  label" in line.good("terminal", "list")
    assert "/welcome/" in line.good("user", "invite")


def test_a_name_is_shown_as_it_was_written(line: Line) -> None:
    line.good("asset", "create", "FEU", "[red]Feu[/x] :fire:")
    assert "FEU    [red]Feu[/x] :fire:  local" in line.good("status")
    assert "  for [/x]\n" in line.good("terminal", "pair-pin", "[/x]")


def test_an_asset_of_each_class_has_what_its_class_usually_has(line: Line) -> None:
    for code, asset_class in (
        ("CADEAU", "gift"), ("REPAS", "meal"), ("HEURE", "time"), ("LIBRE", "libre"),
        ("POINT", "points"), ("TAMPON", "badge"), ("MEMBRE", "membership"),
    ):  # fmt: skip
        assert line.good("asset", "create", code, code.capitalize(), "--class", asset_class)
    found = {each["asset"]: each["scale"] for each in line.json("status")["assets"]}
    assert found == {
        "CADEAU": 2, "FED": 2, "GRAIN": 2, "HEURE": 2, "LIBRE": 2, "MEMBRE": 0, "POINT": 0,
        "REPAS": 2, "TAMPON": 0,
    }  # fmt: skip
    assert "wrong_asset" in line.bad("asset", "create", "X1", "X", "--class", "meal", "--no-peg")
    assert line.good("asset", "create", "X1", "X", "--class", "gift", "--no-peg")
    assert line.good("asset", "create", "X2", "X", "--class", "points", "--scale", "1")


def test_a_card_is_looked_up_by_its_printed_number(line: Line) -> None:
    line.good("cards", "import", str(CARDS))
    found = line.json("cards", "show", "4462-ad16")
    assert (found["number"], found["home"], found["held"]) == ("4462AD16", "le-grand-champ", {})
    paid = ("amount=150", "asset=FED", f"card={found['card']}", "evidence=bank:1")
    said = line.good("transact", "reload", *paid).splitlines()
    assert said[0] == "reload: accepted (block 2)"
    assert said[1].startswith("author=")
    assert line.good("cards", "show", "4462AD16").splitlines() == [
        "4462AD16  active, T0, of le-grand-champ",
        f"card={found['card']}",
        f"wallet={found['wallet']}",
        "FED          1.50 €",
    ]
    assert "no card of this node has the number 0000" in line.bad("cards", "show", "0000")


def test_cards_are_imported_all_or_none(line: Line) -> None:
    assert line.json("cards", "import", str(CARDS), "--dry-run")["imported"] == 0
    assert line.good("cards", "import", str(CARDS)) == "4 new, 0 known, 0 wrong; 4 imported\n"
    assert line.good("cards", "import", str(CARDS)) == "0 new, 4 known, 0 wrong; 0 imported\n"
    fine = "https://h/qr/0f7a4c7e-8f4e-4f6e-9b0a-1c2d3e4f5a6b,0F7A4C7E,0123456789ABCD"
    bad = line.file(
        "bad.csv",
        f"{fine}\n"
        f"{fine}\n"
        "https://h/qr/x,0F7A4C7F,01234567\n"
        "https://h/qr/1f7a4c7e-8f4e-4f6e-9b0a-1c2d3e4f5a6b,B194AEB9,01234567\n"
        "https://h/qr/2f7a4c7e-8f4e-4f6e-9b0a-1c2d3e4f5a6b,2F7A4C7E,08AABBCC\n"
        "a,b\n",
    )
    said = line.bad("cards", "import", bad)
    assert "line 2: stands in this file already, line 1" in said
    assert "line 3: the link is not https://host/qr/<uuid4>" in said
    assert "line 4: its number belongs to card B194AEB9" in said
    assert "line 5: a chip number that begins with 08 changes at each tap" in said
    assert "line 6: not three columns" in said
    assert "1 new, 0 known, 5 wrong; 0 imported" in said
    assert len(line.json("cards", "list")) == 4
    assert line.json("status")["height"] == 1


def test_a_card_file_that_is_no_text_is_refused(line: Line, tmp_path: Path) -> None:
    path = tmp_path / "noise.csv"
    path.write_bytes(b"\xff\xfe\x00")
    said = "noise.csv cannot be read: file: This file is not UTF-8 text."
    assert one_line(line.run("cards", "import", str(path))) == said


def test_a_node_that_seals_has_nothing_to_resume(line: Line) -> None:
    assert "there is nothing to resume" in line.bad("resume")


def test_the_catalogue_comes_from_toml_all_or_nothing(line: Line) -> None:
    good = line.file(
        "c.toml",
        '[[product]]\nname = "Blonde"\ncategory = "Bières"\nprice = "3,50"\nvat = 20\n'
        '[[operator]]\nname = "Léa"\nrole = "manager"\npin = "1234"\n',
    )
    assert "2 taken" in line.good("catalogue", "import", good)
    bad = line.file("b.toml", '[[product]]\nname = "x"\ncategory = "y"\nprice = "much"\n')
    said = one_line(line.run("catalogue", "import", bad))
    assert said.startswith(
        "nothing was imported: file: This file is not TOML of products and team."
    )
    assert said.endswith(" product 1: price (price)")


def test_doctor_names_each_fix_and_ends_with_one_when_something_is_red(line: Line) -> None:
    said = line.bad("doctor")
    assert "bad   backup    there is none" in said
    assert "→ tirelire node backup --to /another/disk" in said
    assert "warn  audit     never made" in said
    line.good("audit")
    line.good("backup", "--elsewhere")
    said = line.good("doctor")
    assert "ok    audit     good up to height 0" in said
    assert "ok    backup    0 hours old, one is elsewhere" in said
    (line.home / "keys").chmod(0o755)
    said = line.bad("doctor")
    assert f"chmod 700 {line.home / 'keys'}" in said


def test_backup_and_restore(line: Line, tmp_path: Path) -> None:
    made = line.json("backup", "--to", str(tmp_path / "away"))
    other = Line(tmp_path / "second")
    said = other.good("restore", made["path"])
    assert "Restored and audited up to height 0." in said
    assert other.json("status")["chain"] == line.json("status")["chain"]
    assert "--force" in other.bad("restore", made["path"])
    assert "What was there before is in" in other.good("restore", made["path"], "--force")


def test_what_waits_for_votes_is_said(line: Line) -> None:
    seed = b"c" * 32
    node = author_id(public_key(seed))
    proof = invitation(seed, ChainId(line.json("status")["chain"]), PlaceId("cafe"))
    key = f"key={public_key(seed).hex()}"
    line.good("transact", "place.join", key, "label=C", "name=C", "place=cafe", f"proof={proof}")
    line.good("transact", "validator.propose", "change=add", f"node={node}")
    waits = "A proposal: it counts once 1 more validator votes for it (vote.cast).\n"
    assert line.good("transact", "group.create", "group=1", 'assets=["FED"]').endswith(waits)
    assert line.good("asset", "create", "EURO", "Euro", "--class", "federated").endswith(waits)
    assert line.good("asset", "create", "BEAN", "Bean") == "BEAN (block 5)\n"


def test_demurrage_by_days(line: Line) -> None:
    set_ = ("demurrage", "set", "GRAIN", "--grace-days", "90", "--notice-days", "30,7")
    assert line.good(*set_) == "GRAIN melts (block 1)\n"
    assert "unknown_policy" in line.bad("demurrage", "set", "FED")
    assert "unknown_asset" in line.bad("demurrage", "set", "NOPE")
    assert line.good("demurrage", "run", "--until", "2026-12-24", "--dry-run") == (
        "Nothing is due.\n"
    )
    assert "is no day" in line.bad("demurrage", "run", "--until", "tomorrow")
    far = line.bad("demurrage", "run", "--until", "9999-12-31", "--dry-run")
    assert far == "Error: 9999-12-31 is more than ten years from today\n"


def test_the_future_is_played_on_a_simulated_clock_only(tmp_path: Path) -> None:
    line = Line(tmp_path)
    line.good("init", "--place", "x", "--local", "GRAIN")
    said = line.bad("demurrage", "run", "--until", "2099-01-01")
    assert "has not come yet" in said
    assert "--simulated-clock" in said


def test_a_reload_that_nobody_made(line: Line) -> None:
    assert "no reload has the id or session cs_test_x" in line.bad("reload-status", "cs_test_x")
    assert one_line(line.run("reload-status", "\udcff")) == "write in UTF-8: this is not text"


def test_the_chain_in_one_file(line: Line) -> None:
    file = str(line.folder / "chain.gz")
    said = line.good("export", file)
    assert said.startswith(f"{file}  1 blocks, ")
    assert "there already" in line.bad("export", file)
    assert "move the folder away first" in line.bad("import", file)
    (line.home / "data").rename(line.folder / "lost")
    imported = line.good("import", file)
    assert imported.startswith("Imported and audited up to height 0, ")
    assert imported.splitlines()[1] == said.splitlines()[1]
    assert line.json("audit")["bad_height"] is None
