"""`fork.adopt`: the branch of a till that the chain does not have is booked, once; by hand."""

from dataclasses import dataclass

import pytest

from server.ledger.adoption import Branch
from server.ledger.records import (
    Adopted,
    Author as Record,
    Balance,
    Head,
    Idle,
    Lock,
    Place,
    Refunded,
    Wallet,
)
from server.ledger.state import State
from shared.amounts import Amount
from shared.bodies import (
    Body,
    CardBlock,
    CardLink,
    CashReload,
    ForkAdopt,
    PlaceCreate,
    PlaceLeave,
    PolicySet,
    Refund,
    TerminalEnrol,
    TerminalRevoke,
)
from shared.ids import (
    ZERO_HASH,
    AuthorId,
    Hash,
    PlaceId,
    PublicKey,
    WalletId,
    hold,
    issuer,
    loss,
    place,
)
from shared.proofs import rotation
from shared.signing import Purpose, sign, to_text
from shared.transaction import Batch, payload_hash
from tests.server.ledger.council import joining
from tests.server.ledger.story_two import MELTING
from tests.server.ledger.world import (
    BAR,
    DAY,
    FED,
    GRAIN,
    Author,
    World,
    card,
    holder,
    modern,
    purse,
    sale,
)


@dataclass
class Forked:
    """A till that forked after its number 1: the chain has another number 2 than `branch`."""

    world: World
    branch: Author

    @property
    def till(self) -> AuthorId:
        return self.world.till.id

    def run(self, *bodies: Body) -> Batch:
        """Let the branch go on."""
        return self.world.batch(self.branch, *bodies)

    def adopt(self, batch: Batch, *, skip: int = 0, by: Author | None = None) -> str:
        payloads = tuple(item.raw.decode() for item in batch.transactions[skip:])
        body = ForkAdopt(batch.author, payloads, to_text(batch.signature))
        return self.world.do(by or self.world.node, body)[0]

    def verdicts(self, batch: Batch) -> list[str]:
        """Give what became of a branch's transactions."""
        found = [
            self.world.memory.get(Adopted, (self.till, item.envelope.seq, item.hash))
            for item in batch.transactions
        ]
        return [each.verdict if each else "not adopted" for each in found]


@pytest.fixture
def here() -> Forked:
    """Card 1 has 1000 and paid 100 before the fork, 10 on the chain's branch after it."""
    world = modern()
    world.reload(1, 1_000, "stripe:cs_1:paid")
    assert world.sale(1, 100) == ["accepted"]
    branch = Author(world.till.seed, world.till.seq, world.till.prev)
    assert world.sale(1, 10) == ["accepted"]
    twin = Author(branch.seed, branch.seq, branch.prev)
    evidence = world.seal(world.batch(twin, sale(1, 1)))
    assert [str(taken.code) for taken in evidence.taken] == ["fork"]
    return Forked(world, branch)


def test_what_the_other_branch_sold_is_paid(here: Forked) -> None:
    batch = here.run(sale(1, 200), sale(1, 300))
    assert here.adopt(batch) == "accepted"
    assert here.verdicts(batch) == ["accepted", "accepted"]
    assert (here.world.held(purse(1)), here.world.held(place(BAR))) == (390, 610)
    adopted = here.world.memory.get(Adopted, (here.till, 2, batch.transactions[0].hash))
    assert adopted == Adopted(2, here.world.node.prev, "accepted")
    head = here.world.memory.get(Head, (here.till,))
    assert head == Head(here.world.till.prev, 2)  # the chain's own branch is as it was
    now = here.world.memory.get(Record, (here.till,))
    assert now is not None
    assert now.status == "quarantined"


def test_it_is_booked_once_however_it_is_cut(here: Forked) -> None:
    batch = here.run(sale(1, 200), sale(1, 300))
    assert here.adopt(batch) == "accepted"
    assert here.adopt(batch) == "rejected(already_exists)"
    assert here.adopt(batch, skip=1) == "rejected(already_exists)"
    longer = [item.raw for item in batch.transactions] + [
        item.raw for item in here.run(sale(1, 50)).transactions
    ]
    signature = to_text(sign(here.branch.seed, Purpose.TRANSACTION, longer[-1]))
    body = ForkAdopt(here.till, tuple(raw.decode() for raw in longer), signature)
    assert here.world.do(here.world.node, body) == ["rejected(already_exists)"]
    assert here.world.held(place(BAR)) == 610


