"""Assets by hand: which may exist, where they are taken, how they end; policies of the chain."""

import pytest

from server.ledger.records import Acceptance, Asset, Rule
from shared.amounts import Amount
from shared.bodies import (
    AssetAccept,
    AssetArchive,
    AssetClass,
    AssetUpdate,
    CashReload,
    Correction,
    Gift,
    Merge,
    PolicySet,
    Transfer,
)
from shared.ids import ZERO_HASH, AssetId, PlaceId, hold, issuer, place
from shared.policy import NO_DEMURRAGE, OFFLINE, PURSE, Policy, ProtocolPolicy
from tests.server.ledger.neighbours import (
    BEAN,
    CAFE,
    CAFE_CARD,
    CLUB,
    LIBRE,
    POINTS,
    STAMP,
    Neighbours,
    given,
    neighbours,
    unit,
)
from tests.server.ledger.world import (
    BAR,
    FED,
    GRAIN,
    asset,
    card,
    founded,
    holder,
    purse,
    sale,
)

NEW, NOWHERE = AssetId("NEW"), PlaceId("nowhere")


@pytest.fixture
def here() -> Neighbours:
    return neighbours()


def accept(code: AssetId, side: str, *, at: PlaceId = CAFE, yes: bool = True) -> AssetAccept:
    return AssetAccept(
        accept=yes, asset=code, place=at, side="issuer" if side == "issuer" else "place"
    )


# ---------- which may exist ----------


@pytest.mark.parametrize(
    "kind, peg, scale, verdict",
    [
        ("federated", "EUR", 2, "accepted"),
        ("federated", "-", 2, "rejected(wrong_asset)"),
        ("federated", "EUR", 3, "rejected(wrong_asset)"),
        ("local", "EUR", 2, "accepted"),
        ("local", "-", 0, "accepted"),
        ("local", "EUR", 0, "rejected(wrong_asset)"),
        ("gift", "EUR", 2, "accepted"),
        ("gift", "-", 6, "accepted"),
        ("gift", "EUR", 1, "rejected(wrong_asset)"),
        ("meal", "EUR", 2, "accepted"),
        ("meal", "-", 2, "rejected(wrong_asset)"),
        ("time", "-", 2, "accepted"),
        ("time", "EUR", 2, "rejected(wrong_asset)"),
        ("points", "-", 0, "accepted"),
        ("points", "EUR", 2, "rejected(wrong_asset)"),
        ("libre", "-", 2, "accepted"),
        ("libre", "EUR", 2, "rejected(wrong_asset)"),
        ("badge", "-", 0, "accepted"),
        ("badge", "-", 2, "rejected(wrong_asset)"),
        ("badge", "EUR", 2, "rejected(wrong_asset)"),
        ("membership", "-", 0, "accepted"),
        ("membership", "-", 1, "rejected(wrong_asset)"),
        ("membership", "EUR", 2, "rejected(wrong_asset)"),
    ],
)
def test_a_class_says_what_a_unit_may_be_worth(
    here: Neighbours, kind: str, peg: str, scale: int, verdict: str
) -> None:
    assert here.bar(asset(NEW, AssetClass(kind), peg=peg, scale=scale)) == [verdict]


@pytest.mark.parametrize("kind", ["gift", "meal", "time", "points", "libre", "badge", "membership"])
def test_before_protocol_2_there_are_two_classes(kind: str) -> None:
    world, peg = founded(), "EUR" if kind == "meal" else "-"
    scale = 2 if kind == "meal" else 0
    new = asset(NEW, AssetClass(kind), peg=peg, scale=scale)
    assert world.do(world.node, new) == ["rejected(wrong_asset)"]


def test_a_token_that_all_places_take_is_made_by_a_validator(here: Neighbours) -> None:
    token = asset(NEW, AssetClass.FEDERATED, issuer=CAFE)
    assert here.cafe(token, unit(NEW, AssetClass.POINTS, issuer=CAFE)) == [
        "rejected(not_a_validator)",
        "accepted",
    ]
    assert here.bar(token) == ["rejected(not_authorised)"]


