"""The table of a reload's states, and how a session is judged."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from server.payments.reload import (
    FINAL,
    TRANSITIONS,
    Fact,
    Intent,
    Lapsed,
    Mismatch,
    Paid,
    Session,
    State,
    Waiting,
    claim,
    evidence,
    judge,
    sources,
    target,
)
from tests.server.payments.world import CARD, CHAIN, FED, NODE, WALLET

INTENT = Intent(
    id="9" * 32,
    chain=CHAIN,
    node=NODE,
    wallet=WALLET,
    card=CARD,
    asset=FED,
    amount=20_00,
    currency="eur",
    opened_ms=1_000,
    expires_ms=2_000,
    session="cs_1",
)
SESSION = Session(
    id="cs_1",
    url="http://pay",
    status="open",
    payment_status="unpaid",
    payment=None,
    payment_failed=False,
    amount=20_00,
    currency="eur",
    metadata=INTENT.metadata,
    created_ms=1_000,
    expires_ms=2_000,
)


def test_nothing_leaves_a_final_state() -> None:
    assert not [state for state, _ in TRANSITIONS if state in FINAL]


def test_a_payment_is_taken_from_every_other_state_but_paid() -> None:
    assert set(sources(Fact.PAID)) == {State.CREATED, State.OPEN, State.EXPIRED}


def test_each_fact_has_one_target() -> None:
    assert [target(fact) for fact in Fact] == [
        State.OPEN,
        State.PAID,
        State.CREDITED,
        State.HELD,
        State.EXPIRED,
    ]
    for (_, fact), after in TRANSITIONS.items():
        assert after is target(fact)


@given(st.lists(st.sampled_from(Fact)))
def test_money_that_is_known_is_never_forgotten(facts: list[Fact]) -> None:
    state, paid = State.CREATED, False
    for fact in facts:
        state = TRANSITIONS.get((state, fact), state)
        paid = paid or fact is Fact.PAID
        assert (state in {State.PAID, State.CREDITED, State.HELD}) is paid


@pytest.mark.parametrize(
    "change,expected",
    [
        ({}, Waiting()),
        ({"status": "complete"}, Waiting()),
        ({"status": "expired"}, Lapsed("not paid in time")),
        ({"status": "complete", "payment_failed": True}, Lapsed("payment failed")),
        ({"status": "complete", "payment_status": "paid", "payment": "pi_1"}, Paid("pi_1")),
        ({"payment_status": "paid"}, Mismatch("payment", "a PaymentIntent", "none")),
        ({"payment_status": "no_payment_required"}, Waiting()),
        ({"id": "cs_2"}, Mismatch("session", "cs_1", "cs_2")),
        ({"amount": 19_99}, Mismatch("amount", "2000", "1999")),
        ({"currency": "usd"}, Mismatch("currency", "eur", "usd")),
        (
            {"metadata": INTENT.metadata | {"tirelire_wallet": "3" * 32}},
            Mismatch("metadata tirelire_wallet", "1" * 32, "3" * 32),
        ),
    ],
)
def test_judgement(change: dict[str, object], expected: object) -> None:
    assert judge(INTENT, replace(SESSION, **change)) == expected  # type: ignore[arg-type]  # any


def test_a_claim_gives_the_reload_back() -> None:
    read = claim(SESSION)
    assert read == replace(INTENT, url="http://pay")
    assert read.metadata == INTENT.metadata


@pytest.mark.parametrize("name", ["chain", "node", "reload", "wallet", "card", "asset", "amount"])
@pytest.mark.parametrize("value", [None, "", "x y", "12\n"])
def test_metadata_that_is_not_ours_claims_nothing(name: str, value: str | None) -> None:
    metadata = dict(INTENT.metadata)
    del metadata[f"tirelire_{name}"]
    if value is not None:
        metadata[f"tirelire_{name}"] = value
    assert claim(replace(SESSION, metadata=metadata)) is None


def test_names_that_are_for_ever() -> None:
    assert evidence("pi_1") == "stripe:pi_1:credit"
    assert INTENT.idempotency_key == (
        # printf 'tirelire/reload/cc…cc/99…99' | sha256sum
        "22f684f236c2b1ccc4bde2dd7e4da5bd51cfc71a094d750cb0267d0d2f23aa37"
    )
