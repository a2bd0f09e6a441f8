"""The chain as people read it: its head, one block, and the figures that anybody may see."""

from collections.abc import Iterable, Sequence
from typing import Final

from server.ledger.records import Author, Key
from server.office.books import Books, Sealed
from server.office.field import Field
from server.office.lines import result_of
from server.web.views.chain import Audit, Block, BlockPage, ChainPage, Operation
from server.web.views.money import AssetPage, MeltPage
from server.web.views.public import PublicPage, PublicPlace
from shared.bodies import PlaceCreate
from shared.ids import AuthorId, PlaceId, chain_id

SHOWN: Final = 6


def _block(sealed: Sealed) -> Block:
    return Block(
        height=sealed.header.height,
        operations=sealed.operations,
        at_ms=sealed.header.time,
        hash=sealed.hash,
    )


def chain_page(
    books: Books, node: AuthorId, audits: Sequence[Audit], now_ms: int, copies: int
) -> ChainPage:
    """Give the newest blocks, the audits, and by which key others know this node."""
    authors: Iterable[tuple[Key, Author]] = books.rows(Author)
    newest = books.blocks(SHOWN)
    genesis = books.block(0)
    head = newest[0].header if newest else None
    return ChainPage(
        now_ms=now_ms,
        blocks=tuple(_block(each) for each in newest),
        state=head.state if head else "",
        chain=chain_id(genesis.hash) if genesis else "",
        key=next((record.key for (name,), record in authors if name == node), ""),
        log_size=head.log.size if head else 0,
        copies=copies,
        audits=tuple(audits),
    )


def block_page(books: Books, height: int) -> BlockPage | None:
    """Give one block; an author without a label is named by the start of its id."""
    sealed = books.block(height)
    if sealed is None:
        return None
    names: dict[str, str] = {}
    operations = []
    for entry in books.in_block(height):
        if entry.author not in names:
            record = books.get(Author, (entry.author,))
            names[entry.author] = record.label if record and record.label else entry.author[:8]
        operations.append(
            Operation(
                author=names[entry.author],
                seq=entry.seq,
                kind=entry.kind,
                result=result_of(entry.verdict),
                code=entry.verdict.code or "",
            )
        )
    return BlockPage(
        block=_block(sealed),
        parent=sealed.header.parent,
        state=sealed.header.state,
        log_root=sealed.header.log.root,
        log_size=sealed.header.log.size,
        operations=tuple(operations),
    )


def public_page(
    field: Field,
    assets: tuple[AssetPage, ...],
    melts: tuple[MeltPage, ...],
    audit: Audit | None,
) -> PublicPage:
    """Give the public figures: assets, places, the head; no name of a person is among them."""
    newest = field.books.blocks(1)
    return PublicPage(
        now_ms=field.now_ms,
        assets=assets,
        places=tuple(_places(field)),
        head=_block(newest[0]) if newest else None,
        audit=audit,
        melts=melts,
    )


def _places(field: Field) -> list[PublicPlace]:
    since = {
        entry.body.place: entry.time_ms
        for entry in field.books.entries(count=10_000, kinds=("place.create",))
        if isinstance(entry.body, PlaceCreate) and entry.verdict.took_effect
    }
    records = field.position.records
    names = tuple(asset.name for asset in field.position.assets.values())
    backed = any(asset.backed for asset in field.position.assets.values())
    return [
        PublicPlace(
            name=name,
            accepts=names,
            reloads_online=backed,
            reloads_cash=any(record.issuer == place for record in records.values()),
            since_ms=since.get(PlaceId(place), 0),
        )
        for place, name in field.places.items()
    ]
