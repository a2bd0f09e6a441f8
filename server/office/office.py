"""The office of a node: the pages' port over store, engine and payments.

Each query takes one fresh look at the books (`_Look`); each act goes through the engine or one of
the office's tables and is final when it returns.
"""

from collections.abc import Mapping
from typing import Final

from server.ledger.records import Card, Place as PlaceRecord
from server.office import melt, money, today, watch
from server.office.accounts import SqlAccounts
from server.office.books import NEWEST
from server.office.deck import SqlDeck
from server.office.field import TILL_KINDS, Field
from server.office.front import Front, Node
from server.office.ledger_pages import block_page, chain_page, public_page
from server.office.lines import Lines
from server.office.payments import Till
from server.office.shop import SqlShop
from server.office.tills import NOTHING_SAID, SqlTills, terminals
from server.web.parsing import read_card_number
from server.web.port import (
    Done,
    LoggedIn,
    LoginPaused,
    Mistakes,
    NotDone,
    Redirect,
    Refusal,
    WrongLogin,
)
from server.web.views.cards import CardPage, CardsPage, CardState, ImportPreview
from server.web.views.catalogue import Product, TeamPage
from server.web.views.chain import BlockPage, ChainPage
from server.web.views.common import Asset, Level, Place, Shell
from server.web.views.money import AssetPage, MeltPage, ReservePage, SalesPage
from server.web.views.overview import (
    Health,
    Overview,
    Setup,
)
from server.web.views.public import HolderPage, PublicPage, Receipt
from server.web.views.terminals import (
    RevokePage,
    TerminalPage,
    TerminalsPage,
)
from shared.ids import PlaceId

SALES_A_PAGE: Final = 50
LAST_SALES: Final = 6
BAD: Final = (Level.WARN, Level.DANGER)


