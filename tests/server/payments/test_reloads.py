"""A paid reload is credited exactly once, whatever arrives first, twice, or at once."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from server.payments.port import GatewayUnavailableError
from server.payments.reload import State
from server.payments.reloads import Outcome, Reloads, Settled, Unavailable
from server.payments.standin.faults import Fault
from tests.server.payments.world import (
    BLOCKED,
    CHAIN,
    NODE,
    WALLET,
    Crash,
    World,
    wanted,
    world,
)

DOORS: dict[str, Callable[[World, str], object]] = {
    "webhook": lambda node, _: node.webhook(),
    "return page": lambda node, session: node.come_back(session),
    "sweep": lambda node, _: node.sweep(),
}


def credited(node: World, amount: int = 20_00) -> None:
    assert node.book.balances == {f"wallet:{WALLET}": amount}


# ---------- orders ----------


@pytest.mark.parametrize("order", list(itertools.permutations(DOORS)), ids=" ".join)
@pytest.mark.parametrize("times", [1, 2])
def test_every_order_of_the_doors(node: World, order: tuple[str, ...], times: int) -> None:
    session = node.open_session()
    node.provider.pay(session)
    for door in order * times:
        DOORS[door](node, session)
    credited(node)
    assert node.state_of(session) == "credited"
    assert node.book.attempts == 1


@pytest.mark.parametrize("door", DOORS)
def test_each_door_alone_is_enough(node: World, door: str) -> None:
    session = node.open_session()
    node.provider.pay(session)
    DOORS[door](node, session)
    credited(node)


@pytest.mark.parametrize("door", DOORS)
def test_nothing_is_credited_before_it_is_paid(node: World, door: str) -> None:
    session = node.open_session()
    DOORS[door](node, session)
    assert node.book.attempts == 0
    assert node.state_of(session) == "open"


def test_twenty_threads_at_once(node: World) -> None:
    session = node.open_session()
    node.provider.pay(session)
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: node.reloads.settle(session).outcome, range(20)))
    assert set(found) == {Outcome.CREDITED}
    credited(node)
    assert node.book.attempts == 1


def test_two_processes_at_once(node: World, tmp_path: Path) -> None:
    """Two nodes' worth of locks over one table: only the evidence is left to protect."""
    session = node.open_session()
    node.provider.pay(session)
    with world(tmp_path, node.book, node.clock) as other, ThreadPoolExecutor(8) as pool:
        both: list[Reloads] = [node.reloads, other.reloads] * 4
        found = list(pool.map(lambda reloads: reloads.settle(session).outcome, both))
    assert set(found) == {Outcome.CREDITED}
    credited(node)


def test_two_reloads_are_two_credits(node: World) -> None:
    for session in (node.open_session(20_00), node.open_session(30_00)):
        node.provider.pay(session)
    node.webhook()
    credited(node, 50_00)


# ---------- payments that take days ----------


def test_a_bank_transfer_is_credited_when_the_bank_says_yes(node: World) -> None:
    session = node.open_session()
    node.provider.pay_later(session)
    node.webhook()
    assert (node.state_of(session), node.book.attempts) == ("open", 0)
    node.pass_minutes(3 * 24 * 60)
    node.provider.bank_says(session, yes=True)
    node.webhook()
    credited(node)


def test_events_of_a_bank_transfer_in_the_wrong_order(node: World) -> None:
    session = node.open_session()
    node.provider.pay_later(session)
    node.provider.bank_says(session, yes=True)
    assert node.courier(lambda letters: letters[::-1]).round() == 2
    credited(node)


def test_a_bank_transfer_that_the_bank_refuses(node: World) -> None:
    session = node.open_session()
    node.provider.pay_later(session)
    node.provider.bank_says(session, yes=False)
    node.webhook()
    intent = node.intents.by_session(session)
    assert intent is not None
    assert (intent.state, intent.note) == (State.EXPIRED, "payment failed")
    assert node.book.attempts == 0


def test_a_session_that_nobody_paid_expires(node: World) -> None:
    session = node.open_session()
    node.pass_minutes(36)
    node.sweep()
    assert node.state_of(session) == "expired"
    assert node.webhook() == 1
    assert node.book.attempts == 0


