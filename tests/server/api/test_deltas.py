"""Deltas: everything once, in pages, and nothing to who may no longer sell."""

from dataclasses import replace
from typing import Any

import pytest

from server.api.deltas import Deltas as Handler
from server.api.route import Call
from shared.block import read_header
from shared.bodies import CardBlock, PlaceLeave, PolicySet, TerminalRevoke
from shared.policy import OFFLINE
from shared.signing import Purpose, from_text, public_key, verify
from shared.wire import Deltas
from tests.server.api.world import FIELD, Terminal, World, card, code, good, sale

DELTAS = "/api/v1/deltas"


def money(found: Deltas) -> dict[str, list[tuple[str, int]]]:
    return {line.card: [(m.asset, m.amount) for m in line.money] for line in found.cards}


def test_the_first_answer_has_everything(world: World) -> None:
    world.cards(1000, 0)
    till = world.terminal("Bar 1")
    found = till.deltas()
    assert money(found) == {card(0): [("GRAIN", 1000)], card(1): []}
    assert found.status == "active"
    assert found.policy == OFFLINE
    assert found.head.seq == 0
    assert not found.more
    catalogue = found.catalogue
    assert catalogue is not None
    assert (catalogue.label, catalogue.place_name) == ("Bar 1", "Le Grand Champ")
    assert catalogue.time_zone == "Europe/Paris"
    assert [(line.asset, line.cash, line.symbol) for line in catalogue.assets] == [
        ("GRAIN", "offline", "G"),
        ("FED", "online", "€"),
    ]


def test_the_header_is_sealed_by_the_node(world: World) -> None:
    found = world.terminal().deltas()
    raw = found.header.header.encode()
    assert verify(
        bytes.fromhex(world.node.engine.key),
        Purpose.BLOCK,
        raw,
        from_text(found.header.seal),
    )
    assert read_header(raw).height == world.node.engine.tip.height


def test_a_change_elsewhere_reaches_every_terminal(world: World) -> None:
    world.cards(1000, 1000)
    here, there = world.terminal("here"), world.terminal("there")
    here.deltas()
    there.deltas()
    there.send(sale(1, 300))
    found = here.deltas()
    assert money(found) == {card(1): [("GRAIN", 700)]}
    assert found.verdicts == ()


