"""A real node in a folder, spoken to by HTTP through Flask's client, and terminals that speak."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

from flask.testing import FlaskClient
from nacl.public import PrivateKey, SealedBox
from werkzeug.test import TestResponse

from server.engine.port import NotProposed
from server.founding import Plan, found_node
from server.home import Home
from server.ledger.records import Balance
from server.node import Node, open_node
from shared.amounts import Amount
from shared.bodies import Body, CardRegister, Issue, Sale
from shared.codec import encode, read
from shared.detail import Detail, Line, detail_hash
from shared.host.clock import SimulatedClock
from shared.host.lock import HomeLock
from shared.http_signature import Read, sign_read
from shared.ids import (
    ZERO_HASH,
    AssetId,
    AuthorId,
    BootId,
    CardRef,
    ChainId,
    Hash,
    PlaceId,
    WalletId,
    author_id,
    wallet,
)
from shared.signing import Purpose, from_text, public_key, sign, to_text
from shared.transaction import payload_hash, write_batch, write_payload
from shared.wire import (
    BATCH_TYPE,
    BatchAnswer,
    Deltas,
    PairAnswer,
    PairRequest,
    Problem,
    Secrets,
    pairing_text,
    write_details,
)

T = TypeVar("T")
FIELD: Final = PlaceId("le-grand-champ")
FED: Final = AssetId("FED")
GRAIN: Final = AssetId("GRAIN")
NO_CHAIN: Final = ChainId("")
BOOT: Final = BootId("00000000000000b7")


def card(number: int) -> CardRef:
    return CardRef(sha256(b"card %d" % number).hexdigest()[:32])


def wallet_of(number: int) -> WalletId:
    return WalletId(sha256(b"wallet %d" % number).hexdigest()[:32])


def detail(total: int, salt: int = 0) -> Detail:
    line = Line(item="beer", label="Bière", quantity=1, unit_price=total, vat=2000)
    return Detail(lines=(line,), operator="-", salt=f"{salt:032x}", total=Amount(total))


def sale(number: int, total: int, basis: Any = "cached", salt: int = 0) -> Sale:
    named = detail_hash(detail(total, salt))
    return Sale(basis=basis, card=card(number), detail=named, inside=(), total=Amount(total))


def good(answer: TestResponse, shape: type[T]) -> T:
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/json"
    return read(answer.data, shape)


def problem(answer: TestResponse) -> Problem:
    assert answer.mimetype == "application/problem+json", answer.text
    found = read(answer.data, Problem)
    assert found.status == answer.status_code
    assert found.type == f"urn:tirelire:problem:{found.code}"
    return found


def code(answer: TestResponse) -> tuple[int, str]:
    """Give status and code of a refusal."""
    found = problem(answer)
    return found.status, found.code


@dataclass
class Terminal:
    """A till as far as the API sees one: keys, a journal, a cursor."""

    client: FlaskClient
    now_s: Any
    seed: bytes
    chain: ChainId = NO_CHAIN
    cursor: str = ""
    seen: int = 0
    head: Hash = ZERO_HASH
    payloads: list[bytes] = field(default_factory=list)
    nonces: int = 0

    @property
    def box(self) -> PrivateKey:
        return PrivateKey(sha256(self.seed).digest())

    @property
    def key(self) -> bytes:
        return public_key(self.seed)

    @property
    def author(self) -> AuthorId:
        return author_id(self.key)

    # ---------- pairing ----------

    def pair_request(self, pin: str) -> PairRequest:
        key, box = self.key.hex(), bytes(self.box.public_key).hex()
        proof = sign(self.seed, Purpose.PAIRING, pairing_text(pin, key, box))
        return PairRequest(box=box, key=key, pin=pin, proof=to_text(proof))  # type: ignore[arg-type]  # hex

    def pair(self, pin: str, address: str = "127.0.0.1") -> TestResponse:
        asked = encode(self.pair_request(pin))
        around = {"REMOTE_ADDR": address}
        answer = self.client.post("/api/v1/pair", data=asked, environ_base=around)
        if answer.status_code == 200:
            self.chain = read(answer.data, PairAnswer).chain
        return answer

    def open(self, answer: PairAnswer) -> Secrets:
        return read(SealedBox(self.box).decrypt(from_text(answer.sealed)), Secrets)

    # ---------- batches ----------

    def write(self, *bodies: Body) -> None:
        for body in bodies:
            raw = write_payload(
                chain=self.chain,
                author=self.author,
                seq=len(self.payloads) + 1,
                prev=self.head,
                body=body,
                at=self.now_s() * 1000,
                boot=BOOT,
                mono=0,
                seen=self.seen,
            )
            self.head = payload_hash(raw)
            self.payloads.append(raw)

    def batch(self, first: int, last: int | None = None) -> bytes:
        payloads = self.payloads[first - 1 : last]
        signature = sign(self.seed, Purpose.TRANSACTION, payloads[-1])
        return write_batch(self.chain, self.author, first, payloads, signature)

    def post(self, raw: bytes, details: Sequence[Detail] = ()) -> TestResponse:
        body = raw + write_details(details)
        return self.client.post("/api/v1/batches", data=body, content_type=BATCH_TYPE)

    def send(self, *bodies: Body, details: Sequence[Detail] = ()) -> BatchAnswer:
        first = len(self.payloads) + 1
        self.write(*bodies)
        return good(self.post(self.batch(first), details), BatchAnswer)

    def twin(self) -> "Terminal":
        """Copy the disk."""
        copy = Terminal(self.client, self.now_s, self.seed, self.chain, self.cursor, self.seen)
        copy.head, copy.payloads = self.head, list(self.payloads)
        copy.nonces = 1_000_000
        return copy

    # ---------- reads ----------

    def get(
        self, path: str, query: str = "", *, at: int | None = None, nonce: str = ""
    ) -> TestResponse:
        self.nonces += 1
        headers = sign_read(
            Read("GET", path, query),
            author=self.author,
            seed=self.seed,
            created=self.now_s() if at is None else at,
            nonce=nonce or f"{self.nonces:016x}",
        )
        return self.client.get(f"{path}?{query}" if query else path, headers=headers)

    def deltas(self) -> Deltas:
        found = good(self.get("/api/v1/deltas", f"cursor={self.cursor}"), Deltas)
        self.cursor = found.cursor
        return found


@dataclass
class World:
    """A node with a place, FED and GRAIN."""

    node: Node
    client: FlaskClient

    def now_s(self) -> int:
        return self.node.clock.now_ms() // 1000

    @property
    def clock(self) -> SimulatedClock:
        assert isinstance(self.node.clock, SimulatedClock)
        return self.node.clock

    def forward(self, ms: int) -> None:
        self.clock.move_to(self.clock.now_ms() + ms)

    def propose(self, *bodies: Body) -> None:
        outcome = self.node.engine.propose(bodies)
        assert not isinstance(outcome, NotProposed), outcome

    def cards(self, *funds: int) -> None:
        """Register cards 0, 1… with so much GRAIN each."""
        for number, amount in enumerate(funds):
            holder = wallet_of(number)
            self.propose(CardRegister(card=card(number), home=FIELD, tier="T0", wallet=holder))
            if amount:
                evidence = f"start:{number}"
                gift = Issue(amount=Amount(amount), asset=GRAIN, evidence=evidence, wallet=holder)
                self.propose(gift)

    def on_card(self, number: int) -> int:
        with self.node.api.chain.snapshot() as now:
            found = now.get(Balance, (wallet(wallet_of(number)), GRAIN))
        return found.amount if found else 0

    def pin(self, name: str = "Bar 1") -> str:
        started = self.node.office.start_pairing(FIELD, name)
        assert isinstance(started, str), started
        pairing = self.node.office.pairing(started)
        assert pairing is not None
        return pairing.pin

    def new_terminal(self, name: str) -> Terminal:
        return Terminal(self.client, self.now_s, sha256(name.encode()).digest())

    def terminal(self, name: str = "Bar 1") -> Terminal:
        made = self.new_terminal(name)
        good(made.pair(self.pin(name), address=name), PairAnswer)
        return made


PLAN: Final = Plan(
    name="Fédération",
    place="Le Grand Champ",
    federated="FED",
    local="GRAIN",
    simulated_clock=True,
)


@contextmanager
def world(folder: Path, **changes: Any) -> Iterator[World]:
    home = Home(folder / "node")
    found_node(home, replace(PLAN, **changes))
    with reopened(home) as made:
        yield made


@contextmanager
def reopened(home: Home) -> Iterator[World]:
    with HomeLock(home.path), open_node(home) as node:
        app = node.app()
        yield World(node, app.test_client())
