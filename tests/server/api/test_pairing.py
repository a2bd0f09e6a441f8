"""Pairing: one code, one key, the same answer again, and no guessing."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from server.ledger.records import Author
from shared.bodies import PlaceCreate, TerminalRevoke
from shared.codec import encode
from shared.ids import author_id
from shared.signing import Purpose, sign, to_text
from shared.wire import PairAnswer, pairing_text
from tests.server.api.world import Terminal, World, code, good, problem

MINUTE_MS = 60_000


def test_the_answer_says_whom_to_believe_and_seals_the_card_key(world: World) -> None:
    till = world.new_terminal("Bar 1")
    answer = good(till.pair(world.pin("Bar 1")), PairAnswer)
    assert answer.label == "Bar 1"
    assert answer.chain == world.node.chain
    assert answer.node == world.node.engine.author
    assert author_id(bytes.fromhex(answer.node_key)) == answer.node
    assert answer.short == f"{till.author[:4]} {till.author[4:8]}".upper()
    assert till.open(answer).card_key == world.node.api.identity.card_key.hex()
    with world.node.api.chain.snapshot() as now:
        enrolled = now.get(Author, (till.author,))
    assert enrolled is not None
    assert (enrolled.label, enrolled.place, enrolled.status) == (
        "Bar 1",
        "le-grand-champ",
        "active",
    )


def test_a_wrong_code_enrols_nobody(world: World) -> None:
    pin = world.pin()
    wrong = "000000" if pin != "000000" else "000001"
    till = world.new_terminal("Bar 1")
    assert code(till.pair(wrong)) == (403, "bad_pin")
    assert world.node.engine.tip.height == 0


def test_the_same_terminal_may_ask_again_and_gets_the_same_place(world: World) -> None:
    pin, till = world.pin(), world.new_terminal("Bar 1")
    first = good(till.pair(pin), PairAnswer)
    height = world.node.engine.tip.height
    again = good(till.pair(pin), PairAnswer)
    assert world.node.engine.tip.height == height
    assert (again.terminal, again.place, again.label) == (first.terminal, first.place, first.label)
    assert till.open(again) == till.open(first)


def test_a_code_enrols_one_terminal_only(world: World) -> None:
    pin = world.pin()
    good(world.new_terminal("one").pair(pin), PairAnswer)
    assert code(world.new_terminal("two").pair(pin)) == (403, "bad_pin")


def test_a_code_is_worthless_after_ten_minutes(world: World) -> None:
    pin = world.pin()
    world.forward(10 * MINUTE_MS)
    assert code(world.new_terminal("Bar 1").pair(pin)) == (403, "bad_pin")


def test_a_code_works_until_just_before(world: World) -> None:
    pin = world.pin()
    world.forward(10 * MINUTE_MS - 5_000)
    good(world.new_terminal("Bar 1").pair(pin), PairAnswer)


def test_a_cancelled_code_is_worthless(world: World) -> None:
    started = world.node.office.start_pairing("le-grand-champ", "Bar 1")
    assert isinstance(started, str)
    pairing = world.node.office.pairing(started)
    assert pairing is not None
    world.node.office.cancel_pairing(started)
    assert code(world.new_terminal("Bar 1").pair(pairing.pin)) == (403, "bad_pin")


def test_guessing_is_slow_from_one_address(world: World) -> None:
    world.pin()
    till = world.new_terminal("thief")
    answers = [code(till.pair(f"{guess:06d}", address="10.0.0.9"))[1] for guess in range(8)]
    assert answers == ["bad_pin"] * 6 + ["too_many_attempts"] * 2


def test_guessing_is_slow_from_many_addresses(world: World) -> None:
    till = world.new_terminal("thief")
    answers = [code(till.pair(f"{guess:06d}", address=f"10.0.{guess}.1"))[1] for guess in range(62)]
    assert answers[:60] == ["bad_pin"] * 60
    assert answers[61] == "too_many_attempts"


def test_a_limited_answer_says_when_to_come_back(world: World) -> None:
    till = world.new_terminal("thief")
    for guess in range(6):
        till.pair(f"{guess:06d}")
    answer = till.pair("000007")
    assert problem(answer).code == "too_many_attempts"
    assert answer.headers["Retry-After"] == "10"


def test_a_proof_by_another_key_is_refused(world: World) -> None:
    pin = world.pin()
    mine, other = world.new_terminal("mine"), world.new_terminal("other")
    asked = mine.pair_request(pin)
    forged = encode({**_fields(asked), "key": other.key.hex()})
    assert code(world.client.post("/api/v1/pair", data=forged)) == (403, "bad_signature")


@pytest.mark.parametrize(
    "change, expected",
    [
        ({"proof": "!"}, (403, "bad_signature")),
        ({"pin": "12345"}, (400, "bad_shape")),
        ({"pin": "1234567"}, (400, "bad_shape")),
        ({"pin": "12345a"}, (400, "bad_shape")),
        ({"pin": "123456\n"}, (400, "bad_shape")),
        ({"pin": 123456}, (400, "bad_shape")),
        ({"key": "00"}, (400, "bad_shape")),
        ({"box": None}, (400, "bad_shape")),
        ({"extra": 1}, (400, "bad_shape")),
    ],
)
def test_a_malformed_request_has_one_code(
    world: World, change: dict[str, object], expected: tuple[int, str]
) -> None:
    asked = {**_fields(world.new_terminal("Bar 1").pair_request("123456")), **change}
    assert code(world.client.post("/api/v1/pair", data=encode(asked))) == expected


def test_a_key_of_zeros_cannot_break_the_sealing(world: World) -> None:
    till = world.new_terminal("Bar 1")
    asked = {**_fields(till.pair_request(world.pin())), "box": "0" * 64}
    answer = world.client.post("/api/v1/pair", data=encode(asked))
    assert code(answer) == (403, "bad_signature")


def test_a_weak_box_key_is_refused_before_anything_is_enrolled(world: World) -> None:
    till, pin, box = world.new_terminal("Bar 1"), world.pin(), "0" * 64
    proof = to_text(sign(till.seed, Purpose.PAIRING, pairing_text(pin, till.key.hex(), box)))
    asked = {"box": box, "key": till.key.hex(), "pin": pin, "proof": proof}
    assert code(world.client.post("/api/v1/pair", data=encode(asked))) == (400, "bad_request")
    assert world.node.engine.tip.height == 0


def test_a_revoked_key_is_not_enrolled_again(world: World) -> None:
    till = world.terminal("Bar 1")
    world.propose(TerminalRevoke(after=0, terminal=till.author))
    assert code(till.pair(world.pin("Bar 2"))) == (409, "already_exists")


def test_a_node_that_has_lost_blocks_enrols_nobody(world: World) -> None:
    pin = world.pin()
    world.node.engine.saw_height(100)
    assert code(world.new_terminal("Bar 1").pair(pin)) == (503, "node_behind")


def test_two_terminals_with_one_code_at_once_one_wins(world: World) -> None:
    pin = world.pin()
    tills = [world.new_terminal(f"till {n}") for n in range(6)]
    for till in tills:
        till.client = world.node.app().test_client()

    def pair(till: Terminal) -> int:
        return till.pair(pin, address=till.author).status_code

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(pair, tills))
    assert answers == [200, 403, 403, 403, 403, 403]
    assert world.node.engine.tip.height == 1


def test_one_terminal_asking_many_times_at_once_is_enrolled_once(world: World) -> None:
    pin, till = world.pin(), world.new_terminal("Bar 1")
    apps = [world.node.app().test_client() for _ in range(6)]

    def pair(number: int) -> int:
        copy = till.twin()
        copy.client = apps[number]
        return copy.pair(pin, address=str(number)).status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(pair, range(6))) == {200}
    assert world.node.engine.tip.height == 1


def test_a_new_place_can_be_paired_with(world: World) -> None:
    world.propose(PlaceCreate(name="Bar du lac", place="bar-du-lac"))  # type: ignore[arg-type]  # a code
    started = world.node.office.start_pairing("bar-du-lac", "Lac 1")
    assert isinstance(started, str)
    pairing = world.node.office.pairing(started)
    assert pairing is not None
    answer = good(world.new_terminal("Lac 1").pair(pairing.pin), PairAnswer)
    assert (answer.place, answer.place_name) == ("bar-du-lac", "Bar du lac")


def _fields(asked: object) -> dict[str, object]:
    names = ("box", "key", "pin", "proof")
    return {name: getattr(asked, name) for name in names}
