"""The node's notes of its terminals, over a real database."""

from dataclasses import replace

from server.api.tables import TableNotes
from shared.errors import Code
from tests.server.api.world import World


def test_dead_letters_of_many_sources_do_not_fill_the_disk(world: World) -> None:
    notes = world.node.api.notes
    assert isinstance(notes, TableNotes)
    few = replace(notes, most_letters=5)
    for number in range(12):
        few.bury(f"2001:db8::{number:x}", Code.BAD_FRAMING, "", b"noise")
    assert world.node.office.node.dead_letters() == 5
