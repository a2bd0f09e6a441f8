"""A small office in memory: the pages' port with one festival evening in it.

Acts change its state, so whole stories can be played in a browser without a node.  It behaves like
`server.office`: the same readers judge the same forms.  For tests and pictures only: it keeps
passwords in clear.
"""

# ruff: noqa: D102 -- every method is documented in the port that this implements

from collections.abc import Mapping
from dataclasses import replace

from server.office.card_file import FileCard, read_card_file
from server.office.catalogue import (
    CatalogueDraft,
    OperatorDraft,
    ProductDraft,
    read_catalogue,
    read_operator,
    read_product,
)
from server.web.parsing import read_card_number
from server.web.port import (
    Done,
    Mistakes,
    NotDone,
    Redirect,
    Refusal,
)
from server.web.views.cards import (
    CardPage,
    CardRow,
    CardsPage,
    CardState,
    ImportPreview,
    ImportProblem,
)
from server.web.views.catalogue import Operator, OperatorRole, Product, TeamPage
from server.web.views.chain import Audit, BlockPage, ChainPage
from server.web.views.common import Asset
from server.web.views.money import AssetPage, MeltPage, ReservePage, SalesPage
from server.web.views.public import HolderPage, PublicPage, Receipt, ReceiptState
from tools.screenshots import evening
from tools.screenshots.evening import FED, HOUR, MINUTE, NOW, fed, gra
from tools.screenshots.field import CLAIRE, FieldOffice, make_reference

__all__ = ["CLAIRE", "MemoryOffice"]


