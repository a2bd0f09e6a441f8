"""What must hold of the books after every block, whatever was said: DESIGN §8, and what follows.

`faults` gives what does not, in words; nothing is the answer that tests want.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from server.ledger.memory import Memory
from server.ledger.records import (
    Balance,
    Card,
    Lock,
    Pending,
    Place,
    Purse,
    Remainder,
    Wallet,
)
from server.ledger.sales import FORK
from shared.ids import (
    EUR,
    CardRef,
    PlaceId,
    issuer,
    loss,
    may_be_negative,
    melt_pending,
    place,
    purse,
    reserve,
)
from tests.server.ledger.world import BAR, FED

Held = Mapping[tuple[str, str], int]


def faults(memory: Memory) -> list[str]:
    """Give what is wrong."""
    held: Held = defaultdict(int) | {
        (str(account), str(code)): balance.amount
        for (account, code), balance in memory.rows(Balance).items()
    }
    checks = (_sums, _places, _debts, _means, _locks, _pots, _purses)
    return [fault for check in checks for fault in check(memory, held)]


def _sums(_: Memory, held: Held) -> Iterator[str]:
    """Each asset adds up, nothing is below its floor, each federated token is an euro."""
    sums: dict[str, int] = defaultdict(int)
    for (account, code), amount in held.items():
        sums[code] += amount
        if amount < 0 and not may_be_negative(account):
            yield f"{account} holds {amount} {code}"
    yield from (f"{code} adds up to {total}" for code, total in sums.items() if total)
    if -held[issuer(FED), FED] != held[reserve(BAR), EUR]:
        yield "a federated token is no euro in the reserve"


def _places(memory: Memory, held: Held) -> Iterator[str]:
    """No place has taken out what is a loss: tokens that nobody paid for."""
    for (name,) in memory.rows(Place):
        at = PlaceId(str(name))
        for account, code in list(held):
            if account == loss(at) and held[account, code] + held[place(at), code] < 0:
                yield f"{at} has taken out a loss in {code}"


def _debts(memory: Memory, held: Held) -> Iterator[str]:
    """Each place's loss is what wallets owe it."""
    owed: dict[tuple[str, str], int] = defaultdict(int)
    for wallet in memory.rows(Wallet).values():
        for asset, at, debt in wallet.debts:
            owed[loss(at), asset] += debt
    for (name,) in memory.rows(Place):
        for account, code in {*held, *owed}:
            if account == loss(PlaceId(str(name))) and -held[account, code] != owed[account, code]:
                yield f"{account} lost {-held[account, code]} {code}, owed {owed[account, code]}"


def _means(memory: Memory, held: Held) -> Iterator[str]:
    """Nobody owes what he has."""
    for (name,), record in memory.rows(Wallet).items():
        for code, at, debt in record.debts:
            if held[f"wallet:{name}", code]:
                yield f"wallet:{name} has {code} and owes {at} {debt}"


def _locks(memory: Memory, held: Held) -> Iterator[str]:
    """What is locked is there, and no more."""
    for (name,), lock in memory.rows(Lock).items():
        wanted = lock.amount if lock.status == "locked" else 0
        if held[f"hold:{name}", lock.asset] != wanted:
            yield f"hold:{name} is {lock.status} with {held[f'hold:{name}', lock.asset]}"


def _pots(memory: Memory, held: Held) -> Iterator[str]:
    """What melted and waits is in its pot, and no more."""
    waiting: dict[tuple[str, str], int] = defaultdict(int)
    for (code, at, _), pending in memory.rows(Pending).items():
        waiting[melt_pending(PlaceId(str(at))), str(code)] += pending.amount
    for (code, at), rest in memory.rows(Remainder).items():
        waiting[melt_pending(PlaceId(str(at))), str(code)] += rest.amount
    for pot in {*waiting, *(key for key in held if key[0].startswith(melt_pending(PlaceId(""))))}:
        if held[pot] != waiting[pot]:
            yield f"{pot} holds {held[pot]} where {waiting[pot]} wait"


def _purses(memory: Memory, held: Held) -> Iterator[str]:
    """The purse of a card that was not copied holds what its next allowance permits."""
    for (name,), record in memory.rows(Purse).items():
        card = memory.get(Card, (name,))
        spent = max([record.void_line, *(end for _, end in record.claims)])
        holds = sum(
            amount for (account, _), amount in held.items() if account == purse(CardRef(str(name)))
        )
        if card is not None and card.reason != FORK and holds < record.credit - spent:
            yield f"purse:{name} holds {holds} of {record.credit - spent}"
