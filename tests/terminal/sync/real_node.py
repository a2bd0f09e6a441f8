"""The real server, in this process: engine, database and machine API behind a test client."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import insert, select
from werkzeug.test import Client

from server.api.chain_parts import ChainParts
from server.api.port import Identity
from server.api.proofs import Proofs
from server.api.routes import Surroundings, application
from server.api.tables import TableChain, TableNotes
from server.office.tables import PAIRING
from server.office.tills import SqlTills
from server.payments.table import SqlTasks
from server.store.database import Database
from server.store.packing import unpack
from server.store.proofs import open_log
from server.store.schema import BLOCK_HEADER
from server.store.stored import open_blocks
from terminal.sync.transport import Reply, Request
from tests.server.engine.world import World

CARD_KEY = bytes(range(32))
PIN = "123456"


@dataclass
class RealNode:
    """Implements `Transport`. `cut`: nothing goes through; `mute`: answers are lost."""

    path: Path
    cut: bool = False
    mute: bool = False
    codes: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(self.path)
        self.serve()

    @property
    def now_ms(self) -> int:
        return self.world.clock.now_ms()

    def serve(self) -> None:
        """Start (again) to serve over the world's database."""
        world = self.world
        database = world.database
        nonces = itertools.count()
        tills = SqlTills(write=database.write, read=database.read, now_ms=world.clock.now_ms)
        node = Surroundings(
            identity=Identity(
                chain=world.chain,
                genesis=self._genesis(),
                node=world.solo.author,
                name="Node",
                card_key=CARD_KEY,
            ),
            chain=TableChain(
                read=database.read,
                now_ms=world.clock.now_ms,
                is_sealing=lambda: world.solo.sealing,
                time_zone="Europe/Paris",
            ),
            notes=TableNotes(
                read=database.read,
                write=database.write,
                now_ms=world.clock.now_ms,
                tills=tills,
                tasks=SqlTasks(database.write, database.read),
            ),
            engine=world.solo,
            proofs=_proofs(database),
            parts=_parts(database),
            now_ms=world.clock.now_ms,
            new_nonce=lambda: f"{next(nonces):032x}",
            wait=lambda _: 0,
            wait_all=lambda _: 0,
            wait_to_bury=lambda _: 0,
            version="test",
        )
        self.app = application(node)
        self.client = Client(self.app)

    def _genesis(self) -> str:
        with self.world.database.read() as connection:
            header = select(BLOCK_HEADER.c.packed).where(BLOCK_HEADER.c.height == 0)
            return unpack(connection.execute(header).scalar_one()).decode()

    def invite(self) -> None:
        """Show a pairing code, as the admin's page does."""
        with self.world.database.write() as connection:
            connection.execute(
                insert(PAIRING).values(
                    id="1" * 16,
                    place="bar",
                    label="Bar 1",
                    pin=PIN,
                    made_ms=self.now_ms,
                    expires_ms=self.now_ms + 600_000,
                    state="waiting",
                )
            )

    def send(self, request: Request) -> Reply | None:
        if self.cut:
            return None
        answer = self.client.open(
            request.path,
            method=request.method,
            query_string=request.query,
            headers=dict(request.headers),
            data=request.body,
        )
        self.codes.append(answer.status_code)
        return None if self.mute else Reply(answer.status_code, answer.get_data())


def _proofs(database: Database) -> Proofs:
    return Proofs(
        open_log=lambda: open_log(database.read),
        origin="test",
        sign=lambda text: text,
        wait=lambda _: 0,
    )


def _parts(database: Database) -> ChainParts:
    return ChainParts(
        open_blocks=lambda first: open_blocks(database.read, first),
        is_open=False,
        secret="s",
        wait=lambda _: 0,
        wait_all=lambda _: 0,
    )
