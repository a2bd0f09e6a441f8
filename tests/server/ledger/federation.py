"""A federation for ledger tests: two organisations on one chain of protocol 2, with a bit of all.

`bar` belongs to the founding node, `cafe` to another one that joined; there is one asset of each
class, and of each thing that a kind needs to exist before it: a locked cash-out, a disputed sale, a
forked till, a released card.  Whatever stands here was put on the chain by transactions.
"""

from dataclasses import dataclass, field
from typing import Final

from server.ledger.records import Author as AuthorRecord, Key, Record
from shared.amounts import Amount
from shared.bodies import (
    AssetAccept,
    AssetClass,
    AssetCreate,
    Body,
    CardBlock,
    CardRegister,
    CashOut,
    GroupCreate,
    Issue,
    Melt,
    Membership,
    Notice,
    PlaceJoin,
    PolicySet,
    PurseIssue,
    Reload,
    Role,
    Sale,
    Settlement,
    SlotSale,
    TerminalEnrol,
    TerminalRevoke,
    ValidatorPropose,
)
from shared.ids import ZERO_HASH, AssetId, AuthorId, Hash, PlaceId, PublicKey, WalletId
from shared.policy import DemurragePolicy, DividendPolicy, ExchangePolicy, ProtocolPolicy
from shared.signing import Purpose, sign, to_text
from tests.server.ledger.world import BAR, DAY, FED, GRAIN, Author, World, card, founded, holder

CAFE = PlaceId("cafe")
BEAN, TIME, POINTS, MEAL = AssetId("BEAN"), AssetId("TIME"), AssetId("POINTS"), AssetId("MEAL")
MELT, MELT_DAY = AssetId("MELT"), 20_100
GIFT, STAMP, CLUB, LIBRE = AssetId("GIFT"), AssetId("STAMP"), AssetId("CLUB"), AssetId("LIBRE")
HOLDER, PURSE_CARD, OLD_PURSE_CARD, BLOCKED_CARD, FOREIGN_CARD, KEY_CARD = 1, 4, 5, 6, 7, 8
HOLDER_KEY, OTHER_KEY, PLACE_KEY = Author(b"w" * 32), Author(b"x" * 32), Author(b"p" * 32)
"""Authors of roles that come later: the holder of the key card's wallet, any other, the bar."""
KEY_WALLET = WalletId(HOLDER_KEY.id)


@dataclass
class Federation:
    """The chain, who is on it, and the names of what happened."""

    world: World
    cafe_node: Author = field(default_factory=lambda: Author(b"c" * 32))
    third_node: Author = field(default_factory=lambda: Author(b"d" * 32))
    cafe_till: Author = field(default_factory=lambda: Author(b"u" * 32))
    revoked_till: Author = field(default_factory=lambda: Author(b"r" * 32))
    forked_till: Author = field(default_factory=lambda: Author(b"f" * 32))
    branch: tuple[tuple[str, ...], str] = ((), "")
    allowance: Hash = ZERO_HASH
    named: dict[str, tuple[AuthorId, int, Hash]] = field(default_factory=dict)

    @property
    def bar_node(self) -> Author:
        """The founder: it serves the bar."""
        return self.world.node

    @property
    def bar_till(self) -> Author:
        """A till of the bar."""
        return self.world.till

    def do(self, author: Author, *bodies: Body) -> None:
        """Make a block of what must be accepted."""
        verdicts = self.world.do(author, *bodies)
        assert verdicts == ["accepted"] * len(bodies), verdicts

    def name(self, what: str, author: Author, body: Body) -> None:
        """Do it, and remember which transaction it was."""
        self.do(author, body)
        self.named[what] = (author.id, author.seq, author.prev)

    def put(self, key: Key, record: Record) -> None:
        """Set a record that no kind can make yet: the authors of later roles."""
        self.world.memory.records[type(record)][key] = record


def key_author(role: Role, place: str, author: Author) -> AuthorRecord:
    """Give the record of an author of a role that nothing enrols yet."""
    return AuthorRecord(0, "", author.key.hex(), "later", place, role, "active")