def test_a_branch_goes_on_where_it_was_adopted(here: Forked) -> None:
    first, second = here.run(sale(1, 200)), here.run(sale(1, 300))
    assert here.adopt(second) == "rejected(not_a_fork)"  # what lies before it is nowhere
    assert here.adopt(first) == "accepted"
    assert here.adopt(second) == "accepted"
    adopted = here.world.memory.get(Adopted, (here.till, 3, second.last.hash))
    assert adopted is not None
    assert adopted.since == 2
    assert here.world.held(place(BAR)) == 610


def test_the_tail_that_a_quarantined_till_had_not_sent_is_adopted_too(here: Forked) -> None:
    tail = here.world.batch(here.world.till, sale(1, 40))
    assert here.adopt(tail) == "accepted"
    assert here.world.held(place(BAR)) == 150


def test_a_branch_from_the_very_beginning(here: Forked) -> None:
    start = Author(here.branch.seed)
    batch = here.world.batch(start, sale(1, 5))
    assert here.adopt(batch) == "accepted"
    assert here.world.held(place(BAR)) == 115


def test_a_shortfall_is_booked_as_for_any_late_sale(here: Forked) -> None:
    batch = here.run(sale(1, 890), sale(1, 60))
    assert here.adopt(batch) == "accepted"
    assert here.verdicts(batch) == ["accepted", "overdrawn"]
    held = (here.world.held(purse(1)), here.world.held(place(BAR)), here.world.held(loss(BAR)))
    assert held == (0, 1_060, -60)


def test_what_the_rules_refuse_is_refused_there_too(here: Forked) -> None:
    till = here.till
    batch = here.run(
        sale(9, 10),
        sale(1, 2_000, "online"),
        rotation(b"N" * 32, here.world.tip.chain, till),
        Refund(Amount(1), till, ZERO_HASH, 99),
        sale(1, 10),
    )
    assert here.adopt(batch) == "accepted"
    assert here.verdicts(batch) == [
        "rejected(unknown_card)",
        "rejected(insufficient_funds)",
        "rejected(not_authorised)",
        "rejected(unknown_sale)",
        "accepted",
    ]
    record = here.world.memory.get(Record, (till,))
    assert record is not None
    assert record.key == here.world.till.key.hex()


def test_refunds_of_a_branch_are_of_its_own_sales(here: Forked) -> None:
    till = here.till

    def refund(seq: int, amount: int) -> Refund:
        return Refund(Amount(amount), till, ZERO_HASH, seq)

    batch = here.run(sale(1, 200), refund(2, 150), refund(2, 51), refund(1, 100))
    assert here.adopt(batch) == "accepted"
    assert here.verdicts(batch) == [
        "accepted",
        "accepted",
        "rejected(refund_too_large)",
        "accepted",
    ]
    assert (here.world.held(purse(1)), here.world.held(place(BAR))) == (940, 60)
    # Number 2 of the chain's own branch was not given back, number 1 of both was.
    assert here.world.memory.get(Refunded, (till, 2)) is None
    assert here.world.memory.get(Refunded, (till, 1)) == Refunded(100)


def test_what_the_chains_own_branch_gave_back_is_not_the_others(here: Forked) -> None:
    other = Author(b"2" * 32)
    key = PublicKey(other.key.hex())
    enrol = TerminalEnrol(PublicKey("22" * 32), key, "Bar 2", BAR)
    assert here.world.do(here.world.node, enrol) == ["accepted"]
    given = Refund(Amount(10), here.till, ZERO_HASH, 2)
    assert here.world.do(other, given) == ["accepted"]
    batch = here.run(sale(1, 200), Refund(Amount(200), here.till, ZERO_HASH, 2))
    assert here.adopt(batch) == "accepted"
    assert here.verdicts(batch) == ["accepted", "accepted"]
    assert here.world.memory.get(Refunded, (here.till, 2)) == Refunded(10)
    # A second run knows nothing of the numbers of the first: they name the chain's sales.
    late = here.run(Refund(Amount(1), here.till, ZERO_HASH, 2))
    assert here.adopt(late) == "accepted"
    assert here.verdicts(late) == ["rejected(unknown_sale)"]


