"""The objects of Stripe's API that reloads touch, with every key that the real ones have.

Pure.  The contract test compares keys and types with stripe-mock's, whose shapes come from Stripe's
published OpenAPI description.
"""

from collections.abc import Mapping
from typing import Any, Final

Object = dict[str, Any]


# What Checkout can do and reloads do not ask for: the keys are there, and empty.
UNUSED_BY_SESSIONS: Final = (
    "adaptive_pricing",
    "after_expiration",
    "allow_promotion_codes",
    "billing_address_collection",
    "client_secret",
    "collected_information",
    "consent",
    "consent_collection",
    "currency_conversion",
    "customer",
    "customer_account",
    "customer_details",
    "customer_email",
    "integration_identifier",
    "invoice",
    "invoice_creation",
    "managed_payments",
    "origin_context",
    "payment_link",
    "payment_method_configuration_details",
    "permissions",
    "recovered_from",
    "saved_payment_method_options",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "submit_type",
    "subscription",
    "ui_mode",
    "wallet_options",
)
UNUSED_BY_PAYMENTS: Final = (
    "allowed_payment_method_types",
    "application",
    "application_fee_amount",
    "automatic_payment_methods",
    "canceled_at",
    "cancellation_reason",
    "customer",
    "customer_account",
    "excluded_payment_method_types",
    "last_payment_error",
    "managed_payments",
    "next_action",
    "on_behalf_of",
    "payment_method",
    "payment_method_configuration_details",
    "processing",
    "receipt_email",
    "review",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
)
NO_TEXTS: Final = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")


def session(
    ident: str, parameters: Mapping[str, Any], *, amount: int, currency: str, now_s: int, url: str
) -> Object:
    """Make an open Checkout Session (docs.stripe.com/api/checkout/sessions/object)."""
    return dict.fromkeys(UNUSED_BY_SESSIONS) | {
        "id": ident,
        "object": "checkout.session",
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": parameters.get("cancel_url"),
        "client_reference_id": parameters.get("client_reference_id"),
        "created": now_s,
        "currency": currency,
        "custom_fields": [],
        "custom_text": dict.fromkeys(NO_TEXTS),
        "customer_creation": "if_required",
        "discounts": [],
        "expires_at": int(parameters.get("expires_at", now_s + 24 * 3600)),
        "livemode": False,
        "locale": parameters.get("locale"),
        "metadata": dict(parameters.get("metadata", {})),
        "mode": "payment",
        "payment_intent": None,
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": {"enabled": False},
        "shipping_options": [],
        "status": "open",
        "success_url": parameters["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "url": url,
    }


def payment_intent(
    ident: str, parameters: Mapping[str, Any], *, amount: int, currency: str, now_s: int
) -> Object:
    """Make a PaymentIntent nobody has paid (docs.stripe.com/api/payment_intents/object)."""
    return dict.fromkeys(UNUSED_BY_PAYMENTS) | {
        "id": ident,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {},
        "amount_received": 0,
        "capture_method": "automatic",
        "client_secret": f"{ident}_secret_standin",
        "confirmation_method": "automatic",
        "created": now_s,
        "currency": currency,
        "description": parameters.get("description"),
        "latest_charge": None,
        "livemode": False,
        "metadata": dict(parameters.get("metadata", {})),
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
    }


def refund(
    ident: str, payment: Mapping[str, Any], parameters: Mapping[str, Any], amount: int, now_s: int
) -> Object:
    """Make a refund that succeeded (docs.stripe.com/api/refunds/object)."""
    return {
        "id": ident,
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": payment["latest_charge"],
        "created": now_s,
        "currency": payment["currency"],
        "customer": None,
        "customer_account": None,
        "destination_details": None,
        "metadata": dict(parameters.get("metadata", {})),
        "payment_intent": payment["id"],
        "payment_method": None,
        "reason": parameters.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }


def page(items: list[Object], url: str, *, has_more: bool) -> Object:
    """Make a page of a list."""
    return {"object": "list", "data": items, "has_more": has_more, "url": url}


def event(ident: str, kind: str, subject: Object, api_version: str, now_s: int) -> Object:
    """Make an event with a picture of its subject as it was (docs.stripe.com/api/events)."""
    return {
        "id": ident,
        "object": "event",
        "api_version": api_version,
        "created": now_s,
        "data": {"object": subject},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }


def error(kind: str, message: str, *, code: str = "", parameter: str = "") -> Object:
    """Make the body of a refusal (docs.stripe.com/api/errors)."""
    body = {"type": kind, "message": message}
    if code:
        body |= {"code": code, "doc_url": f"https://stripe.com/docs/error-codes/{code}"}
    if parameter:
        body["param"] = parameter
    return {"error": body}
