"""The table moves a reload exactly as the table of transitions says."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from server.payments.reload import TRANSITIONS, Fact, Intent, Progress, State
from shared.ids import Hash
from tests.server.payments.world import WALLET, World


def put(node: World, state: State) -> Intent:
    intent = node.open()
    with node.engine.begin() as connection:
        connection.execute(text("UPDATE local_reload SET state = :state"), {"state": state})
    return replace(intent, state=state)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("fact", Fact)
def test_every_fact_in_every_state(node: World, state: State, fact: Fact) -> None:
    intent = put(node, state)
    after = TRANSITIONS.get((state, fact))
    noted = Progress(fact=fact, note="noted")
    assert node.intents.advance(intent.id, noted, 1) is (after is not None)
    moved = intent if after is None else replace(intent, state=after, note="noted")
    assert node.intents.get(intent.id) == moved


def test_what_became_known_is_kept(node: World) -> None:
    intent = node.open()
    paid = Progress(fact=Fact.PAID, payment="pi_1")
    done = Progress(fact=Fact.CREDITED, transaction=Hash("e" * 64))
    assert node.intents.advance(intent.id, paid, 1)
    assert node.intents.advance(intent.id, done, 2)
    stored = node.intents.get(intent.id)
    assert stored == replace(
        intent, state=State.CREDITED, payment="pi_1", transaction=Hash("e" * 64)
    )
    assert node.intents.by_session(str(intent.session)) == stored


def test_an_id_is_stored_once(node: World) -> None:
    intent = node.open()
    assert not node.intents.add(replace(intent, amount=99_00), 5)
    assert node.intents.get(intent.id) == intent


def test_sums(node: World) -> None:
    first = node.open(10_00)
    node.pass_minutes(1)
    node.open(20_00)
    assert node.intents.pending(WALLET) == 30_00
    assert node.intents.total_since(WALLET, first.opened_ms + 1) == 20_00
    node.intents.advance(first.id, Progress(fact=Fact.PAID), 1)
    assert node.intents.pending(WALLET) == 30_00
    node.intents.advance(first.id, Progress(fact=Fact.CREDITED), 2)
    assert node.intents.pending(WALLET) == 20_00
    assert node.intents.total_since(WALLET, 0) == 30_00
    assert [intent.amount for intent in node.intents.unfinished()] == [20_00]
    put(node, State.EXPIRED)
    assert node.intents.total_since(WALLET, 0) == 0


def test_a_task_is_shown_until_it_is_closed(node: World) -> None:
    for detail in ("first", "again"):
        node.admins.raise_once("key", "kind", "subject", detail, 7)
    [task] = node.admins.open()
    assert (task.key, task.detail, task.raised_ms) == ("key", "first", 7)
    assert node.admins.close("key", 8)
    assert not node.admins.close("key", 9)
    assert node.admins.open() == []
    node.admins.raise_once("key", "kind", "subject", "closed is closed", 10)
    assert node.admins.open() == []
