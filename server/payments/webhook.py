"""The two doors that Stripe's news come in by: the webhook, and the page people return to.

Guarantees 400 for a bad signature, 503 when we could not find out (Stripe tries again for days),
200 for everything else, known or not: an answer other than 200 for an event that we do not care
about would only make Stripe repeat it.  No event is believed: both doors end in `settle`.
"""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from server.payments.port import (
    BadSignatureError,
    Gateway,
    GatewayRefusedError,
    GatewayUnavailableError,
    LedgerUnavailableError,
)
from server.payments.reloads import Outcome, Reloads, Settled

MAX_BODY: Final = 256 * 1024
WEBHOOK_PATH: Final = "/payments/webhook"
RETURN_PATH: Final = "/payments/return"
# The events that can change a reload.  They only choose whether to look, never what to do.
WATCHED: Final = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
    }
)
TROUBLE = (GatewayUnavailableError, GatewayRefusedError, LedgerUnavailableError)

# Where a person goes after looking: None when nobody could tell yet ("checking").
After = Callable[[Settled | None], str]


def blueprint(reloads: Reloads, gateway: Gateway, after: After) -> Blueprint:
    """Make the blueprint; `after` gives the address of the page that says how it went."""
    doors = Blueprint("payments", __name__)

    @doors.post(WEBHOOK_PATH)
    def webhook() -> Response:
        body = request.get_data(cache=False) if (request.content_length or 0) <= MAX_BODY else b""
        try:
            event = gateway.parse_webhook(body, request.headers.get("Stripe-Signature", ""))
        except BadSignatureError:
            return _plain("bad signature", 400)
        if event.session is None or event.type not in WATCHED:
            return _plain("not ours to follow", 200)
        try:
            settled = reloads.settle(event.session)
        except TROUBLE:
            return _plain("try again later", 503)
        return _plain(settled.outcome, 200)

    @doors.get(RETURN_PATH)
    def come_back() -> BaseResponse:
        # Anybody may ask about any session: looking is harmless and the answer shows no balance.
        try:
            settled = reloads.visit(request.args.get("session_id", ""))
        except TROUBLE:
            return redirect(after(None), 303)
        return redirect(after(None if settled.outcome is Outcome.FOREIGN else settled), 303)

    return doors


def _plain(text: str, status: int) -> Response:
    return Response(text + "\n", status, mimetype="text/plain")
