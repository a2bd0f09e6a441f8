"""Brings the stand-in's events to the node, signed like Stripe's, until the node takes them.

What the node did not answer with 2xx stays queued and is brought again at the next round, in the
queue's order or in any other the caller chooses: Stripe promises no order either.
"""

import hmac
from collections.abc import Callable, Iterable
from hashlib import sha256
from http.client import HTTPException
from typing import Final, Protocol
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from server.payments.standin.state import State

TIMEOUT_S: Final = 10

Letters = list[tuple[str, str]]


def sign(body: bytes, secret: str, at_s: int) -> str:
    """Make a `Stripe-Signature` header (docs.stripe.com/webhooks#verify-manually)."""
    digest = hmac.new(secret.encode(), f"{at_s}.".encode() + body, sha256).hexdigest()
    return f"t={at_s},v1={digest}"


class Send(Protocol):
    """Brings one signed event; True when the node took it."""

    def __call__(self, body: bytes, signature: str) -> bool:
        """Post it."""


class HttpSend:
    """Posts to the node's webhook on this machine."""

    def __init__(self, url: str) -> None:
        """Take the address; only http and https are posted to."""
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"not a web address: {url}")
        self._url = url

    def __call__(self, body: bytes, signature: str) -> bool:
        """Post it; every failure means "not taken"."""
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        request = Request(self._url, body, headers)  # noqa: S310 the scheme is checked above
        try:
            with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 same
                return bool(200 <= answer.status < 300)
        except (HTTPError, OSError, HTTPException):
            return False


class Courier:
    """Empties the queue."""

    def __init__(
        self,
        state: State,
        secret: str,
        send: Send,
        wall_s: Callable[[], int],
        order: Callable[[Letters], Iterable[tuple[str, str]]] = iter,
    ) -> None:
        """`wall_s` is the real time, which signatures are checked against; `order` may shuffle."""
        self._state = state
        self._secret = secret
        self._send = send
        self._wall_s = wall_s
        self._order = order

    def round(self) -> int:
        """Bring everything that is queued once; give how many the node took."""
        with self._state.draft() as draft:
            letters = draft.undelivered()
        taken = 0
        for ident, text in self._order(letters):
            body = text.encode()
            if self._send(body, sign(body, self._secret, self._wall_s())):
                taken += 1
                with self._state.draft() as draft:
                    draft.delivered(ident)
        return taken
