"""Stripe behind the `Gateway` port: the only module that imports `stripe`.

Guarantees that each call ends within the timeout, that a repeated `create_checkout` of the same
intent is the same session (idempotency key), and that what comes out is our own value.  Fails by
GatewayUnavailableError (network, 5xx, 429: the effect is unknown) or GatewayRefusedError (4xx).
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

import msgspec
import stripe

from server.payments.port import (
    BadSignatureError,
    Event,
    GatewayRefusedError,
    GatewayUnavailableError,
    Pages,
)
from server.payments.reload import Intent, Session

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

PAGE = 100
# The library repeats a request with the same idempotency key; more belongs to our own sweep.
RETRIES = 1
# An asynchronous payment (SEPA debit…) that the bank refused leaves the session `complete`.
FAILED_PAYMENTS = frozenset({"canceled", "requires_payment_method"})
EXPAND = "payment_intent"
SESSION_ID = re.compile(r"cs_[A-Za-z0-9_]{1,250}")
# The library ships this constructor without types.
_connection_lost: Any = stripe.APIConnectionError


@dataclass(frozen=True, slots=True)
class Answer:
    """What a transport brings back: body, HTTP status, headers in lower case."""

    body: str
    status: int
    headers: Mapping[str, str]


class Transport(Protocol):
    """Something that answers HTTP requests as Stripe would; the stand-in is one."""

    def request(self, method: str, url: str, headers: Mapping[str, str], body: str) -> Answer:
        """Answer, or raise TimeoutError when no answer arrives."""


class StripeGateway:
    """Checkout Sessions of one Stripe account."""

    def __init__(
        self,
        secret_key: str,
        webhook_secret: str,
        *,
        timeout_s: float = 10,
        retries: int = RETRIES,
        transport: Transport | None = None,
        api_base: str = "https://api.stripe.com",
    ) -> None:
        """Make a client; `transport` replaces the network, `api_base` the address."""
        http = stripe.RequestsClient(timeout=timeout_s) if transport is None else _Http(transport)
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base},
            http_client=http,
            max_network_retries=retries,
        )
        self._webhook_secret = webhook_secret

    def create_checkout(self, intent: Intent, pages: Pages) -> Session:
        """Open the payment page of a reload (POST /v1/checkout/sessions)."""
        parameters: SessionCreateParams = {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": intent.currency,
                        "unit_amount": intent.amount,
                        "product_data": {"name": pages.label},
                    },
                }
            ],
            "client_reference_id": intent.id,
            "metadata": intent.metadata,
            "payment_intent_data": {"metadata": intent.metadata, "description": pages.label},
            "success_url": pages.success_url,
            "cancel_url": pages.cancel_url,
            "expires_at": intent.expires_ms // 1000,
            "locale": "fr" if pages.language == "fr" else "en",
        }
        with _translated():
            created = self._client.v1.checkout.sessions.create(
                parameters, {"idempotency_key": intent.idempotency_key}
            )
        return _session(created)

    def fetch_session(self, session: str) -> Session | None:
        """Read a session (GET /v1/checkout/sessions/:id); None when there is no such one.

        Ids come from anybody's address bar: an empty one would ask for the list instead.
        """
        if SESSION_ID.fullmatch(session) is None:
            return None
        try:
            with _translated():
                found = self._client.v1.checkout.sessions.retrieve(session, {"expand": [EXPAND]})
        except _UnknownError:
            return None
        return _session(found)

    def sessions_since(self, created_ms: int) -> Iterator[Session]:
        """Read every session created since, newest first (GET /v1/checkout/sessions)."""
        with _translated():
            pages = self._client.v1.checkout.sessions.list(
                {
                    "created": {"gte": created_ms // 1000},
                    "limit": PAGE,
                    "expand": [f"data.{EXPAND}"],
                }
            )
            for found in pages.auto_paging_iter():
                yield _session(found)

    def parse_webhook(self, body: bytes, signature: str) -> Event:
        """Check the signature (HMAC-SHA-256 over time and raw body, five minutes).

        The body is read by our own types: the library's `construct_event` falls over a signed body
        of another shape, and its objects look like dicts to the checker and are none.
        """
        try:
            stripe.WebhookSignature.verify_header(
                body, signature, self._webhook_secret, stripe.Webhook.DEFAULT_TOLERANCE
            )
            event = msgspec.json.decode(body, type=_Event)
        except (stripe.SignatureVerificationError, ValueError) as error:
            raise BadSignatureError(str(error)) from error
        subject = event.data.object
        session = subject.id if subject.object == "checkout.session" else None
        return Event(event.id, event.type, session)


class _Subject(msgspec.Struct, frozen=True):
    object: str = ""
    id: str = ""


class _Data(msgspec.Struct, frozen=True):
    object: _Subject = _Subject()


class _Event(msgspec.Struct, frozen=True):
    id: str
    type: str
    data: _Data


class _UnknownError(GatewayRefusedError):
    """404: the provider has no such object."""


class _Http(stripe.HTTPClient):
    """A transport as the library wants it."""

    name = "tirelire"

    def __init__(self, transport: Transport) -> None:
        super().__init__(async_fallback_client=None)
        self._transport = transport

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        try:
            answer = self._transport.request(method.upper(), url, headers or {}, post_data or "")
        except TimeoutError as error:
            lost: Exception = _connection_lost(str(error), should_retry=True)
            raise lost from error
        return answer.body, answer.status, answer.headers

    def close(self) -> None:
        """Nothing is kept open."""


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the library's errors into the port's."""
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError) as error:
        raise GatewayUnavailableError(str(error)) from error
    except stripe.InvalidRequestError as error:
        unknown = error.http_status == 404
        raise (_UnknownError if unknown else GatewayRefusedError)(str(error)) from error
    except stripe.StripeError as error:
        raise GatewayRefusedError(str(error)) from error


def _session(found: stripe.checkout.Session) -> Session:
    payment = found.payment_intent
    expanded = payment if isinstance(payment, stripe.PaymentIntent) else None
    complete = found.status == "complete"
    return Session(
        id=found.id,
        url=found.url,
        status=found.status or "",
        payment_status=found.payment_status,
        payment=expanded.id if expanded else cast("str | None", payment),
        payment_failed=complete and expanded is not None and expanded.status in FAILED_PAYMENTS,
        amount=found.amount_total or 0,
        currency=found.currency or "",
        metadata=dict(found.metadata.to_dict()) if found.metadata else {},
        created_ms=found.created * 1000,
        expires_ms=found.expires_at * 1000,
    )
