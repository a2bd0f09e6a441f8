"""The table of kinds says what DESIGN says."""

from shared.kinds import KINDS, NAMES, Role

ACTIVE = [
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
]
OFFLINE = {"sale", "refund", "cash_reload"}


def test_what_is_executable_now() -> None:
    assert {name for name, kind in KINDS.items() if kind.since == 1} == set(ACTIVE)
    assert {name for name, kind in KINDS.items() if kind.body} == set(ACTIVE)


def test_only_a_terminal_signs_what_may_be_made_offline() -> None:
    assert {name for name, kind in KINDS.items() if kind.offline} == OFFLINE
    for name in OFFLINE:
        assert KINDS[name].signers == {Role.TERMINAL}


def test_each_kind_has_its_own_body_signers_and_meaning() -> None:
    assert len(NAMES) == len(ACTIVE)
    assert all(kind.signers and kind.meaning for kind in KINDS.values())
