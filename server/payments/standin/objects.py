"""The objects of Stripe's API that reloads touch, with every key that the real ones have.

Pure.  The contract test compares keys and types with stripe-mock's, whose shapes come from Stripe's
published OpenAPI description.
"""

from collections.abc import Mapping
from typing import Any

Object = dict[str, Any]


def session(
    ident: str, parameters: Mapping[str, Any], *, amount: int, currency: str, now_s: int, url: str
) -> Object:
    """Make an open Checkout Session (docs.stripe.com/api/checkout/sessions/object)."""
    return {
        "id": ident,
        "object": "checkout.session",
        "adaptive_pricing": None,
        "after_expiration": None,
        "allow_promotion_codes": None,
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": None,
        "cancel_url": parameters.get("cancel_url"),
        "client_reference_id": parameters.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": now_s,
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": None,
        "customer_account": None,
        "customer_creation": "if_required",
        "customer_details": None,
        "customer_email": None,
        "discounts": [],
        "expires_at": int(parameters.get("expires_at", now_s + 24 * 3600)),
        "integration_identifier": None,
        "invoice": None,
        "invoice_creation": None,
        "livemode": False,
        "locale": parameters.get("locale"),
        "managed_payments": None,
        "metadata": dict(parameters.get("metadata", {})),
        "mode": "payment",
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": None,
        "subscription": None,
        "success_url": parameters["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": None,
        "url": url,
        "wallet_options": None,
    }


def payment_intent(
    ident: str, parameters: Mapping[str, Any], *, amount: int, currency: str, now_s: int
) -> Object:
    """Make a PaymentIntent nobody has paid (docs.stripe.com/api/payment_intents/object)."""
    return {
        "id": ident,
        "object": "payment_intent",
        "allowed_payment_method_types": None,
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": f"{ident}_secret_standin",
        "confirmation_method": "automatic",
        "created": now_s,
        "currency": currency,
        "customer": None,
        "customer_account": None,
        "description": parameters.get("description"),
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "managed_payments": None,
        "metadata": dict(parameters.get("metadata", {})),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": None,
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
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