def test_a_blocked_card_is_told(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    till.deltas()
    world.propose(CardBlock(card=card(0), reason="lost"))
    assert [(line.card, line.status) for line in till.deltas().cards] == [(card(0), "blocked")]


def test_the_own_policy_of_a_place_goes_before_the_chains(world: World) -> None:
    till = world.terminal()
    everywhere = _offline(t0_sales=5)
    world.propose(PolicySet(subject="-", value=everywhere))
    assert till.deltas().policy == everywhere
    here = _offline(t0_sales=7)
    world.propose(PolicySet(subject="le-grand-champ", value=here))
    assert till.deltas().policy == here


def _offline(**changes: Any) -> Any:
    values = {
        "hard_ms": 43_200_000,
        "soft_ms": 14_400_000,
        "t0_limit": 1_000,
        "t0_sales": 2,
        "t0_terminal_cap": 50_000,
    }
    return type(OFFLINE)(**{**values, **changes})


def test_the_catalogue_comes_when_it_changed_and_only_then(world: World) -> None:
    till = world.terminal()
    till.deltas()
    assert till.deltas().catalogue is None
    form = {"name": "Blonde 25 cl", "category": "Bières", "price": "3,50", "vat": "2000"}
    world.node.office.save_product("", form)
    found = till.deltas().catalogue
    assert found is not None
    assert [(p.label, p.price, p.vat, p.category) for p in found.products] == [
        ("Blonde 25 cl", 350, 2000, "bieres")
    ]
    assert [(c.category, c.label, c.icon) for c in found.categories] == [
        ("bieres", "Bières", "beer")
    ]
    assert till.deltas().catalogue is None


def test_operators_come_with_their_verifier_and_leave_when_their_access_ends(
    world: World,
) -> None:
    till = world.terminal()
    form = {"name": "Léa", "role": "manager", "pin": "1234"}
    done = world.node.office.save_operator("", form)
    found = till.deltas().catalogue
    assert found is not None
    [person] = found.operators
    assert (person.name, person.role, person.card) == ("Léa", "manager", "")
    assert person.pin.startswith("$argon2id$")
    world.node.office.end_access(done.id)  # type: ignore[union-attr]  # it was done
    after = till.deltas().catalogue
    assert after is not None
    assert after.operators == ()


def small_pages(world: World, till: Terminal, cursor: str) -> Deltas:
    """Ask the handler with pages of two."""
    node = world.node.api
    handler = Handler(
        chain=node.chain,
        notes=node.notes,
        engine=node.engine,
        now_ms=node.now_ms,
        cards_a_page=2,
        verdicts_a_page=2,
    )
    call = Call(method="GET", path=DELTAS, arguments={"cursor": cursor}, author=till.author)
    answer = handler(call)
    assert isinstance(answer, Deltas)
    return answer


def test_pages_give_everything_once_and_what_changes_meanwhile_after(world: World) -> None:
    world.cards(100, 100, 100, 100, 100)
    till, other = world.terminal("one"), world.terminal("two")
    till.send(*[sale(0, 1, salt=n) for n in range(5)])
    cursor, seen, verdicts, rounds = "", [], [], 0
    while True:
        page = small_pages(world, till, cursor)
        seen += [line.card for line in page.cards]
        verdicts += [line.seq for line in page.verdicts]
        cursor, rounds = page.cursor, rounds + 1
        if rounds == 1:
            other.send(sale(4, 60))
        if not page.more:
            break
    assert sorted(seen) == sorted(card(n) for n in range(5))
    assert verdicts == [1, 2, 3, 4, 5]
    assert rounds == 3
    then = small_pages(world, till, cursor)
    assert money(then) == {card(4): [("GRAIN", 40)]}
    assert small_pages(world, till, then.cursor).cards == ()


@pytest.mark.parametrize("status", ["revoked", "quarantined"])
def test_who_may_no_longer_sell_learns_its_status_and_nothing_of_cards(
    world: World, status: str
) -> None:
    world.cards(1000)
    till = world.terminal()
    till.send(sale(0, 100))
    if status == "revoked":
        world.propose(TerminalRevoke(after=1, terminal=till.author))
    else:
        thief = replace(till, payloads=[], head=Terminal.head)
        thief.write(sale(0, 7))
        assert code(thief.post(thief.batch(1))) == (409, "fork")
    found = till.deltas()
    assert found.status == status
    assert (found.cards, found.catalogue) == ((), None)
    assert [line.verdict for line in found.verdicts] == ["accepted"]
    assert found.head.seq == 1


def test_a_till_whose_place_has_left_sells_no_more(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    till.send(sale(0, 100))
    world.propose(PlaceLeave(FIELD))
    found = till.deltas()
    assert (found.status, found.cards, found.catalogue) == ("revoked", (), None)
    assert [line.verdict for line in found.verdicts] == ["accepted"]


@pytest.mark.parametrize(
    "cursor", ["x", "1", "1.2.3", "01.1", "-2.0", "1.1.1.1.zz", "1.1\n", "9" * 200]
)
def test_a_cursor_that_is_none_of_ours_is_refused(world: World, cursor: str) -> None:
    till = world.terminal()
    answer = till.get(
        DELTAS, f"cursor={cursor.strip() or cursor}" if "\n" not in cursor else "cursor=1.1%0A"
    )
    assert code(answer) == (400, "bad_cursor")


def test_a_cursor_above_our_height_stops_the_sealing_and_starts_anew(world: World) -> None:
    till = world.terminal()
    assert code(till.get(DELTAS, "cursor=999.1")) == (400, "bad_cursor")
    assert not world.node.engine.sealing
    good(till.get(DELTAS, "cursor="), Deltas)


def test_they_say_which_key_the_node_seals_with_from_now_on(world: World) -> None:
    till, before = world.terminal(), world.node.engine.key
    assert till.deltas().node_key == before
    world.node.engine.rotate(b"N" * 32)
    found = till.deltas()
    assert found.node_key == public_key(b"N" * 32).hex()
    raw, seal = found.header.header.encode(), from_text(found.header.seal)
    assert verify(bytes.fromhex(before), Purpose.BLOCK, raw, seal)  # the last of the one before


def test_the_cursor_of_a_revoked_till_stops_nothing(world: World) -> None:
    till = world.terminal()
    world.propose(TerminalRevoke(after=0, terminal=till.author))
    assert code(till.get(DELTAS, "cursor=999.1")) == (400, "bad_cursor")
    assert world.node.engine.sealing


def test_the_office_learns_up_to_where_a_terminal_is(world: World) -> None:
    till = world.terminal()
    till.deltas()
    said = world.node.office.tills.said()[till.author]
    assert said.height == world.node.engine.tip.height
    assert said.seen_ms is not None
