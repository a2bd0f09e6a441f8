"""Accounts: links that open once, passwords, roles, and what a mistake does not use up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.office.accounts import IDLE_MS, INVITATION_MS, LONGEST_MS, PAUSE_MS, SqlAccounts
from server.store.database import open_database
from server.web.port import LoggedIn, LoginPaused, Mistakes, WrongLogin

PASSWORD = "une phrase de passe"
FORM = {"name": "Claire", "email": "Claire@example.org", "password": PASSWORD, "again": PASSWORD}
START = 1_790_000_000_000


class Time:
    now = START

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def accounts(tmp_path: Path, time: Time) -> Iterator[SqlAccounts]:
    database = open_database(tmp_path / "node.db")
    yield SqlAccounts(database.write, database.read, time)
    database.close()


@pytest.fixture
def claire(accounts: SqlAccounts) -> str:
    outcome = accounts.accept_invitation(accounts.invite(), FORM)
    assert isinstance(outcome, LoggedIn)
    return outcome.token


def test_a_link_expires(accounts: SqlAccounts, time: Time) -> None:
    token = accounts.invite()
    time.now += INVITATION_MS
    assert accounts.accept_invitation(token, FORM) is None


def test_mistakes_do_not_use_up_the_link(accounts: SqlAccounts) -> None:
    token = accounts.invite()
    bad = {**FORM, "email": "no", "again": "other", "name": " "}
    assert accounts.accept_invitation(token, bad) == Mistakes(
        {"name": "required", "email": "email", "again": "password_same"}
    )
    assert accounts.invitation_is_open(token)
    assert accounts.accept_invitation("unknown", bad) is None


def test_an_address_is_taken_once(accounts: SqlAccounts, claire: str) -> None:
    token = accounts.invite()
    assert accounts.accept_invitation(token, FORM) == Mistakes({"email": "taken"})
    assert accounts.invitation_is_open(token)
    assert accounts.count() == 1


def test_login_counts_down_and_pauses(accounts: SqlAccounts, claire: str, time: Time) -> None:
    left = [accounts.login("claire@example.org", "x", "1.1.1.1") for _ in range(5)]
    assert left == [WrongLogin(n) for n in (4, 3, 2, 1, 0)]
    paused = accounts.login("claire@example.org", PASSWORD, "2.2.2.2")
    assert paused == LoginPaused(START + PAUSE_MS)
    time.now += PAUSE_MS
    assert isinstance(accounts.login("CLAIRE@example.org ", PASSWORD, "1.1.1.1"), LoggedIn)


def test_one_caller_cannot_try_many_addresses(accounts: SqlAccounts) -> None:
    outcomes = [accounts.login(f"{n}@example.org", "x", "6.6.6.6") for n in range(21)]
    assert isinstance(outcomes[-1], LoginPaused)
    assert outcomes[:2] == [WrongLogin(4), WrongLogin(4)]


def test_a_paused_caller_pauses_nobody_else(accounts: SqlAccounts, claire: str) -> None:
    for n in range(20):
        accounts.login(f"{n}@example.org", "x", "6.6.6.6")
    for _ in range(6):
        assert isinstance(accounts.login("claire@example.org", "x", "6.6.6.6"), LoginPaused)
    assert isinstance(accounts.login("claire@example.org", PASSWORD, "1.1.1.1"), LoggedIn)


def test_a_success_starts_the_count_again(accounts: SqlAccounts, claire: str) -> None:
    for _ in range(3):
        accounts.login("claire@example.org", "x", "1.1.1.1")
        accounts.login("claire@example.org", "x", "1.1.1.1")
        assert isinstance(accounts.login("claire@example.org", PASSWORD, "1.1.1.1"), LoggedIn)


def test_sessions_end_when_idle_and_after_a_month(
    accounts: SqlAccounts, claire: str, time: Time
) -> None:
    time.now += IDLE_MS - 1
    assert accounts.person(claire)
    while time.now < START + LONGEST_MS:
        assert accounts.person(claire)
        time.now += IDLE_MS - 1
    assert accounts.person(claire) is None


def test_an_idle_session_is_over(accounts: SqlAccounts, claire: str, time: Time) -> None:
    time.now += IDLE_MS
    assert accounts.person(claire) is None
    assert accounts.person("forged") is None


def test_the_second_password_check_is_limited_too(accounts: SqlAccounts, claire: str) -> None:
    person = accounts.person(claire)
    assert person
    assert accounts.password_is_right(person, PASSWORD)
    assert not any(accounts.password_is_right(person, "x") for _ in range(5))
    assert not accounts.password_is_right(person, PASSWORD)


def test_tokens_and_passwords_are_not_stored_in_clear(
    accounts: SqlAccounts, claire: str, tmp_path: Path
) -> None:
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert claire.encode() not in raw
    assert PASSWORD.encode() not in raw
