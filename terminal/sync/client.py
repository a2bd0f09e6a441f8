"""HTTP to the node, the only module that imports `requests`.

Every request has a deadline to connect and one for each read: nothing here hangs a till.  What is
no HTTP answer (refused, cut, late, a name that does not resolve, a bad certificate) is None.
Redirects are not followed, and no proxy or password of the environment is used.
"""

from __future__ import annotations

import logging
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

import requests

from terminal.sync.transport import Reply, Request

log = logging.getLogger(__name__)

CONNECT_S: Final = 2.0
READ_S: Final = 10.0
MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024


def with_scheme(address: str) -> str:
    """Complete an address that a person typed: https, but on this machine plain http.

    Plain http to another machine is not spoken, whatever was typed: PIN verifiers come that way.
    """
    scheme, _, rest = address.rpartition("://")
    plain = scheme != "https" and _is_here(rest)
    return f"{'http' if plain else 'https'}://{rest}"


def _is_here(address: str) -> bool:
    try:
        host = urlsplit(f"//{address}").hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class HttpTransport:
    """Implements `Transport`.  One thread uses it."""

    def __init__(
        self, address: str, *, connect_s: float = CONNECT_S, read_s: float = READ_S
    ) -> None:
        self._address = with_scheme(address.strip().rstrip("/"))
        self._deadlines = (connect_s, read_s)
        self._session = requests.Session()
        self._session.trust_env = False

    def send(self, request: Request) -> Reply | None:
        """Ask the node; None without an answer."""
        url = f"{self._address}{request.path}"
        if request.query:
            url = f"{url}?{request.query}"
        try:
            with self._session.request(
                request.method,
                url,
                headers=dict(request.headers),
                data=request.body or None,
                timeout=self._deadlines,
                allow_redirects=False,
                stream=True,
            ) as answer:
                body = bytearray()
                for chunk in answer.iter_content(64 * 1024):
                    body += chunk
                    if len(body) > MAX_ANSWER_BYTES:
                        return None
                return Reply(answer.status_code, bytes(body))
        except (requests.RequestException, OSError, ValueError) as error:
            log.info("no answer from %s: %s", self._address, type(error).__name__)
            return None

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()
