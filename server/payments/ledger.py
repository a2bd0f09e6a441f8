"""The chain behind the `Ledger` port: a paid reload becomes one transaction of this node.

Guarantees the same answer however often a credit is asked for: the evidence is unique on chain, and
what happened to it is read from the chain, not from what we remember.  Fails by
LedgerUnavailableError when the engine cannot give a final verdict.
"""

from typing import Protocol, TypeVar

from server.engine.port import Engine, EngineStoppedError, NotProposed
from server.ledger.evidence import used_by
from server.ledger.records import Balance, Key, Record
from server.payments.port import Booked, Booking, Credit, LedgerUnavailableError
from shared.amounts import Amount
from shared.bodies import Reload
from shared.errors import Code
from shared.ids import EUR, RESERVE_FEES, Account, AssetId, Hash, WalletId, hold, issuer, wallet
from shared.verdict import Status

R = TypeVar("R", bound=Record)


class Records(Protocol):
    """Reads single records of the final state."""

    def get(self, record: type[R], key: Key) -> R | None:
        """Give one record."""


class EngineLedger:
    """Credits and balances of one node's chain."""

    def __init__(self, engine: Engine, records: Records) -> None:
        """Propose through `engine`, read from `records`."""
        self._engine = engine
        self._records = records

    def credit(self, order: Credit) -> Booking:
        """Propose the reload; when its evidence is used up, say what the first one did.

        The proposal is atomic, so that a repetition leaves no rejected transaction on the chain.
        """
        body = Reload(
            amount=Amount(order.amount), asset=order.asset, card=order.card, evidence=order.evidence
        )
        try:
            answer = self._engine.propose([body], atomic=True)
        except EngineStoppedError as error:
            raise LedgerUnavailableError(str(error)) from error
        if isinstance(answer, NotProposed):
            used = answer.code is Code.EVIDENCE_USED
            return self._earlier(order) if used else Booking(Booked.REFUSED, code=answer.code)
        if not answer:
            raise LedgerUnavailableError("the engine gave no verdict")
        [placed] = answer
        # Another process may have used the evidence between the check and the block.
        if placed.verdict.code is Code.EVIDENCE_USED:
            return self._earlier(order)
        if placed.verdict.status is Status.REJECTED:
            return Booking(Booked.REFUSED, code=str(placed.verdict.code))
        return self._booked(placed.hash, order.asset)

    def balance(self, wallet_id: WalletId, asset: AssetId) -> int:
        """Give what the wallet holds."""
        return self._amount(wallet(wallet_id), asset)

    def outstanding(self, asset: AssetId) -> int:
        """Give how much of the asset exists: as far as its issuer is below zero."""
        return -self._amount(issuer(asset), asset)

    def fees_reserve(self) -> int:
        """Give the euros left to pay the provider's fees with."""
        return self._amount(RESERVE_FEES, EUR)

    def _earlier(self, order: Credit) -> Booking:
        evidence = used_by(self._records, self._engine.author, order.evidence)
        if evidence is None:
            raise LedgerUnavailableError("the evidence is used but cannot be read yet")
        return self._booked(evidence.transaction, order.asset)

    def _booked(self, transaction: Hash, asset: AssetId) -> Booking:
        """Tell held from credited: a held amount has an account of its own, emptied or not."""
        held = self._records.get(Balance, (hold(transaction), asset)) is not None
        return Booking(Booked.HELD if held else Booked.CREDITED, transaction)

    def _amount(self, account: Account, asset: AssetId) -> int:
        found = self._records.get(Balance, (account, asset))
        return 0 if found is None else found.amount