class MemoryOffice(FieldOffice):
    """The evening's office; `fresh` is a node on which nothing was done yet."""

    # ---------- cards ----------

    def cards(self, query: str) -> CardsPage:
        wanted = read_card_number(query)
        found = [card for card in self.cards_.values() if wanted in card.number] if wanted else []
        states = [card.state for card in self.cards_.values()]
        grown = 0 if self.fresh else 1404
        return CardsPage(
            query=query,
            registered=len(states) + grown,
            used=sum(state is not CardState.NEW for state in states) + (grown and 959),
            blocked=states.count(CardState.BLOCKED) + (grown and 6),
            found=tuple(found),
        )

    def card(self, number: str) -> CardPage | None:
        row = self.cards_.get(read_card_number(number))
        if row is None:
            return None
        blocked = row.state is CardState.BLOCKED
        return CardPage(
            now_ms=self.now_ms,
            row=row,
            reference="5d7a1c0e" * 4,
            held=(fed(2000),) if blocked else (),
            blocked_ms=NOW - 22 * HOUR - 52 * MINUTE if blocked else None,
            lines=() if row.state is CardState.NEW else evening.CARD_LINES,
            terminals=6,
            unaware=("Bar 2", "Buvette du lac") if blocked else (),
        )

    def block_card(self, number: str) -> Done | NotDone:
        row = self.cards_.get(read_card_number(number))
        if row is None:
            return NotDone(Refusal.GONE)
        self.cards_[row.number] = replace(row, state=CardState.BLOCKED)
        self.acts.append(f"block {row.number}")
        return Done(row.number, 4, 6)

    def preview_import(self, file_name: str, content: bytes) -> ImportPreview | Mistakes:
        try:
            file = read_card_file(content, make_reference, self._registered())
        except UnicodeDecodeError:
            return Mistakes({"file": "file_text"})
        ident = f"i{len(self.previews) + 1}"
        self.previews[ident] = (file_name, file)
        return self._preview(ident)

    def _registered(self) -> list[FileCard]:
        return (
            [
                FileCard(
                    ref=make_reference(bytes.fromhex("00A24B04")),
                    number="B194AEB9",
                    token="b194aeb9-0f77-4e3c-9ef6-047ea6b8726e",  # noqa: S106 -- a QR link
                )
            ]
            if self.cards_
            else []
        )

    def _preview(self, ident: str) -> ImportPreview:
        name, file = self.previews[ident]
        problems = tuple(
            ImportProblem(line=bad.line, content=bad.content, cause=bad.cause, detail=bad.detail)
            for bad in file.bad
        )
        return ImportPreview(
            id=ident,
            file_name=name,
            lines=file.lines,
            new=len(file.new),
            known=len(file.known),
            problems=problems,
            known_numbers=tuple(card.number for card in file.known),
        )

    def import_preview(self, preview: str) -> ImportPreview | None:
        return self._preview(preview) if preview in self.previews else None

    def import_cards(self, preview: str) -> Done | NotDone:
        if preview not in self.previews:
            return NotDone(Refusal.GONE)
        name, file = self.previews.pop(preview)
        for card in file.new:
            self.cards_[card.number] = CardRow(
                number=card.number, batch=name, state=CardState.NEW, balances=()
            )
        self.acts.append(f"import {len(file.new)}")
        return Done(preview, len(file.new))

    # ---------- catalogue ----------

    def product_asset(self) -> Asset | None:
        return FED

    def products(self) -> tuple[Product, ...]:
        return tuple(self.products_.values())

    def save_product(self, product: str, form: Mapping[str, str]) -> Done | Mistakes:
        draft = read_product(form, FED.scale)
        if not isinstance(draft, ProductDraft):
            return Mistakes(draft)
        ident = product or f"p{len(self.products_)}"
        self.products_[ident] = Product(
            id=ident,
            name=draft.name,
            category=draft.category,
            price=fed(draft.price),
            vat_bp=draft.vat_bp,
        )
        self.acts.append(f"product {draft.name} {draft.price}")
        return Done(ident, 4, 6)

    def withdraw_product(self, product: str, *, on_sale: bool) -> Done | NotDone:
        if product not in self.products_:
            return NotDone(Refusal.GONE)
        self.products_[product] = replace(self.products_[product], on_sale=on_sale)
        return Done(product, 4, 6)

    def import_catalogue(self, content: bytes) -> Done | Mistakes:
        draft = read_catalogue(
            content, scale=2, card_exists=self.cards_.__contains__, has_pin=lambda _name: False
        )
        if not isinstance(draft, CatalogueDraft):
            return Mistakes(draft)
        return Done(of=len(draft.products) + len(draft.operators))

    def team(self) -> TeamPage:
        return TeamPage(operators=tuple(self.team_.values()))

    def operator(self, operator: str) -> Operator | None:
        return self.team_.get(operator)

    def save_operator(self, operator: str, form: Mapping[str, str]) -> Done | Mistakes:
        old = self.team_.get(operator)
        draft = read_operator(
            form, had_pin=bool(old and old.has_pin), card_exists=self.cards_.__contains__
        )
        if not isinstance(draft, OperatorDraft):
            return Mistakes(draft)
        ident = operator or f"o{len(self.team_) + 1}"
        self.team_[ident] = Operator(
            id=ident,
            name=draft.name,
            role=OperatorRole(draft.role),
            has_pin=bool(draft.pin or (old and old.has_pin)),
            card=draft.card,
            until=draft.until,
        )
        self.acts.append(f"operator {draft.name}")
        return Done(ident, 4, 6)

    def end_access(self, operator: str) -> Done | NotDone:
        if operator not in self.team_:
            return NotDone(Refusal.GONE)
        self.team_[operator] = replace(self.team_[operator], active=False)
        return Done(operator, 4, 6)

    # ---------- money ----------

    def sales(self, before: str) -> SalesPage:
        if self.fresh:
            return SalesPage(now_ms=self.now_ms, totals_today=(), sales_today=0, lines=())
        return SalesPage(
            now_ms=self.now_ms,
            totals_today=(fed(sum(evening.FED_HOURS)), gra(sum(evening.GRAIN_HOURS))),
            sales_today=598,
            lines=evening.SALES,
            older="" if before else "1037",
        )

    def assets(self) -> tuple[AssetPage, ...]:
        return () if self.fresh else evening.ASSETS

    def melting(self) -> tuple[MeltPage, ...]:
        return () if self.fresh else (evening.MELT,)

    def reserve(self) -> ReservePage | None:
        if self.fresh:
            return None
        return ReservePage(
            asset=FED,
            tokens=evening.FED_PARTS,
            euros=evening.EUROS,
            compared_ms=NOW - 17 * MINUTE,
            difference=fed(0),
            fees_left=fed(7688),
            fees_floor=fed(5000),
            holder="Association Les Nuits du Moulin",
        )

    # ---------- chain ----------

    def chain(self) -> ChainPage:
        return ChainPage(
            now_ms=self.now_ms,
            blocks=evening.BLOCKS[-1:] if self.fresh else evening.BLOCKS,
            state="e3a177c05b2f9d14" + "0" * 40 + "61ab0f3c",
            chain="4f0a" * 8,
            key="59f1" * 16,
            log_size=48_213,
            copies=0,
            audits=self.audits,
        )

    def block(self, height: int) -> BlockPage | None:
        found = next((block for block in evening.BLOCKS if block.height == height), None)
        if found is None:
            return None
        return BlockPage(
            block=found,
            parent="a1b2" * 16,
            state="e3a1" * 16,
            log_root="0c4d" * 16,
            log_size=48_213,
            operations=evening.OPERATIONS,
        )

    def audit(self) -> Done | NotDone:
        self.audits = (
            Audit(
                at_ms=self.now_ms,
                from_height=0,
                to_height=1042,
                operations=48_213,
                duration_ms=1_850,
            ),
            *self.audits,
        )
        return Done()

    # ---------- holders ----------

    def holder(self, token: str) -> HolderPage | None:
        number = next((n for n, each in self.tokens.items() if each == token), None)
        if number is None:
            return None
        return HolderPage(
            token=token,
            number=number,
            state=self.cards_[number].state,
            asset=FED,
            amounts=(1000, 2000, 3000, 5000),
            least=500,
            most=15_000,
            contact="bonjour@nuitsdumoulin.example",
        )

    def start_reload(self, token: str, amount: int, language: str) -> Redirect | NotDone:
        page = self.holder(token)
        if page is None or page.state is CardState.BLOCKED:
            return NotDone(Refusal.CARD_BLOCKED)
        session = f"cs_{len(self.reloads) + 1}"
        self.reloads[session] = Receipt(
            state=ReceiptState.PAID,
            number=page.number,
            money=fed(amount),
            at_ms=NOW - 3 * MINUTE,
            holder="Association Les Nuits du Moulin",
            token=token,
        )
        self.acts.append(f"reload {page.number} {amount} {language}")
        return Redirect(f"/qr/{token}/receipt?session={session}")

    def settle(self, session: str, state: ReceiptState, height: int | None = 1041) -> None:
        """Do what the ledger does with a payment."""
        self.reloads[session] = replace(
            self.reloads[session], state=state, height=height, reference="91f02c7e44b8" * 5 + "d05a"
        )

    def receipt(self, token: str, session: str) -> Receipt | None:
        found = self.reloads.get(session)
        return found if found and found.token == token else None

    def public(self) -> PublicPage:
        return PublicPage(
            now_ms=self.now_ms,
            assets=self.assets(),
            places=evening.PUBLIC_PLACES,
            head=evening.BLOCKS[0],
            audit=self.audits[0] if self.audits else None,
            melts=self.melting(),
        )

    def find_token(self, number: str) -> str:
        return self.tokens.get(read_card_number(number), "")