def joining(world: World, node: Author, place: PlaceId, name: str) -> PlaceJoin:
    """Give what lets a node in with its place."""
    key = PublicKey(node.key.hex())
    words = f"{world.tip.chain} {place} {key}".encode()
    proof = to_text(sign(node.seed, Purpose.INVITATION, words))
    return PlaceJoin(key=key, label=f"Node {name}", name=name, place=place, proof=proof)


def till(author: Author, place: PlaceId, label: str) -> TerminalEnrol:
    """Give what enrols a terminal."""
    key = PublicKey(author.key.hex())
    return TerminalEnrol(box=PublicKey("22" * 32), key=key, label=label, place=place)


def unit(code: AssetId, kind: AssetClass, place: PlaceId = BAR) -> AssetCreate:
    """Give what registers an asset of a class, with the worth that the class asks for."""
    pegged = kind in {AssetClass.LOCAL, AssetClass.GIFT, AssetClass.MEAL}
    whole = kind in {AssetClass.BADGE, AssetClass.MEMBERSHIP}
    return AssetCreate(
        asset=code,
        asset_class=kind,
        issuer=place,
        name=code.title(),
        peg="EUR" if pegged else "-",
        priority=20,
        scale=0 if whole else 2,
        symbol=code[:4],
    )


_ASSETS: Final = (
    (BEAN, AssetClass.LOCAL, CAFE),
    (TIME, AssetClass.TIME, BAR),
    (POINTS, AssetClass.POINTS, BAR),
    (MEAL, AssetClass.MEAL, BAR),
    (GIFT, AssetClass.GIFT, BAR),
    (STAMP, AssetClass.BADGE, BAR),
    (CLUB, AssetClass.MEMBERSHIP, BAR),
    (LIBRE, AssetClass.LIBRE, BAR),
)


def federated() -> Federation:
    """Give the federation, with every wallet funded: card n has n × 1000 cents in FED."""
    world = founded()
    here = Federation(world)
    bar, cafe = here.bar_node, here.cafe_node
    here.do(bar, PolicySet("-", ProtocolPolicy(2)))
    here.do(bar, joining(world, cafe, CAFE, "Le Café"))
    here.do(bar, joining(world, here.third_node, PlaceId("third"), "Third"))
    for code, kind, place in _ASSETS:
        here.do(cafe if place == CAFE else bar, unit(code, kind, place))
    here.do(
        bar,
        till(here.revoked_till, BAR, "Bar 2"),
        till(here.forked_till, BAR, "Bar 3"),
        CardRegister(card(PURSE_CARD), BAR, "T2", holder(PURSE_CARD)),
        CardRegister(card(OLD_PURSE_CARD), BAR, "T1", holder(OLD_PURSE_CARD)),
        CardRegister(card(BLOCKED_CARD), BAR, "T0", holder(BLOCKED_CARD)),
        CardRegister(card(KEY_CARD), BAR, "T0", KEY_WALLET),
        GroupCreate((GRAIN, FED), 1),
    )
    here.do(cafe, till(here.cafe_till, CAFE, "Café 1"))
    here.do(cafe, CardRegister(card(FOREIGN_CARD), CAFE, "T0", holder(FOREIGN_CARD)))
    _melt(here)
    _fund(here)
    _happenings(here)
    return here


def _melt(here: Federation) -> None:
    """Let MELT melt at holder 2, who had spent some before that nobody heard of; 1 is to follow."""
    bar, world, seller = here.bar_node, here.world, Author(b"l" * 32)
    melting = DemurragePolicy(
        enabled=True,
        fixed=0,
        floor=0,
        grace_days=100,
        min_use_bp=500,
        notice_days=(60, 30, 7),
        rate_bp=1000,
        step_days=30,
        weight_commons=1,
        weight_maintenance=1,
        weight_nodes=1,
    )
    here.do(
        bar,
        unit(MELT, AssetClass.LOCAL),
        PolicySet(MELT, melting),
        till(seller, BAR, "Bar 4"),
        Issue(Amount(1_000), MELT, "issue-MELT-1", holder(1)),
        Issue(Amount(1_000), MELT, "issue-MELT-2", holder(2)),
    )
    late = world.batch(seller, _sale(2, 400), seen=world.tip.height)
    world.time = (MELT_DAY - 60) * DAY
    here.do(bar, Notice(MELT, MELT_DAY - 100, MELT_DAY))
    world.time = MELT_DAY * DAY
    here.do(bar, Melt(Amount(100), MELT, MELT_DAY, holder(2)))
    assert [str(item.verdict) for item in world.seal(late).executed] == ["accepted"]
    here.named["late"] = (seller.id, seller.seq, seller.prev)


