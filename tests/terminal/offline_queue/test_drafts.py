"""The journal in the till's words: drafts in, entries out, the same after a restart."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.codec import decode
from shared.detail import Detail
from shared.errors import Code
from shared.ids import AssetId, CardRef
from shared.verdict import ACCEPTED, rejected
from terminal.offline_queue.drafts import Knowledge, TillJournal
from terminal.offline_queue.journal import KEEP_MS, Journal
from terminal.offline_queue.records import News
from terminal.till.directory import OperatorId, ProductId
from terminal.till.events import Unsent
from terminal.till.ports import JournalError
from terminal.till.receipts import Basis, RefundDraft, ReloadDraft, SaleDraft, Sold
from tests.terminal.offline_queue.made import AT, CARD, opened

ZOE = OperatorId("zoe")


@dataclass
class Mono:
    def mono_ms(self) -> int:
        return 12


def sale(total: int, basis: Basis = "cached") -> SaleDraft:
    line = Sold(
        product=ProductId("beer"), label="Bière", quantity=2, unit_price=total // 2, vat_bp=2000
    )
    return SaleDraft(
        basis=basis, card=CARD, number="12345678", lines=(line,), total=total, operator=ZOE
    )


RELOAD = ReloadDraft(
    basis="cached", card=CARD, number="12345678", asset=AssetId("GRAIN"), amount=2000, operator=ZOE
)


class Till:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.day_ms = 0
        self.start()

    def start(self) -> None:
        self.raw: Journal = opened(self.folder)
        self.journal = TillJournal(
            self.raw,
            Knowledge(
                number=lambda card: "12345678" if card == CARD else "",
                seen=lambda: 17,
                day_starts_ms=lambda: self.day_ms,
            ),
            time=Mono(),
            salt=bytes,
        )

    def restart(self) -> None:
        self.raw.close()
        self.start()


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return Till(tmp_path)


def test_every_draft_comes_back_as_it_was(till: Till) -> None:
    sold = till.journal.append(sale(1000), at_ms=AT)
    back = till.journal.append(RefundDraft(seq=1, sale=sale(1000), operator=ZOE), at_ms=AT)
    top_up = till.journal.append(RELOAD, at_ms=AT)

    till.restart()
    recovered = till.journal.recover()

    assert recovered.outstanding == (sold, back, top_up)
    assert recovered.last == top_up
    assert recovered.last_at_ms == AT


def test_the_detail_travels_beside_and_names_the_operator(till: Till) -> None:
    till.journal.append(sale(1000), at_ms=AT)

    raw = till.raw.records(1)[0].detail
    assert raw is not None
    detail = decode(raw, Detail)
    assert (detail.operator, detail.total, detail.lines[0].label) == ("zoe", 1000, "Bière")


def test_a_new_journal_knows_nothing(till: Till) -> None:
    recovered = till.journal.recover()

    assert (recovered.last, recovered.unanswered, recovered.outstanding) == (None, None, ())
    assert recovered.last_at_ms == 0


def test_unsent_counts_sales_and_their_sum_across_restarts(till: Till) -> None:
    till.journal.append(sale(1000), at_ms=AT)
    till.journal.append(RELOAD, at_ms=AT)
    till.journal.append(sale(250), at_ms=AT)
    assert till.journal.unsent() == Unsent(count=2, amount=1250)

    till.raw.mark_stored(1)
    assert till.journal.unsent() == Unsent(count=1, amount=250)
    till.restart()
    assert till.journal.recover().unsent == Unsent(count=1, amount=250)
    till.raw.mark_stored(0)  # the node was put back
    assert till.journal.unsent() == Unsent(count=2, amount=1250)
    till.restart()
    assert till.journal.recover().unsent == Unsent(count=2, amount=1250)


def test_what_the_balances_cover_or_the_node_rejected_is_not_outstanding(till: Till) -> None:
    entries = [till.journal.append(sale(total), at_ms=AT) for total in (100, 200, 300)]
    refund = till.journal.append(RefundDraft(seq=2, sale=sale(200), operator=ZOE), at_ms=AT)
    till.raw.keep(
        News(
            verdicts=[(1, ACCEPTED), (2, rejected(Code.INSUFFICIENT_FUNDS))],
            settled_seq=1,
        )
    )

    assert refund.seq == 4
    assert till.journal.recover().outstanding == (entries[2],)  # nor its refund


def test_what_the_node_rejected_is_not_the_last_sale_to_ask_about(till: Till) -> None:
    first = till.journal.append(sale(100), at_ms=AT)
    till.journal.append(sale(500, "online"), at_ms=AT)
    till.raw.keep(News(verdicts=[(2, rejected(Code.INSUFFICIENT_FUNDS))]))

    assert till.journal.recover().last == first


def test_an_online_sale_without_a_word_is_found_until_it_is_taken_back(till: Till) -> None:
    online = till.journal.append(sale(500, "online"), at_ms=AT)
    till.journal.append(sale(100), at_ms=AT)
    assert till.journal.recover().unanswered == online

    till.journal.append(RefundDraft(seq=1, sale=sale(500, "online"), operator=ZOE), at_ms=AT)
    assert till.journal.recover().unanswered is None


def test_an_answered_online_sale_is_not_unanswered(till: Till) -> None:
    till.journal.append(sale(500, "online"), at_ms=AT)
    till.raw.keep(News(verdicts=[(1, ACCEPTED)]))

    assert till.journal.recover().unanswered is None


def test_sales_of_the_day_begin_where_the_day_does(till: Till) -> None:
    till.journal.append(sale(1000), at_ms=AT)
    till.journal.append(sale(200), at_ms=AT + 10)
    till.journal.append(RELOAD, at_ms=AT + 20)
    till.journal.append(sale(30), at_ms=AT + 30)
    till.day_ms = AT + 10

    assert till.journal.recover().sales == Unsent(count=2, amount=230)


def test_what_was_given_back_or_rejected_was_not_sold(till: Till) -> None:
    till.journal.append(sale(1000), at_ms=AT)
    till.journal.append(sale(200), at_ms=AT)
    till.journal.append(sale(30, "online"), at_ms=AT)
    till.journal.append(RefundDraft(seq=2, sale=sale(200), operator=ZOE), at_ms=AT)
    till.raw.mark_stored(4)
    till.raw.keep(News(verdicts=[(3, rejected(Code.INSUFFICIENT_FUNDS))]))

    assert till.journal.recover().sales == Unsent(count=1, amount=1000)


def test_entries_taken_back_from_the_node_have_no_detail_but_their_sum(till: Till) -> None:
    till.journal.append(sale(1000), at_ms=AT)
    payloads = [record.payload for record in till.raw.records(1)]
    (till.folder / "image").mkdir()
    other = Till(till.folder / "image")
    other.raw.adopt(payloads)

    last = other.journal.recover().last

    assert last is not None
    assert isinstance(last.draft, SaleDraft)
    assert (last.draft.total, last.draft.lines, last.draft.operator) == (1000, (), "-")


def test_a_refund_whose_sale_was_pruned_still_lets_the_till_start(till: Till) -> None:
    till.journal.append(sale(500), at_ms=AT)
    till.raw.keep(News(verdicts=[(1, ACCEPTED)]))
    till.journal.append(RefundDraft(seq=1, sale=sale(500), operator=ZOE), at_ms=AT + KEEP_MS)
    assert till.raw.prune(AT + KEEP_MS) == 1

    till.restart()
    last = till.journal.recover().last

    assert last is not None
    assert isinstance(last.draft, RefundDraft)
    assert (last.draft.seq, last.draft.sale.total) == (1, 500)


def test_what_the_node_rejected_is_not_shown_as_the_last_sale(till: Till) -> None:
    first = till.journal.append(sale(500), at_ms=AT)
    till.journal.append(sale(900, "online"), at_ms=AT)
    till.raw.keep(News(verdicts=[(2, rejected(Code.INSUFFICIENT_FUNDS))]))

    assert till.journal.recover().last == first


def test_a_refund_of_what_is_no_sale_is_damage(till: Till) -> None:
    till.journal.append(RELOAD, at_ms=AT)
    till.journal.append(RefundDraft(seq=1, sale=sale(500), operator=ZOE), at_ms=AT)

    with pytest.raises(JournalError, match="entry 1"):
        till.journal.recover()


def test_an_unknown_card_has_no_number(till: Till) -> None:
    stranger = SaleDraft(
        basis="cached",
        card=CardRef("e" * 32),
        number="87654321",
        lines=sale(100).lines,
        total=100,
        operator=ZOE,
    )
    till.journal.append(stranger, at_ms=AT)

    last = till.journal.recover().last
    assert last is not None
    assert isinstance(last.draft, SaleDraft)
    assert last.draft.number == ""