def test_money_beats_a_timer(node: World) -> None:
    """The row was given up while Stripe could not be asked, and then the payment shows."""
    session = node.open_session()
    node.provider.pay(session)
    with node.engine.begin() as connection:
        connection.execute(text("UPDATE local_reload SET state = 'expired'"))
    node.sweep()
    credited(node)


# ---------- crashes and lost answers ----------


def test_power_cut_after_the_credit_and_before_our_commit(node: World, tmp_path: Path) -> None:
    session = node.open_session()
    node.provider.pay(session)
    node.book.crash_after = True
    with pytest.raises(Crash):
        node.reloads.settle(session)
    assert node.state_of(session) == "paid"
    with world(tmp_path, node.book, node.clock) as restarted:
        restarted.sweep()
        credited(restarted)
        assert restarted.state_of(session) == "credited"


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.LOST_REQUEST, Fault.SERVER_ERROR])
def test_no_answer_when_opening(node: World, fault: Fault) -> None:
    node.provider.faults.extend([fault])
    assert isinstance(node.reloads.open(wanted()), Unavailable)
    [intent] = node.intents.unfinished()
    assert intent.state is State.CREATED
    node.sweep()
    [intent] = node.intents.unfinished()
    heard = fault is Fault.LOST_ANSWER
    assert intent.state is (State.OPEN if heard else State.CREATED)
    node.pass_minutes(40)
    node.sweep()
    assert node.intents.unfinished() == []
    assert node.book.attempts == 0


def test_a_payment_whose_session_we_never_heard_of(node: World) -> None:
    """Stripe's answer was lost, yet the person paid (they had the page open elsewhere)."""
    node.provider.faults.extend([Fault.LOST_ANSWER])
    assert isinstance(node.reloads.open(wanted()), Unavailable)
    [session] = list(node.gateway.sessions_since(0))
    node.provider.pay(session.id)
    node.webhook()
    credited(node)
    assert node.state_of(session.id) == "credited"


def test_a_node_restored_without_its_rows_still_credits(node: World) -> None:
    session = node.open_session()
    with node.engine.begin() as connection:
        connection.execute(text("DELETE FROM local_reload"))
    node.provider.pay(session)
    node.sweep()
    node.webhook()
    credited(node)
    assert node.state_of(session) == "credited"


def test_asking_again_with_the_same_key_is_the_same_session(node: World) -> None:
    intent = node.open()
    again = node.gateway.create_checkout(intent, wanted().pages)
    assert again.id == intent.session
    assert len(list(node.gateway.sessions_since(0))) == 1


@pytest.mark.parametrize(
    "fault", [Fault.RATE_LIMIT, Fault.SERVER_ERROR, Fault.LOST_REQUEST, Fault.LOST_ANSWER]
)
def test_the_provider_is_down_when_we_look(node: World, fault: Fault) -> None:
    session = node.open_session()
    node.provider.pay(session)
    node.provider.faults.extend([fault])
    assert node.webhook() == 0  # 503: the letter stays
    node.provider.faults.extend([fault])
    assert node.come_back(session) == "/how/checking"
    assert node.webhook() == 1
    credited(node)


def test_a_sweep_goes_on_after_one_failure(node: World) -> None:
    first, second = node.open_session(), node.open_session()
    node.provider.pay(first)
    node.provider.pay(second)
    node.provider.faults.extend([Fault.NONE, Fault.SERVER_ERROR])
    done = node.reloads.sweep()
    assert (done.seen, done.failed) == ({Outcome.CREDITED: 1}, 1)
    node.sweep()
    credited(node, 40_00)


def test_a_sweep_without_the_list_gives_nothing_up(node: World) -> None:
    node.provider.faults.extend([Fault.LOST_ANSWER])
    node.reloads.open(wanted())
    node.pass_minutes(40)
    node.provider.faults.extend([Fault.SERVER_ERROR])
    node.sweep()
    assert [intent.state for intent in node.intents.unfinished()] == [State.CREATED]


# ---------- what is not ours, or not what we asked for ----------


def swap_session(node: World, **changes: object) -> str:
    """Let the provider change a session behind our back."""
    session = node.open_session()
    with node.provider.state.draft() as draft:
        thing = draft.get("checkout.session", session)
        assert thing is not None
        draft.put(thing | changes)
    node.provider.pay(session)
    return session


