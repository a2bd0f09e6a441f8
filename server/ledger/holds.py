"""Rules of what leaves the system in two phases: cash-outs and settlements (PROTOCOL §§7, 9).

A lock moves an amount to `hold:<transaction>`, where nobody can spend it while the money is on its
way.  Then it is done (burned; for the federated token the euros leave the reserve) or has failed
(it goes back to where it came from).  What was done may still come back, as a bank's transfer does:
then both are created again.  Each step but the lock needs an evidence that nobody has used.

All of it is open to a place that has left: it only lets value go home.
"""

from msgspec.structs import replace

from server.ledger.effect import (
    Context,
    Effect,
    Outcome,
    Signed,
    credit,
    merged_into,
    received,
    winds_down,
)
from server.ledger.evidence import use_up
from server.ledger.money import Records, free
from server.ledger.records import Asset, Lock, Posting, Wallet
from shared.bodies import (
    AssetClass,
    CashOut,
    CashOutDone,
    CashOutFailed,
    Settlement,
    SettlementDone,
    SettlementFailed,
)
from shared.errors import Code
from shared.ids import (
    EUR,
    EXTERNAL,
    Account,
    AssetId,
    Hash,
    WalletId,
    hold,
    issuer,
    place,
    reserve,
    wallet,
)

CASHED_OUT = frozenset({AssetClass.FEDERATED, AssetClass.LOCAL})
"""What a person may have euros for; a present and a meal are for spending."""
_WALLET, _PLACE = wallet(WalletId("")), "place:"


def cash_out(context: Context, signed: Signed, body: CashOut) -> Outcome:
    """Lock what a person wants euros for; the node of the wallet's home signs."""
    holder = context.state.get(Wallet, (body.wallet,))
    if holder is None:
        return Code.UNKNOWN_WALLET
    if code := winds_down(context, signed, holder.home):
        return code
    asset = context.state.assets().get(body.asset)
    if asset is None:
        return Code.UNKNOWN_ASSET
    if asset.peg != EUR or asset.asset_class not in CASHED_OUT:
        return Code.WRONG_ASSET
    if holder.merged:
        return Code.WALLET_MERGED
    return lock(signed, wallet(body.wallet), body.asset, body.amount)


def settlement(context: Context, signed: Signed, body: Settlement) -> Outcome:
    """Lock what a place wants euros for: never more than it has net of its losses."""
    if code := winds_down(context, signed, body.place):
        return code
    asset = context.state.assets().get(body.asset)
    if asset is None:
        return Code.UNKNOWN_ASSET
    if asset.peg != EUR:
        return Code.WRONG_ASSET
    if free(context.state, body.place, body.asset) < body.amount:
        return Code.PLACE_SHORT
    return lock(signed, place(body.place), body.asset, body.amount)


def lock(signed: Signed, source: Account, asset: AssetId, amount: int) -> Effect:
    """Set an amount of an account aside, under the name of the transaction that does it."""
    name = signed.transaction.hash
    record = Lock(source, amount, asset, "locked")
    return Effect((Posting(source, hold(name), asset, amount),), (((name,), record),))


# ---------- what became of it ----------


def cash_out_done(context: Context, signed: Signed, body: CashOutDone) -> Outcome:
    """Burn what a person was paid for."""
    return _done(context, signed, body, _WALLET)


def settlement_done(context: Context, signed: Signed, body: SettlementDone) -> Outcome:
    """Burn what a place was paid for."""
    return _done(context, signed, body, _PLACE)


def cash_out_failed(context: Context, signed: Signed, body: CashOutFailed) -> Outcome:
    """Give back to a person what was not paid, or what the bank has sent back."""
    return _failed(context, signed, body, _WALLET)


def settlement_failed(context: Context, signed: Signed, body: SettlementFailed) -> Outcome:
    """Give back to a place what was not paid, or what the bank has sent back."""
    return _failed(context, signed, body, _PLACE)


_Step = CashOutDone | CashOutFailed | SettlementDone | SettlementFailed
_Found = tuple[Lock, Asset, Records]


def _done(context: Context, signed: Signed, body: _Step, kind: str) -> Outcome:
    found = _find(context, signed, body, kind)
    if isinstance(found, Code):
        return found
    locked, asset, proof = found
    if locked.status != "locked":
        return Code.ALREADY_SETTLED
    burn = Posting(hold(body.lock), issuer(locked.asset), locked.asset, locked.amount)
    paid = _euros(asset, locked.amount)
    return Effect((burn, *paid), (*proof, _now(body.lock, locked, "done")))


def _failed(context: Context, signed: Signed, body: _Step, kind: str) -> Outcome:
    found = _find(context, signed, body, kind)
    if isinstance(found, Code):
        return found
    locked, asset, proof = found
    if locked.status == "failed" or not locked.amount:  # nothing: a bank took the reload back
        return Code.ALREADY_SETTLED
    if locked.account == _WALLET:
        return Code.UNKNOWN_WALLET  # a reload for a card that nobody knows: it is only paid back
    back: tuple[Posting, ...] = ()
    source = hold(body.lock)
    if locked.status == "done":
        source = issuer(locked.asset)
        back = tuple(replace_ends(posting) for posting in _euros(asset, locked.amount))
    postings, records = _give_back(context, locked, source)
    return Effect((*back, *postings), (*proof, *records, _now(body.lock, locked, "failed")))


def _find(context: Context, signed: Signed, body: _Step, kind: str) -> _Found | Code:
    """Find a lock of a kind of account, for the node that serves the issuer of what is locked."""
    locked = context.state.get(Lock, (body.lock,))
    if locked is None or not locked.account.startswith(kind):
        return Code.UNKNOWN_LOCK
    asset = context.state.assets()[locked.asset]
    if code := winds_down(context, signed, asset.issuer):
        return code
    proof = use_up(context, signed, body.evidence)
    return proof if isinstance(proof, Code) else (locked, asset, proof)


def _euros(asset: Asset, amount: int) -> tuple[Posting, ...]:
    """Give what leaves the reserve; what a place issues itself it also pays itself."""
    if asset.asset_class is not AssetClass.FEDERATED:
        return ()
    return (Posting(reserve(asset.issuer), EXTERNAL, EUR, amount),)


def replace_ends(posting: Posting) -> Posting:
    """Give the opposite of a posting."""
    return Posting(posting.target, posting.source, posting.asset, posting.amount)


def _give_back(
    context: Context, locked: Lock, source: Account
) -> tuple[tuple[Posting, ...], Records]:
    """Give the postings of a lock's amount back to its account; a wallet pays its debts at once.

    Its idle clock goes on as it was: a lock that fails is no way to let value rest longer.
    """
    if not locked.account.startswith(_WALLET):
        return (Posting(source, locked.account, locked.asset, locked.amount),), ()
    origin = WalletId(locked.account.removeprefix(_WALLET))
    target = merged_into(context, origin)
    postings, after = credit(context, source, target, locked.asset, locked.amount)
    clock = received(context, target, locked.asset, sender=origin)
    return postings, (((target,), after), *clock)


def _now(name: Hash, locked: Lock, status: str) -> tuple[tuple[Hash], Lock]:
    return (name,), replace(locked, status=status)
