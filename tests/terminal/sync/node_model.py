"""A small node that answers after PROTOCOL §4, and a rude way to it.  Nothing of the server's code.

Obviously right rather than fast: one author, a list of payloads, a verdict each.  The `Rude`
transport loses questions and answers, repeats, and cuts off, all from one seed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qs

from msgspec import structs

from shared.block import Header, Log, header_hash, read_header, write_header
from shared.bodies import AssetClass, KeyRotate, Sale
from shared.codec import decode, encode, read
from shared.errors import Code, Refused
from shared.http_signature import Read, check_claim, read_claim
from shared.ids import ZERO_CHAIN, ZERO_HASH, AuthorId, BootId, CardRef, Hash, PublicKey, chain_id
from shared.policy import OFFLINE
from shared.proofs import rotation
from shared.signing import Purpose, public_key, sign, to_text
from shared.transaction import open_payload, parse_batch, signed_by, write_payload
from shared.wire import (
    AssetLine,
    BatchAnswer,
    CardLine,
    Catalogue,
    Deltas,
    Head,
    Heartbeat,
    JournalAnswer,
    KeysAnswer,
    KeyStep,
    Money,
    PairAnswer,
    Problem,
    SealedHeader,
    VerdictLine,
    split_upload,
)
from terminal.offline_queue.records import Identity
from terminal.sync.transport import Reply, Request

NODE_SEED = bytes([7]) * 32
TILL_SEED = bytes([9]) * 32
CARD = CardRef("a" * 32)
T0 = 1_790_000_000_000
NODE = AuthorId("f" * 32)


def header(height: int, time: int, chain: str) -> bytes:
    return write_header(
        Header(
            author=NODE,
            batches=ZERO_HASH,
            chain=chain if height else ZERO_CHAIN,  # type: ignore[arg-type]  # hex of the test
            effects=ZERO_HASH,
            height=height,
            log=Log(root=ZERO_HASH, size=height),
            parent=ZERO_HASH,
            state=ZERO_HASH,
            time=time,
            v=1,
            validators=ZERO_HASH,
        )
    )


GENESIS = header(0, T0, "")
CHAIN = chain_id(header_hash(GENESIS))
IDENTITY = Identity(seed=TILL_SEED, chain=CHAIN)
PAIR = PairAnswer(
    chain=CHAIN,
    genesis=GENESIS.decode(),
    height=0,
    label="Bar 1",
    node=NODE,
    node_key=public_key(NODE_SEED).hex(),  # type: ignore[arg-type]  # hex of 32 bytes
    place="bar",  # type: ignore[arg-type]  # a place's code
    place_name="Le Bar",
    sealed="",
    short="7F3A-52",
    terminal=IDENTITY.author,
)
CATALOGUE = Catalogue(
    assets=(
        AssetLine(
            asset="FED",  # type: ignore[arg-type]  # an asset's code
            asset_class=AssetClass.FEDERATED,
            cash="online",
            name="Euro",
            scale=2,
            symbol="€",
        ),
    ),
    categories=(),
    label="Bar 1",
    operators=(),
    place_name="Le Bar",
    products=(),
    time_zone="Europe/Paris",
)


@dataclass
class NodeModel:
    """Answers requests.  `now_ms` is its clock; `payloads` what it has of the terminal."""

    now_ms: int = T0
    balance: int = 100_000
    payloads: list[bytes] = field(default_factory=list)
    hashes: list[Hash] = field(default_factory=list)
    details: int = 0
    effects: int = 0
    status: str = "active"
    down: Code | None = None
    refuse: dict[str, Code] = field(default_factory=dict)  # what a path answers instead
    nonces: set[str] = field(default_factory=set)
    page: int = 10_000
    stale: int = 0
    beats: int = 0
    said: Heartbeat | None = None
    seed: bytes = NODE_SEED  # what it seals with
    says: bytes = b""  # what it says that it seals with, if that is another
    steps: list[KeyStep] = field(default_factory=list)

    def send(self, request: Request) -> Reply | None:
        if self.down is not None:
            return problem(503, self.down)
        if request.path in self.refuse:
            return problem(400, self.refuse[request.path])
        try:
            if request.path == "/api/v1/batches":
                return self._batch(request.body)
            if request.path == "/api/v1/heartbeats":
                self.beats += 1
                self.said = decode(request.body, Heartbeat)
                return Reply(200, b"{}")
            self._check(request)
        except Refused as refused:
            if refused.code is Code.STALE_READ:
                self.stale += 1
            return problem(
                401 if refused.code is Code.STALE_READ else 400,
                refused.code,
                now=self.now_ms // 1000,
            )
        query = parse_qs(request.query)
        if request.path == "/api/v1/deltas":
            return self._deltas(query.get("cursor", [""])[0])
        if request.path == "/api/v1/keys":
            return self._keys(query["known"][0])
        first = int(query["from"][0])
        own = tuple(raw.decode() for raw in self.payloads[first - 1 : first + 499])
        return good(JournalAnswer(head=self.head, payloads=own))

    @property
    def head(self) -> Head:
        return Head(hash=self.hashes[-1] if self.hashes else ZERO_HASH, seq=len(self.payloads))

    def forget(self, seq: int) -> None:
        """Put the node back from a backup: it has entries up to `seq` only."""
        del self.payloads[seq:], self.hashes[seq:]
        self.effects = min(self.effects, seq)

    def _check(self, request: Request) -> None:
        claim = read_claim(request.headers["Signature-Input"], request.headers["Signature"])
        asked = Read(request.method, request.path, request.query)
        check_claim(claim, asked, key=public_key(TILL_SEED), now=self.now_ms // 1000)
        if claim.nonce in self.nonces:
            raise Refused(Code.STALE_READ)
        self.nonces.add(claim.nonce)

    def _batch(self, body: bytes) -> Reply:
        raw, details = split_upload(body)
        batch = parse_batch(raw)
        if not signed_by(batch, public_key(TILL_SEED)):
            raise Refused(Code.BAD_SIGNATURE)
        if batch.first > len(self.payloads) + 1:
            return problem(409, Code.GAP, expected=len(self.payloads) + 1)
        prev = self.hashes[batch.first - 2] if batch.first > 1 else ZERO_HASH
        if batch.transactions[0].envelope.prev != prev:
            return problem(409, Code.FORK)
        for seq, transaction in enumerate(batch.transactions, batch.first):
            if seq <= len(self.payloads):
                if self.hashes[seq - 1] != transaction.hash:
                    return problem(409, Code.FORK)
                continue
            self.payloads.append(transaction.raw)
            self.hashes.append(transaction.hash)
            self.effects += 1
            if isinstance(transaction.body, Sale):
                self.balance -= transaction.body.total
        self.details += len(details)
        last = batch.first + len(batch.transactions) - 1
        lines = self._verdicts(batch.first, last)
        stored = Head(hash=self.hashes[last - 1], seq=last)
        return good(BatchAnswer(cursor="", provisional=False, stored=stored, verdicts=lines))

    def _verdicts(self, first: int, last: int) -> tuple[VerdictLine, ...]:
        return tuple(
            VerdictLine(height=seq, index=0, seq=seq, verdict="accepted")
            for seq in range(first, last + 1)
        )

    def rotate(self, seed: bytes) -> None:
        """Go on with another key."""
        self.steps.append(key_step(self.seed, seed))
        self.seed = seed

    def _keys(self, known: str) -> Reply:
        keys = [PAIR.node_key, *map(key_after, self.steps)]
        if known not in keys:
            return problem(404, Code.NOT_FOUND)
        first = keys.index(known)
        return good(KeysAnswer(steps=tuple(self.steps[first : first + self.page])))

    def _deltas(self, cursor: str) -> Reply:
        if cursor and not cursor.isdecimal():
            return problem(400, Code.BAD_CURSOR)
        since = int(cursor or 0)
        until = min(len(self.payloads), since + self.page)
        raw = header(len(self.payloads) + 1, self.now_ms, CHAIN)
        card = CardLine(
            card=CARD,
            money=(Money(amount=self.balance, asset="FED"),),  # type: ignore[arg-type]  # a code
            number="12345678",
            status="active",
            tier="T0",
            wallet="b" * 32,  # type: ignore[arg-type]  # a wallet's id
        )
        return good(
            Deltas(
                cards=(card,),
                catalogue=None if cursor else CATALOGUE,
                cursor=str(until),
                head=self.head,
                header=SealedHeader(
                    header=raw.decode(), seal=to_text(sign(self.seed, Purpose.BLOCK, raw))
                ),
                more=until < len(self.payloads),
                node_key=PublicKey(public_key(self.says or self.seed).hex()),
                policy=OFFLINE,
                status=self.status,  # type: ignore[arg-type]  # set by tests
                time=self.now_ms,
                verdicts=self._verdicts(since + 1, until),
            )
        )


def key_step(old: bytes, new: bytes, seq: int = 5, **changes: object) -> KeyStep:
    """Write by hand how a key became the next: the rotation is the only leaf of its block's log."""
    body = rotation(new, CHAIN, NODE)
    payload = write_payload(
        chain=CHAIN,
        author=NODE,
        seq=seq,
        prev=ZERO_HASH,
        body=body,
        at=T0,
        boot=BootId("1" * 16),
        mono=0,
        seen=0,
    )
    name = sha256(payload).hexdigest()
    leaf = f'{{"author":"{NODE}","hash":"{name}","seq":{seq},"verdict":"accepted"}}'.encode()
    log = Log(root=Hash(sha256(b"\0" + leaf).hexdigest()), size=1)
    raw = write_header(structs.replace(read_header(header(7, T0, CHAIN)), log=log))
    step = KeyStep(
        block=SealedHeader(header=raw.decode(), seal=to_text(sign(old, Purpose.BLOCK, raw))),
        index=0,
        payload=payload.decode(),
        proof=(),
        signature=to_text(sign(old, Purpose.TRANSACTION, payload)),
    )
    return structs.replace(step, **changes)


