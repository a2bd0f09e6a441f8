"""The journal: what it signs, keeps, refuses and gives back."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from shared.amounts import Amount
from shared.bodies import Body, Sale
from shared.errors import Code, Refused
from shared.ids import ZERO_HASH, BootId, ChainId, Hash
from shared.signing import Purpose, public_key, verify
from shared.transaction import open_payload, parse_batch, payload_hash, write_batch
from shared.verdict import ACCEPTED, OVERDRAWN
from terminal.offline_queue.database import (
    JournalBrokenError,
    JournalBusyError,
    JournalDamagedError,
    JournalTooNewError,
)
from terminal.offline_queue.journal import KEEP_MS, QUIET_MS, TIDY_AFTER, Journal
from terminal.offline_queue.records import Head, Identity, News
from tests.terminal.offline_queue.made import AT, BOOT, CARD, IDENTITY, opened, sale, sell


def test_entries_are_numbered_linked_and_signed(tmp_path: Path) -> None:
    journal = opened(tmp_path)

    first, second = sell(journal, 500), sell(journal, 250)

    one, two = open_payload(first.payload), open_payload(second.payload)
    assert (one.envelope.seq, one.envelope.prev) == (1, ZERO_HASH)
    assert (two.envelope.seq, two.envelope.prev) == (2, first.hash)
    assert (one.envelope.mono, one.envelope.seen, one.envelope.boot) == (5, 3, BOOT)
    assert two.body == sale(250)
    assert verify(public_key(IDENTITY.seed), Purpose.TRANSACTION, second.payload, second.signature)
    assert journal.head == Head(2, second.hash)
    payloads = [first.payload, second.payload]
    framed = write_batch(IDENTITY.chain, journal.author, 1, payloads, second.signature)
    assert parse_batch(framed).first == 1


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    made = [sell(journal, total) for total in (1, 2, 3)]
    journal.mark_stored(2)
    journal.keep(
        News(
            verdicts=[(1, ACCEPTED), (2, OVERDRAWN)],
            settled_seq=2,
            state={"cursor": b"17.4"},
            cards={CARD: b"{}"},
        )
    )
    journal.close()

    again = opened(tmp_path)

    assert again.records(1) == made
    assert again.head == Head(3, made[2].hash)
    assert (again.stored_seq, again.settled_seq, again.boots) == (2, 2, 2)
    assert [again.verdict(seq) for seq in (1, 2, 3)] == [ACCEPTED, OVERDRAWN, None]
    assert again.state("cursor") == b"17.4"
    assert again.state("nothing") is None
    assert again.cards() == {CARD: b"{}"}
    assert sell(again, 4).seq == 4


def test_time_never_goes_back(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    sell(journal, 1, at_ms=AT)

    assert sell(journal, 1, at_ms=AT - 86_400_000).at_ms == AT

    journal.keep(News(time_floor_ms=AT + 1000))
    journal.keep(News(time_floor_ms=AT + 500))
    assert sell(journal, 1, at_ms=AT + 1).at_ms == AT + 1000
    journal.close()
    assert opened(tmp_path).time_floor_ms == AT + 1000


@pytest.mark.parametrize("total", [0, -1, 2**53])
def test_nothing_is_signed_that_the_node_would_not_read(tmp_path: Path, total: int) -> None:
    journal = opened(tmp_path)

    with pytest.raises(Refused):
        sell(journal, total)

    assert journal.head == Head(0, ZERO_HASH)
    assert sell(journal, 1).seq == 1


def test_a_payload_over_8_kib_is_refused(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    body: Body = Sale(
        basis="cached", card=CARD, detail=Hash("d" * 64), inside=("x" * 200,) * 50, total=Amount(1)
    )

    with pytest.raises(Refused) as refused:
        journal.append(body, None, at_ms=AT, mono_ms=0, seen=0)

    assert refused.value.code is Code.TOO_LARGE
    assert journal.head.seq == 0


def test_the_file_itself_refuses_what_must_not_happen(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    sell(journal, 1)
    sell(journal, 2)
    journal.keep(News(verdicts=[(1, ACCEPTED)]))
    journal.close()
    raw = sqlite3.connect(tmp_path / "journal.db")

    for statement, said in (
        ("UPDATE entry SET at = 0", "never changes"),
        ("DELETE FROM entry WHERE seq = 2", "is kept"),
        ("INSERT INTO entry SELECT 4, payload, hash, signature, detail, at FROM entry", "of turn"),
    ):
        with pytest.raises(sqlite3.IntegrityError, match=said):
            raw.execute(statement)
    raw.close()


def test_two_tills_on_one_journal_are_impossible(tmp_path: Path) -> None:
    journal = opened(tmp_path)

    with pytest.raises(JournalBusyError):
        opened(tmp_path)
    other = subprocess.run(
        [
            sys.executable,
            "-c",
            (
                "import sys, pathlib; from tests.terminal.offline_queue.made import opened;"
                "opened(pathlib.Path(sys.argv[1]))"
            ),
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "JournalBusyError" in other.stderr
    assert sell(journal, 1).seq == 1


def test_a_journal_of_a_newer_terminal_is_left_alone(tmp_path: Path) -> None:
    opened(tmp_path).close()
    raw = sqlite3.connect(tmp_path / "journal.db")
    raw.execute("PRAGMA user_version = 2")
    raw.close()

    with pytest.raises(JournalTooNewError, match="schema 2"):
        opened(tmp_path)


def test_a_journal_of_another_till_is_refused(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    sell(journal, 1)
    journal.close()

    for identity in (
        Identity(seed=bytes(32), chain=IDENTITY.chain),
        Identity(seed=IDENTITY.seed, chain=ChainId("e" * 32)),
    ):
        with pytest.raises(JournalDamagedError, match="another terminal or chain"):
            opened(tmp_path, identity)


def test_a_flipped_bit_is_found_at_the_next_start(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    sell(journal, 777)
    journal.close()
    raw = (tmp_path / "journal.db").read_bytes()
    assert raw.count(b'"total":777') == 1
    (tmp_path / "journal.db").write_bytes(raw.replace(b'"total":777', b'"total":767'))

    with pytest.raises(JournalDamagedError, match="entry 1"):
        opened(tmp_path)


def test_what_is_no_database_is_named_damaged(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"not a database, and long enough to be read" * 30)

    with pytest.raises(JournalDamagedError):
        opened(tmp_path)


def test_a_closed_journal_writes_nothing(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.close()

    with pytest.raises(JournalBrokenError):
        sell(journal, 1)


def test_only_what_is_final_and_old_leaves_and_never_the_newest(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    for _ in range(4):
        sell(journal, 1)
    sell(journal, 1, at_ms=AT + KEEP_MS)
    later = AT + KEEP_MS

    assert journal.prune(later) == 0  # no verdicts
    journal.keep(News(verdicts=[(1, ACCEPTED), (2, ACCEPTED), (4, ACCEPTED), (5, ACCEPTED)]))
    assert journal.prune(later - 1) == 0  # too young
    assert journal.prune(later) == 2  # entry 3 has no verdict and holds back entry 4
    journal.keep(News(verdicts=[(3, ACCEPTED)]))
    assert journal.prune(later + KEEP_MS) == 2
    assert [record.seq for record in journal.records(1)] == [5]
    journal.close()
    again = opened(tmp_path)
    assert sell(again, 1).seq == 6


def test_a_verdict_is_final(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    sell(journal, 1)
    journal.keep(News(verdicts=[(1, ACCEPTED)]))

    journal.keep(News(verdicts=[(1, OVERDRAWN)]))

    assert journal.verdict(1) == ACCEPTED


def test_a_node_put_back_gets_everything_again(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    for _ in range(3):
        sell(journal, 1)
    journal.mark_stored(3)
    journal.keep(News(verdicts=[(1, ACCEPTED), (2, ACCEPTED)]))

    journal.mark_stored(1)

    assert journal.stored_seq == 1
    assert [journal.verdict(seq) for seq in (1, 2)] == [ACCEPTED, None]


class TestRestoredImage:
    """The SD card was put back: the node knows more than this disk."""

    def full(self, folder: Path) -> tuple[Journal, list[bytes]]:
        folder.mkdir()
        journal = opened(folder)
        return journal, [sell(journal, total).payload for total in (1, 2, 3)]

    def test_own_entries_come_back_with_their_signatures(self, tmp_path: Path) -> None:
        full, payloads = self.full(tmp_path / "full")
        journal = opened(tmp_path)
        sell(journal, 1)

        assert journal.adopt(payloads) == 2

        assert [r.signature for r in journal.records(1)] == [r.signature for r in full.records(1)]
        assert journal.head == full.head
        assert journal.stored_seq == 3
        assert sell(journal, 9).seq == 4

    def test_adopting_twice_changes_nothing(self, tmp_path: Path) -> None:
        _, payloads = self.full(tmp_path / "full")
        journal = opened(tmp_path)

        assert [journal.adopt(payloads), journal.adopt(payloads)] == [3, 0]

    def test_another_history_is_a_fork_and_nothing_is_taken(self, tmp_path: Path) -> None:
        _, payloads = self.full(tmp_path / "full")
        journal = opened(tmp_path)
        mine = sell(journal, 99)

        with pytest.raises(JournalDamagedError, match="another entry 1"):
            journal.adopt(payloads)
        with pytest.raises(JournalDamagedError, match="does not continue"):
            journal.adopt(payloads[1:])

        assert journal.head == Head(1, mine.hash)
        assert sell(journal, 1).seq == 2

    def test_somebody_elses_entries_are_not_taken(self, tmp_path: Path) -> None:
        other = Journal.open(
            tmp_path / "other.db", Identity(seed=bytes(32), chain=IDENTITY.chain), BOOT
        )
        payload = sell(other, 1).payload
        journal = opened(tmp_path)

        with pytest.raises(JournalDamagedError, match="not this terminal's"):
            journal.adopt([payload])


def test_each_start_has_its_own_boot(tmp_path: Path) -> None:
    journal = opened(tmp_path, boot=BootId("1" * 16))
    first = sell(journal, 1)
    journal.close()
    second = sell(opened(tmp_path, boot=BootId("2" * 16)), 1)

    boots = [open_payload(record.payload).envelope.boot for record in (first, second)]
    assert boots == ["1" * 16, "2" * 16]


def test_newest_first_reads_back_over_any_number(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    for _ in range(205):
        sell(journal, 1)

    assert [record.seq for record in journal.newest_first()] == list(range(205, 0, -1))


def test_tidying_waits_until_there_is_much_to_do_and_nobody_pays(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    for _ in range(TIDY_AFTER):
        sell(journal, 1)
    main = tmp_path / "journal.db"
    before = main.stat().st_size

    journal.tidy(AT + QUIET_MS - 1)
    assert main.stat().st_size == before
    journal.tidy(AT + QUIET_MS)
    assert main.stat().st_size > before


def test_a_checkpoint_loses_nothing(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    record = sell(journal, 1)

    journal.checkpoint()
    journal.close()

    assert opened(tmp_path).records(1) == [record]
    assert payload_hash(record.payload) == record.hash
