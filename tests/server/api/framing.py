"""Batches made by hand, right and wrong, and what the node says of them."""

from typing import Any

from sqlalchemy import select

from server.store.local import DEAD_LETTER
from shared.codec import encode
from shared.signing import Purpose, sign
from shared.transaction import write_batch
from shared.wire import BatchAnswer
from tests.server.api.world import (
    BOOT,
    Terminal,
    World,
    card,
    sale,
)


def verdicts(answer: BatchAnswer) -> list[str]:
    return [line.verdict for line in answer.verdicts]


def letters(world: World) -> list[str]:
    with world.node.database.read() as connection:
        return list(connection.execute(select(DEAD_LETTER.c.code)).scalars())


def payload(till: Terminal, **changes: Any) -> bytes:
    """Write a first payload of a till by hand, with anything in it."""
    fields = {
        "at": till.now_s() * 1000,
        "author": till.author,
        "body": sale(0, 100),
        "boot": BOOT,
        "chain": till.chain,
        "kind": "sale",
        "mono": 0,
        "prev": "0" * 64,
        "seen": 0,
        "seq": 1,
        "v": 1,
    }
    fields.update(changes)
    return encode({name: value for name, value in fields.items() if value is not ...})


def framed(till: Terminal, *payloads: bytes, first: int = 1, signed: bytes | None = None) -> bytes:
    signature = sign(till.seed, Purpose.TRANSACTION, signed or payloads[-1])
    return write_batch(till.chain, till.author, first, payloads, signature)


def body(**changes: Any) -> dict[str, Any]:
    fields = {
        "basis": "cached",
        "card": card(0),
        "detail": "0" * 64,
        "in": [],
        "total": 100,
    }
    fields.update(changes)
    return {name: value for name, value in fields.items() if value is not ...}
