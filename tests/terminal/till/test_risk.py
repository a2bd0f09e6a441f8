"""Tier T0 decisions, limit by limit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from shared.errors import Code
from shared.ids import CardRef
from shared.policy import OfflinePolicy
from terminal.till import risk
from terminal.till.events import Unsent
from terminal.till.receipts import RefundDraft
from terminal.till.risk import Ask, Decision, Refuse, Sell, Stop, decide, reload_goes
from terminal.till.state import Link, Reason, Trouble

from .dialogue import (
    ALICE,
    BEER,
    BOB,
    BROKE,
    CARDS,
    CHAMP,
    DIRECTORY,
    FED,
    HOUR,
    HOURS,
    LEMONADE,
    LOST,
    MAIA,
    NOW,
    ONLINE,
    POLICY,
    SECOND,
    card,
    entry,
    sale,
    sold,
    till,
)
from .test_desk import reload


def decision(total: int, ref: CardRef = ALICE, **known: Any) -> Decision:
    return decide(till(**known), CARDS[ref], total)


def test_within_its_line_a_card_pays_from_the_known_balance() -> None:
    assert decision(1000) == Sell(250)


def test_a_cent_more_is_too_much_offline() -> None:
    assert decision(1001) == Refuse(reason=Reason.LIMIT, on_card=1250, room=1000)


def test_a_poor_card_is_short() -> None:
    poor = card(ALICE, "4F2A 91C0", 400)
    assert decide(till(), poor, 500) == Refuse(reason=Reason.SHORT, on_card=400, room=400)
    assert decide(till(), poor, 400) == Sell(0)


def test_what_is_not_synced_yet_counts() -> None:
    sold_here = (entry(sale(sold(BEER))), entry(sale(sold(BEER), card=BOB), seq=8))
    assert decision(500, outstanding=sold_here) == Sell(250)
    assert decision(501, outstanding=sold_here) == Refuse(
        reason=Reason.LIMIT, on_card=750, room=500
    )


def test_two_sales_since_the_sync_are_enough() -> None:
    twice = (entry(sale(sold(LEMONADE))), entry(sale(sold(LEMONADE)), seq=8))
    assert decision(100, outstanding=twice) == Refuse(reason=Reason.TOO_MANY, on_card=650, room=0)


def test_a_refund_gives_the_balance_back_but_not_the_line() -> None:
    beer = sale(sold(BEER))
    back = RefundDraft(seq=7, sale=beer, operator=MAIA)
    both = (entry(beer), entry(back, seq=8))
    assert decision(500, outstanding=both) == Sell(750)
    assert decision(501, outstanding=both) == Refuse(reason=Reason.LIMIT, on_card=1250, room=500)
    other = (entry(RefundDraft(seq=7, sale=sale(sold(BEER), card=BOB), operator=MAIA)),)
    assert decision(1000, outstanding=other) == Sell(250)


def test_an_online_sale_that_the_balance_does_not_show_yet_is_no_offline_risk() -> None:
    online = (entry(sale(sold(BEER), basis="online")),)
    assert decision(750, outstanding=online) == Sell(0)


def test_a_reload_here_can_be_spent_here() -> None:
    topped = (entry(reload(500)), entry(reload(500, asset=HOURS), seq=8))
    assert decision(1000, outstanding=topped) == Sell(750)


def test_the_till_has_a_cap_for_all_cards() -> None:
    directory = replace(DIRECTORY, policy=_policy(t0_terminal_cap=800))
    others = (entry(sale(sold(BEER), card=BOB)),)
    assert decision(300, directory=directory, outstanding=others) == Sell(950)
    assert decision(301, directory=directory, outstanding=others) == Refuse(
        reason=Reason.TILL_FULL, on_card=1250, room=300
    )


def _policy(**changes: int) -> OfflinePolicy:
    return msgspec.structs.replace(POLICY, **changes)


@pytest.mark.parametrize("age, sells", [(4 * HOUR, True), (4 * HOUR + 1, False)])
def test_after_the_soft_limit_uid_only_cards_need_the_network(age: int, sells: bool) -> None:
    link = Link(last_answer_ms=NOW - age, last_sync_ms=NOW - age)
    assert isinstance(decision(500, link=link), Sell) is sells


def test_the_hard_limit_may_be_the_shorter_one() -> None:
    directory = replace(DIRECTORY, policy=_policy(hard_ms=HOUR))
    link = Link(last_answer_ms=NOW - 2 * HOUR, last_sync_ms=NOW - 2 * HOUR)
    assert decision(500, link=link, directory=directory) == Refuse(
        reason=Reason.ONLINE_ONLY, on_card=1250, room=0
    )


def test_a_till_that_never_synced_sells_nothing_offline() -> None:
    assert isinstance(decision(500, link=Link()), Refuse)


@pytest.mark.parametrize("blind, sells", [(1, True), (2, False)])
def test_after_a_restart_without_a_trusted_time_there_are_two_sales(
    blind: int, sells: bool
) -> None:
    told = decision(500, trusted_clock=False, blind_sales=blind)
    assert isinstance(told, Sell) is sells
    assert isinstance(decision(500, trusted_clock=True, blind_sales=2), Sell)


@pytest.mark.parametrize(
    "ref, expected",
    [
        (BROKE, Refuse(reason=Reason.ONLINE_ONLY, on_card=700, room=0)),
        (LOST, Stop(Trouble.BLOCKED)),
    ],
)
def test_some_cards_do_not_pay_offline(ref: CardRef, expected: Decision) -> None:
    assert decision(100, ref) == expected


def test_a_card_of_another_tier_is_never_taken_as_uid_only() -> None:
    t1 = replace(CARDS[ALICE], tier="T1")
    assert decide(till(), t1, 100) == Refuse(reason=Reason.ONLINE_ONLY, on_card=1250, room=0)


def test_an_unknown_card_is_never_taken() -> None:
    assert decide(till(link=ONLINE), None, 100) == Stop(Trouble.UNKNOWN)


def test_a_till_that_the_node_refused_sells_nothing() -> None:
    link = replace(ONLINE, refused=Code.AUTHOR_REVOKED)
    assert decision(100, link=link) == Refuse(reason=Reason.TILL_STOPPED, on_card=1250, room=0)
    told = reload_goes(till(link=link), reload(100))
    assert told == Refuse(reason=Reason.TILL_STOPPED, on_card=1250, room=0)


@pytest.mark.parametrize(
    "link, asks",
    [
        (Link(last_answer_ms=NOW - 10 * SECOND, last_sync_ms=NOW), True),
        (Link(last_answer_ms=NOW - 10 * SECOND - 1, last_sync_ms=NOW), False),
        (Link(last_answer_ms=NOW, last_sync_ms=NOW, lost=True), False),
    ],
)
def test_the_node_is_asked_while_it_is_in_reach(link: Link, asks: bool) -> None:
    assert isinstance(decision(500, link=link), Ask) is asks


@pytest.mark.parametrize("queued, asks", [(499, True), (500, False)])
def test_a_long_queue_is_sent_first(queued: int, asks: bool) -> None:
    unsent = Unsent(count=queued, amount=0)
    assert isinstance(decision(500, link=ONLINE, unsent=unsent), Ask) is asks
    told = reload_goes(till(link=ONLINE, unsent=unsent), reload(100, asset=FED))
    assert isinstance(told, Ask) is asks


def test_a_card_holds_at_most_what_the_law_allows() -> None:
    assert reload_goes(till(), reload(13_750)) == Sell(15_000)
    assert reload_goes(till(), reload(13_751)) == Refuse(
        reason=Reason.RELOAD_MAXIMUM, on_card=1250, room=13_750
    )


def test_the_age_of_what_is_known() -> None:
    assert risk.offline_ms(till()) == 12 * 60_000
    assert risk.offline_ms(till(link=Link())) == NOW


def test_money_of_another_asset_is_not_spendable() -> None:
    assert CHAMP in DIRECTORY.assets
    moved = risk.moved(reload(500), replace(DIRECTORY, assets={}), CARDS[ALICE])
    assert moved == 0


def test_an_entry_of_one_card_moves_nothing_on_another() -> None:
    paid = sale(sold(BEER))
    assert risk.moved(paid, DIRECTORY, CARDS[ALICE]) == -500
    assert risk.moved(paid, DIRECTORY, CARDS[BOB]) == 0
