"""`GET /api/v1/deltas`: what is new for a terminal since its cursor (PROTOCOL §4).

One answer is one moment of the final state.  A long one comes in pages: they lead to the height at
which the first was read, and what changes meanwhile comes after them, so nothing is ever skipped
and a balance is at worst newer than its page.  A terminal that may no longer sell learns its own
verdicts and its status, nothing about cards or people.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from server.api.catalogue import accepted_assets
from server.api.cursor import Cursor, read_cursor
from server.api.port import Chain, KnownCard, Notes, Snapshot, Tip
from server.api.route import Answer, Call
from server.engine.port import Engine
from server.ledger.records import Author, Place, Rule
from shared.errors import Code, Refused
from shared.ids import AuthorId, PlaceId, PublicKey
from shared.policy import OFFLINE, OfflinePolicy
from shared.wire import CardLine, Deltas as Message, Head, Money, VerdictLine

CARDS_A_PAGE: Final = 2_000
VERDICTS_A_PAGE: Final = 2_000
EVERYWHERE: Final = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deltas:
    """The handler."""

    chain: Chain
    notes: Notes
    engine: Engine
    now_ms: Callable[[], int]
    cards_a_page: int = CARDS_A_PAGE
    verdicts_a_page: int = VERDICTS_A_PAGE

    def __call__(self, call: Call) -> Answer:
        """Give the next page for the terminal that signed the call."""
        cursor, author = read_cursor(call.arguments.get("cursor", "")), call.author
        if author is None:
            raise Refused(Code.BAD_READ_SIGNATURE)
        with self.chain.snapshot() as now:
            known, tip = _standing(now, author), now.tip()
            if known is None:
                raise Refused(Code.UNKNOWN_AUTHOR)
            lost = cursor.newest > tip.height
            page = None if lost else self._page(now, author, known, cursor, tip)
        if page is None:
            # This node gave that cursor when it knew more blocks than it does now.
            if known.status == "active":
                self.engine.saw_height(cursor.newest, author)
            raise Refused(Code.BAD_CURSOR, "above our height")
        answer, reached = page
        if not answer.more:
            self.notes.told(author, revision=reached.revision, height=reached.height)
        return answer

    def _page(
        self, now: Snapshot, author: AuthorId, known: Author, cursor: Cursor, tip: Tip
    ) -> tuple[Message, Cursor]:
        active = known.status == "active"
        upto = cursor.upto if cursor.upto >= 0 else tip.height
        verdicts = now.verdicts(author, cursor.height, cursor.seq, self.verdicts_a_page)
        cards = now.cards(cursor.height, cursor.card, self.cards_a_page) if active else ()
        more = len(verdicts) == self.verdicts_a_page or len(cards) == self.cards_a_page
        revision = now.revision()
        fresh = active and cursor.revision != revision
        reached = _reached(cursor, upto, verdicts, cards, more=more)
        if fresh:
            reached = replace(reached, revision=revision)
        head = now.head(author)
        place = PlaceId(known.place)
        message = Message(
            cards=_card_lines(now, place, cards),
            catalogue=now.catalogue(place, known.label) if fresh else None,
            cursor=str(reached),
            head=Head(hash=head.hash, seq=head.seq),
            header=tip.sealed,
            more=more,
            node_key=self._node_key(now),
            policy=offline_policy(now, place),
            status=known.status,
            time=self.now_ms(),
            verdicts=tuple(verdicts),
        )
        return message, reached

    def _node_key(self, now: Snapshot) -> PublicKey:
        node = now.get(Author, (self.engine.author,))
        if node is None:
            raise Refused(Code.INTERNAL, "the chain does not know its own node")
        return PublicKey(node.key)


def _standing(now: Snapshot, author: AuthorId) -> Author | None:
    """Give what a terminal may do: when its place has left, as little as if it were revoked."""
    known = now.get(Author, (author,))
    place = now.get(Place, (known.place,)) if known else None
    if known is None or place is None or not place.left or known.status != "active":
        return known
    return msgspec.structs.replace(known, status="revoked")


def _reached(
    cursor: Cursor,
    upto: int,
    verdicts: Sequence[VerdictLine],
    cards: Sequence[KnownCard],
    *,
    more: bool,
) -> Cursor:
    if not more:
        return Cursor(height=upto, revision=cursor.revision)
    return replace(
        cursor,
        upto=upto,
        seq=verdicts[-1].seq if verdicts else cursor.seq,
        card=cards[-1].ref if cards else cursor.card,
    )


def _card_lines(now: Snapshot, place: PlaceId, cards: Sequence[KnownCard]) -> tuple[CardLine, ...]:
    accepted = accepted_assets(now, place)
    return tuple(
        CardLine(
            card=known.ref,
            money=tuple(
                Money(amount=known.money[asset], asset=asset)
                for asset in accepted
                if asset in known.money
            ),
            number=known.number,
            status=known.card.status,
            tier=known.card.tier,
            wallet=known.card.wallet,
        )
        for known in cards
    )


def offline_policy(now: Snapshot, place: PlaceId) -> OfflinePolicy:
    """Give what the terminals of a place may do offline: its own rule, else the chain's."""
    for subject in (place, EVERYWHERE):
        rule = now.get(Rule, ("offline", subject))
        if rule is not None and isinstance(rule.value, OfflinePolicy):
            return rule.value
    return OFFLINE