def test_its_terms_change_and_its_worth_does_not(here: Neighbours) -> None:
    change = AssetUpdate(GRAIN, "Graine", 60, "g")
    unknown = AssetUpdate(NEW, "Graine", 60, "g")
    assert here.cafe(change) == ["rejected(not_authorised)"]
    assert here.bar(change, unknown) == ["accepted", "rejected(unknown_asset)"]
    assert here.world.memory.assets()[GRAIN] == Asset(
        asset_class=AssetClass.LOCAL,
        issuer=BAR,
        name="Graine",
        peg="EUR",
        priority=60,
        scale=2,
        symbol="g",
    )
    here.world.reload(1, 1000, "e1")
    here.world.issue(1, 300, "e2")
    assert here.world.sale(1, 500, "online") == ["accepted"]  # FED (50) goes before GRAIN (60)
    assert (here.world.held(purse(1), GRAIN), here.world.held(purse(1))) == (300, 500)


# ---------- what its issuer creates ----------


@pytest.mark.parametrize(
    "kind, peg", [("gift", "EUR"), ("time", "-"), ("points", "-"), ("meal", "EUR")]
)
def test_its_issuer_creates_what_it_answers_for(here: Neighbours, kind: str, peg: str) -> None:
    new = unit(NEW, AssetClass(kind), peg=peg)
    assert here.bar(new, given(NEW, 40, 1, "e1")) == ["accepted", "accepted"]
    assert (here.world.held(purse(1), NEW), here.world.held(issuer(NEW), NEW)) == (40, -40)
    cash = CashReload(Amount(5), NEW, card(1), ZERO_HASH)
    assert here.world.do(here.world.till, cash) == ["accepted"]
    assert here.world.do(here.till, cash) == ["rejected(wrong_asset)"]
    assert here.world.held(purse(1), NEW) == 45


@pytest.mark.parametrize("kind", ["libre", "badge", "membership"])
def test_what_has_its_own_rule_is_neither_issued_nor_sold(here: Neighbours, kind: str) -> None:
    new = unit(NEW, AssetClass(kind))
    assert here.bar(new, given(NEW, 1, 1, "e1")) == ["accepted", "rejected(wrong_asset)"]
    cash = CashReload(Amount(1), NEW, card(1), ZERO_HASH)
    assert here.world.do(here.world.till, cash) == ["rejected(wrong_asset)"]
    assert here.world.held(issuer(NEW), NEW) == 0


# ---------- where it is taken ----------


def test_both_must_agree_before_a_place_takes_an_asset(here: Neighbours) -> None:
    here.world.issue(1, 500, "e1")
    asked = sale(1, 100, "online")
    assert here.bar(accept(GRAIN, "issuer")) == ["accepted"]
    assert here.world.do(here.till, asked) == ["rejected(insufficient_funds)"]
    assert here.cafe(accept(GRAIN, "place")) == ["accepted"]
    assert here.world.do(here.till, asked) == ["accepted"]
    assert here.world.held(place(CAFE), GRAIN) == 100
    assert here.world.memory.get(Acceptance, (GRAIN, CAFE)) == Acceptance(issuer=True, place=True)


def test_what_a_place_takes_is_not_taken_before_the_issuer_agrees(here: Neighbours) -> None:
    here.world.issue(1, 500, "e1")
    assert here.cafe(accept(GRAIN, "place")) == ["accepted"]
    assert here.world.memory.get(Acceptance, (GRAIN, CAFE)) == Acceptance(issuer=False, place=True)
    asked = sale(1, 100, "online")
    assert here.world.do(here.till, asked) == ["rejected(insufficient_funds)"]


@pytest.mark.parametrize("side", ["issuer", "place"])
def test_either_can_take_it_back(here: Neighbours, side: str) -> None:
    here.world.issue(1, 500, "e1")
    here.bar(accept(GRAIN, "issuer"))
    here.cafe(accept(GRAIN, "place"))
    who = here.bar if side == "issuer" else here.cafe
    assert who(accept(GRAIN, side, yes=False)) == ["accepted"]
    assert here.world.do(here.till, sale(1, 100, "online")) == ["rejected(insufficient_funds)"]


def test_acceptance_follows_within_a_block(here: Neighbours) -> None:
    here.world.issue(1, 500, "e1")
    world, asked = here.world, sale(1, 100, "online")
    result = world.seal(
        world.batch(here.till, asked),
        world.batch(world.node, accept(GRAIN, "issuer")),
        world.batch(here.node, accept(GRAIN, "place")),
        world.batch(here.till, asked),
    )
    assert [str(item.verdict) for item in result.executed] == [
        "rejected(insufficient_funds)",
        "accepted",
        "accepted",
        "accepted",
    ]


