"""In whatever order: one charge a tap, no green before the journal, no lost basket.

A random walk over the machine: fingers, cards, time, cables and the node at random; the journal
answers what was asked, sooner or later.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings, strategies as st

from shared.errors import Code
from shared.verdict import ACCEPTED, rejected
from terminal.till.commands import JournalAppend
from terminal.till.events import (
    Acknowledge,
    AddMoney,
    AddProduct,
    AnotherCard,
    AskRefund,
    AskReload,
    Back,
    CardSeen,
    CardUnusable,
    Charge,
    CheckCard,
    ChooseAsset,
    ChooseLanguage,
    ClearBasket,
    ConfirmRefund,
    ConfirmReload,
    Continue,
    Event,
    Journalled,
    Lock,
    NextPage,
    NodeLost,
    NodeRefused,
    OpenMenu,
    OpenState,
    Pulled,
    Pushed,
    ReaderFound,
    ReaderLost,
    RemoveProduct,
    RemoveToFit,
    RestoreBasket,
    Settled,
    Tick,
    ToggleTraining,
)
from terminal.till.flow import FLOW, step
from terminal.till.receipts import RefundDraft, SaleDraft
from terminal.till.state import PaidShown, Recording, Selling, Step, TakingBack, Till
from terminal.ui.outline import buttons
from terminal.ui.pages.pen import Layout
from terminal.ui.view import draw

from .dialogue import (
    ALICE,
    BEER,
    BOB,
    CHAMP,
    DIRECTORY,
    FED,
    LEMONADE,
    LOST,
    NOTHING,
    NOW,
    STAFF,
    STRANGER,
    entry,
    till,
)

FINGERS = st.sampled_from(
    [
        AddProduct(BEER),
        AddProduct(LEMONADE),
        RemoveProduct(BEER),
        Charge(),
        Back(),
        Continue(),
        AnotherCard(),
        RemoveToFit(),
        ClearBasket(),
        RestoreBasket(),
        CheckCard(),
        AskRefund(),
        ConfirmRefund(),
        Acknowledge(),
        AskReload(),
        AddMoney(500),
        ChooseAsset(FED),
        ChooseAsset(CHAMP),
        ConfirmReload(),
        NextPage(),
        OpenMenu(),
        OpenState(),
        ChooseLanguage("en"),
        ToggleTraining(),
        Lock(),
    ]
)
CARDS_SEEN = st.sampled_from([ALICE, BOB, LOST, STRANGER, STAFF]).map(CardSeen)
VERDICTS = st.sampled_from(
    [ACCEPTED, rejected(Code.INSUFFICIENT_FUNDS), rejected(Code.CARD_BLOCKED)]
)
SETTLED = st.builds(Settled, seq=st.integers(1, 12), verdict=VERDICTS)
PUSHED = st.builds(
    Pushed,
    at_ms=st.just(NOW),
    stored_seq=st.integers(0, 12),
    verdicts=st.lists(SETTLED, max_size=3).map(tuple),
    provisional=st.booleans(),
    unsent=st.just(NOTHING),
)
FIRED = replace(DIRECTORY, operators=())
PULLED = st.builds(
    Pulled,
    at_ms=st.just(NOW),
    directory=st.sampled_from([DIRECTORY, DIRECTORY, DIRECTORY, FIRED]),
    verdicts=st.lists(SETTLED, max_size=2).map(tuple),
    settled_seq=st.integers(0, 12),
    unsent=st.just(NOTHING),
)
WORLD = st.one_of(
    PUSHED,
    PULLED,
    st.sampled_from(
        [NodeLost(), NodeRefused(Code.AUTHOR_REVOKED), ReaderLost(), ReaderFound(), CardUnusable()]
    ),
    st.integers(0, 8000).map(lambda later: Tick(NOW + later)),
)
JOURNAL = st.just(None)  # stands for: the journal answers what it was asked first
WALK = st.lists(st.one_of(FINGERS, FINGERS, CARDS_SEEN, WORLD, JOURNAL), max_size=60)
BASKET_FINGERS = (
    RemoveProduct,
    ClearBasket,
    RestoreBasket,
    RemoveToFit,
    ToggleTraining,
)


class World:
    """Runs the walk and keeps what the properties are about."""

    def __init__(self) -> None:
        self.till = till()
        self.asked: list[JournalAppend] = []
        self.charges_since_card = 0
        self.seq = 0

    def tell(self, event: Event | None) -> None:
        if event is None:
            event = self._journal_answer()
        if event is None:
            return
        if isinstance(event, CardSeen):
            self.charges_since_card = 0
        before, (self.till, commands) = self.till, step(self.till, event)
        appends = [c for c in commands if isinstance(c, JournalAppend)]
        self._check(before, event, (self.till, commands), appends)
        self.asked += appends

    def _journal_answer(self) -> Event | None:
        if not self.asked:
            return None
        command = self.asked.pop(0)
        self.seq += 1
        durable = entry(command.draft, self.seq, command.at_ms)
        return Journalled(tap=command.tap, entry=durable, unsent=NOTHING)

    def _check(self, before: Till, event: Event, after: Step, appends: list[JournalAppend]) -> None:
        now, _ = after
        assert len(appends) <= 1
        for append in appends:
            assert not self.asked, "the journal was asked again before it answered"
            assert not before.training
            assert isinstance(now.page, Recording | TakingBack)
            assert append.tap == now.page.tap == before.taps + 1
            if isinstance(append.draft, SaleDraft):
                self.charges_since_card += 1
            elif isinstance(append.draft, RefundDraft) and isinstance(now.page, TakingBack):
                self.charges_since_card -= 1
        assert self.charges_since_card <= 1, "one tap, two charges"
        if isinstance(now.page, PaidShown) and not isinstance(before.page, PaidShown):
            assert before.training or isinstance(event, Journalled | Pushed | Pulled)
        if dict(now.basket) != dict(before.basket) and not isinstance(event, AddProduct):
            sold = isinstance(now.page, PaidShown) and isinstance(now.page.draft, SaleDraft)
            assert sold or isinstance(event, BASKET_FINGERS)
        assert now.operator is not None or not isinstance(now.page, Selling)
        draw(now, Layout())


@settings(max_examples=300, deadline=None)
@given(WALK)
def test_one_charge_a_tap_no_green_before_the_journal_no_lost_basket(
    walk: list[Event | None],
) -> None:
    world = World()
    for event in walk:
        world.tell(event)


@settings(max_examples=100, deadline=None)
@given(WALK)
def test_any_screen_has_unique_buttons_and_offers_only_what_the_till_hears(
    walk: list[Event | None],
) -> None:
    world = World()
    for event in walk:
        world.tell(event)
        found = list(buttons(draw(world.till, Layout())))
        names = [button.id for button in found if button.event is not None]
        assert len(names) == len(set(names)), names
        for button in found:
            if button.event is not None:
                assert (type(world.till.page), type(button.event)) in FLOW, button
