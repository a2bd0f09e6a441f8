"""What the stand-in's API takes and how it refuses the rest, in Stripe's words.

Pure but for reading a draft.  Every refusal is a RefusalError that carries the answer.
"""

from collections.abc import Mapping
from typing import Any, Final

from server.payments.standin import objects
from server.payments.standin.form import Tree, paths
from server.payments.standin.objects import Object
from server.payments.standin.state import Draft

MIN_AMOUNT: Final = 50

ACCEPTED: Final[Mapping[str, frozenset[str]]] = {
    "POST /v1/checkout/sessions": frozenset(
        {
            "cancel_url",
            "client_reference_id",
            "expires_at",
            "line_items[*][price_data][currency]",
            "line_items[*][price_data][product_data][name]",
            "line_items[*][price_data][unit_amount]",
            "line_items[*][quantity]",
            "locale",
            "metadata[*]",
            "mode",
            "payment_intent_data[description]",
            "payment_intent_data[metadata][*]",
            "success_url",
        }
    ),
    "POST /v1/checkout/sessions/:id/expire": frozenset(),
    "GET /v1/checkout/sessions/:id": frozenset({"expand[*]"}),
    "GET /v1/checkout/sessions": frozenset(
        {"created[gte]", "created[lt]", "expand[*]", "limit", "starting_after", "payment_intent"}
    ),
    "GET /v1/payment_intents/:id": frozenset(),
    "POST /v1/refunds": frozenset({"amount", "metadata[*]", "payment_intent", "reason"}),
    "GET /v1/refunds/:id": frozenset(),
}
REQUIRED: Final = ("success_url", "line_items", "mode")


class RefusalError(Exception):
    """The answer is an error body with this status."""

    def __init__(self, status: int, body: Object) -> None:
        super().__init__(body["error"]["message"])
        self.status = status
        self.body = body


def invalid(
    message: str, *, code: str = "", parameter: str = "", status: int = 400
) -> RefusalError:
    """Make a refusal of a request that makes no sense."""
    return RefusalError(
        status, objects.error("invalid_request_error", message, code=code, parameter=parameter)
    )


def refuse_unknown(parameters: Tree, accepted: frozenset[str]) -> None:
    """Refuse the first parameter that is not accepted, as Stripe does."""
    for path in paths(parameters):
        if path not in accepted:
            raise invalid(
                f"Received unknown parameter: {path}", code="parameter_unknown", parameter=path
            )


def find(draft: Draft, kind: str, ident: str) -> Object:
    """Find an object or refuse."""
    thing = draft.get(kind, ident)
    if thing is None:
        raise missing(kind, ident)
    return thing


def missing(kind: str, ident: str) -> RefusalError:
    """Make the refusal for an id that names nothing."""
    return invalid(f"No such {kind}: '{ident}'", code="resource_missing", status=404)


def integer(node: Any, name: str) -> int:
    """Read a whole number or refuse."""
    if not isinstance(node, str) or not node.removeprefix("-").isdecimal():
        raise invalid(f"Invalid integer: {node}", code="parameter_invalid_integer", parameter=name)
    return int(node)


def total(items: Any) -> tuple[int, str]:
    """Add up the lines of a session: amount and currency."""
    if not isinstance(items, list):
        raise invalid("Invalid array", parameter="line_items")
    prices = [item["price_data"] for item in items]
    currencies = {price["currency"] for price in prices}
    if len(currencies) != 1:
        raise invalid("All prices must have the same currency.", parameter="line_items")
    amount = sum(
        integer(price["unit_amount"], "line_items[0][price_data][unit_amount]")
        * integer(item["quantity"], "line_items[0][quantity]")
        for item, price in zip(items, prices, strict=True)
    )
    if amount < MIN_AMOUNT:
        raise invalid(
            "The Checkout Session's total amount due must add up to at least €0.50 eur",
            code="amount_too_small",
        )
    return amount, currencies.pop()
