"""Late sales are found in the real database, and taken back once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.demurrage.chain import StoreChain
from server.demurrage.plan import day_of
from server.demurrage.run import Run
from server.engine.port import Stored
from server.ledger.records import Balance
from server.store.listing import Listing
from shared.amounts import Amount
from shared.bodies import Sale, TerminalEnrol
from shared.ids import ZERO_HASH, BootId, Hash, PublicKey, author_id, wallet
from shared.signing import Purpose, public_key, sign
from shared.transaction import Batch, parse_batch, write_batch, write_payload
from tests.server.demurrage.little_engine import TILL_SEED
from tests.server.demurrage.test_chain import GRAIN
from tests.server.payments.test_ledger import ASSOCIATION
from tests.server.payments.test_node import Node
from tests.server.payments.world import CARD, WALLET, world

TILL = author_id(public_key(TILL_SEED))


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with world(tmp_path) as outside:
        made = Node(tmp_path, outside)
        yield made
        made.database.close()


def sale(node: Node, amount: int, *, seen: int) -> Batch:
    chain = node.engine.tip.chain
    body = Sale(basis="cached", card=CARD, detail=Hash("d" * 64), inside=(), total=Amount(amount))
    payload = write_payload(
        chain=chain,
        author=TILL,
        seq=1,
        prev=ZERO_HASH,
        body=body,
        at=node.clock.now_ms(),
        boot=BootId("0" * 16),
        mono=0,
        seen=seen,
    )
    signature = sign(TILL_SEED, Purpose.TRANSACTION, payload)
    return parse_batch(write_batch(chain, TILL, 1, [payload], signature))


def test_a_late_sale(node: Node) -> None:
    key = PublicKey(public_key(TILL_SEED).hex())
    enrolled = node.engine.propose(
        [TerminalEnrol(box=key, key=key, label="till", place=ASSOCIATION)]
    )
    assert isinstance(enrolled, tuple)
    run = Run(
        chain=StoreChain(node.database.read),
        engine=node.engine,
        now_ms=node.clock.now_ms,
        move_to=node.clock.move_to,
    )
    start = day_of(node.clock.now_ms())
    list(run.until(start + 89))
    before = node.engine.tip.height
    [melting] = [day for day in run.until(start + 90) if day.melts]
    assert melting.melted == {GRAIN: 1_00}
    assert isinstance(node.engine.submit(sale(node, 10_00, seen=before)), Stored)
    with node.database.read() as connection:
        tip = node.engine.tip.height
        listing = Listing(connection)
        assert list(listing.late_sales(tip - 1, tip)) == [(TILL, 1)]
        assert list(listing.late_sales(tip, tip)) == []
        assert list(listing.late_sales(tip - 1, before)) == []
    days = list(run.until(start + 92))
    assert [(day.reversals, day.rejected) for day in days] == [(1, 0), (0, 0), (0, 0)]
    held = node.live.get(Balance, (wallet(WALLET), GRAIN))
    assert held == Balance(90_00)
