"""The stand-in's API: answers what the `stripe` library asks, as Stripe's servers would.

A `Transport` (see gateway.py) over `State`.  Guarantees Stripe's rules where reloads lean on them:
one effect per idempotency key with the first answer replayed, refusal of unknown parameters, money
that moves once, sessions that expire.  What a person does on the payment page is a method here.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from server.payments.gateway import Answer
from server.payments.standin import objects
from server.payments.standin.checks import (
    ACCEPTED,
    REQUIRED,
    RefusalError,
    find,
    integer,
    invalid,
    missing,
    refuse_unknown,
    total,
)
from server.payments.standin.faults import Fault, Script
from server.payments.standin.form import FormError, Tree, parse
from server.payments.standin.objects import Object
from server.payments.standin.state import Draft, State

MIN_LIFE_S: Final = 30 * 60
MAX_LIFE_S: Final = 24 * 3600
LEEWAY_S: Final = 60
MAX_PAGE: Final = 100
PAGE_PATH: Final = "/standin/checkout/"
EXPANDABLE: Final = "payment_intent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The provider; `new_id` gives unguessable text, `pages` is where its own page is served."""

    state: State
    now_s: Callable[[], int]
    new_id: Callable[[], str]
    pages: str
    faults: Script = field(default_factory=Script)

    # ---------- as an API ----------

    def request(self, method: str, url: str, headers: Mapping[str, str], body: str) -> Answer:
        """Answer one request of the library; raises TimeoutError when a fault says so."""
        fault = self.faults.next()
        if fault is Fault.LOST_REQUEST:
            raise TimeoutError("the request was lost")
        if fault in FAULT_ANSWERS:
            status, refusal = FAULT_ANSWERS[fault]
            return self._answer(status, json.dumps(refusal))
        lowered = {name.lower(): value for name, value in headers.items()}
        status, text, replayed = self._once(method, url, lowered, body)
        if fault is Fault.LOST_ANSWER:
            raise TimeoutError("the answer was lost")
        return self._answer(status, text, replayed=replayed)

    def _answer(self, status: int, body: str, *, replayed: bool = False) -> Answer:
        headers = {"content-type": "application/json", "request-id": f"req_{self.new_id()[:14]}"}
        if replayed:
            headers["idempotent-replayed"] = "true"
        return Answer(body, status, headers)

    def _once(
        self, method: str, url: str, headers: Mapping[str, str], body: str
    ) -> tuple[int, str, bool]:
        """Play a request, or repeat what its key was answered the first time."""
        key = headers.get("idempotency-key", "") if method == "POST" else ""
        fingerprint = sha256(f"{method} {url}\n{body}".encode()).hexdigest()
        with self.state.draft() as draft:
            if key and (first := draft.replay(key)):
                if first[0] != fingerprint:
                    message = "Keys for idempotent requests can only be used with the same request."
                    return 400, json.dumps(objects.error("idempotency_error", message)), False
                return first[1], first[2], True
            try:
                status, answer = 200, self._route(draft, method, url, headers, body)
            except RefusalError as refusal:
                status, answer = refusal.status, refusal.body
            text = json.dumps(answer)
            # Like Stripe: a request that failed validation does not use its key up.
            if key and status == 200:
                draft.remember(key, fingerprint, status, text)
            return status, text, False

    def _route(
        self, draft: Draft, method: str, url: str, headers: Mapping[str, str], body: str
    ) -> Object:
        if not headers.get("authorization", "").startswith("Bearer "):
            raise invalid("You did not provide an API key.", status=401)
        parts = urlsplit(url)
        try:
            parameters = parse(parts.query if method == "GET" else body)
        except FormError as error:
            raise invalid(f"Invalid hash: {error}") from error
        names = parts.path.strip("/").split("/")
        for pattern, act in self._acts().items():
            wanted_method, _, wanted = pattern.partition(" ")
            steps = wanted.strip("/").split("/")
            if method == wanted_method and _same_path(steps, names):
                refuse_unknown(parameters, ACCEPTED[pattern])
                ident = next((n for s, n in zip(steps, names, strict=True) if s == ":id"), "")
                return act(draft, ident, parameters)
        raise invalid(f"Unrecognized request URL ({method}: {parts.path}).", status=404)

    def _acts(self) -> Mapping[str, Callable[[Draft, str, Tree], Object]]:
        return {
            "POST /v1/checkout/sessions": self._create_session,
            "POST /v1/checkout/sessions/:id/expire": self._expire_session,
            "GET /v1/checkout/sessions/:id": self._read_session,
            "GET /v1/checkout/sessions": self._list_sessions,
            "GET /v1/payment_intents/:id": self._read_payment,
            "POST /v1/refunds": self._create_refund,
            "GET /v1/refunds/:id": self._read_refund,
        }

    # ---------- endpoints ----------

    def _create_session(self, draft: Draft, _: str, parameters: Tree) -> Object:
        for name in REQUIRED:
            if name not in parameters:
                raise invalid(f"Missing required param: {name}.", parameter=name)
        if parameters["mode"] != "payment":
            raise invalid("Invalid mode: must be payment", parameter="mode")
        now = self.now_s()
        if "expires_at" in parameters:
            life = integer(parameters["expires_at"], "expires_at") - now
            if not MIN_LIFE_S - LEEWAY_S <= life <= MAX_LIFE_S + LEEWAY_S:
                raise invalid(
                    "The `expires_at` timestamp must be between 30 minutes and 24 hours from "
                    "Checkout Session creation.",
                    parameter="expires_at",
                )
        amount, currency = total(parameters["line_items"])
        ident = f"cs_test_{self.new_id()}"
        url = f"{self.pages}{PAGE_PATH}{ident}"
        made = objects.session(
            ident, parameters, amount=amount, currency=currency, now_s=now, url=url
        )
        draft.put(made)
        draft.keep_parameters(ident, parameters)
        return made

    def _read_session(self, draft: Draft, ident: str, parameters: Tree) -> Object:
        return _expanded(draft, self._session(draft, ident), _expand(parameters, ""))

    def _list_sessions(self, draft: Draft, _: str, parameters: Tree) -> Object:
        created = parameters.get("created", {})
        window = created if isinstance(created, dict) else {}
        since = integer(window.get("gte", "0"), "created")
        before = integer(window.get("lt", str(2**53)), "created")
        found = [
            thing
            for thing in draft.newest_first("checkout.session")
            if since <= thing["created"] < before
        ]
        after = parameters.get("starting_after")
        if after is not None:
            places = [place for place, thing in enumerate(found) if thing["id"] == after]
            if not places:
                raise missing("checkout.session", str(after))
            found = found[places[0] + 1 :]
        limit = integer(parameters.get("limit", "10"), "limit")
        if not 1 <= limit <= MAX_PAGE:
            raise invalid("This value must be from 1 to 100.", parameter="limit")
        expand = _expand(parameters, "data.")
        shown = [
            _expanded(draft, self._session(draft, thing["id"]), expand) for thing in found[:limit]
        ]
        return objects.page(shown, "/v1/checkout/sessions", has_more=len(found) > limit)

    def _expire_session(self, draft: Draft, ident: str, _: Tree) -> Object:
        session = self._session(draft, ident)
        if session["status"] != "open":
            raise invalid(
                'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
                f"Session has a status of `{session['status']}`."
            )
        return self._expire(draft, session)

    def _read_payment(self, draft: Draft, ident: str, _: Tree) -> Object:
        return find(draft, "payment_intent", ident)

    def _create_refund(self, draft: Draft, _: str, parameters: Tree) -> Object:
        payment = find(draft, "payment_intent", str(parameters.get("payment_intent", "")))
        given_back = sum(
            thing["amount"]
            for thing in draft.newest_first("refund")
            if thing["payment_intent"] == payment["id"]
        )
        left = payment["amount_received"] - given_back
        amount = integer(parameters.get("amount", str(left)), "amount")
        if left == 0:
            raise invalid("Charge has already been refunded.", code="charge_already_refunded")
        if not 0 < amount <= left:
            raise invalid("Refund amount is greater than unrefunded amount.", parameter="amount")
        made = objects.refund(f"re_{self.new_id()}", payment, parameters, amount, self.now_s())
        draft.put(made)
        self._post(draft, "refund.created", made)
        return made

    def _read_refund(self, draft: Draft, ident: str, _: Tree) -> Object:
        return find(draft, "refund", ident)

    # ---------- as a person on the payment page, or as their bank ----------

    def look(self, session: str) -> Object | None:
        """Give a session for its page, its payment expanded."""
        with self.state.draft() as draft:
            try:
                return _expanded(draft, self._session(draft, session), frozenset({EXPANDABLE}))
            except RefusalError:
                return None

    def pay(self, session: str) -> bool:
        """Pay by card at once; False when the session is not open (any more)."""
        return self._complete(session, paid=True)

    def pay_later(self, session: str) -> bool:
        """Order a bank transfer: complete, and paid only when the bank says so."""
        return self._complete(session, paid=False)

    def bank_says(self, session: str, *, yes: bool) -> bool:
        """Let the bank settle or refuse what was ordered; False when nothing is pending."""
        with self.state.draft() as draft:
            thing = self._session(draft, session)
            if thing["status"] != "complete" or thing["payment_status"] != "unpaid":
                return False
            payment = find(draft, "payment_intent", thing["payment_intent"])
            if payment["status"] != "processing":
                return False
            if yes:
                self._receive(draft, thing, payment)
                self._post(draft, "checkout.session.async_payment_succeeded", thing)
            else:
                draft.put(payment | {"status": "requires_payment_method"})
                self._post(draft, "checkout.session.async_payment_failed", thing)
            return True

    def _complete(self, session: str, *, paid: bool) -> bool:
        with self.state.draft() as draft:
            thing = self._session(draft, session)
            if thing["status"] != "open":
                return False
            parameters = draft.parameters(session).get("payment_intent_data", {})
            payment = objects.payment_intent(
                f"pi_{self.new_id()}",
                parameters,
                amount=thing["amount_total"],
                currency=thing["currency"],
                now_s=self.now_s(),
            ) | {"status": "processing"}
            draft.put(payment)
            thing |= {"status": "complete", "payment_intent": payment["id"], "url": None}
            draft.put(thing)
            if paid:
                self._receive(draft, thing, payment)
            self._post(draft, "checkout.session.completed", thing)
            return True

    def _receive(self, draft: Draft, session: Object, payment: Object) -> None:
        charge = f"ch_{payment['id'].removeprefix('pi_')}"
        received = {"status": "succeeded", "amount_received": payment["amount"]}
        draft.put(payment | received | {"latest_charge": charge})
        session["payment_status"] = "paid"
        draft.put(session)

    # ---------- shared ----------

    def _session(self, draft: Draft, ident: str) -> Object:
        session = find(draft, "checkout.session", ident)
        if session["status"] == "open" and session["expires_at"] <= self.now_s():
            return self._expire(draft, session)
        return session

    def _expire(self, draft: Draft, session: Object) -> Object:
        session |= {"status": "expired", "url": None}
        draft.put(session)
        self._post(draft, "checkout.session.expired", session)
        return session

    def _post(self, draft: Draft, kind: str, subject: Object) -> None:
        ident = f"evt_{self.new_id()}"
        draft.post(objects.event(ident, kind, dict(subject), "2026-01-01.standin", self.now_s()))


