"""Batches over HTTP: every position of PROTOCOL §4, details, and many at once."""

from concurrent.futures import ThreadPoolExecutor

from server.control.looking import doctor
from shared.bodies import Refund, TerminalRevoke
from shared.detail import Detail, detail_hash
from shared.signing import Purpose, sign
from shared.transaction import write_batch
from shared.wire import BatchAnswer, JournalAnswer, write_details
from tests.server.api.framing import payload, verdicts
from tests.server.api.world import (
    World,
    code,
    detail,
    good,
    problem,
    sale,
)

# ---------- positions ----------


def test_the_same_bytes_again_give_the_same_answer_and_no_second_effect(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    till.write(sale(0, 100), sale(0, 200))
    raw = till.batch(1)
    first = till.post(raw)
    height = world.node.engine.tip.height
    assert till.post(raw).data == first.data
    assert world.node.engine.tip.height == height
    assert world.on_card(0) == 700


def test_an_overlap_skips_what_is_known(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    till.send(sale(0, 100))
    till.write(sale(0, 200))
    answer = good(till.post(till.batch(1)), BatchAnswer)
    assert [(line.seq, line.verdict) for line in answer.verdicts] == [
        (1, "accepted"),
        (2, "accepted"),
    ]
    assert world.on_card(0) == 700


def test_a_gap_says_what_is_expected_and_stores_nothing(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    till.send(sale(0, 100))
    till.write(sale(0, 1), sale(0, 2), sale(0, 3))
    refused = problem(till.post(till.batch(4)))
    assert (refused.status, refused.code, refused.expected) == (409, "gap", 2)
    assert till.deltas().head.seq == 1
    good(till.post(till.batch(2)), BatchAnswer)
    assert world.on_card(0) == 894


def test_a_fork_quarantines_and_both_branches_are_kept(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    thief = till.twin()
    till.send(sale(0, 100))
    thief.write(sale(0, 300))
    assert code(thief.post(thief.batch(1))) == (409, "fork")
    assert world.on_card(0) == 900
    assert till.deltas().status == "quarantined"
    till.write(sale(0, 5))
    assert code(till.post(till.batch(2))) == (409, "author_quarantined")
    assert world.node.audit().finding is None


def test_a_restored_terminal_takes_back_its_own_and_goes_on(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    till.send(sale(0, 100))
    image = till.twin()
    till.send(sale(0, 200), sale(0, 300))
    head = image.deltas().head
    assert head.seq == 3
    found = good(image.get("/api/v1/journal", "from=1"), JournalAnswer)
    assert [text.encode() for text in found.payloads] == till.payloads
    assert found.head == head
    image.payloads = [text.encode() for text in found.payloads]
    image.head = head.hash
    assert verdicts(image.send(sale(0, 50))) == ["accepted"]
    assert world.on_card(0) == 350


def test_a_revoked_terminal_may_still_push_and_its_late_sales_are_disputed(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    till.send(sale(0, 100))
    world.propose(TerminalRevoke(after=1, terminal=till.author))
    assert verdicts(till.send(sale(0, 200))) == ["disputed"]
    assert world.on_card(0) == 900


def test_a_height_from_the_future_stops_sealing_before_the_batch_is_sealed(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    till.seen = 999
    height = world.node.engine.tip.height
    answer = till.send(sale(0, 100))
    assert answer.provisional
    assert answer.stored.seq == 1
    assert answer.verdicts == ()
    assert world.node.engine.tip.height == height
    assert not world.node.engine.sealing
    assert till.deltas().head.seq == 1
    assert [line["check"] for line in _doctor(world) if line["level"] == "bad"] == [
        "blocks",
        "backup",
    ]


def _doctor(world: World) -> list[dict[str, str]]:
    return doctor(world.node)


def test_a_stranger_cannot_stop_the_sealing(world: World) -> None:
    till = world.terminal()
    raw = payload(till, seen=999)
    forged = write_batch(
        till.chain, till.author, 1, [raw], sign(b"o" * 32, Purpose.TRANSACTION, raw)
    )
    assert code(till.post(forged)) == (403, "bad_signature")
    assert world.node.engine.sealing


def test_a_stolen_till_that_was_revoked_cannot_stop_the_sealing(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    world.propose(TerminalRevoke(after=0, terminal=till.author))
    till.seen = 999
    assert verdicts(till.send(sale(0, 100))) == ["disputed"]
    assert world.node.engine.sealing


# ---------- details ----------


def tasks(world: World) -> list[tuple[str, str]]:
    return [(task.kind, task.detail) for task in world.node.tasks.open()]


def test_details_are_kept_beside_the_batch(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    till.send(sale(0, 100), details=[detail(100)])
    kept = world.node.books().detail(till.author, 1)
    assert kept == detail(100)
    assert tasks(world) == []


def test_a_missing_detail_is_a_flag_never_a_verdict(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    assert verdicts(till.send(sale(0, 100), sale(0, 200, salt=1))) == ["accepted", "accepted"]
    assert tasks(world) == [("detail_missing", "1, 2")]


def test_a_detail_that_does_not_add_up_is_a_flag_never_a_verdict(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    wrong = Detail(lines=detail(100).lines, operator="-", salt="0" * 32, total=detail(90).total)
    sold = sale(0, 90)
    sold = type(sold)(
        basis=sold.basis, card=sold.card, detail=detail_hash(wrong), inside=(), total=sold.total
    )
    assert verdicts(till.send(sold, details=[wrong])) == ["accepted"]
    assert tasks(world) == [("detail_wrong", "1")]


def test_a_repetition_without_details_flags_nothing(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    till.send(sale(0, 100), details=[detail(100)])
    good(till.post(till.batch(1)), BatchAnswer)
    assert tasks(world) == []


def test_details_of_nothing_are_dropped(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    till.write(sale(0, 100))
    raw = till.batch(1) + write_details([detail(100), detail(5, salt=9)])
    good(till.client.post("/api/v1/batches", data=raw), BatchAnswer)
    assert tasks(world) == []


# ---------- at once ----------


def test_two_terminals_spend_the_last_euro_at_once_and_one_is_accepted(world: World) -> None:
    world.cards(100)
    tills = [world.terminal("one"), world.terminal("two")]
    for till in tills:
        till.client = world.node.app().test_client()
        till.write(sale(0, 100, "online"))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda till: till.post(till.batch(1)), tills))
    found = sorted(verdicts(good(answer, BatchAnswer))[0] for answer in answers)
    assert found == ["accepted", "rejected(insufficient_funds)"]
    assert world.on_card(0) == 0


def test_of_32_parallel_spends_with_10_fundable_exactly_10_are_accepted(world: World) -> None:
    world.cards(1000)
    world.node.app()
    tills = [world.terminal(f"till {n}") for n in range(32)]
    for till in tills:
        till.write(sale(0, 100, "online"))
    clients = [world.node.app().test_client() for _ in range(8)]
    for number, till in enumerate(tills):
        till.client = clients[number % 8]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda till: till.post(till.batch(1)), tills))
    found = [verdicts(good(answer, BatchAnswer))[0] for answer in answers]
    assert found.count("accepted") == 10
    assert found.count("rejected(insufficient_funds)") == 22
    assert world.on_card(0) == 0
    assert world.node.audit().finding is None


def test_a_refund_gives_back_and_not_twice(world: World) -> None:
    world.cards(1000)
    till = world.terminal()
    till.send(sale(0, 100))

    def back(salt: int) -> Refund:
        return Refund(amount=100, author=till.author, detail=detail_hash(detail(100, salt)), seq=1)  # type: ignore[arg-type]  # a hundred

    assert verdicts(till.send(back(1), back(2))) == ["accepted", "rejected(refund_too_large)"]
    assert world.on_card(0) == 1000
