"""What the rules have done, proven without the rules: the audit's second opinion on each block.

The executor says which records a block has changed; here the balances follow from the postings
alone, so a rule or an executor that books wrongly is found although it agrees with itself.  By
induction over the blocks every balance is the sum of its postings from genesis on.
"""

from typing import cast

from server.ledger.executor import BlockResult
from server.ledger.memory import Memory
from server.ledger.records import NAMES, Balance, Evidence
from shared.ids import Account, AssetId, AuthorId, Hash, may_be_negative

_BALANCE = NAMES[Balance]
_EVIDENCE = NAMES[Evidence]
_NOBODY = AuthorId("")


def wrong_effects(before: Memory, result: BlockResult) -> str | None:
    """Give what a block has done wrong to the state before it, in words."""
    moved: dict[tuple[Account, AssetId], int] = {}
    for item in result.executed:
        for posting in item.done.postings:
            if posting.amount <= 0 or posting.source == posting.target:
                return f"{posting.source} pays {posting.amount} to {posting.target}"
            source, target = (posting.source, posting.asset), (posting.target, posting.asset)
            moved[source] = moved.get(source, 0) - posting.amount
            moved[target] = moved.get(target, 0) + posting.amount
    for table, key, record in result.changes:
        if table == _BALANCE:
            name = cast("tuple[Account, AssetId]", key)
            if words := _wrong_balance(before, name, cast("Balance", record), moved.pop(name, 0)):
                return words
    if any(moved.values()):
        return "a posting changes no balance"
    return _wrong_evidence(before, result)


def _wrong_balance(
    before: Memory, name: tuple[Account, AssetId], after: Balance, moved: int
) -> str | None:
    held = before.get(Balance, name)
    account, asset = name
    if after.amount != (held.amount if held else 0) + moved:
        return f"{account} is not the sum of its postings in {asset}"
    if after.amount < 0 and not may_be_negative(account):
        return f"{account} is below zero in {asset}"
    return None


def _wrong_evidence(before: Memory, result: BlockResult) -> str | None:
    """Prove that each node's evidence was used up once, by what it signed and what took effect.

    A key is the name, after the node's own and a space since protocol 2.
    """
    used: dict[Hash, AuthorId] = {}
    names: set[tuple[AuthorId, str]] = set()
    for item in result.executed:
        if item.done.verdict.took_effect:
            author = used[item.done.hash] = item.transaction.envelope.author
            name = getattr(item.done.body, "evidence", "")
            if (author, name) in names:
                return f"evidence {name} was used twice"
            if name:
                names.add((author, name))
    for table, key, record in result.changes:
        if table == _EVIDENCE:
            owner, _, name = str(key[0]).rpartition(" ")
            if before.get(Evidence, key) or before.get(Evidence, (name,)):
                return f"evidence {name} was used before"
            author = used.get(cast("Evidence", record).transaction, _NOBODY)
            if author == _NOBODY or owner not in {"", author}:
                return f"evidence {name} was used by nothing that took effect"
            names.discard((author, name))
    return f"evidence {min(names)[1]} was not used up" if names else None


def sums(memory: Memory) -> str | None:
    """Give the account or asset of a whole state that is wrong: floors, and sums of zero."""
    total: dict[AssetId, int] = {}
    for key, record in memory.records[Balance].items():
        account, asset = cast("tuple[Account, AssetId]", key)
        amount = cast("Balance", record).amount
        if amount < 0 and not may_be_negative(account):
            return f"{account} is below zero in {asset}"
        total[asset] = total.get(asset, 0) + amount
    wrong = sorted(asset for asset, amount in total.items() if amount)
    return f"{wrong[0]} does not add up to zero" if wrong else None