def test_a_loss_of_a_branch_is_given_back_to_whom_the_card_belongs_now(here: Forked) -> None:
    new = WalletId("ee" * 16)
    assert here.world.do(here.world.node, CardLink(card(2), new)) == ["accepted"]
    batch = here.run(sale(2, 50), Refund(Amount(50), here.till, ZERO_HASH, 2))
    assert here.adopt(batch) == "accepted"
    assert here.verdicts(batch) == ["overdrawn", "accepted"]
    assert (here.world.held(place(BAR)), here.world.held(loss(BAR))) == (110, 0)
    owner = here.world.memory.get(Wallet, (new,))
    assert owner is not None
    assert owner.debts == ()


def test_a_use_of_a_branch_is_one_on_the_day_of_its_adoption(here: Forked) -> None:
    node = here.world.node
    assert here.world.do(node, PolicySet(GRAIN, MELTING)) == ["accepted"]
    assert here.world.issue(1, 500, "grain") == ["accepted"]
    here.world.time += 5 * DAY
    assert here.adopt(here.run(sale(1, 200))) == "accepted"
    assert here.world.memory.get(Idle, (holder(1), GRAIN)) == Idle(20_005, 20_105)


def test_cash_of_a_branch_is_booked(here: Forked) -> None:
    here.world.do(here.world.node, CardBlock(card(2), "lost"))
    cash = [CashReload(Amount(70), GRAIN, card(number), ZERO_HASH) for number in (1, 2)]
    batch = here.run(*cash, sale(1, 20))
    assert here.adopt(batch) == "accepted"
    assert here.verdicts(batch) == ["accepted"] * 3
    assert here.world.held(purse(1), GRAIN) == 50
    assert here.world.held(hold(batch.transactions[1].hash), GRAIN) == 70
    assert here.world.held(issuer(GRAIN), GRAIN) == -140
    assert here.world.memory.get(Lock, (batch.transactions[1].hash,)) is None


def test_a_body_that_nobody_could_read_is_a_rejection_there(here: Forked) -> None:
    good = here.run(sale(1, 20)).last
    raw = good.raw.replace(b'"total":20', b'"total":-20')
    signature = to_text(sign(here.branch.seed, Purpose.TRANSACTION, raw))
    body = ForkAdopt(here.till, (raw.decode(),), signature)
    assert here.world.do(here.world.node, body) == ["accepted"]
    found = here.world.memory.get(Adopted, (here.till, 2, payload_hash(raw)))
    assert found is not None
    assert found.verdict == "rejected(bad_amount)"


@pytest.mark.parametrize("end", ["revoked", "left"])
def test_a_till_that_was_revoked_or_whose_place_left_is_adopted(here: Forked, end: str) -> None:
    body = TerminalRevoke(0, here.till) if end == "revoked" else PlaceLeave(BAR)
    assert here.world.do(here.world.node, body) == ["accepted"]
    batch = here.run(sale(1, 200))
    assert here.adopt(batch) == "accepted"
    assert here.verdicts(batch) == ["accepted"]
    assert here.world.held(place(BAR)) == 310
    assert here.world.memory.places()[BAR].left == (end == "left")


# ---------- what is refused ----------


def test_only_a_till_that_forked_has_another_branch(here: Forked) -> None:
    other = Author(b"2" * 32)
    key = PublicKey(other.key.hex())
    here.world.do(here.world.node, TerminalEnrol(PublicKey("22" * 32), key, "Bar 2", BAR))
    batch = here.world.batch(other, sale(1, 5))
    assert here.adopt(batch) == "rejected(not_a_fork)"
    unknown = here.world.batch(Author(b"9" * 32), sale(1, 5))
    assert here.adopt(unknown) == "rejected(unknown_terminal)"
    of_node = here.world.batch(Author(b"n" * 32), sale(1, 5))
    assert here.adopt(of_node) == "rejected(unknown_terminal)"