def _fund(here: Federation) -> None:
    bar = here.bar_node
    for number in (1, 2, 3, PURSE_CARD, OLD_PURSE_CARD, BLOCKED_CARD, FOREIGN_CARD, KEY_CARD):
        here.do(bar, Reload(Amount(number * 1_000), FED, card(number), f"stripe:cs_{number}:paid"))
    for code in (GRAIN, TIME, POINTS, MEAL, GIFT):
        here.do(bar, Issue(Amount(500), code, f"issue-{code}", holder(HOLDER)))
    here.do(
        bar,
        PolicySet("GRAIN-FED", ExchangePolicy(give=1, take=1)),
        PolicySet("LIBRE", DividendPolicy(floor=100, period_days=1, ppm=0)),
        Membership(CLUB, 30_000, holder(HOLDER)),
        Membership(LIBRE, 30_000, holder(HOLDER)),
        AssetAccept(accept=True, asset=GRAIN, place=CAFE, side="issuer"),
    )


def _happenings(here: Federation) -> None:
    bar, bar_till, world = here.bar_node, here.bar_till, here.world
    here.do(bar, PurseIssue(card(PURSE_CARD), 1, 0, 24), PurseIssue(card(OLD_PURSE_CARD), 1, 0, 1))
    here.named["sale"] = _sold(here, bar_till, 3, 300)
    here.name("reload", bar, Reload(Amount(700), FED, card(3), "stripe:cs_back:paid"))
    here.name("issue", bar, Issue(Amount(40), POINTS, "issue-wrong", holder(2)))
    here.name("cash_out", bar, CashOut(Amount(100), FED, holder(3)))
    here.name("cash_out to fail", bar, CashOut(Amount(100), FED, holder(3)))
    here.name("settlement", bar, Settlement(Amount(100), FED, BAR))
    here.name("settlement to fail", bar, Settlement(Amount(100), FED, BAR))
    here.do(bar, CardBlock(card(BLOCKED_CARD), "admin"))
    here.do(bar, TerminalRevoke(0, here.revoked_till.id))
    assert world.do(here.revoked_till, _sale(2, 50)) == ["disputed"]
    here.named["disputed"] = (here.revoked_till.id, 1, here.revoked_till.prev)
    _fork(here)
    here.do(bar, ValidatorPropose("add", here.third_node.id))
    here.name("proposal", here.third_node, ValidatorPropose("add", here.cafe_node.id))
    here.put((HOLDER_KEY.id,), key_author(Role.WALLET, "", HOLDER_KEY))
    here.put((OTHER_KEY.id,), key_author(Role.WALLET, "", OTHER_KEY))
    here.put((PLACE_KEY.id,), key_author(Role.PLACE, BAR, PLACE_KEY))


def _sale(number: int, total: int) -> Sale:
    return Sale("cached", card(number), ZERO_HASH, (), Amount(total))


def _sold(here: Federation, seller: Author, number: int, total: int) -> tuple[AuthorId, int, Hash]:
    here.do(seller, _sale(number, total))
    return seller.id, seller.seq, seller.prev


def _fork(here: Federation) -> None:
    """Let a till go on from a restored disk: the chain knows one branch, `branch` is the other."""
    forked, world = here.forked_till, here.world
    here.do(forked, _sale(3, 10))
    before = Author(forked.seed, forked.seq, forked.prev)
    other = world.batch(before, _sale(3, 20), _sale(3, 30))
    here.do(forked, _sale(3, 40))
    result = world.seal(other)
    assert [str(taken.code) for taken in result.taken] == ["fork"]
    payloads = tuple(item.raw.decode() for item in other.transactions)
    here.branch = payloads, to_text(other.signature)


def slot_sale(here: Federation, before: int, after: int) -> SlotSale:
    """Give a sale that wrote the slot of the purse card."""
    return SlotSale(
        here.allowance,
        "slot",
        card(PURSE_CARD),
        ZERO_HASH,
        (),
        (before, after),
        Amount(after - before),
    )