def key_after(step: KeyStep) -> str:
    body = open_payload(step.payload.encode()).body
    assert isinstance(body, KeyRotate)
    return body.key


def good(message: object) -> Reply:
    return Reply(200, encode(message))


def problem(status: int, code: str, *, expected: int = 0, now: int = 0) -> Reply:
    return Reply(
        status,
        encode(
            Problem(
                code=code,
                detail="",
                expected=expected,
                nonce="",
                now=now,
                status=status,
                title="",
                type="about:blank",
            )
        ),
    )


@dataclass
class Quiet:
    """A way to a node where no money moves: after the first, deltas name no card."""

    node: NodeModel

    def send(self, request: Request) -> Reply | None:
        reply = self.node.send(request)
        if reply is None or request.path != "/api/v1/deltas" or request.query == "cursor=":
            return reply
        return good(structs.replace(read(reply.body, Deltas), cards=()))


@dataclass
class Rude:
    """A way to the node that loses, repeats and holds back; `cut`: nothing goes through."""

    node: NodeModel
    seed: int
    cut: bool = False
    late: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def send(self, request: Request) -> Reply | None:
        if self.cut:
            return None
        match self._random.randrange(8):
            case 0:  # lost on the way there
                return None
            case 1:  # done, but the answer is lost on the way back
                self.node.send(request)
                return None
            case 2:  # arrives twice
                self.node.send(request)
                return self.node.send(request)
            case 3:  # overtaken: it arrives after the next one
                self.late.append(request)
                return None
            case 4:  # a proxy's error page
                return Reply(502, b"<html>Bad Gateway</html>")
        reply = self.node.send(request)
        while self.late:
            self.node.send(self.late.pop())
        return reply
