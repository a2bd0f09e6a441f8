"""Acts of the office on a node that makes no blocks."""

from server.web.port import NotDone, Refusal
from shared.errors import Code
from tests.server.office.world import OfficeWorld


def test_a_node_that_makes_no_blocks_refuses_acts_in_words(ready: OfficeWorld) -> None:
    (row,) = ready.office.terminals().rows
    ready.office.node.engine.saw_height(999)
    behind = NotDone(Refusal.LEDGER, Code.NODE_BEHIND)
    assert ready.office.revoke(row.id, "stolen") == behind
    assert ready.office.block_card("B194AEB9") == behind
