"""The sample office, first half: what it keeps, its people, overview and terminals."""

# ruff: noqa: D102 -- every method is documented in the port that this implements

import secrets
from collections.abc import Mapping
from dataclasses import replace

from server.office.card_file import CardFile
from server.web.port import (
    Done,
    LoggedIn,
    LoginPaused,
    Mistakes,
    NotDone,
    Refusal,
    WrongLogin,
)
from server.web.views.cards import (
    CardRow,
)
from server.web.views.chain import Audit
from server.web.views.common import PartKind, Person, Place, Shell
from server.web.views.overview import Health, MoneyRow, Outside, Overview, Setup, Step, StepKind
from server.web.views.public import Receipt
from server.web.views.terminals import (
    Pairing,
    PairingState,
    RevokePage,
    TerminalEvent,
    TerminalEventKind,
    TerminalPage,
    TerminalsPage,
    TerminalState,
)
from tools.screenshots import evening
from tools.screenshots.evening import DAY, FED, GRAIN, HOUR, MINUTE, NOW, fed, gra

TRIES = 5
CLAIRE = Person(id="claire", name="Claire Le Goff", email="claire@nuitsdumoulin.example")


def make_reference(uid: bytes) -> str:
    """Give a readable stand-in for a card's pseudonym."""
    return uid.hex().rjust(32, "0")


