"""Rules of who signs: keys that change, organisations that join, places that leave (PROTOCOL §4).

An author keeps its name for life; `Author.key` is the key that its batches are checked with.  No
two authors ever have one key, and whoever brings a key proves to hold it.
"""

from msgspec.structs import replace

from server.ledger.effect import Context, Effect, Outcome, Signed, winds_down
from server.ledger.governance import decides, proposed
from server.ledger.records import Author, Place
from shared.bodies import KeyRotate, PlaceJoin, PlaceLeave, Role
from shared.errors import Code
from shared.ids import RESERVED_PLACES, author_id
from shared.proofs import invitation_holds, rotation_holds


def key_rotate(context: Context, signed: Signed, body: KeyRotate) -> Outcome:
    """Let an author go on with another key: the last that its old one signs."""
    envelope = signed.transaction.envelope
    if not signed.ends_batch:
        return Code.NOT_LAST
    if not rotation_holds(body, envelope.chain, envelope.author):
        return Code.BAD_PROOF
    if key_is_taken(context, body.key):
        return Code.ALREADY_EXISTS
    return Effect(records=(((signed.author,), replace(signed.record, key=body.key)),))


def place_join(context: Context, signed: Signed, body: PlaceJoin) -> Outcome:
    """Let an organisation in: its node becomes an author, and serves its first place.

    Its tills can take what any card holds, so the federation agrees.
    """
    if code := decides(context, signed):
        return code
    if not invitation_holds(body, signed.transaction.envelope.chain):
        return Code.BAD_PROOF
    if body.place in RESERVED_PLACES or body.place in context.state.places():
        return Code.ALREADY_EXISTS
    if key_is_taken(context, body.key):
        return Code.ALREADY_EXISTS
    if (proposal := proposed(context, signed)) is not None:
        return proposal
    node = author_id(bytes.fromhex(body.key))
    author = Author(0, "", body.key, body.label, "", Role.NODE, "active")
    return Effect(records=(((node,), author), ((body.place,), Place(body.name, node))))


def key_is_taken(context: Context, key: str) -> bool:
    """Tell whether a key (hex) is or was some author's: the one it signs with, or its first."""
    if context.state.get(Author, (author_id(bytes.fromhex(key)),)):
        return True
    return any(author.key == key for author in context.state.rows(Author).values())


def place_leave(context: Context, signed: Signed, body: PlaceLeave) -> Outcome:
    """Let a place leave.  What is open there can still be ended (`effect.winds_down`)."""
    if code := winds_down(context, signed, body.place):
        return code
    place = context.state.places()[body.place]
    if place.left:
        return Code.PLACE_LEFT
    return Effect(records=(((body.place,), replace(place, left=True)),))
