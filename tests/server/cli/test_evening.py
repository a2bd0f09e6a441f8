"""A volunteer's evening by the commands of docs/node.md alone, on each database."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.verify.__main__ import verify
from tests.server.cli.test_commands import CARDS, Line, one_line


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def line(request: pytest.FixtureRequest, tmp_path: Path) -> Line:
    made = Line(tmp_path)
    words = ["init", "--place", "Le Grand Champ", "--federated", "FED", "--local", "GRAIN"]
    if request.param == "PostgreSQL":
        words += ["--database", request.getfixturevalue("address")]
    made.good(*words)
    return made


def wallet(line: Line, number: str) -> str:
    return str(line.json("cards", "show", number)["wallet"])


def held(line: Line, number: str) -> dict[str, int]:
    found = line.json("cards", "show", number)["held"]
    return {code: each["amount"] for code, each in found.items()}


def test_money_of_all_kinds_comes_moves_and_goes_back(line: Line) -> None:
    def transact(*words: str) -> list[str]:
        return line.good("transact", *words).splitlines()

    line.good("cards", "import", str(CARDS))
    lea, sam = wallet(line, "4462AD16"), wallet(line, "B194AEB9")
    line.good("place", "create", "Bar du lac")
    line.good("asset", "create", "JUNE", "June", "--class", "libre", "--issuer", "le-grand-champ")
    for side in ("issuer", "place"):
        where = ("asset=GRAIN", "place=bar-du-lac", f"side={side}", "accept=true")
        transact("asset.accept", *where)

    card = line.json("cards", "show", "4462AD16")["card"]
    transact("reload", "amount=2000", "asset=FED", f"card={card}", "evidence=bank:1")
    transact("policy.set", "subject=GRAIN-FED", 'value={"policy":"exchange","give":3,"take":2}')
    transact("exchange", "amount=200", "give=FED", "take=GRAIN", f"wallet={lea}")
    assert held(line, "4462AD16") == {"FED": 1800, "GRAIN": 300}

    for who in (lea, sam):
        transact("membership", "asset=JUNE", f"wallet={who}", "until=2099-01-01")
    rule = '{"policy":"dividend","floor":10,"period_days":1,"ppm":10000}'
    transact("policy.set", "subject=JUNE", f"value={rule}")

    [said, _, named] = transact("cash_out", "amount=500", "asset=FED", f"wallet={lea}")
    assert said.startswith("cash_out: accepted (block ")
    lock = re.fullmatch("hash ([0-9a-f]{64})", named)
    assert lock
    transact("cash_out.done", f"lock={lock[1]}", "evidence=transfer:17")
    assert held(line, "4462AD16") == {"FED": 1300, "GRAIN": 300}

    wrong = transact("issue", "amount=2000", "asset=GRAIN", "evidence=welcome:2", f"wallet={sam}")
    transact("correction", *wrong[1].split(), "reason=a zero too many")
    assert held(line, "B194AEB9") == {}


def test_it_is_proven_copied_and_put_back(line: Line, tmp_path: Path) -> None:
    line.good("cards", "import", str(CARDS))
    before = line.json("audit")["state"]
    file = str(tmp_path / "chain.gz")
    line.good("export", file)
    said = CliRunner().invoke(verify, ["chain", file])
    assert said.exit_code == 0, said.output
    assert f"state        {before}" in said.output
    assert line.good("audit", "--links").startswith("Good: 2 blocks, ")
    assert line.json("rebuild")["state"] == before

    key = line.json("status")["key"]
    line.good("key", "rotate")
    assert line.json("status")["key"] != key
    line.good("backup", "--to", str(tmp_path / "copies"))
    [copy] = (tmp_path / "copies").iterdir()
    height = line.json("status")["height"]
    said = line.run("restore", str(copy), "--force")
    if (line.home / "data" / "node.db").exists():
        assert said.output.startswith(f"Restored and audited up to height {height}.")
    else:  # PostgreSQL's is put back into an empty database only
        assert one_line(said).endswith(" is not empty: make a new database for the copy")
    assert line.json("audit")["bad_height"] is None
