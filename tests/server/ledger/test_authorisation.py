"""Who may sign what: each cell of `tests/vectors/authorisation.csv`, which was written by hand."""

import csv
from functools import cache
from pathlib import Path

import pytest

from server.ledger.effect import Context
from server.ledger.records import Head
from server.ledger.rules import RULES, apply
from server.ledger.state import State
from shared.ids import ZERO_HASH
from shared.kinds import KINDS, NAMES
from shared.transaction import open_payload, write_payload
from tests.server.ledger.acts import ACTS, LATER
from tests.server.ledger.federation import (
    HOLDER_KEY,
    OTHER_KEY,
    PLACE_KEY,
    Federation,
    federated,
)
from tests.server.ledger.world import BOOT, Author

FILE = Path(__file__).parents[2] / "vectors" / "authorisation.csv"
with FILE.open(encoding="utf-8", newline="") as lines:
    ROWS = list(csv.DictReader(lines))
CELLS = [
    pytest.param(row["kind"], signer, verdict, id=f"{row['kind']} by {signer}")
    for row in ROWS
    for signer, verdict in row.items()
    if signer != "kind"
]


@cache
def world() -> Federation:
    return federated()


def signers(here: Federation) -> dict[str, Author]:
    """Give the authors that the columns stand for."""
    return {
        "own_node": here.bar_node,
        "other_node": here.cafe_node,
        "own_terminal": here.bar_till,
        "other_terminal": here.cafe_till,
        "revoked_terminal": here.revoked_till,
        "place_key": PLACE_KEY,
        "own_wallet": HOLDER_KEY,
        "other_wallet": OTHER_KEY,
    }


def verdict(here: Federation, what: str, author: Author) -> str:
    """Give what the ledger answers, on a state that nobody keeps."""
    head = here.world.memory.get(Head, (author.id,)) or Head(ZERO_HASH, 0)
    raw = write_payload(
        chain=here.world.tip.chain,
        author=author.id,
        seq=head.seq + 1,
        prev=head.hash,
        body=ACTS[what](here, author),
        at=here.world.time,
        boot=BOOT,
        mono=0,
        seen=0,
    )
    time = here.world.time + LATER.get(what, 0)
    height, sealer = here.world.tip.height + 1, here.bar_node.id
    context = Context(State(here.world.memory), height=height, time=time, sealer=sealer)
    answer, _ = apply(context, open_payload(raw))
    return str(answer)


@pytest.mark.parametrize("what, signer, expected", CELLS)
def test_a_cell(what: str, signer: str, expected: str) -> None:
    here = world()
    good = {"accepted", "disputed"}
    wanted = expected if expected in good else f"rejected({expected})"
    assert verdict(here, what, signers(here)[signer]) == wanted


def test_every_kind_and_every_signer_is_in_the_table() -> None:
    assert {row["kind"].split(" ")[0] for row in ROWS} == set(KINDS)
    assert {row["kind"] for row in ROWS} == set(ACTS)
    assert set(ROWS[0]) - {"kind"} == set(signers(world()))


def test_every_body_has_its_rule() -> None:
    assert set(RULES) == set(NAMES)
