"""Where the money is, as the pages show it: computed from balances, never added across assets."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from server.ledger.records import Asset as AssetRecord, Balance, Rule
from server.office.books import Books
from server.web.views.common import Asset, Money, Part, PartKind
from server.web.views.money import AssetPage, ReservePage
from server.web.views.overview import MoneyRow, Outside
from shared.bodies import AssetClass
from shared.ids import EUR, RESERVE_FEES, AssetId, PlaceId, reserve
from shared.policy import DemurragePolicy

FULL_BP: Final = 10_000


def kind_of(account: str) -> PartKind | None:
    """Say which row an account counts in; None for issuers, losses and the world outside."""
    head, _, name = account.partition(":")
    if head in {"wallet", "purse"}:
        return PartKind.WALLETS
    if head == "place":
        return PartKind.PLACE
    if head == "hold":
        return PartKind.HELD
    if head == "pot":
        return PartKind.MELTED if name.startswith("melt_pending") else PartKind.FUNDS
    return None


def demurrage_of(books: Books, asset: str) -> DemurragePolicy | None:
    """Give the melt rule of an asset when it is in force."""
    rule = books.get(Rule, ("demurrage", asset))
    policy = rule.value if rule else None
    return policy if isinstance(policy, DemurragePolicy) and policy.enabled else None


def read_asset(books: Books, code: str, record: AssetRecord) -> Asset:
    """Give an asset as people read it."""
    return Asset(
        code=code,
        name=record.name,
        symbol=record.symbol,
        scale=record.scale,
        melts=demurrage_of(books, code) is not None,
        backed=record.asset_class is AssetClass.FEDERATED,
    )


@dataclass(frozen=True, slots=True)
class Position:
    """Every balance of a moment, read once for a page."""

    assets: Mapping[AssetId, Asset]
    records: Mapping[AssetId, AssetRecord]
    accounts: Mapping[AssetId, Mapping[str, int]]

    def money(self, code: AssetId, amount: int) -> Money:
        """Give an amount beside its asset."""
        return Money(amount, self.assets[code])

    def total(self, code: AssetId, kinds: Iterable[PartKind]) -> int:
        """Sum one asset over kinds of accounts."""
        wanted = set(kinds)
        held = self.accounts.get(code, {})
        return sum(amount for account, amount in held.items() if kind_of(account) in wanted)

    def held(self, code: AssetId, account: str) -> int:
        """Give what one account holds."""
        return self.accounts.get(code, {}).get(account, 0)

    def payable(self, code: AssetId) -> int:
        """Give what places may take out: a place's balance less the losses it caused."""
        held = self.accounts.get(code, {})
        places = [account.partition(":")[2] for account in held if account.startswith("place:")]
        return sum(
            max(0, self.held(code, f"place:{each}") + self.held(code, f"loss:{each}"))
            for each in places
        )

    def losses(self, code: AssetId) -> int:
        """Give what loss accounts carry of an asset, as a positive number."""
        held = self.accounts.get(code, {})
        return -sum(amount for account, amount in held.items() if account.startswith("loss:"))


def take_position(books: Books) -> Position:
    """Read every balance and asset."""
    accounts: dict[AssetId, dict[str, int]] = defaultdict(dict)
    for key, balance in books.rows(Balance):
        accounts[AssetId(str(key[1]))][str(key[0])] = balance.amount
    records = {AssetId(str(key[0])): record for key, record in books.rows(AssetRecord)}
    ordered = dict(sorted(records.items(), key=lambda item: (not _backed(item[1]), item[0])))
    assets = {code: read_asset(books, code, record) for code, record in ordered.items()}
    return Position(assets, ordered, accounts)


def _backed(record: AssetRecord) -> bool:
    return record.asset_class is AssetClass.FEDERATED


EVERYWHERE: Final = (
    PartKind.WALLETS,
    PartKind.PLACE,
    PartKind.HELD,
    PartKind.MELTED,
    PartKind.FUNDS,
)


def outside(position: Position) -> tuple[Outside, ...]:
    """Give what is out of each asset."""
    return tuple(
        Outside(
            total=position.money(code, position.total(code, EVERYWHERE)),
            on_cards=position.money(code, position.total(code, (PartKind.WALLETS,))),
            to_places=position.money(code, position.payable(code)),
            covered_bp=_covered(position, code),
        )
        for code in position.assets
    )