def test_the_chains_own_branch_is_not_another(here: Forked) -> None:
    start = Author(here.branch.seed, here.branch.seq, here.branch.prev)
    own = here.world.batch(start, sale(1, 10))
    assert own.last.hash == here.world.till.prev
    assert here.adopt(own) == "rejected(not_a_fork)"


def test_a_branch_hangs_on_the_chain(here: Forked) -> None:
    for start in (Author(here.branch.seed, 1, Hash("ab" * 32)), Author(here.branch.seed, 7)):
        batch = here.world.batch(start, sale(1, 5))
        assert here.adopt(batch) == "rejected(not_a_fork)"
    orphan = here.world.batch(Author(here.branch.seed, 0, Hash("ab" * 32)), sale(1, 5))
    assert here.adopt(orphan) == "rejected(not_a_fork)"


def test_the_till_has_signed_it(here: Forked) -> None:
    batch = here.run(sale(1, 5))
    payloads = tuple(item.raw.decode() for item in batch.transactions)
    forged = to_text(sign(b"x" * 32, Purpose.TRANSACTION, batch.last.raw))
    body = ForkAdopt(here.till, payloads, forged)
    assert here.world.do(here.world.node, body) == ["rejected(bad_proof)"]


@pytest.mark.parametrize(
    "payloads, code",
    [
        (("",), "bad_json"),
        (("{}",), "bad_shape"),
        (("one", "two"), "bad_json"),
    ],
)
def test_what_is_no_batch_is_none(here: Forked, payloads: tuple[str, ...], code: str) -> None:
    body = ForkAdopt(here.till, payloads, "A" * 86)
    assert here.world.do(here.world.node, body) == [f"rejected({code})"]


def test_payloads_that_do_not_link_are_no_branch(here: Forked) -> None:
    first, second = here.run(sale(1, 5)).last, here.run(sale(1, 6)).last
    third = here.run(sale(1, 7)).last
    assert second.envelope.seq == 3
    payloads = (first.raw.decode(), third.raw.decode())
    signature = to_text(sign(here.branch.seed, Purpose.TRANSACTION, third.raw))
    body = ForkAdopt(here.till, payloads, signature)
    assert here.world.do(here.world.node, body) == ["rejected(broken_link)"]


def test_the_node_of_the_place_adopts(here: Forked) -> None:
    other = Author(b"o" * 32)
    join = joining(here.world, other, PlaceId("cafe"))
    assert here.world.do(here.world.node, join) == ["accepted"]
    assert here.adopt(here.run(sale(1, 5)), by=other) == "rejected(not_authorised)"


def test_nothing_is_made_by_an_adoption(here: Forked) -> None:
    before = here.world.held(issuer(FED))
    batch = here.run(sale(1, 2_000), Refund(Amount(300), here.till, ZERO_HASH, 2))
    assert here.adopt(batch) == "accepted"
    assert here.world.held(issuer(FED)) == before
    accounts = (purse(1), place(BAR), loss(BAR))
    assert sum(here.world.held(account) for account in accounts) == 1_000


def test_a_branch_sees_the_chain_without_what_came_after_it(here: Forked) -> None:
    record = here.world.memory.get(Record, (here.till,))
    assert record is not None
    cafe = PlaceId("cafe")
    here.world.do(here.world.node, PlaceCreate("Cafe", cafe), PlaceLeave(cafe), PlaceLeave(BAR))
    state = State(here.world.memory)
    branch = Branch(state, record, here.till, 2)
    seen, left = branch.get(Record, (here.till,)), branch.get(Place, (BAR,))
    assert seen is not None
    assert left is not None
    assert (seen.status, left.left) == ("active", False)
    for other, key in ((Record, here.world.node.id), (Head, here.till), (Place, cafe)):
        assert branch.get(other, (key,)) == state.get(other, (key,)) is not None
    assert branch.transaction(here.till, 1) == state.transaction(here.till, 1) is not None
    assert branch.transaction(here.till, 2) is None
    assert (branch.places(), branch.assets()) == (state.places(), state.assets())
    assert branch.rows(Head) == state.rows(Head)
    assert branch.rows(Balance, (place(BAR),)) == {(place(BAR), FED): Balance(110)}
