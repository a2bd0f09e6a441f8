"""The till's home on disk, and the journal and sync that live in it.

    HOME/terminal.toml      the settings, written by people
    HOME/keys/              seeds and the enrolment, 0600
    HOME/data/journal.db    the journal
    HOME/data/chosen.json   what was chosen on the screen: language, the node's address

`Home` implements the shell's `Desk`. One process at a time: the caller holds HOME/lock.
"""

from __future__ import annotations

import logging
import secrets
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final, Literal

import msgspec

from shared.errors import Code
from shared.host.files import make_private_folder, write_atomically
from shared.ids import BootId, author_id
from shared.signing import public_key
from terminal.offline_queue.drafts import Knowledge, TillJournal
from terminal.offline_queue.journal import Journal
from terminal.settings import Settings
from terminal.shell import Paper
from terminal.sync import identity
from terminal.sync.client import HttpTransport
from terminal.sync.directory import day_starts_ms, first_directory
from terminal.sync.link import fingerprint
from terminal.sync.node_sync import NodeSync
from terminal.sync.pairing import Enrolment, enrol
from terminal.sync.transport import SignedReads
from terminal.till.directory import Directory
from terminal.till.ports import Clock

log = logging.getLogger(__name__)

DRAW: Final = secrets.SystemRandom()


class Chosen(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was chosen on the screen."""

    address: str = ""
    language: Literal["", "fr", "en"] = ""


class Home:
    """One till's home. Methods run on the shell's worker threads, never on the screen's."""

    def __init__(self, folder: Path, settings: Settings, clock: Clock) -> None:
        self._folder, self._settings, self._clock = folder, settings, clock
        self._keys = identity.terminal_keys(folder / "keys")
        self._data = folder / "data"
        make_private_folder(self._data)
        self._chosen = _read_chosen(self._data / "chosen.json")
        self._journal: Journal | None = None

    @property
    def serial(self) -> str:
        """Name this till: the first six hex digits of its author id, as "7F3A-52"."""
        author = author_id(public_key(self._keys.sign)).upper()
        return f"{author[:4]}-{author[4:6]}"

    @property
    def address(self) -> str:
        """Give the node's address: what was typed on the screen before what was set."""
        return self._chosen.address or self._settings.node

    @property
    def node_key(self) -> str:
        """Give the node's key that this till trusts (hex); empty while it is not paired."""
        enrolment = identity.load(self._folder / "keys")
        return "" if enrolment is None else enrolment.answer.node_key

    @property
    def language(self) -> Literal["fr", "en"]:
        """Give the language that was chosen, else the one that was set."""
        return self._chosen.language or self._settings.language

    @property
    def journal(self) -> Journal | None:
        """Give the journal itself, once it is open."""
        return self._journal

    def open(self) -> Paper | None:
        """Open journal and sync; None while the till is not paired. Raises JournalError."""
        enrolment = identity.load(self._folder / "keys")
        return None if enrolment is None else self._paper(enrolment)

    def pair(self, address: str, code: str) -> tuple[Paper, Directory] | Code | None:
        """Enrol at the node; its refusal, or None when it did not answer."""
        transport = HttpTransport(address)
        try:
            answer = enrol(transport, self._keys, code)
        finally:
            transport.close()
        if answer is None or isinstance(answer, Code):
            return answer
        identity.store(self._folder / "keys", answer)
        self._choose(msgspec.structs.replace(self._chosen, address=address))
        return self._paper(answer), first_directory(answer.answer)

    def remember(self, language: str) -> None:
        """Keep the language for the next start."""
        self._choose(msgspec.structs.replace(self._chosen, language=language))

    def set_brightness(self, percent: int) -> None:
        """Set the first backlight that the kernel knows; a monitor has none."""
        for light in sorted(Path("/sys/class/backlight").glob("*")):
            try:
                most = int((light / "max_brightness").read_text("ascii"))
                (light / "brightness").write_text(str(most * percent // 100), "ascii")
            except (OSError, ValueError):
                log.warning("the backlight %s cannot be set", light.name)
            return

    def power_off(self) -> None:
        """Run the configured command."""
        run_quietly(self._settings.power_off)

    def close(self) -> None:
        """Let go of the journal."""
        if self._journal is not None:
            self._journal.close()

    def _paper(self, enrolment: Enrolment) -> Paper:
        """Put journal and sync together: each knows a little of the other."""
        who = identity.journal_identity(self._keys, enrolment)
        boot = BootId(secrets.token_hex(8))
        journal = self._journal = Journal.open(self._data / "journal.db", who, boot)
        transport = HttpTransport(self.address)
        reads = SignedReads(
            transport, who, now_ms=self._clock.now_ms, nonce=lambda: secrets.token_hex(16)
        )
        sync = NodeSync(
            journal,
            transport,
            reads,
            enrolment.answer,
            keep_pair=partial(identity.keep_answer, self._folder / "keys"),
            unsent=lambda: till_journal.unsent(),  # noqa: PLW0108 - it is made below
            now_ms=self._clock.now_ms,
            chance=DRAW.random,
            network=fingerprint,
        )
        knowledge = Knowledge(
            number=sync.number,
            seen=sync.seen,
            day_starts_ms=lambda: day_starts_ms(
                self._clock.now_ms(), sync.directory()[0].utc_offset_minutes
            ),
        )
        till_journal = TillJournal(journal, knowledge, time=self._clock, salt=secrets.token_bytes)
        return Paper(journal=till_journal, sync=sync, card_key=enrolment.card_key)

    def _choose(self, chosen: Chosen) -> None:
        self._chosen = chosen
        write_atomically(self._data / "chosen.json", msgspec.json.encode(chosen))


def run_quietly(command: Sequence[str]) -> None:
    """Run a command of the settings; what goes wrong is logged."""
    if not command:
        return
    try:
        subprocess.run(command, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("%s: %s", command[0], error)


def _read_chosen(path: Path) -> Chosen:
    """Read what was chosen; a damaged file only means that it must be chosen again."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Chosen)
    except (OSError, msgspec.DecodeError):
        return Chosen()
