"""The stand-in under the real stripe library: Stripe's rules where reloads lean on them."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from server.payments.gateway import StripeGateway
from server.payments.port import GatewayRefusedError, GatewayUnavailableError
from server.payments.standin.faults import Fault
from tests.server.payments.standin.api import Api
from tests.server.payments.world import PAGES, World, world


def paid(node: World, amount: int = 20_00) -> dict[str, Any]:
    session = node.open_session(amount)
    assert node.provider.pay(session)
    return Api(node.provider).get(f"/v1/checkout/sessions/{session}")


# ---------- idempotency ----------


def test_a_key_gives_its_first_answer_again(node: World) -> None:
    api = Api(node.provider)
    first = api.create(key="k", amount="2000")
    node.pass_minutes(1)
    again = api.create(key="k", amount="2000")
    assert again == first
    assert (api.status, api.headers["idempotent-replayed"]) == (200, "true")


def test_a_key_with_another_request_is_an_error(node: World) -> None:
    api = Api(node.provider)
    api.create(key="k", amount="2000")
    refused = api.create(key="k", amount="2001")
    assert (api.status, refused["error"]["type"]) == (400, "idempotency_error")


def test_a_refused_request_does_not_use_its_key_up(node: World) -> None:
    api = Api(node.provider)
    api.create(key="k", amount="1")
    assert api.status == 400
    api.create(key="k", amount="2000")
    assert api.status == 200


def test_one_key_from_many_threads_is_one_session(node: World) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: Api(node.provider).create(key="k")["id"], range(8)))
    assert len(set(made)) == 1


def test_without_a_key_each_request_is_another_session(node: World) -> None:
    api = Api(node.provider)
    assert api.create()["id"] != api.create()["id"]


# ---------- refusals ----------


@pytest.mark.parametrize(
    "change,status,code,parameter",
    [
        ({"zzz": "1"}, 400, "parameter_unknown", "zzz"),
        ({"success_url": None}, 400, None, "success_url"),
        ({"mode": "setup"}, 400, None, "mode"),
        ({"line_items[0][price_data][unit_amount]": "49"}, 400, "amount_too_small", None),
        (
            {"line_items[0][price_data][unit_amount]": "1.5"},
            400,
            "parameter_invalid_integer",
            "line_items[0][price_data][unit_amount]",
        ),
        ({"expires_at": "1790000600"}, 400, None, "expires_at"),
        ({"expires_at": "1790100000"}, 400, None, "expires_at"),
    ],
)
def test_a_session_that_cannot_be(
    node: World,
    change: dict[str, str | None],
    status: int,
    code: str | None,
    parameter: str | None,
) -> None:
    api = Api(node.provider)
    body = api.create(change=change)["error"]
    assert (api.status, body["type"]) == (status, "invalid_request_error")
    assert (body.get("code"), body.get("param")) == (code, parameter)


def test_no_key_no_answer(node: World) -> None:
    assert node.provider.request("GET", "/v1/refunds/re_1", {}, "").status == 401


@pytest.mark.parametrize("path", ["/v1/balance", "/", "/v1/checkout/sessions/a/b/c"])
def test_an_address_that_is_not_played(node: World, path: str) -> None:
    api = Api(node.provider)
    api.get(path)
    assert api.status == 404


@pytest.mark.parametrize(
    "path", ["checkout/sessions/cs_test_x", "payment_intents/pi_x", "refunds/re_x"]
)
def test_an_object_that_is_not_there(node: World, path: str) -> None:
    api = Api(node.provider)
    assert api.get(f"/v1/{path}")["error"]["code"] == "resource_missing"
    assert api.status == 404


@pytest.mark.parametrize(
    "fault,error",
    [
        (Fault.RATE_LIMIT, GatewayUnavailableError),
        (Fault.SERVER_ERROR, GatewayUnavailableError),
        (Fault.KEY_IN_USE, GatewayUnavailableError),
        (Fault.LOST_REQUEST, GatewayUnavailableError),
        (Fault.LOST_ANSWER, GatewayUnavailableError),
    ],
)
def test_faults_reach_the_caller_as_they_would(
    node: World, fault: Fault, error: type[Exception]
) -> None:
    intent = node.open()
    node.provider.faults.extend([fault])
    with pytest.raises(error):
        node.gateway.fetch_session(str(intent.session))


def test_a_wrong_request_is_refused_not_unavailable(node: World) -> None:
    intent = node.open()
    node.pass_minutes(10)
    with pytest.raises(GatewayRefusedError):  # the same key, another language
        node.gateway.create_checkout(
            intent,
            PAGES.__class__(
                success_url="http://x", cancel_url="http://x", language="en", label="x"
            ),
        )


def test_the_library_tries_again_by_itself(node: World) -> None:
    gateway = StripeGateway("sk_test_x", "whsec_x", retries=1, transport=node.provider)
    session = node.open_session()
    node.provider.faults.extend([Fault.SERVER_ERROR])
    started = time.monotonic()
    assert gateway.fetch_session(session) is not None
    assert time.monotonic() - started < 5


# ---------- lists ----------


def test_a_list_is_read_page_by_page_newest_first(node: World) -> None:
    api = Api(node.provider)
    made = [api.create()["id"] for _ in range(5)]
    first = api.get("/v1/checkout/sessions?limit=2")
    assert [thing["id"] for thing in first["data"]] == made[:2:-1]
    assert first["has_more"]
    last = api.get(f"/v1/checkout/sessions?limit=3&starting_after={made[3]}")
    assert [thing["id"] for thing in last["data"]] == made[2::-1]
    assert not last["has_more"]


def test_the_gateway_reads_all_pages(node: World) -> None:
    api = Api(node.provider)
    made = {api.create()["id"] for _ in range(101)}
    assert {session.id for session in node.gateway.sessions_since(0)} == made


def test_a_list_may_start_at_a_time(node: World) -> None:
    node.open_session()
    node.pass_minutes(10)
    late = node.open_session(30_00)
    found = node.gateway.sessions_since(node.clock[0] - 60_000)
    assert [session.id for session in found] == [late]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "starting_after=cs_test_x", "a=1"])
def test_a_list_that_cannot_be(node: World, query: str) -> None:
    api = Api(node.provider)
    api.get(f"/v1/checkout/sessions?{query}")
    assert api.status in {400, 404}


# ---------- money ----------


def test_a_payment(node: World) -> None:
    session = paid(node)
    assert (session["status"], session["payment_status"]) == ("complete", "paid")
    payment = Api(node.provider).get(f"/v1/payment_intents/{session['payment_intent']}")
    assert (payment["status"], payment["amount_received"]) == ("succeeded", 20_00)
    assert payment["metadata"] == session["metadata"]


def test_a_session_is_paid_once(node: World) -> None:
    session = node.open_session()
    assert node.provider.pay(session)
    assert not node.provider.pay(session)
    assert not node.provider.pay_later(session)
    assert not node.provider.bank_says(session, yes=True)
    assert node.webhook() == 1


def test_an_expired_session_cannot_be_paid(node: World) -> None:
    session = node.open_session()
    node.pass_minutes(36)
    assert not node.provider.pay(session)


def test_a_session_can_be_expired_once(node: World) -> None:
    session = node.open_session()
    api = Api(node.provider)
    assert api.post(f"/v1/checkout/sessions/{session}/expire")["status"] == "expired"
    api.post(f"/v1/checkout/sessions/{session}/expire")
    assert api.status == 400


def test_refunds_never_give_back_more_than_came(node: World) -> None:
    payment = paid(node)["payment_intent"]
    api = Api(node.provider)
    part = api.post("/v1/refunds", payment_intent=payment, amount="500")
    assert (part["amount"], part["status"]) == (500, "succeeded")
    assert api.get(f"/v1/refunds/{part['id']}") == part
    api.post("/v1/refunds", payment_intent=payment, amount="1501")
    assert api.status == 400
    assert api.post("/v1/refunds", payment_intent=payment)["amount"] == 15_00
    error = api.post("/v1/refunds", payment_intent=payment)["error"]
    assert error["code"] == "charge_already_refunded"


def test_a_restart_forgets_nothing(node: World, tmp_path: Path) -> None:
    session = node.open_session()
    node.provider.pay(session)
    with world(tmp_path, node.book, node.clock) as restarted:
        assert restarted.webhook() == 1
        assert restarted.state_of(session) == "credited"


# ---------- letters ----------


def test_a_letter_is_brought_until_it_is_taken(node: World) -> None:
    session = node.open_session()
    node.provider.pay(session)
    node.provider.faults.extend([Fault.SERVER_ERROR])
    assert [node.webhook() for _ in range(3)] == [0, 1, 0]


def test_every_letter_twice(node: World) -> None:
    session = node.open_session()
    node.provider.pay(session)
    assert node.courier(lambda letters: letters * 2).round() == 2
    assert node.book.attempts == 1


# ---------- the page ----------


def test_the_page_says_that_it_is_fake(node: World) -> None:
    answer = node.browser.get(f"/standin/checkout/{node.open_session()}")
    assert "Paiement fictif : aucun argent réel." in answer.text
    assert "20,00\u00a0€" in answer.text
    assert "script" not in answer.text


@pytest.mark.parametrize(
    "acts,location,state",
    [
        (["pay"], "/payments/return", "credited"),
        (["later", "yes"], "/payments/return", "credited"),
        (["later", "no"], "/payments/return", "expired"),
        (["cancel"], "/qr/x", "open"),
        (["later"], "/standin/checkout/", "open"),
        (["pay", "pay"], "/standin/checkout/", "credited"),
        (["nonsense"], "/payments/return", "open"),
    ],
)
def test_what_a_person_can_do(node: World, acts: list[str], location: str, state: str) -> None:
    session = node.open_session()
    page = f"/standin/checkout/{session}"
    answers = [node.browser.post(page, data={"act": act}) for act in acts]
    assert {answer.status_code for answer in answers} == {303}
    assert location in answers[-1].location
    node.webhook()
    assert node.state_of(session) == state
    assert node.browser.get(page).status_code == 200


def test_a_page_for_nothing(node: World) -> None:
    assert node.browser.get("/standin/checkout/cs_test_x").status_code == 404
    assert node.browser.post("/standin/checkout/cs_test_x").status_code == 404