class NodeOffice:
    """The office; every table has its own keeper."""

    def __init__(
        self,
        node: Node,
        *,
        accounts: SqlAccounts,
        tills: SqlTills,
        deck: SqlDeck,
        shop: SqlShop,
        keeper: watch.SqlWatch,
        payments: Till | None,
    ) -> None:
        self.node = node
        self.accounts, self.tills, self.deck = accounts, tills, deck
        self.shop, self.keeper, self.payments = shop, keeper, payments
        self.invitation_is_open = accounts.invitation_is_open
        self.accept_invitation = accounts.accept_invitation
        self.person = accounts.person
        self.logout = accounts.logout
        self.password_is_right = accounts.password_is_right
        self.pairing = tills.pairing
        self.cancel_pairing = tills.cancel
        self.operator = shop.operator
        self.import_preview = deck.preview

    def login(self, email: str, password: str, address: str) -> LoggedIn | WrongLogin | LoginPaused:
        """Check a password."""
        return self.accounts.login(email, password, address)

    # ---------- looking ----------

    def _field(self) -> Field:
        books, now = self.node.books(), self.node.now_ms()
        position = money.take_position(books)
        assets = position.assets
        usual = next((c for c, a in assets.items() if a.backed), next(iter(assets), None))
        lines = Lines(
            books=books,
            position=position,
            operators={each.id: each.name for each in self.shop.team()},
            numbers={card.ref: card.number for card in self.deck.every()},
            usual=usual,
        )
        return Field(
            books=books,
            position=position,
            lines=lines,
            tills=self.tills,
            deck=self.deck,
            places={str(k[0]): row.name for k, row in books.rows(PlaceRecord)},
            now_ms=now,
            day_start_ms=today.day_start(now, self.node.zone),
        )

    def shell(self) -> Shell:
        """Give what the frame of every page shows."""
        said, now = self.tills.said(), self.node.now_ms()
        silent = sum(
            1
            for author, record in terminals(self.node.books())
            if record.status == "active"
            and now - (said.get(author, NOTHING_SAID).seen_ms or now) >= 120_000
        )
        backups = watch.backup_checks(self.keeper.backup(), now)
        return Shell(
            node_name=self.node.name,
            stand_in=self.node.stand_in,
            terminals_to_sync=silent,
            things_to_fix=sum(check.level in BAD for check in backups),
        )

    def places(self) -> tuple[Place, ...]:
        """Give the places this node serves."""
        rows = self.node.books().rows(PlaceRecord)
        mine = self.node.engine.author
        served = ((key, place) for key, place in rows if place.node == mine and not place.left)
        return tuple(Place(id=str(key[0]), name=place.name) for key, place in served)

    def _front(self) -> Front:
        return Front(
            node=self.node,
            field=self._field(),
            keeper=self.keeper,
            products=len(self.products()),
            cards=len(self.deck.every()),
        )

    def overview(self) -> Overview | Setup:
        """Give the first page."""
        return self._front().overview()

    def health(self) -> Health:
        """Give what the node watches."""
        return self._front().health()

    # ---------- terminals and cards ----------

    def terminals(self) -> TerminalsPage:
        """Give every terminal."""
        return self._field().page()

    def terminal(self, terminal: str) -> TerminalPage | None:
        """Give one terminal."""
        return self._field().terminal(terminal)

    def start_pairing(self, place: str, name: str) -> str | Mistakes:
        """Make a code for one new terminal."""
        return self.tills.start_pairing(self.node.books(), place, name)

    def revocation(self, terminal: str) -> RevokePage | None:
        """Give what revoking would do."""
        return self._field().revocation(terminal)

    def revoke(self, terminal: str, reason: str) -> Done | NotDone:
        """Revoke on chain; the reason is for the node's log, not for the chain."""
        del reason
        return self._field().revoke(terminal, self.node.engine)

    def cards(self, query: str) -> CardsPage:
        """Find cards."""
        return self._field().cards(query)

    def card(self, number: str) -> CardPage | None:
        """Give one card."""
        return self._field().card(number)

    def block_card(self, number: str) -> Done | NotDone:
        """Block a card on chain."""
        return self._field().block_card(number, self.node.engine)

    def preview_import(self, file_name: str, content: bytes) -> ImportPreview | Mistakes:
        """Read a card file and keep it."""
        kept = self.deck.keep_file(file_name, content)
        if isinstance(kept, Mistakes):
            return kept
        found = self.deck.preview(kept)
        assert found is not None
        return found

    def import_cards(self, preview: str) -> Done | NotDone:
        """Register all new cards of a faultless file at the first place of this node."""
        places = self.places()
        if not places:
            return NotDone(Refusal.GONE)
        home = PlaceId(places[0].id)
        return self.deck.import_file(preview, self.node.books(), self.node.engine, home)

    # ---------- catalogue ----------

    def product_asset(self) -> Asset | None:
        """Give the asset that prices are written in: the backed one, else the first."""
        assets = money.take_position(self.node.books()).assets.values()
        return next((a for a in assets if a.backed), next(iter(assets), None))

    def products(self) -> tuple[Product, ...]:
        """Give every product."""
        asset = self.product_asset()
        return self.shop.products(asset) if asset else ()

    def _reached(self, done: Done | Mistakes | NotDone) -> Done | Mistakes | NotDone:
        """Say with a change how many terminals in service have it already."""
        if not isinstance(done, Done):
            return done
        said, revision = self.tills.said(), self.shop.revision()
        serving = [a for a, r in terminals(self.node.books()) if r.status == "active"]
        have = sum(said.get(a, NOTHING_SAID).revision >= revision for a in serving)
        return Done(done.id, have, len(serving))

    def save_product(self, product: str, form: Mapping[str, str]) -> Done | Mistakes:
        """Write a product."""
        asset = self.product_asset()
        if asset is None:
            return Mistakes({"price": "price"})
        done = self._reached(self.shop.save_product(product, form, asset.scale))
        assert not isinstance(done, NotDone)
        return done

    def withdraw_product(self, product: str, *, on_sale: bool) -> Done | NotDone:
        """Take a product off sale, or put it back."""
        done = self._reached(self.shop.withdraw_product(product, on_sale=on_sale))
        assert not isinstance(done, Mistakes)
        return done

    def import_catalogue(self, content: bytes) -> Done | Mistakes:
        """Take products and team from a TOML file."""
        asset = self.product_asset()
        return self.shop.import_catalogue(content, asset.scale if asset else 2)

    def team(self) -> TeamPage:
        """Give everybody who can open a terminal."""
        return TeamPage(operators=self.shop.team())

    def save_operator(self, operator: str, form: Mapping[str, str]) -> Done | Mistakes:
        """Write a person."""
        done = self._reached(self.shop.save_operator(operator, form))
        assert not isinstance(done, NotDone)
        return done

    def end_access(self, operator: str) -> Done | NotDone:
        """End a person's access."""
        done = self._reached(self.shop.end_access(operator))
        assert not isinstance(done, Mistakes)
        return done

    # ---------- money ----------

    def sales(self, before: str) -> SalesPage:
        """Give a page of sales older than a cursor `height-index`."""
        field = self._field()
        height, _, index = before.partition("-")
        known = height.isdecimal() and index.isdecimal() and len(before) < 40
        place = (int(height), int(index)) if known else NEWEST
        found = field.books.entries(count=SALES_A_PAGE + 1, before=place, kinds=TILL_KINDS)
        day = today.read_day(field.books, field.position, field.day_start_ms, field.now_ms)
        shown = found[:SALES_A_PAGE]
        more = len(found) > SALES_A_PAGE
        return SalesPage(
            now_ms=field.now_ms,
            totals_today=day.totals,
            sales_today=day.sales,
            lines=tuple(field.lines.of_till(entry) for entry in shown),
            older=f"{shown[-1].height}-{shown[-1].index}" if more else "",
        )

    def assets(self) -> tuple[AssetPage, ...]:
        """Give every asset and where it is."""
        return money.asset_pages(money.take_position(self.node.books()))

    def melting(self) -> tuple[MeltPage, ...]:
        """Give every asset that melts."""
        books = self.node.books()
        return melt.melting(books, money.take_position(books), self.node.now_ms())

    def reserve(self) -> ReservePage | None:
        """Give the backing of the federated euro."""
        field = self._field()
        names = {PlaceId(k): name for k, name in field.places.items()}
        return money.reserve_page(field.position, names)

    # ---------- chain ----------

    def chain(self) -> ChainPage:
        """Give the newest blocks and the audits."""
        away = self.keeper.backup().elsewhere_ms is not None
        node, audits = self.node, self.keeper.audits()
        return chain_page(node.books(), node.engine.author, audits, node.now_ms(), int(away))

    def block(self, height: int) -> BlockPage | None:
        """Give one block."""
        return block_page(self.node.books(), height)

    def audit(self) -> Done | NotDone:
        """Replay the whole chain and keep the result."""
        self.keeper.audited(self.node.audit())
        return Done()

    # ---------- holders ----------

    def holder(self, token: str) -> HolderPage | None:
        """Give the page behind a card's QR link."""
        known = self.deck.by_token(token)
        record = self.node.books().get(Card, (known.ref,)) if known else None
        asset = self.product_asset()
        if known is None or record is None or asset is None or self.payments is None:
            return None
        return HolderPage(
            token=token,
            number=known.number,
            state=CardState.ACTIVE if record.status == "active" else CardState.BLOCKED,
            asset=asset,
            amounts=self.node.amounts,
            least=self.node.least,
            most=self.node.most,
            contact=self.node.contact,
        )

    def start_reload(self, token: str, amount: int, language: str) -> Redirect | NotDone:
        """Open a payment for a card."""
        if self.payments is None:
            return NotDone(Refusal.PAYMENT_DOWN)
        return self.payments.start(self.node.books(), token, amount, language)

    def receipt(self, token: str, session: str) -> Receipt | None:
        """Give how far a payment is."""
        if self.payments is None:
            return None
        books = self.node.books()
        return self.payments.receipt(books, money.take_position(books), token, session)

    def public(self) -> PublicPage:
        """Give the figures that anyone may see."""
        field = self._field()
        audits = self.keeper.audits()
        return public_page(
            field, money.asset_pages(field.position), self.melting(), audits[0] if audits else None
        )

    def find_token(self, number: str) -> str:
        """Give the QR token of a printed number."""
        known = self.deck.by_number(read_card_number(number))
        return known.token if known else ""
