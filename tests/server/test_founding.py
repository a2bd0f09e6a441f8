"""Founding a node: all of it or nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from server.founding import Plan, first_bodies, found_node, slug
from server.home import Home
from server.ledger.records import Asset, Place
from server.node import open_node
from shared.host import HostError
from shared.host.lock import HomeLock
from tests.server.api.world import PLAN


def test_place_and_assets_are_on_chain_from_the_first_block(tmp_path: Path) -> None:
    home = Home(tmp_path / "node")
    made = found_node(home, PLAN)
    with HomeLock(home.path), open_node(home) as node:
        assert node.chain == made.chain
        assert node.engine.tip.height == 0
        [(key, place)] = node.books().rows(Place)
        assert (key, place.name) == (("le-grand-champ",), "Le Grand Champ")
        assets = {key[0]: asset for key, asset in node.books().rows(Asset)}
        assert {code: a.asset_class.value for code, a in assets.items()} == {
            "FED": "federated",
            "GRAIN": "local",
        }
        assert assets["GRAIN"].priority < assets["FED"].priority
        token = made.link.rpartition("/")[2]
        assert made.link == f"http://127.0.0.1:8600/welcome/{token}"
        assert node.office.invitation_is_open(token)
        assert node.audit().finding is None


def test_a_node_may_begin_with_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "node")
    found_node(home, Plan(name="Seul"))
    with HomeLock(home.path), open_node(home) as node:
        assert list(node.books().rows(Place)) == []


@pytest.mark.parametrize(
    "name, code",
    [
        ("Le Grand Champ", "le-grand-champ"),
        ("  Café de l’Été !", "cafe-de-l-ete"),
        ("A" * 40, "a" * 32),
        ("a" * 31 + " b", "a" * 31),
    ],
)
def test_a_place_gets_a_code_from_its_name(name: str, code: str) -> None:
    assert slug(name) == code


def test_an_asset_needs_a_place() -> None:
    with pytest.raises(HostError, match="give --place"):
        first_bodies(replace(PLAN, place=""))


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"place": "日本"}, "name must be a name .1 to 64 Latin letters"),
        ({"place": "!"}, "place must be a place's code"),
        ({"name": "x" * 65}, "name must be a name"),
        ({"local": "grain"}, "asset must be an asset's code"),
        ({"federated": "fed"}, "asset must be an asset's code"),
        ({"local": "EUR"}, "refuses to begin like this: asset.create: already_exists .This exists"),
        ({"local": "FED"}, "refuses to begin like this: asset.create: already_exists .This exists"),
        ({"time_zone": "Nowhere"}, "^node.toml: place.time_zone 'Nowhere' is not known"),
        ({"listen": "0.0.0.0:80"}, "in clear"),
    ],
)
def test_a_plan_that_cannot_be_leaves_no_node(
    tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    home = Home(tmp_path / "node")
    with pytest.raises(HostError, match=words):
        found_node(home, replace(PLAN, **changes))  # type: ignore[arg-type]  # texts only
    assert not home.path.exists()
    found_node(home, PLAN)


def test_a_folder_that_was_there_stays_and_is_empty_again(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="already_exists"):
        found_node(Home(tmp_path), replace(PLAN, local="FED"))
    assert list(tmp_path.iterdir()) == []


def test_what_is_in_a_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years", "utf-8")
    with pytest.raises(HostError, match="is not empty"):
        found_node(Home(tmp_path), PLAN)
    assert (tmp_path / "thesis.txt").read_text("utf-8") == "ten years"


def test_a_home_is_not_founded_twice(tmp_path: Path) -> None:
    home = Home(tmp_path / "node")
    found_node(home, PLAN)
    key = (home.keys / "node.key").read_bytes()
    with pytest.raises(HostError, match="already"):
        found_node(home, PLAN)
    assert (home.keys / "node.key").read_bytes() == key
