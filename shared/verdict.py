"""The ledger's recorded answer to one transaction."""

from enum import StrEnum
from typing import NamedTuple

from shared.errors import Code


class Status(StrEnum):
    """What became of a transaction."""

    ACCEPTED = "accepted"
    OVERDRAWN = "overdrawn"  # accepted; a loss account carries what the wallet lacked
    DISPUTED = "disputed"  # a revoked terminal's late sale: no posting until it is settled
    REJECTED = "rejected"


class Verdict(NamedTuple):
    """A status, and the code when it is `rejected`.

    Its text form, `accepted` or `rejected(card_blocked)`, is what the log's leaves hold.
    """

    status: Status
    code: Code | None = None

    def __str__(self) -> str:
        """Write the verdict as it stands in the log."""
        return f"{self.status}({self.code})" if self.code else self.status.value

    @property
    def took_effect(self) -> bool:
        """Tell whether its postings were made."""
        return self.status in {Status.ACCEPTED, Status.OVERDRAWN}


ACCEPTED = Verdict(Status.ACCEPTED)
OVERDRAWN = Verdict(Status.OVERDRAWN)
DISPUTED = Verdict(Status.DISPUTED)


def rejected(code: Code) -> Verdict:
    """Give the verdict that rejects for one reason."""
    return Verdict(Status.REJECTED, code)


def parse_verdict(text: str) -> Verdict:
    """Read a verdict's text form.  Raises ValueError when it is none."""
    status, _, code = text.removesuffix(")").partition("(")
    verdict = Verdict(Status(status), Code(code) if code else None)
    if str(verdict) != text:
        message = f"not a verdict: {text!r}"
        raise ValueError(message)
    return verdict
