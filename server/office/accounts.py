"""The people who administer a node: one-time links, logins, sessions.

Guarantees that a link works once, that a session ends after twelve idle hours or thirty days, and
that nobody tries more than five passwords in fifteen minutes for one address or from one caller.
Whether an address exists is told neither by words nor by time.  Tokens are stored as hashes.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from server.office.catalogue import read_name
from server.office.passwords import NOBODY, hash_password, matches
from server.office.tables import INVITATION, LOGIN_FAILURE, SESSION, USER
from server.web.port import LoggedIn, LoginPaused, Mistakes, WrongLogin
from server.web.views.common import Person

Begin = Callable[[], AbstractContextManager[Connection]]

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
IDLE_MS: Final = 12 * HOUR_MS
LONGEST_MS: Final = 30 * 24 * HOUR_MS
INVITATION_MS: Final = 7 * 24 * HOUR_MS
TRIES: Final = 5
# One caller may be a whole office behind one address.
CALLER_TRIES: Final = 20
PAUSE_MS: Final = 15 * MINUTE_MS
LEAST_PASSWORD: Final = 12
MOST_PASSWORD: Final = 1_000
EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def read_account(form: Mapping[str, str]) -> tuple[str, str, dict[str, str]]:
    """Read name and e-mail of a new account, and the mistakes in its form."""
    mistakes: dict[str, str] = {}
    name, mistakes["name"] = read_name(form.get("name", ""))
    email = form.get("email", "").strip().lower()
    mistakes["email"] = "" if EMAIL.fullmatch(email) else "email"
    password, again = form.get("password", ""), form.get("again", "")
    fits = LEAST_PASSWORD <= len(password) <= MOST_PASSWORD
    mistakes["password"] = "" if fits else "password_short"
    mistakes["again"] = "" if password == again else "password_same"
    return name, email, {field: word for field, word in mistakes.items() if word}


@dataclass(frozen=True, slots=True)
class SqlAccounts:
    """The accounts of one node; `write` and `read` give a connection inside a transaction."""

    write: Begin
    read: Begin
    now_ms: Callable[[], int]

    # ---------- one-time links ----------

    def invite(self, role: str = "admin") -> str:
        """Make a one-time link's token; it is shown once and stored as a hash."""
        token = secrets.token_urlsafe(24)
        row = {"token_hash": _hash(token), "role": role, "used_ms": None}
        with self.write() as connection:
            connection.execute(
                insert(INVITATION).values(**row, expires_ms=self.now_ms() + INVITATION_MS)
            )
        return token

    def invitation_is_open(self, token: str) -> bool:
        """Tell whether a one-time link still works."""
        open_one = (
            INVITATION.c.token_hash == _hash(token),
            INVITATION.c.used_ms.is_(None),
            INVITATION.c.expires_ms > self.now_ms(),
        )
        with self.read() as connection:
            return connection.execute(select(INVITATION).where(*open_one)).first() is not None

    def accept_invitation(self, token: str, form: Mapping[str, str]) -> LoggedIn | Mistakes | None:
        """Make the account of a one-time link and log it in; None when the link is spent."""
        name, email, mistakes = read_account(form)
        if not self.invitation_is_open(token):
            return None
        if mistakes:
            return Mistakes(mistakes)
        password, now = hash_password(form["password"]), self.now_ms()
        user = secrets.token_hex(16)
        with self.write() as connection:
            if connection.execute(select(USER.c.id).where(USER.c.email == email)).first():
                return Mistakes({"email": "taken"})
            spent = connection.execute(
                update(INVITATION)
                .where(
                    INVITATION.c.token_hash == _hash(token),
                    INVITATION.c.used_ms.is_(None),
                    INVITATION.c.expires_ms > now,
                )
                .values(used_ms=now)
            )
            if spent.rowcount != 1:
                return None
            connection.execute(
                insert(USER).values(
                    id=user, email=email, name=name, password=password, role="admin", made_ms=now
                )
            )
            return self._enter(connection, user)

    def count(self) -> int:
        """Count the accounts."""
        with self.read() as connection:
            return len(connection.execute(select(USER.c.id)).all())

    # ---------- login ----------

    def login(self, email: str, password: str, address: str) -> LoggedIn | WrongLogin | LoginPaused:
        """Check a password; failures count for the e-mail and for the caller's address."""
        email = email.strip().lower()
        limits = ((f"from:{address}", CALLER_TRIES), (f"email:{email}", TRIES))
        # Each try is counted before it is checked: many at once cannot slip through.  The caller
        # first: one that is paused cannot go on to pause people by their e-mails.
        left = []
        with self.write() as connection:
            for key, tries in limits:
                rest, until_ms = self._take(connection, key, tries)
                if rest < 0:
                    return LoginPaused(until_ms)
                left.append(rest)
        with self.read() as connection:
            user = connection.execute(select(USER).where(USER.c.email == email)).one_or_none()
        right = matches(user.password if user else NOBODY, password[:MOST_PASSWORD])
        if not right or user is None:
            return WrongLogin(min(left))
        with self.write() as connection:
            names = [key for key, _tries in limits]
            connection.execute(delete(LOGIN_FAILURE).where(LOGIN_FAILURE.c.key.in_(names)))
            return self._enter(connection, user.id)

    def _take(self, connection: Connection, key: str, tries: int) -> tuple[int, int]:
        """Count one try; give how many are left (negative: paused) and until when that counts."""
        now = self.now_ms()
        connection.execute(delete(LOGIN_FAILURE).where(LOGIN_FAILURE.c.since_ms <= now - PAUSE_MS))
        row = connection.execute(
            select(LOGIN_FAILURE).where(LOGIN_FAILURE.c.key == key)
        ).one_or_none()
        if row is None:
            connection.execute(insert(LOGIN_FAILURE).values(key=key, tries=1, since_ms=now))
            return tries - 1, now + PAUSE_MS
        if row.tries < tries:
            changed = update(LOGIN_FAILURE).where(LOGIN_FAILURE.c.key == key)
            connection.execute(changed.values(tries=row.tries + 1, since_ms=now))
            return tries - row.tries - 1, now + PAUSE_MS
        return -1, row.since_ms + PAUSE_MS

    def _enter(self, connection: Connection, user: str) -> LoggedIn:
        token, now = secrets.token_urlsafe(32), self.now_ms()
        connection.execute(delete(SESSION).where(SESSION.c.used_ms <= now - IDLE_MS))
        connection.execute(
            insert(SESSION).values(token_hash=_hash(token), user=user, made_ms=now, used_ms=now)
        )
        return LoggedIn(token)

    # ---------- sessions ----------

    def person(self, token: str) -> Person | None:
        """Give who holds a session; it is kept alive by a note at most once a minute."""
        now = self.now_ms()
        with self.read() as connection:
            row = connection.execute(
                select(USER.c.id, USER.c.name, USER.c.email, SESSION.c.used_ms)
                .join_from(SESSION, USER, SESSION.c.user == USER.c.id)
                .where(
                    SESSION.c.token_hash == _hash(token),
                    SESSION.c.used_ms > now - IDLE_MS,
                    SESSION.c.made_ms > now - LONGEST_MS,
                )
            ).one_or_none()
        if row is None:
            return None
        if now - row.used_ms > MINUTE_MS:
            mine = update(SESSION).where(SESSION.c.token_hash == _hash(token))
            with self.write() as connection:
                connection.execute(mine.values(used_ms=now))
        return Person(id=row.id, name=row.name, email=row.email)

    def logout(self, token: str) -> None:
        """End a session."""
        with self.write() as connection:
            connection.execute(delete(SESSION).where(SESSION.c.token_hash == _hash(token)))

    def password_is_right(self, person: Person, password: str) -> bool:
        """Check a password again; tries count as those of a login."""
        key = f"again:{person.id}"
        with self.write() as connection:
            left, _until = self._take(connection, key, TRIES)
        if left < 0:
            return False
        with self.read() as connection:
            verifier = connection.execute(
                select(USER.c.password).where(USER.c.id == person.id)
            ).scalar_one_or_none()
        if verifier is None or not matches(verifier, password[:MOST_PASSWORD]):
            return False
        with self.write() as connection:
            connection.execute(delete(LOGIN_FAILURE).where(LOGIN_FAILURE.c.key == key))
        return True