def test_each_side_speaks_for_itself(here: Neighbours) -> None:
    assert here.cafe(accept(GRAIN, "issuer")) == ["rejected(not_authorised)"]
    assert here.bar(accept(GRAIN, "place")) == ["rejected(not_authorised)"]


@pytest.mark.parametrize(
    "code, at, verdict",
    [
        (NEW, CAFE, "unknown_asset"),
        (GRAIN, NOWHERE, "unknown_place"),
        (GRAIN, BAR, "wrong_asset"),
        (FED, CAFE, "wrong_asset"),
        (STAMP, CAFE, "wrong_asset"),
        (CLUB, CAFE, "wrong_asset"),
        (LIBRE, CAFE, "accepted"),
    ],
)
def test_consent_is_for_what_a_sale_can_be_paid_with(
    here: Neighbours, code: AssetId, at: PlaceId, verdict: str
) -> None:
    here.bar(
        unit(STAMP, AssetClass.BADGE),
        unit(CLUB, AssetClass.MEMBERSHIP),
        unit(LIBRE, AssetClass.LIBRE),
    )
    wanted = verdict if verdict == "accepted" else f"rejected({verdict})"
    assert here.bar(accept(code, "issuer", at=at)) == [wanted]


def test_a_total_is_never_paid_with_meals_or_points_but_with_gifts(here: Neighbours) -> None:
    gift, meal = AssetId("GIFT"), AssetId("MEAL")
    here.bar(
        unit(gift, AssetClass.GIFT, peg="EUR"),
        unit(meal, AssetClass.MEAL, peg="EUR"),
        unit(POINTS, AssetClass.POINTS),
        given(gift, 30, 1, "e1"),
        given(meal, 100, 1, "e2"),
        given(POINTS, 100, 1, "e3"),
    )
    assert here.world.sale(1, 31, "online") == ["rejected(insufficient_funds)"]
    assert here.world.sale(1, 30, "online") == ["accepted"]
    assert here.world.held(place(BAR), gift) == 30


# ---------- how it is closed ----------


def test_nothing_creates_more_of_a_closed_asset_and_it_is_spent_on(here: Neighbours) -> None:
    here.world.issue(1, 500, "e1")
    close = AssetArchive(GRAIN)
    assert here.cafe(close) == ["rejected(not_authorised)"]
    assert here.bar(close, close, AssetArchive(NEW), given(GRAIN, 1, 1, "e2")) == [
        "accepted",
        "rejected(asset_archived)",
        "rejected(unknown_asset)",
        "rejected(asset_archived)",
    ]
    assert here.world.sale(1, 100, "online") == ["accepted"]
    move = Transfer(Amount(100), GRAIN, holder(1), holder(2))
    assert here.bar(move) == ["accepted"]
    assert here.world.held(purse(1), GRAIN) == 300
    assert here.world.held(issuer(GRAIN), GRAIN) == -500


def test_cash_that_was_taken_for_a_closed_asset_waits_to_be_handed_back(here: Neighbours) -> None:
    here.bar(AssetArchive(GRAIN))
    cash = CashReload(Amount(60), GRAIN, card(1), ZERO_HASH)
    assert here.world.do(here.world.till, cash) == ["accepted"]
    aside = hold(here.world.till.prev)
    assert (here.world.held(aside, GRAIN), here.world.held(purse(1), GRAIN)) == (60, 0)
    back = Correction(here.world.till.id, "GRAIN is closed", here.world.till.seq)
    assert here.bar(back) == ["accepted"]
    assert (here.world.held(aside, GRAIN), here.world.held(issuer(GRAIN), GRAIN)) == (0, 0)


def test_a_place_still_sells_its_own_tokens_of_a_closed_one(here: Neighbours) -> None:
    here.world.reload(1, 100, "e1")
    here.world.sale(1, 100)
    here.bar(AssetArchive(FED))
    cash = CashReload(Amount(60), FED, card(2), ZERO_HASH)
    assert here.world.do(here.world.till, cash) == ["accepted"]
    assert (here.world.held(purse(2)), here.world.held(issuer(FED))) == (60, -100)


