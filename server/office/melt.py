"""What melts: the rule of each asset, what it took and where it went, what comes next."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from server.ledger.demurrage import step
from server.ledger.records import Announced, Balance, Idle, Melted
from server.office.books import Books
from server.office.money import Position, demurrage_of
from server.web.views.common import Money, PartKind
from server.web.views.money import Forecast, MeltNotice, MeltPage, NextMelt
from shared.bodies import Distribute
from shared.ids import AssetId, WalletId, wallet
from shared.policy import DemurragePolicy

EPOCH: Final = date(1970, 1, 1)
DELAY_DAYS: Final = 45
MONTHS_AHEAD: Final = 6
MANY: Final = 10_000


def day_of(at_ms: int) -> int:
    """Give the UTC day of a time as a number."""
    return (datetime.fromtimestamp(at_ms / 1000, UTC).date() - EPOCH).days


def as_date(day: int) -> date:
    """Give a day's number as a date."""
    return EPOCH + timedelta(days=day)


def melting(books: Books, position: Position, now_ms: int) -> tuple[MeltPage, ...]:
    """Give every asset that melts."""
    pages = []
    for code in position.assets:
        policy = demurrage_of(books, code)
        if policy is not None:
            pages.append(_page(books, position, code, policy, now_ms))
    return tuple(pages)


def _page(
    books: Books, position: Position, code: AssetId, policy: DemurragePolicy, now_ms: int
) -> MeltPage:
    melts = [(key, row) for key, row in books.rows(Melted) if key[1] == code]
    days = [int(key[2]) for key, _row in melts]
    shares = _shares(books, code)
    clocks = tuple(_clocks(books, code, policy))
    today = day_of(now_ms)
    return MeltPage(
        asset=position.assets[code],
        rate_bp=policy.rate_bp,
        fixed=policy.fixed,
        step_days=policy.step_days,
        grace_days=policy.grace_days,
        floor=policy.floor,
        min_use_bp=policy.min_use_bp,
        notice_days=tuple(sorted(policy.notice_days, reverse=True)),
        delay_days=DELAY_DAYS,
        since=as_date(min(days)) if days else None,
        melted=sum(row.amount - row.reversed for _key, row in melts),
        pending=position.total(code, (PartKind.MELTED,)),
        to_place=shares[0],
        to_validators=shares[1],
        to_commons=shares[2],
        to_maintenance=shares[3],
        next=_next(books, position, code, policy, clocks, today),
        forecast=_forecast(position, code, policy, clocks, today),
    )


def _shares(books: Books, code: AssetId) -> tuple[int, int, int, int]:
    """Sum what was shared out: to the places, to validators' places, commons, maintenance."""
    place = validators = commons = upkeep = 0
    for entry in books.entries(count=MANY, kinds=("distribute",)):
        if not isinstance(entry.body, Distribute) or entry.body.asset != code:
            continue
        own = True
        for posting in entry.postings:
            if posting.target == "pot:commons":
                commons += posting.amount
            elif posting.target == "pot:maintenance":
                upkeep += posting.amount
            elif posting.target == f"place:{entry.body.place}" and own:
                place, own = place + posting.amount, False
            elif posting.target.startswith("place:"):
                validators += posting.amount
    return place, validators, commons, upkeep


def _clocks(books: Books, code: AssetId, policy: DemurragePolicy) -> Iterator[tuple[int, int]]:
    """Give (day of the next step, balance) of every wallet that has something to melt."""
    for key, idle in books.rows(Idle):
        if key[1] != code:
            continue
        held = books.get(Balance, (wallet(WalletId(str(key[0]))), code))
        if held and held.amount > policy.floor:
            yield idle.next_step, held.amount


def _loss(balance: int, policy: DemurragePolicy) -> int:
    return balance - step(balance, policy)


def _next(
    books: Books,
    position: Position,
    code: AssetId,
    policy: DemurragePolicy,
    clocks: tuple[tuple[int, int], ...],
    today: int,
) -> NextMelt | None:
    due = [(max(day, today), balance) for day, balance in clocks]
    if not due:
        return None
    day = min(each for each, _balance in due)
    falls = [_loss(balance, policy) for each, balance in due if each == day]
    announced = books.get(Announced, (code, day))
    ahead = sorted(policy.notice_days, reverse=True)
    # How long before the melt each notice was recorded; an early one counts as the first.
    told = {min(day - when, ahead[0]) for when, _ in announced.notices} if announced else set()
    return NextMelt(
        day=as_date(day),
        at_most=position.money(code, sum(falls)),
        wallets=len(falls),
        notices=tuple(
            MeltNotice(
                days_before=before,
                day=as_date(day - before),
                wallets=len(falls),
                sent=any(after < lead <= before for lead in told),
            )
            for before, after in zip(ahead, (*ahead[1:], -1), strict=True)
        ),
        shared_from=as_date(day + DELAY_DAYS),
    )


def _forecast(
    position: Position,
    code: AssetId,
    policy: DemurragePolicy,
    clocks: tuple[tuple[int, int], ...],
    today: int,
) -> tuple[Forecast, ...]:
    """Play every clock for six months from the next melt, as if nobody used their money."""
    if not clocks:
        return ()
    first = as_date(max(today, min(day for day, _balance in clocks))).replace(day=1)
    months = [first]
    while len(months) < MONTHS_AHEAD:
        months.append((months[-1] + timedelta(days=32)).replace(day=1))
    end = ((months[-1] + timedelta(days=32)).replace(day=1) - EPOCH).days
    amounts, wallets = dict.fromkeys(months, 0), dict.fromkeys(months, 0)
    for start, held in clocks:
        day, balance = max(start, today), held
        while day < end and (fall := _loss(balance, policy)):
            month = as_date(day).replace(day=1)
            amounts[month] += fall
            wallets[month] += 1
            balance, day = balance - fall, day + policy.step_days
    return tuple(
        Forecast(
            month=month,
            at_most=Money(amounts[month], position.assets[code]),
            wallets=wallets[month],
        )
        for month in months
    )
