"""One way to ask, whether the node serves or not: through its socket, else in process.

In process the home's lock is held meanwhile, so nothing can start in between.  Raises HostError and
NotPossibleError.
"""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from server.control.errors import NotPossibleError
from server.home import Home
from shared.host import HostError
from shared.host.lock import HomeLock

CONNECT_S: Final = 2.0
Ask = Callable[..., Any]


@contextmanager
def desk(home: Home) -> Iterator[Ask]:
    """Give a function `ask(act, **arguments)`."""
    home.require()
    if (connection := connect(home)) is not None:
        connection.close()
        yield partial(_remote, home)
        return
    # The whole node, with Flask and Stripe: whoever asks a serving node needs none of it.
    from server.control.acts import act  # noqa: PLC0415 - see above
    from server.node import open_node  # noqa: PLC0415 - see above

    with HomeLock(home.path), open_node(home) as node:
        yield lambda name, /, **arguments: act(node, name, arguments)


def connect(home: Home) -> socket.socket | None:
    """Open the control socket of a serving node; None when nobody serves."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(CONNECT_S)
    try:
        connection.connect(str(home.control))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    except OSError as error:
        connection.close()
        raise HostError(f"{home.control}: {error}") from None
    # An act may take long (an audit, a year of demurrage) and ends with its answer.
    connection.settimeout(None)
    return connection


def _remote(home: Home, act_name: str, /, **arguments: Any) -> Any:
    connection = connect(home)
    if connection is None:
        raise HostError("the node has just stopped: ask again")
    with connection:
        connection.sendall(json.dumps({"act": act_name, "arguments": arguments}).encode())
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    if not answer:
        raise HostError("the node gave no answer: see its log")
    found: dict[str, Any] = json.loads(answer)
    if "not_possible" in found:
        raise NotPossibleError(found["not_possible"])
    return found["done"]