def test_consent_to_a_closed_asset_can_only_end(here: Neighbours) -> None:
    here.bar(accept(GRAIN, "issuer"), AssetArchive(GRAIN))
    assert here.cafe(accept(GRAIN, "place")) == ["rejected(asset_archived)"]
    assert here.bar(accept(GRAIN, "issuer", yes=False)) == ["accepted"]
    none = Acceptance(issuer=False, place=False)
    assert here.world.memory.get(Acceptance, (GRAIN, CAFE)) == none


# ---------- gifts ----------


def gift(amount: int, code: AssetId = FED, *, source: int = 1, target: int = 2) -> Gift:
    return Gift(Amount(amount), code, ZERO_HASH, holder(source), holder(target))


def test_a_gift_moves_value_between_holders(here: Neighbours) -> None:
    here.world.reload(1, 1000, "e1")
    assert here.bar(gift(300), gift(701)) == ["accepted", "rejected(insufficient_funds)"]
    assert (here.world.held(purse(1)), here.world.held(purse(2))) == (700, 300)


def test_a_gift_repays_first_what_its_receiver_owes(here: Neighbours) -> None:
    here.world.sale(2, 80)
    here.world.reload(1, 1000, "e1")
    assert here.bar(gift(100)) == ["accepted"]
    assert here.world.held(purse(2)) == 20


def test_a_merged_wallet_gives_nothing_and_receives_for_the_other(here: Neighbours) -> None:
    here.world.reload(1, 1000, "e1")
    here.bar(Merge(holder(3), holder(2)))
    assert here.bar(gift(1, source=3, target=1)) == ["rejected(wallet_merged)"]
    assert here.bar(gift(10, target=3)) == ["accepted"]
    assert here.world.held(purse(2)) == 10


def test_only_the_givers_node_signs_a_gift(here: Neighbours) -> None:
    here.world.reload(1, 1000, "e1")
    assert here.cafe(gift(1)) == ["rejected(not_authorised)"]
    assert here.bar(gift(1, source=CAFE_CARD, target=1)) == ["rejected(not_authorised)"]


@pytest.mark.parametrize(
    "body, code",
    [
        (gift(1, source=9), "unknown_wallet"),
        (gift(1, target=9), "unknown_wallet"),
        (gift(1, NEW), "unknown_asset"),
        (gift(1, STAMP), "wrong_asset"),
        (gift(1, target=1), "bad_field"),
        (Transfer(Amount(1), STAMP, holder(1), holder(2)), "wrong_asset"),
    ],
)
def test_what_is_no_gift(here: Neighbours, body: Gift, code: str) -> None:
    here.bar(unit(STAMP, AssetClass.BADGE))
    assert here.bar(body) == [f"rejected({code})"]


# ---------- policies of the chain ----------


@pytest.mark.parametrize("value", [OFFLINE, PURSE, ProtocolPolicy(2)])
def test_what_holds_for_all_is_set_by_a_validator(here: Neighbours, value: Policy) -> None:
    assert here.cafe(PolicySet("-", value)) == ["rejected(not_a_validator)"]
    assert here.bar(PolicySet("-", value)) == ["accepted"]


def test_before_there_are_validators_any_node_sets_it() -> None:
    world = founded()
    assert world.do(world.node, PolicySet("-", OFFLINE)) == ["accepted"]
    assert world.do(world.node, PolicySet("-", PURSE)) == ["rejected(bad_field)"]


def test_a_place_sets_what_its_cards_may_carry(here: Neighbours) -> None:
    assert here.cafe(PolicySet(CAFE, PURSE)) == ["accepted"]
    assert here.bar(PolicySet(CAFE, PURSE), PolicySet(NOWHERE, PURSE)) == [
        "rejected(not_authorised)",
        "rejected(unknown_place)",
    ]
    rule = here.world.memory.get(Rule, ("purse", CAFE))
    assert rule is not None
    assert rule.value == PURSE


def test_a_stamp_does_not_melt(here: Neighbours) -> None:
    here.bar(unit(STAMP, AssetClass.BADGE))
    assert here.bar(PolicySet(STAMP, NO_DEMURRAGE), PolicySet(BEAN, NO_DEMURRAGE)) == [
        "rejected(unknown_policy)",
        "rejected(not_authorised)",
    ]