class FieldOffice:
    """The evening's office; `fresh` is a node on which nothing was done yet."""

    def __init__(self, *, fresh: bool = False, stand_in: bool = True) -> None:
        self.fresh, self.stand_in = fresh, stand_in
        self.now_ms = NOW
        self.people = {CLAIRE.email: (CLAIRE, "une phrase de passe")}
        self.sessions: dict[str, Person] = {}
        self.invitations = {"premier-lien"}
        self.failures: dict[str, int] = {}
        self.tills = {} if fresh else {row.id: row for row in evening.TERMINALS}
        self.codes: dict[str, Pairing] = {}
        self.cards_: dict[str, CardRow] = {} if fresh else dict(evening.CARDS)
        self.tokens = (
            {}
            if fresh
            else {number: f"{number.lower()}-0f77-4e3c-9ef6-047ea6b8726e" for number in self.cards_}
        )
        self.previews: dict[str, tuple[str, CardFile]] = {}
        self.products_ = {} if fresh else {each.id: each for each in evening.PRODUCTS}
        self.team_ = {} if fresh else {each.id: each for each in evening.OPERATORS}
        self.audits: tuple[Audit, ...] = () if fresh else evening.AUDITS
        self.reloads: dict[str, Receipt] = {}
        self.acts: list[str] = []

    # ---------- accounts ----------

    def invitation_is_open(self, token: str) -> bool:
        return token in self.invitations

    def accept_invitation(self, token: str, form: Mapping[str, str]) -> LoggedIn | Mistakes | None:
        if token not in self.invitations:
            return None
        mistakes = {}
        if not form.get("name", "").strip():
            mistakes["name"] = "required"
        if "@" not in form.get("email", ""):
            mistakes["email"] = "email"
        if len(form.get("password", "")) < 12:
            mistakes["password"] = "password_short"  # noqa: S105 -- a word of `MISTAKES`
        elif form.get("password") != form.get("again"):
            mistakes["again"] = "password_same"
        if mistakes:
            return Mistakes(mistakes)
        self.invitations.remove(token)
        person = Person(id=form["email"], name=form["name"].strip(), email=form["email"])
        self.people[person.email] = (person, form["password"])
        return self._enter(person)

    def _enter(self, person: Person) -> LoggedIn:
        token = secrets.token_urlsafe(24)
        self.sessions[token] = person
        return LoggedIn(token)

    def login(self, email: str, password: str, address: str) -> LoggedIn | WrongLogin | LoginPaused:
        del address
        failed = self.failures.get(email, 0)
        if failed >= TRIES:
            return LoginPaused(self.now_ms + 15 * MINUTE)
        person, secret = self.people.get(email, (None, ""))
        if person and secret == password:
            self.failures.pop(email, None)
            return self._enter(person)
        self.failures[email] = failed + 1
        return WrongLogin(TRIES - failed - 1)

    def person(self, token: str) -> Person | None:
        return self.sessions.get(token)

    def logout(self, token: str) -> None:
        self.sessions.pop(token, None)

    def password_is_right(self, person: Person, password: str) -> bool:
        return self.people[person.email][1] == password

    # ---------- overview ----------

    def shell(self) -> Shell:
        if self.fresh:
            return Shell(node_name="Les Nuits du Moulin", stand_in=self.stand_in)
        return Shell(
            node_name="Les Nuits du Moulin",
            stand_in=self.stand_in,
            terminals_to_sync=2,
            things_to_fix=2,
        )

    def overview(self) -> Overview | Setup:
        if self.fresh:
            return Setup(steps=self._steps())
        return Overview(
            now_ms=self.now_ms,
            day_start_ms=evening.DAY_START,
            unsent_terminals=2,
            unsent_sales=47,
            unsent_money=(evening.UNSENT,),
            todo=evening.TODO,
            outside=(
                Outside(
                    total=fed(1_846_200),
                    on_cards=fed(987_450),
                    to_places=fed(823_650),
                    covered_bp=10_000,
                ),
                Outside(total=gra(624_000), on_cards=gra(390_530), to_places=gra(187_670)),
            ),
            checks=tuple(c for c in evening.CHECKS if c.kind not in ("copy", "disk", "stripe")),
            head_height=1042,
            assets=(FED, GRAIN),
            same_unit=True,
            hours=evening.HOURS,
            sales_today=598,
            sales_late=112,
            totals_today=(fed(sum(evening.FED_HOURS)), gra(sum(evening.GRAIN_HOURS))),
            last_sales=evening.SALES[:5],
            money=(
                MoneyRow(kind=PartKind.WALLETS, cards=962, amounts=(fed(987_450), gra(390_530))),
                MoneyRow(
                    kind=PartKind.PLACE, name="Bar du Moulin", amounts=(fed(512_050), gra(120_420))
                ),
                MoneyRow(
                    kind=PartKind.PLACE,
                    name="Cantine des Prés",
                    amounts=(fed(311_600), gra(67_250)),
                ),
                MoneyRow(kind=PartKind.HELD, amounts=(fed(35_100), gra(0))),
                MoneyRow(kind=PartKind.MELTED, amounts=(fed(0), gra(21_400))),
                MoneyRow(kind=PartKind.FUNDS, amounts=(fed(0), gra(24_400))),
            ),
            money_total=(fed(1_846_200), gra(624_000)),
        )

    def _steps(self) -> tuple[Step, ...]:
        return (
            Step(kind=StepKind.ACCOUNT, done=True),
            Step(kind=StepKind.PLACE, done=True, name="Bar du Moulin"),
            Step(kind=StepKind.ASSET, done=True, name="Euro fédéré"),
            Step(kind=StepKind.PRODUCTS, done=bool(self.products_), count=len(self.products_)),
            Step(kind=StepKind.CARDS, done=bool(self.cards_), count=len(self.cards_)),
            Step(kind=StepKind.TERMINAL, done=bool(self.tills), count=len(self.tills)),
            Step(kind=StepKind.STRIPE, done=False, needed=False),
            Step(kind=StepKind.COPY, done=False, needed=False),
        )

    def health(self) -> Health:
        return Health(
            now_ms=self.now_ms,
            checks=evening.CHECKS,
            version="0.1.0",
            started_ms=NOW - 2 * DAY - 5 * HOUR,
            database_bytes=12_400_000,
            dead_letters=0,
        )

    def places(self) -> tuple[Place, ...]:
        return (evening.BAR, evening.CANTEEN)

    # ---------- terminals ----------

    def terminals(self) -> TerminalsPage:
        return TerminalsPage(
            now_ms=self.now_ms,
            rows=tuple(self.tills.values()),
            hard_ms=evening.HARD,
            cap=fed(evening.CAP),
            known=evening.UNSENT,
            worst=fed(2 * evening.CAP),
        )

    def terminal(self, terminal: str) -> TerminalPage | None:
        row = self.tills.get(terminal)
        if row is None:
            return None
        return TerminalPage(
            now_ms=self.now_ms,
            row=row,
            cap=fed(evening.CAP),
            hard_ms=evening.HARD,
            received_seq=1874 if row.seen_ms else 0,
            announced_seq=1912 if row.seen_ms else None,
            head="7c1e93af" + "0" * 52 + "04d2",
            short_id="MOUL 4417",
            enrolled_ms=NOW - 2 * DAY - 5 * HOUR,
            enrolled_height=12,
            version="0.1.0",
            clock_skew_ms=400,
            sales=evening.SALES[-3:] + evening.SALES[:3] if row.seen_ms else (),
            events=(
                TerminalEvent(kind=TerminalEventKind.CONTACT_LOST, at_ms=row.seen_ms or NOW),
                TerminalEvent(kind=TerminalEventKind.RECEIVED, at_ms=NOW - 21 * HOUR, count=214),
                TerminalEvent(kind=TerminalEventKind.PAIRED, at_ms=NOW - 2 * DAY, height=12),
            ),
        )

    def start_pairing(self, place: str, name: str) -> str | Mistakes:
        if not name.strip():
            return Mistakes({"name": "required"})
        if place not in {each.id for each in self.places()}:
            return Mistakes({"place": "place"})
        ident = f"c{len(self.codes) + 1}"
        self.codes[ident] = Pairing(
            id=ident,
            name=name.strip(),
            place=place,
            pin="482913",
            expires_ms=self.now_ms + 10 * MINUTE,
            state=PairingState.WAITING,
        )
        return ident

    def pairing(self, pairing: str) -> Pairing | None:
        return self.codes.get(pairing)

    def cancel_pairing(self, pairing: str) -> None:
        self.codes[pairing] = replace(self.codes[pairing], state=PairingState.CANCELLED)

    def join(self, pairing: str) -> None:
        """Do what a terminal does when its PIN is accepted."""
        self.codes[pairing] = replace(
            self.codes[pairing], state=PairingState.JOINED, terminal="bar-1", short_id="MOUL 4417"
        )

    def revocation(self, terminal: str) -> RevokePage | None:
        row = self.tills.get(terminal)
        if row is None or row.state is TerminalState.REVOKED:
            return None
        return RevokePage(
            id=row.id,
            name=row.name,
            received_seq=1874 if row.seen_ms else 0,
            unsent=row.unsent,
            unsent_money=row.unsent_money,
            worst=fed(evening.CAP),
        )

    def revoke(self, terminal: str, reason: str) -> Done | NotDone:
        row = self.tills.get(terminal)
        if row is None:
            return NotDone(Refusal.GONE)
        if row.state is TerminalState.REVOKED:
            return NotDone(Refusal.ALREADY)
        self.tills[terminal] = replace(row, state=TerminalState.REVOKED)
        self.acts.append(f"revoke {terminal} {reason}")
        return Done(terminal)
