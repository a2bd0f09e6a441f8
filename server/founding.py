"""Makes a new node: home, keys, settings, genesis, and the one-time link of its first admin.

Either all of it is there at the end or nothing is, so that whoever mistyped can say it again; after
a power cut the home does not count as made (its settings come last).  Raises HostError with what to
change.
"""

import re
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import msgspec

from server.engine.genesis import found
from server.home import Home, draw_keys, make_home, write_settings
from server.ledger.effect import CHAIN
from server.ledger.registry import PROTOCOL
from server.node import make_clock, new_boot, open_node, place_of_database
from server.settings import NodeSettings, parse_settings, write_template
from server.store.database import open_database
from server.store.writer import StoreError
from shared.bodies import AssetClass, AssetCreate, Body, Genesis, PlaceCreate, PolicySet
from shared.host import HostError
from shared.host.lock import HomeLock
from shared.ids import EUR, ZERO_HASH, ChainId, PlaceId
from shared.misfit import misfit
from shared.policy import ProtocolPolicy

S = TypeVar("S", bound=Body)
EURO: Final = "€"
LOCAL_PRIORITY: Final = 10
FEDERATED_PRIORITY: Final = 20
_NO_SLUG: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a new node starts with; empty texts leave a thing out."""

    name: str
    place: str = ""
    federated: str = ""
    local: str = ""
    local_name: str = ""
    local_symbol: str = ""
    listen: str = "127.0.0.1:8600"
    time_zone: str = "Europe/Paris"
    language: str = "fr"
    simulated_clock: bool = False
    database: str = ""
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Founded:
    """A node that was made; the link lets one person become its first admin, once."""

    chain: ChainId
    link: str


def slug(name: str) -> PlaceId:
    """Make a place's code from its name: `Le Grand Champ` → `le-grand-champ`."""
    plain = (
        unicodedata.normalize("NFKD", name.lower().replace("’", " "))
        .encode("ascii", "ignore")
        .decode()
    )
    return PlaceId(_NO_SLUG.sub("-", plain).strip("-")[:32].strip("-"))


def first_bodies(plan: Plan) -> list[Body]:
    """Give the founding transactions after the founder itself."""
    _read({"founder": ZERO_HASH, "name": plan.name}, Genesis)  # the founder has a name, too
    bodies: list[Body] = [PolicySet(CHAIN, ProtocolPolicy(PROTOCOL))]
    if not plan.place:
        if plan.federated or plan.local:
            raise HostError("an asset needs a place that issues it: give --place as well")
        return bodies
    place = slug(plan.place)
    bodies.append(_read({"name": plan.place, "place": place}, PlaceCreate))
    if plan.local:
        name = plan.local_name or plan.local.capitalize()
        symbol = plan.local_symbol or name[:1].upper()
        bodies.append(_asset(plan.local, AssetClass.LOCAL, place, name, symbol, LOCAL_PRIORITY))
    if plan.federated:
        name = "Euro fédéré"
        code, priority = plan.federated, FEDERATED_PRIORITY
        bodies.append(_asset(code, AssetClass.FEDERATED, place, name, EURO, priority))
    return bodies


def _asset(
    code: str, asset_class: AssetClass, place: PlaceId, name: str, symbol: str, priority: int
) -> AssetCreate:
    values = {
        "asset": code,
        "class": asset_class,
        "issuer": place,
        "name": name,
        "peg": EUR,
        "priority": priority,
        "scale": 2,
        "symbol": symbol,
    }
    return _read(values, AssetCreate)


def _read(values: Mapping[str, Any], shape: type[S]) -> S:
    try:
        return msgspec.convert(values, shape)
    except msgspec.ValidationError as error:
        raise HostError(misfit(error, shape, values)) from None


def found_node(home: Home, plan: Plan) -> Founded:
    """Make a node."""
    text = write_template(
        name=plan.name,
        listen=plan.listen,
        time_zone=plan.time_zone,
        language=plan.language,
        federated=plan.federated or "FED",
        simulated_clock=plan.simulated_clock,
        database=plan.database,
    )
    bodies = first_bodies(plan)
    settings = parse_settings(text, plan.environment, name="node.toml")
    with _whole_or_gone(home), HomeLock(home.path):
        chain = _found(home, settings, bodies)
        write_settings(home, text)
    with HomeLock(home.path), open_node(home) as node:
        return Founded(chain, invite(node.settings, node.office.accounts.invite()))


@contextmanager
def _whole_or_gone(home: Home) -> Iterator[None]:
    """Make a home; when what follows fails, nothing of it stays."""
    was_there = home.path.exists()
    make_home(home)
    try:
        yield
    except BaseException:
        for made in home.path.iterdir():
            shutil.rmtree(made) if made.is_dir() else made.unlink()
        if not was_there:
            home.path.rmdir()
        raise


def invite(settings: NodeSettings, token: str) -> str:
    """Write the link that makes somebody an admin, once."""
    return f"{settings.public_url}/welcome/{token}"


def _found(home: Home, settings: NodeSettings, bodies: list[Body]) -> ChainId:
    keys = draw_keys(home)
    try:
        database = open_database(place_of_database(home, settings))
    except StoreError as error:
        raise HostError(str(error)) from error
    try:
        return found(
            database,
            seed=keys.node,
            name=settings.name,
            boot=new_boot(),
            clock=make_clock(home, settings),
            bodies=bodies,
        )
    except ValueError as error:
        raise HostError(f"the ledger refuses to begin like this: {error}") from None
    finally:
        database.close()
