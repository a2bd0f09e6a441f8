"""Anything may happen in any order: money that was paid is credited once, and only that."""

import tempfile
from pathlib import Path

from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)

from server.payments.limits import Declined
from server.payments.port import GatewayUnavailableError
from server.payments.reloads import Opened
from server.payments.standin.faults import Fault
from tests.server.payments.world import BLOCKED, CARD, Book, Crash, World, wanted


class Reloading(RuleBasedStateMachine):
    """People pay, banks dawdle, the network lies and the node is killed and started again."""

    sessions = Bundle("sessions")

    @initialize()
    def start(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = [1_790_000_000_000]
        self.book = Book()
        self.node = World(Path(self.folder.name), self.book, self.clock)
        self.paid: dict[str, int] = {}
        self.ordered: set[str] = set()

    def teardown(self) -> None:
        if hasattr(self, "node"):
            self.settle_everything()
            self.node.close()
            self.folder.cleanup()

    @rule(
        target=sessions,
        amount=st.sampled_from([5_00, 10_00]),
        card=st.sampled_from([CARD, BLOCKED]),
        fault=st.sampled_from([Fault.NONE, Fault.LOST_ANSWER, Fault.LOST_REQUEST]),
    )
    def open(self, amount: int, card: str, fault: Fault) -> object:
        known = {session.id for session in self.node.gateway.sessions_since(0)}
        self.clock[0] += 1000
        self.node.provider.faults.extend([fault])
        opened = self.node.reloads.open(wanted(amount, CARD if card == CARD else BLOCKED))
        if isinstance(opened, Declined):
            self.node.provider.faults.next()
        else:
            assert isinstance(opened, Opened) is (fault is Fault.NONE)
        return multiple(*({session.id for session in self.node.gateway.sessions_since(0)} - known))

    @rule(session=sessions)
    def pay(self, session: str) -> None:
        thing = self.node.provider.look(session)
        assert thing is not None
        if self.node.provider.pay(session):
            self.paid[session] = thing["amount_total"]

    @rule(session=sessions)
    def order_a_transfer(self, session: str) -> None:
        if self.node.provider.pay_later(session):
            self.ordered.add(session)

    @rule(session=sessions, yes=st.booleans())
    def bank(self, session: str, yes: bool) -> None:
        thing = self.node.provider.look(session)
        assert thing is not None
        if self.node.provider.bank_says(session, yes=yes) and yes:
            self.paid[session] = thing["amount_total"]

    @rule(times=st.integers(1, 2), backwards=st.booleans())
    def webhooks(self, times: int, backwards: bool) -> None:
        step = -1 if backwards else 1
        self.node.courier(lambda letters: (letters * times)[::step]).round()

    @rule(session=sessions)
    def come_back(self, session: str) -> None:
        self.node.come_back(session)

    @rule()
    def sweep(self) -> None:
        self.node.sweep()

    @rule(session=sessions, fault=st.sampled_from([Fault.SERVER_ERROR, Fault.LOST_ANSWER]))
    def look_during_an_outage(self, session: str, fault: Fault) -> None:
        self.node.provider.faults.extend([fault])
        try:
            self.node.reloads.settle(session)
        except GatewayUnavailableError:
            return
        self.node.provider.faults.next()  # it was final: nobody was asked

    @rule(session=sessions)
    def power_cut_after_the_ledger(self, session: str) -> None:
        self.book.crash_after = True
        try:
            self.node.reloads.settle(session)
        except Crash:
            self.restart()
        self.book.crash_after = False

    @rule()
    def restart(self) -> None:
        self.node.close()
        self.clock[0] += 1000
        self.node = World(Path(self.folder.name), self.book, self.clock)

    @rule(minutes=st.sampled_from([1, 20, 40]))
    def wait(self, minutes: int) -> None:
        self.node.pass_minutes(minutes)

    @invariant()
    def never_more_than_was_paid(self) -> None:
        if hasattr(self, "book"):
            assert self.book.balances.total() <= sum(self.paid.values())
            assert len(self.book.used) <= len(self.paid)

    def settle_everything(self) -> None:
        """Once the world is quiet, one sweep is enough."""
        self.node.sweep()
        assert self.book.balances.total() == sum(self.paid.values())
        states = {self.node.state_of(session) for session in self.paid}
        assert states <= {"credited", "held"}
        assert self.node.tasks() == [task for task in self.node.tasks() if task[0] == "reload_held"]


TestReloading = Reloading.TestCase
TestReloading.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