def _covered(position: Position, code: AssetId) -> int | None:
    if not position.assets[code].backed:
        return None
    tokens = position.total(code, EVERYWHERE)
    return FULL_BP if not tokens else backing(position, code) * FULL_BP // tokens


def in_reserve(position: Position, code: AssetId) -> int:
    """Give the euros that stand for a federated asset."""
    account = reserve(position.records[code].issuer)
    return position.accounts.get(EUR, {}).get(account, 0)


def backing(position: Position, code: AssetId) -> int:
    """Give the euros in reserve and the losses declared for a federated asset."""
    return in_reserve(position, code) + position.losses(code)


def where(position: Position, names: Mapping[PlaceId, str]) -> tuple[MoneyRow, ...]:
    """Give the rows of "where the money is": wallets, each place, the rest."""

    def amounts(total: Mapping[AssetId, int]) -> tuple[Money, ...]:
        return tuple(position.money(code, total.get(code, 0)) for code in position.assets)

    def row(kind: PartKind) -> MoneyRow:
        return MoneyRow(
            kind=kind,
            amounts=amounts({code: position.total(code, (kind,)) for code in position.assets}),
        )

    wallets = {
        account
        for held in position.accounts.values()
        for account, amount in held.items()
        if amount and kind_of(account) is PartKind.WALLETS
    }
    first = row(PartKind.WALLETS)
    places = tuple(
        MoneyRow(
            kind=PartKind.PLACE,
            name=name,
            amounts=amounts({c: position.held(c, f"place:{place}") for c in position.assets}),
            losses=tuple(
                position.money(c, -lost)
                for c in position.assets
                if (lost := position.held(c, f"loss:{place}"))
            ),
        )
        for place, name in names.items()
    )
    rest = (row(kind) for kind in (PartKind.HELD, PartKind.MELTED, PartKind.FUNDS))
    return (
        MoneyRow(kind=first.kind, cards=len(wallets), amounts=first.amounts),
        *places,
        *(each for each in rest if any(money.amount for money in each.amounts)),
    )


def parts(position: Position, code: AssetId) -> tuple[Part, ...]:
    """Give where one asset is, without empty parts."""
    kinds = (
        (PartKind.WALLETS, (PartKind.WALLETS,)),
        (PartKind.PLACES, (PartKind.PLACE,)),
        (PartKind.HELD, (PartKind.HELD,)),
        (PartKind.MELTED, (PartKind.MELTED,)),
        (PartKind.FUNDS, (PartKind.FUNDS,)),
    )
    found = (
        Part(kind=kind, money=position.money(code, position.total(code, counted)))
        for kind, counted in kinds
    )
    return tuple(part for part in found if part.money.amount)


def asset_pages(position: Position) -> tuple[AssetPage, ...]:
    """Give every asset and where it is."""
    return tuple(
        AssetPage(
            asset=asset,
            class_=position.records[code].asset_class,
            total=position.money(code, position.total(code, EVERYWHERE)),
            parts=parts(position, code),
        )
        for code, asset in position.assets.items()
    )


def reserve_page(position: Position, names: Mapping[PlaceId, str]) -> ReservePage | None:
    """Give the backing of the federated token; None when there is no such asset."""
    code = next((each for each, asset in position.assets.items() if asset.backed), None)
    if code is None:
        return None
    euros = (
        Part(
            kind=PartKind.STRIPE_AVAILABLE, money=position.money(code, in_reserve(position, code))
        ),
        Part(kind=PartKind.LOSSES, money=position.money(code, position.losses(code))),
    )
    fees = position.accounts.get(EUR, {}).get(RESERVE_FEES)
    issuer = position.records[code].issuer
    return ReservePage(
        asset=position.assets[code],
        tokens=parts(position, code),
        euros=tuple(part for part in euros if part.money.amount),
        compared_ms=None,
        difference=None,
        fees_left=None if fees is None else position.money(code, fees),
        fees_floor=None,
        holder=names.get(issuer, issuer),
    )