@pytest.mark.parametrize(
    "change,detail",
    [
        ({"amount_total": 1}, "amount is 1, expected 2000"),
        ({"currency": "usd"}, "currency is usd, expected eur"),
        ({"metadata": {}}, f"metadata tirelire_chain is , expected {CHAIN}"),
    ],
)
def test_a_session_that_says_something_else_is_not_credited(
    node: World, change: dict[str, object], detail: str
) -> None:
    session = swap_session(node, **change)
    node.webhook()
    node.sweep()
    assert node.reloads.settle(session).outcome is Outcome.MISMATCH
    assert node.book.attempts == 0
    assert node.tasks() == [("reload_mismatch", f"{session}: {detail}")]


@pytest.mark.parametrize("change", [{"chain": "d" * 32}, {"node": "e" * 32}])
def test_metadata_of_another_chain_or_node(node: World, change: dict[str, str]) -> None:
    ours = node.open()
    theirs = replace(ours, id="f" * 32, session=None, **change)  # type: ignore[arg-type]  # ids
    session = node.gateway.create_checkout(theirs, wanted().pages).id
    node.provider.pay(session)
    node.webhook()
    node.sweep()
    assert node.reloads.settle(session) == Settled(Outcome.FOREIGN)
    assert (node.book.attempts, node.tasks()) == (0, [])


def test_a_second_session_for_the_same_reload_is_shown_not_credited(node: World) -> None:
    intent = node.open()
    twin = replace(intent, opened_ms=intent.opened_ms + 1)
    with node.provider.state.draft() as draft:
        thing = draft.get("checkout.session", str(intent.session))
        assert thing is not None
        draft.put(thing | {"id": "cs_test_twin"})
        draft.keep_parameters("cs_test_twin", draft.parameters(str(intent.session)))
    assert twin.idempotency_key == intent.idempotency_key
    for session in (str(intent.session), "cs_test_twin"):
        node.provider.pay(session)
    node.webhook()
    node.sweep()
    credited(node)
    assert [kind for kind, _ in node.tasks()] == ["reload_mismatch"]


def test_a_session_that_nobody_knows(node: World) -> None:
    assert node.reloads.settle("cs_test_nobody") == Settled(Outcome.FOREIGN)
    node.provider.faults.extend([Fault.SERVER_ERROR])
    assert node.come_back("cs_test_nobody") == "/how/checking"
    assert node.provider.faults.next() is Fault.SERVER_ERROR  # nobody was asked


def test_a_session_that_the_provider_has_lost_is_given_up_when_it_is_over(
    node: World, tmp_path: Path
) -> None:
    session = node.open_session()
    (tmp_path / "standin.db").unlink()
    with world(tmp_path, node.book, node.clock) as restarted:
        restarted.sweep()
        assert restarted.state_of(session) == "open"
        restarted.pass_minutes(40)
        restarted.sweep()
        assert restarted.state_of(session) == "expired"


def test_a_blocked_card_is_held_and_shown(node: World) -> None:
    session = node.open_session(card=BLOCKED)
    node.provider.pay(session)
    for door in DOORS.values():
        door(node, session)
    [account] = node.book.balances
    assert account.startswith("hold:")
    assert node.state_of(session) == "held"
    assert [kind for kind, _ in node.tasks()] == ["reload_held"]


def test_a_refusal_of_the_ledger_is_shown_and_tried_again(node: World) -> None:
    node.book.refuses = "unknown_wallet"
    session = node.open_session()
    node.provider.pay(session)
    assert node.reloads.settle(session).outcome is Outcome.STUCK
    assert [kind for kind, _ in node.tasks()] == ["reload_stuck"]
    assert node.state_of(session) == "paid"
    node.book.refuses = ""
    node.sweep()
    credited(node)


# ---------- what is said outside ----------


def test_the_gateway_reports_an_outage_to_the_caller(node: World) -> None:
    session = node.open_session()
    node.provider.faults.extend([Fault.KEY_IN_USE])
    with pytest.raises(GatewayUnavailableError):
        node.gateway.fetch_session(session)


def test_identity_is_what_the_metadata_says(node: World) -> None:
    intent = node.open()
    assert intent.metadata == {
        "tirelire_chain": CHAIN,
        "tirelire_node": NODE,
        "tirelire_reload": intent.id,
        "tirelire_wallet": WALLET,
        "tirelire_card": "2" * 32,
        "tirelire_asset": "FED",
        "tirelire_amount": "2000",
    }
