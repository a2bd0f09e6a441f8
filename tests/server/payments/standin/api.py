"""Bare requests to the stand-in, as the library would make them."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from server.payments.gateway import Transport

NOTHING: Final[dict[str, str | None]] = {}
CREATE: Final[dict[str, str | None]] = {
    "mode": "payment",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][product_data][name]": "Recharge",
    "success_url": "http://node.test/payments/return?session_id={CHECKOUT_SESSION_ID}",
}


class Api:
    """Keeps the status and headers of the last answer."""

    def __init__(self, provider: Transport) -> None:
        self._provider = provider
        self.status = 0
        self.headers: Mapping[str, str] = {}

    def get(self, path: str) -> dict[str, Any]:
        return self._ask("GET", path, "", "")

    def post(self, path: str, key: str = "", **parameters: str) -> dict[str, Any]:
        return self._ask("POST", path, key, urlencode(parameters))

    def create(
        self, key: str = "", amount: str = "2000", change: dict[str, str | None] = NOTHING
    ) -> dict[str, Any]:
        """Make a session; a change to None leaves the parameter out."""
        wanted = CREATE | {"line_items[0][price_data][unit_amount]": amount} | change
        body = urlencode({name: value for name, value in wanted.items() if value is not None})
        return self._ask("POST", "/v1/checkout/sessions", key, body)

    def _ask(self, method: str, path: str, key: str, body: str) -> dict[str, Any]:
        headers = {"Authorization": "Bearer sk_test_x", "Idempotency-Key": key}
        answer = self._provider.request(method, f"https://api.stripe.com{path}", headers, body)
        self.status, self.headers = answer.status, answer.headers
        return dict(json.loads(answer.body))
