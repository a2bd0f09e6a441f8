"""The table of kinds says what DESIGN says."""

from shared.amounts import Amount
from shared.bodies import PolicySet, Role, Sale, SlotSale
from shared.ids import CardRef, Hash
from shared.kinds import KINDS, NAMES, since
from shared.policy import CLOSED, OFFLINE

FIRST = {
    "genesis",
    "issue",
    "reload",
    "cash_reload",
    "sale",
    "refund",
    "transfer",
    "notice",
    "melt",
    "melt_reversal",
    "distribute",
    "reserve.book",
    "asset.create",
    "place.create",
    "terminal.enrol",
    "terminal.revoke",
    "card.register",
    "card.block",
    "policy.set",
}
SECOND = {
    "sale.void",
    "gift",
    "merge",
    "exchange",
    "purse.issue",
    "purse.release",
    "cash_out",
    "cash_out.done",
    "cash_out.failed",
    "settlement",
    "settlement.done",
    "settlement.failed",
    "dispute",
    "membership",
    "badge",
    "dividend",
    "correction",
    "asset.update",
    "asset.archive",
    "asset.accept",
    "group.create",
    "place.join",
    "place.leave",
    "fork.adopt",
    "card.link",
    "card.home",
    "card.lose",
    "card.unblock",
    "key.rotate",
    "validator.propose",
    "vote.cast",
    "grant",
    "engine.handover",
    "recovery",
}
OFFLINE_KINDS = {"sale", "sale.void", "refund", "cash_reload"}


def test_the_kinds_of_each_protocol() -> None:
    assert {name for name, kind in KINDS.items() if kind.since == 1} == FIRST
    assert {name for name, kind in KINDS.items() if kind.since == 2} == SECOND


def test_only_a_terminal_signs_what_may_be_made_offline() -> None:
    assert {name for name, kind in KINDS.items() if kind.offline} == OFFLINE_KINDS
    for name in OFFLINE_KINDS:
        assert KINDS[name].signers == {Role.TERMINAL}


def test_each_kind_has_its_own_bodies_signers_and_meaning() -> None:
    assert len(NAMES) == sum(len(kind.bodies) for kind in KINDS.values())
    assert set(NAMES) == {shape for kind in KINDS.values() for shape in kind.bodies}
    assert all(kind.signers and kind.meaning for kind in KINDS.values())


def test_only_what_carries_payloads_or_names_all_tills_is_large() -> None:
    assert [name for name, kind in KINDS.items() if kind.large] == ["purse.release", "fork.adopt"]


def test_a_later_body_of_an_early_kind_came_with_the_later_protocol() -> None:
    card, detail = CardRef("0" * 32), Hash("1" * 64)
    first = Sale("cached", card, detail, (), Amount(5))
    later = SlotSale(detail, "slot", card, detail, (), (0, 5), Amount(5))
    assert (since(first), since(later)) == (1, 2)
    assert since(PolicySet("-", OFFLINE)) == 1
    assert since(PolicySet("GRAIN-FED", CLOSED)) == 2
