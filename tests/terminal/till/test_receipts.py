"""What drafts become on the chain and beside it."""

from __future__ import annotations

from shared.amounts import Amount
from shared.bodies import CashReload, Refund, Sale
from shared.detail import Detail, Line, adds_up
from shared.ids import AuthorId, Hash
from terminal.till.receipts import RefundDraft, body_of, detail_of

from .dialogue import ALICE, BEER, CHAMP, CUP_BACK, LEO, MAIA, sale, sold
from .test_desk import reload

SALT = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
HASH = Hash("1" * 64)
TILL = AuthorId("9" * 32)
BEERS = sale(sold(BEER, 2), sold(CUP_BACK))


def test_a_sale_and_its_detail() -> None:
    detail = detail_of(BEERS, SALT)
    assert detail == Detail(
        lines=(
            Line(item="beer", label="Bière pression", quantity=2, unit_price=500, vat=2000),
            Line(item="cup-back", label="Retour gobelet", quantity=1, unit_price=-100, vat=2000),
        ),
        operator="maia",
        salt="000102030405060708090a0b0c0d0e0f",
        total=Amount(900),
    )
    assert adds_up(detail)
    assert body_of(BEERS, author=TILL, detail=HASH) == Sale(
        basis="cached", card=ALICE, detail=HASH, inside=(), total=Amount(900)
    )


def test_a_refund_names_the_sale_and_who_gave_it_back() -> None:
    back = RefundDraft(seq=7, sale=BEERS, operator=LEO)
    assert detail_of(back, SALT).operator == LEO
    assert detail_of(back, SALT).lines == detail_of(BEERS, SALT).lines
    assert body_of(back, author=TILL, detail=HASH) == Refund(
        amount=Amount(900), author=TILL, detail=HASH, seq=7
    )


def test_a_reload_has_no_lines() -> None:
    detail = detail_of(reload(2500), SALT)
    assert detail == Detail(lines=(), operator=MAIA, salt=SALT.hex(), total=Amount(2500))
    assert body_of(reload(2500), author=TILL, detail=HASH) == CashReload(
        amount=Amount(2500), asset=CHAMP, card=ALICE, detail=HASH
    )
