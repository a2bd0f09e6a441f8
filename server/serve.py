"""A serving node: granian in this process, the control socket, the jobs.

One process and one writer: the home's lock is held from the first to the last moment.  SIGTERM and
SIGINT end it cleanly: no new request, those that run are answered, the database is closed.  The
only module that imports granian.
"""

import gc
import logging
import socket
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

from flask import Flask
from granian.constants import Interfaces, RuntimeModes
from granian.http import HTTP1Settings
from granian.server.mt import MTServer

from server import VERSION
from server.control.door import Door
from server.home import Home
from server.jobs.jobs import make_jobs
from server.jobs.runner import Runner
from server.jobs.table import SqlJobs
from server.node import Node, open_node
from server.settings import NodeSettings
from shared.host import HostError, logs
from shared.host.lock import HomeLock

LOG: Final = logging.getLogger(__name__)
HEADER_MS: Final = 10_000
SWITCH_S: Final = 0.0005
READY_S: Final = 30.0


class _OneProcess(MTServer):
    """Granian's threaded server, in our own process.

    Granian keeps it for free-threaded Python and runs workers as processes otherwise; with one
    worker the lock that it fears is no matter, and a second process would have to share ours.
    """

    def _check_gil(self) -> None:
        """Accept a Python with its global lock."""


def serve(home: Home, say: Callable[[str], None]) -> None:
    """Serve until a signal.  Raises HostError when it cannot begin; `say` tells when it has."""
    home.require()
    with HomeLock(home.path), open_node(home) as node:
        logs.set_up(home.logs, name="node")
        settings = node.settings
        with closing(_reserve(settings)):
            server = _server(settings, node.app())
        jobs = SqlJobs(node.database.write, node.database.read)
        with Door(node), Runner(make_jobs(node), jobs, node.clock.now_ms):
            LOG.info("version %s serves %s at %s", VERSION, settings.name, settings.own_url)
            ended = Event()
            Thread(target=_tell, args=(node, say, ended), name="ready", daemon=True).start()
            _settle_in()
            server(node)
            ended.set()
            LOG.info("stopping")


def _settle_in() -> None:
    """Make the interpreter a server: worth a fifth of the sales a second, measured over HTTP."""
    gc.collect()
    gc.freeze()  # what was made until now lives as long as the node
    sys.setswitchinterval(SWITCH_S)  # the default of 5 ms is as long as five sales


def _reserve(settings: NodeSettings) -> socket.socket:
    """Prove that the port is free, in words: two servers could share one unnoticed."""
    host, port = settings.endpoint
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    probe = socket.socket(family, socket.SOCK_STREAM)
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((host, port))
    except OSError as error:
        probe.close()
        raise HostError(f"{settings.http.listen} cannot be listened on: {error.strerror}") from None
    return probe


def _server(settings: NodeSettings, app: Flask) -> Callable[[Node], None]:
    host, port = settings.endpoint
    certificate, key = settings.http.certificate, settings.http.key
    try:
        server = _OneProcess(
            "tirelire",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=1,
            runtime_mode=RuntimeModes.st,  # one thread for all sockets: a tenth less work a sale
            blocking_threads=settings.http.threads,
            backpressure=4 * settings.http.threads,
            http1_settings=HTTP1Settings(header_read_timeout=HEADER_MS),
            websockets=False,
            log_enabled=False,
            ssl_cert=Path(certificate) if certificate else None,
            ssl_key=Path(key) if key else None,
        )
    except OSError as error:
        raise HostError(f"certificate or key cannot be read: {error}") from None

    def run(_node: Node) -> None:
        loader: Callable[..., Any] = lambda: app.wsgi_app  # noqa: E731 - what granian calls
        server.serve(target_loader=loader, wrap_loader=False)

    return run


def _tell(node: Node, say: Callable[[str], None], ended: Event) -> None:
    """Say so once the port answers."""
    host, port = node.settings.endpoint
    for _ in range(int(READY_S / 0.05)):
        if ended.wait(0.05):
            return
        with suppress(OSError), socket.create_connection((host, port), timeout=1):
            say(f"{node.settings.name} serves at {node.settings.public_url}")
            return
