"""Stripe's published API accepts what we ask, and answers in the shapes that the stand-in answers.

Everything the gateway asks, and everything the stand-in accepts, goes to stripe-mock too, which
checks each parameter against Stripe's OpenAPI description.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import pytest

from server.payments.gateway import Answer, StripeGateway
from server.payments.standin.checks import ACCEPTED
from server.payments.standin.provider import Provider
from tests.server.payments import stripe_mock
from tests.server.payments.standin.api import Api
from tests.server.payments.world import PAGES, SECRET, World

pytestmark = pytest.mark.loopback

HEADERS = {"Authorization": "Bearer sk_test_contract"}
VALUES = {
    "amount": "1",
    "cancel_url": "https://x.test/",
    "created[gte]": "1",
    "created[lt]": "2",
    "expand[*]": "payment_intent",
    "expires_at": "1900000000",
    "limit": "3",
    "line_items[*][price_data][currency]": "eur",
    "line_items[*][price_data][unit_amount]": "2000",
    "line_items[*][quantity]": "1",
    "locale": "fr",
    "mode": "payment",
    "reason": "requested_by_customer",
    "success_url": "https://x.test/",
}


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    program = stripe_mock.binary()
    if program is None:
        pytest.skip("no Go on this machine: stripe-mock cannot be built")
    with stripe_mock.running(program) as address:
        yield address


class Both:
    """A transport that asks stripe-mock first, then the stand-in, whose answer counts."""

    def __init__(self, mock: str, provider: Provider) -> None:
        self._mock = mock
        self._provider = provider
        self.asked: list[str] = []

    def request(self, method: str, url: str, headers: Mapping[str, str], body: str) -> Answer:
        parts = urlsplit(url)
        path = parts._replace(scheme="", netloc="").geturl()
        theirs = ask(self._mock, method, path, body)
        ours = self._provider.request(method, url, headers, body)
        assert ours.status == 200
        compare(json.loads(ours.body), theirs, f"{method} {parts.path}")
        self.asked.append(f"{method} {parts.path}")
        return ours


def ask(mock: str, method: str, path: str, body: str) -> dict[str, Any]:
    """Ask stripe-mock; the test fails with its words when it refuses."""
    data = body.encode() if method == "POST" else None
    request = Request(f"{mock}{path}", data, dict(HEADERS), method=method)  # noqa: S310 loopback
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310 loopback
            return dict(json.loads(answer.read()))
    except HTTPError as error:
        with error:
            words = error.read().decode()
    raise AssertionError(f"{method} {path}: {words}")


def compare(ours: Any, theirs: Any, where: str) -> None:
    """The same keys, and the same types wherever both have a value."""
    if ours is None or theirs is None:
        return
    assert type(ours) is type(theirs), where
    if isinstance(ours, dict) and not where.endswith(("metadata", "payment_method_options")):
        if ours and theirs:
            assert set(ours) == set(theirs), where
        for name in ours.keys() & theirs.keys():
            compare(ours[name], theirs[name], f"{where} {name}")
    if isinstance(ours, list) and ours and theirs:
        compare(ours[0], theirs[0], f"{where}[]")


def test_what_the_gateway_asks(mock: str, node: World) -> None:
    both = Both(mock, node.provider)
    gateway = StripeGateway("sk_test_contract", SECRET, retries=0, transport=both)
    intent = node.open()
    session = gateway.create_checkout(intent, PAGES)
    node.provider.pay(session.id)
    paid = gateway.fetch_session(session.id)
    assert paid is not None
    assert paid.payment_status == "paid"
    assert len(list(gateway.sessions_since(0))) == 1
    assert both.asked == [
        "POST /v1/checkout/sessions",
        f"GET /v1/checkout/sessions/{session.id}",
        "GET /v1/checkout/sessions",
    ]


def test_the_gateway_understands_stripe_itself(mock: str, node: World) -> None:
    """Over the library's own network client, not ours."""
    gateway = StripeGateway("sk_test_contract", SECRET, api_base=mock)
    intent = node.open()
    created = gateway.create_checkout(intent, PAGES)
    assert created.id.startswith("cs_test_")
    assert created.url is not None
    fetched = gateway.fetch_session(created.id)
    assert fetched is not None
    assert fetched.payment is not None
    assert fetched.payment.startswith("pi_")


def test_what_the_tests_of_the_standin_ask(mock: str, node: World) -> None:
    session = node.open_session()
    node.provider.pay(session)
    both = Both(mock, node.provider)
    api = Api(both)
    payment = api.get(f"/v1/checkout/sessions/{session}")["payment_intent"]
    api.get(f"/v1/payment_intents/{payment}")
    refund = api.post("/v1/refunds", payment_intent=payment, amount="500")
    api.get(f"/v1/refunds/{refund['id']}")
    api.get("/v1/checkout/sessions?limit=2")
    other = api.create()["id"]
    api.post(f"/v1/checkout/sessions/{other}/expire")
    assert len(both.asked) == 7


@pytest.mark.parametrize("endpoint", ACCEPTED)
def test_every_parameter_that_the_standin_accepts_exists(mock: str, endpoint: str) -> None:
    method, _, path = endpoint.partition(" ")
    fields = {
        name.replace("line_items[*]", "line_items[0]")
        .replace("expand[*]", "expand[0]")
        .replace("metadata[*]", "metadata[a]")
        .replace("metadata][*]", "metadata][a]"): VALUES.get(name, "x")
        for name in ACCEPTED[endpoint]
    }
    if path.endswith("sessions"):
        fields = {
            name: value for name, value in fields.items() if method == "POST" or name != "expand[0]"
        }
    address = path.replace(":id", "x_1")
    query = urlencode(fields)
    theirs = ask(mock, method, f"{address}?{query}" if method == "GET" else address, query)
    assert theirs["object"] in {"checkout.session", "list", "payment_intent", "refund"}


def test_stripe_refuses_what_does_not_exist(mock: str) -> None:
    """The contract can fail: an invented parameter is noticed."""
    with pytest.raises(AssertionError, match="additional properties are not allowed"):
        ask(mock, "POST", "/v1/checkout/sessions", "mode=payment&zzz=1")
