"""Letters go over real HTTP to the node, and come back when it does not take them."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from server.payments.standin.courier import HttpSend, sign


class Door(BaseHTTPRequestHandler):
    """Takes what is signed and says what the body says."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = self.headers["Stripe-Signature"] == "t=1,v1=2"
        self.send_response(int(body) if signed else 400)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class's name
        """Stay quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Door) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.loopback
@pytest.mark.parametrize("status,taken", [(b"200", True), (b"400", False), (b"503", False)])
def test_only_a_2xx_is_taken(address: str, status: bytes, taken: bool) -> None:
    assert HttpSend(address)(status, "t=1,v1=2") is taken


@pytest.mark.loopback
def test_nobody_at_home() -> None:
    assert not HttpSend("http://127.0.0.1:9/")(b"200", "t=1,v1=2")


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://x", ""])
def test_only_web_addresses(address: str) -> None:
    with pytest.raises(ValueError, match="not a web address"):
        HttpSend(address)


def test_the_signature_is_stripes() -> None:
    # printf '1.{}' | openssl dgst -sha256 -hmac whsec_x
    expected = "36ee2f7498f0c1777d1312b2a7361947fe5ad31223be30d0c62421f4ca753401"
    assert sign(b"{}", "whsec_x", 1) == f"t=1,v1={expected}"
