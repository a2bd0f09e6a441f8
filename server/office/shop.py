"""Products and team: rows of this node that go to terminals with the next deltas.

Every change steps the `catalogue` revision in the same transaction, so a terminal that has that
revision has the change.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from server.office.accounts import Begin
from server.office.catalogue import (
    CatalogueDraft,
    OperatorDraft,
    ProductDraft,
    read_catalogue,
    read_operator,
    read_product,
)
from server.office.passwords import hash_pin
from server.office.tables import OPERATOR, PRODUCT, REVISION
from server.store.dialect import insert as insert_or
from server.web.port import Done, Mistakes, NotDone, Refusal
from server.web.views.catalogue import Operator, OperatorRole, Product
from server.web.views.common import Asset, Money

CATALOGUE: Final = "catalogue"


@dataclass(frozen=True, slots=True)
class SqlShop:
    """The tables of products and team; `card_exists` knows printed numbers."""

    write: Begin
    read: Begin
    card_exists: Callable[[str], bool]
    today: Callable[[], date]

    def revision(self) -> int:
        """Give the revision of the catalogue: it grows with every change."""
        with self.read() as connection:
            value = connection.execute(
                select(REVISION.c.value).where(REVISION.c.name == CATALOGUE)
            ).scalar_one_or_none()
        return value or 0

    # ---------- products ----------

    def products(self, asset: Asset) -> tuple[Product, ...]:
        """Give every product, by category in the order of their first product."""
        with self.read() as connection:
            rows = connection.execute(select(PRODUCT).order_by(PRODUCT.c.position)).all()
        order = {
            category: at for at, category in enumerate(dict.fromkeys(r.category for r in rows))
        }
        return tuple(
            Product(
                id=row.id,
                name=row.name,
                category=row.category,
                price=Money(row.price, asset),
                vat_bp=row.vat_bp,
                on_sale=row.on_sale,
            )
            for row in sorted(rows, key=lambda row: order[row.category])
        )

    def save_product(self, product: str, form: Mapping[str, str], scale: int) -> Done | Mistakes:
        """Write a product; an empty id makes a new one."""
        draft = read_product(form, scale)
        if not isinstance(draft, ProductDraft):
            return Mistakes(draft)
        with self.write() as connection:
            other = connection.execute(
                select(PRODUCT.c.id).where(PRODUCT.c.name == draft.name)
            ).scalar_one_or_none()
            if other not in {None, product}:
                return Mistakes({"name": "taken"})
            ident = self._put_product(connection, product, draft)
            _changed(connection)
        return Done(ident)

    def withdraw_product(self, product: str, *, on_sale: bool) -> Done | NotDone:
        """Take a product off sale, or put it back."""
        mine = update(PRODUCT).where(PRODUCT.c.id == product)
        with self.write() as connection:
            if connection.execute(mine.values(on_sale=on_sale)).rowcount != 1:
                return NotDone(Refusal.GONE)
            _changed(connection)
        return Done(product)

    @staticmethod
    def _put_product(connection: Connection, ident: str, draft: ProductDraft) -> str:
        values = {
            "name": draft.name,
            "category": draft.category,
            "price": draft.price,
            "vat_bp": draft.vat_bp,
        }
        if ident:
            connection.execute(update(PRODUCT).where(PRODUCT.c.id == ident).values(**values))
            return ident
        ident = secrets.token_hex(8)
        last = connection.execute(select(func.max(PRODUCT.c.position))).scalar_one() or 0
        connection.execute(
            insert(PRODUCT).values(
                id=ident, on_sale=True, favourite=False, position=last + 1, **values
            )
        )
        return ident

    # ---------- team ----------

    def team(self) -> tuple[Operator, ...]:
        """Give everybody, those with access first."""
        with self.read() as connection:
            rows = connection.execute(select(OPERATOR).order_by(OPERATOR.c.name)).all()
        people = [self._operator(row) for row in rows]
        return tuple(sorted(people, key=lambda each: not each.active))

    def operator(self, operator: str) -> Operator | None:
        """Give one person."""
        return next((each for each in self.team() if each.id == operator), None)

    def _operator(self, row: Row[Any]) -> Operator:
        until = date.fromisoformat(row.until) if row.until else None
        return Operator(
            id=row.id,
            name=row.name,
            role=OperatorRole(row.role),
            has_pin=bool(row.pin),
            card=row.card,
            until=until,
            active=row.active and (until is None or until >= self.today()),
        )

    def save_operator(self, operator: str, form: Mapping[str, str]) -> Done | Mistakes:
        """Write a person; an empty id makes a new one; an empty PIN keeps the old one."""
        old = self.operator(operator)
        draft = read_operator(form, had_pin=bool(old and old.has_pin), card_exists=self.card_exists)
        if not isinstance(draft, OperatorDraft):
            return Mistakes(draft)
        verifier = hash_pin(draft.pin) if draft.pin else ""
        with self.write() as connection:
            other = connection.execute(
                select(OPERATOR.c.id).where(OPERATOR.c.name == draft.name)
            ).scalar_one_or_none()
            if other not in {None, operator}:
                return Mistakes({"name": "taken"})
            ident = self._put_operator(connection, operator, draft, verifier)
            _changed(connection)
        return Done(ident)

    def end_access(self, operator: str) -> Done | NotDone:
        """End a person's access."""
        mine = update(OPERATOR).where(OPERATOR.c.id == operator)
        with self.write() as connection:
            if connection.execute(mine.values(active=False)).rowcount != 1:
                return NotDone(Refusal.GONE)
            _changed(connection)
        return Done(operator)

    def end_what_is_over(self) -> int:
        """End the access of everybody whose last day has passed, so that tills learn of it."""
        over = update(OPERATOR).where(
            OPERATOR.c.active, OPERATOR.c.until != "", OPERATOR.c.until < self.today().isoformat()
        )
        with self.write() as connection:
            ended = connection.execute(over.values(active=False)).rowcount
            if ended:
                _changed(connection)
        return ended

    @staticmethod
    def _put_operator(
        connection: Connection, ident: str, draft: OperatorDraft, verifier: str
    ) -> str:
        values: dict[str, Any] = {
            "name": draft.name,
            "role": draft.role,
            "card": draft.card,
            "until": draft.until.isoformat() if draft.until else "",
            "active": True,
        }
        if ident:
            if verifier:
                values["pin"] = verifier
            connection.execute(update(OPERATOR).where(OPERATOR.c.id == ident).values(**values))
            return ident
        ident = secrets.token_hex(8)
        connection.execute(
            insert(OPERATOR).values(id=ident, pin=verifier, left_handed=False, **values)
        )
        return ident

    # ---------- both, from a file ----------

    def import_catalogue(self, content: bytes, scale: int) -> Done | Mistakes:
        """Take products and people of a TOML file, by name: all of it or nothing."""
        with_pin = {each.name for each in self.team() if each.has_pin}
        draft = read_catalogue(
            content,
            scale=scale,
            card_exists=self.card_exists,
            has_pin=with_pin.__contains__,
        )
        if not isinstance(draft, CatalogueDraft):
            return Mistakes(draft)
        verifiers = [hash_pin(each.pin) if each.pin else "" for each in draft.operators]
        with self.write() as connection:
            goods = {row.name: row.id for row in connection.execute(select(PRODUCT))}
            people = {row.name: row.id for row in connection.execute(select(OPERATOR))}
            for product in draft.products:
                ident = goods.get(product.name, "")
                goods[product.name] = self._put_product(connection, ident, product)
            for operator, verifier in zip(draft.operators, verifiers, strict=True):
                ident = people.get(operator.name, "")
                put = self._put_operator(connection, ident, operator, verifier)
                people[operator.name] = put
            _changed(connection)
        return Done(of=len(draft.products) + len(draft.operators))


def _changed(connection: Connection) -> None:
    first = insert_or(connection, REVISION).values(name=CATALOGUE, value=1)
    connection.execute(
        first.on_conflict_do_update(index_elements=["name"], set_={"value": REVISION.c.value + 1})
    )