FAULT_ANSWERS: Final[Mapping[Fault, tuple[int, Object]]] = {
    Fault.RATE_LIMIT: (
        429,
        objects.error("invalid_request_error", "Request rate limit exceeded.", code="rate_limit"),
    ),
    Fault.SERVER_ERROR: (
        500,
        objects.error("api_error", "An unknown error occurred."),
    ),
    Fault.KEY_IN_USE: (
        409,
        objects.error(
            "idempotency_error",
            "There is currently another in-progress request using this Idempotent Key.",
            code="idempotency_key_in_use",
        ),
    ),
}


def _same_path(steps: list[str], names: list[str]) -> bool:
    return len(steps) == len(names) and all(
        step in {":id", name} for step, name in zip(steps, names, strict=True)
    )


def _expand(parameters: Tree, prefix: str) -> frozenset[str]:
    wanted = parameters.get("expand", [])
    names = wanted if isinstance(wanted, list) else []
    return frozenset(name.removeprefix(prefix) for name in names if isinstance(name, str))


def _expanded(draft: Draft, session: Object, expand: frozenset[str]) -> Object:
    if EXPANDABLE not in expand or session[EXPANDABLE] is None:
        return session
    return session | {EXPANDABLE: draft.get(EXPANDABLE, session[EXPANDABLE])}
