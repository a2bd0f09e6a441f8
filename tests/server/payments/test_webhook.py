"""The webhook believes signatures only, and answers so that Stripe repeats what it must."""

import json
import time

import pytest

from server.payments.standin.courier import sign
from server.payments.standin.faults import Fault
from server.payments.webhook import MAX_BODY, WEBHOOK_PATH
from tests.server.payments.world import SECRET, Crash, World


def now() -> int:
    return int(time.time())


def event(session: str, kind: str = "checkout.session.completed") -> bytes:
    subject = {"id": session, "object": "checkout.session", "payment_status": "paid"}
    body = {"id": "evt_1", "object": "event", "type": kind, "data": {"object": subject}}
    return json.dumps(body).encode()


def test_a_true_event(node: World) -> None:
    session = node.open_session()
    node.provider.pay(session)
    body = event(session)
    assert node.post(body, sign(body, SECRET, now())) == 200
    assert node.state_of(session) == "credited"


def test_an_event_that_says_paid_of_a_session_that_is_not(node: World) -> None:
    session = node.open_session()
    body = event(session)
    assert node.post(body, sign(body, SECRET, now())) == 200
    assert node.book.attempts == 0


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "nonsense",
        "t=1,v1=00",
        sign(event("cs_test_x"), "whsec_other", now()),
        sign(event("cs_test_x") + b" ", SECRET, now()),
        sign(event("cs_test_x"), SECRET, now() - 3600),  # replayed an hour later
    ],
    ids=["none", "nonsense", "made up", "other secret", "other body", "old"],
)
def test_a_bad_signature(node: World, signature: str) -> None:
    assert node.post(event("cs_test_x"), signature) == 400


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"object":"v2.core.event"}'])
def test_a_signed_body_that_is_no_event(node: World, body: bytes) -> None:
    assert node.post(body, sign(body, SECRET, now())) == 400


@pytest.mark.parametrize(
    "body",
    [
        event("cs_test_x"),
        event("cs_test_x", "checkout.session.unheard_of"),
        event("cs_test_x", "checkout.session.expired"),
        b'{"id":"evt_2","object":"event","type":"x","data":{"object":{"object":"charge"}}}',
        b'{"id":"evt_3","object":"event","type":"checkout.session.completed","data":{}}',
    ],
    ids=["unknown session", "unknown type", "unknown expired", "other object", "no object"],
)
def test_what_does_not_concern_us_is_taken(node: World, body: bytes) -> None:
    assert node.post(body, sign(body, SECRET, now())) == 200
    assert node.book.attempts == 0


def test_when_stripe_does_not_answer_the_event_must_come_again(node: World) -> None:
    session = node.open_session()
    node.provider.pay(session)
    node.provider.faults.extend([Fault.SERVER_ERROR])
    body = event(session)
    assert node.post(body, sign(body, SECRET, now())) == 503
    assert node.post(body, sign(body, SECRET, now())) == 200
    assert node.state_of(session) == "credited"


def test_an_oversized_body(node: World) -> None:
    body = b" " * (MAX_BODY + 1)
    assert node.post(body, sign(body, SECRET, now())) == 400


def test_only_post(node: World) -> None:
    assert node.browser.get(WEBHOOK_PATH).status_code == 405


def test_the_return_page_says_how_it_went(node: World) -> None:
    session = node.open_session()
    assert node.come_back(session) == "/how/waiting"
    node.provider.pay(session)
    assert node.come_back(session) == "/how/credited"
    assert node.browser.get("/payments/return").location == "/how/checking"


def test_a_crash_while_answering_is_repaired_by_the_next_event(node: World) -> None:
    session = node.open_session()
    node.provider.pay(session)
    node.book.crash_after = True
    body = event(session)
    with pytest.raises(Crash):
        node.post(body, sign(body, SECRET, now()))
    assert node.post(body, sign(body, SECRET, now())) == 200
    assert (node.state_of(session), node.book.balances.total()) == ("credited", 20_00)
