"""Each way in which a value may not fit, and the sentence that a person reads."""

from typing import Annotated, Any

import msgspec
import pytest

from server.settings import NodeSettings
from shared.bodies import (
    AssetAccept,
    AssetCreate,
    CardBlock,
    ForkAdopt,
    GroupCreate,
    PolicySet,
    PurseRelease,
    Reload,
    SaleVoid,
)
from shared.misfit import misfit, must_be
from shared.policy import ExchangePolicy

CARD = "0" * 32
RELOAD = {"amount": 1, "asset": "FED", "card": CARD, "evidence": "cash:1"}
POLICY = {"policy": "exchange", "give": 3, "take": 2}
ACCEPT = {"accept": True, "asset": "FED", "place": "bar", "side": "issuer"}
ASSET = {
    "asset": "FED", "class": "local", "issuer": "bar", "name": "Grain", "peg": "EUR",
    "priority": 1, "scale": 2, "symbol": "G",
}  # fmt: skip
CODE = "an asset's code (2 to 12 capital letters and digits, such as GRAIN)"
CLASSES = "federated, local, gift, time, points, meal, badge, membership or libre"
POLICIES = "protocol, offline, demurrage, purse, exchange or dividend"
UNIT = "amount must be a whole number of the smallest unit (1.50 is 150)"


class Bounds(msgspec.Struct):
    """Bounds that no body has."""

    perhaps: ExchangePolicy | None = None
    above: Annotated[int, msgspec.Meta(gt=4)] = 5
    below: Annotated[int, msgspec.Meta(lt=4)] = 3
    some: Annotated[list[int], msgspec.Meta(min_length=1)] = []
    named: dict[str, int] = {}


@pytest.mark.parametrize(
    "shape, value, words",
    [
        (Reload, {**RELOAD, "amount": -1}, f"{UNIT}, not -1"),
        (Reload, {**RELOAD, "amount": 1.5}, f"{UNIT}, not 1.5"),
        (Reload, {**RELOAD, "amount": "1"}, f"{UNIT}, not '1'"),
        (
            Reload,
            {**RELOAD, "asset": "fed"},
            f"asset must be {CODE}, not 'fed'",
        ),
        (Reload, {**RELOAD, "card": ""}, "card must be 32 hex digits, not ''"),
        (
            Reload,
            {**RELOAD, "card": "é" * 100},
            f"card must be 32 hex digits, not '{'é' * 59}…",
        ),
        (Reload, {"amount": 1}, "the field asset is missing"),
        (Reload, {**RELOAD, "tip": 1}, "there is no field tip"),
        (Reload, 3, "it must be an object with amount, asset, card, evidence, not 3"),
        (
            AssetCreate,
            {**ASSET, "class": "gold"},
            f"class must be {CLASSES}, not 'gold'",
        ),
        (AssetCreate, {**ASSET, "scale": 9}, "scale must be a whole number from 0 to 6, not 9"),
        (AssetAccept, {**ACCEPT, "side": "me"}, "side must be issuer or place, not 'me'"),
        (AssetAccept, {**ACCEPT, "accept": 1}, "accept must be true or false, not 1"),
        (
            PolicySet,
            {"subject": "-", "value": {**POLICY, "policy": "x"}},
            f"value.policy must be {POLICIES}, not 'x'",
        ),
        (
            PolicySet,
            {"subject": "A-B", "value": {**POLICY, "give": "3"}},
            "value.give must be a whole number from 0 to 1000000000, not '3'",
        ),
        (PolicySet, {"subject": "-", "value": {}}, "value: the field policy is missing"),
        (
            GroupCreate,
            {"assets": ["FED", "x"], "group": 1},
            f"assets[1] must be {CODE}, not 'x'",
        ),
        (GroupCreate, {"assets": [], "group": 1}, "assets must be a list of 1 to 8, not []"),
        (
            SaleVoid,
            {"card": CARD, "spent": [1, -2]},
            "spent[1] must be a whole number from 0 to 9007199254740991, not -2",
        ),
        (SaleVoid, {"card": CARD, "spent": [1]}, "spent must be a list of 2, not [1]"),
        (
            PurseRelease,
            {"card": CARD, "heads": [{"author": 3, "seq": 1}]},
            "heads[0].author must be 32 hex digits, not 3",
        ),
        (
            ForkAdopt,
            {"author": CARD, "payloads": ["a"], "signature": "?"},
            "signature must be a signature (86 letters of base64url), not '?'",
        ),
        (CardBlock, {"card": CARD, "reason": 4}, "reason must be admin, lost or stolen, not 4"),
        (
            NodeSettings,
            {"name": "x", "chain": {"open": 3}},
            "chain.open must be true, false or null, not 3",
        ),
        (NodeSettings, {"name": 3}, "name must be text, not 3"),
        (
            NodeSettings,
            {"name": "x", "http": {"threads": "many"}},
            "http.threads must be a whole number, not 'many'",
        ),
        (Bounds, {"above": 4}, "above must be a whole number from 5 on, not 4"),
        (Bounds, {"perhaps": {"policy": "x"}}, "perhaps.policy must be exchange or null, not 'x'"),
        (Bounds, {"below": 4}, "below must be a whole number from 0 to 3, not 4"),
        (Bounds, {"some": []}, "some must be a list of 1 on, not []"),
        (Bounds, {"named": {"a": "b"}}, 'named[...] must be a whole number, not {"a":"b"}'),
    ],
)
def test_what_does_not_fit_is_said_in_a_sentence(shape: Any, value: object, words: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(value, shape)
    assert misfit(caught.value, shape, value) == words


def test_a_type_says_what_it_holds() -> None:
    assert must_be(bool, "accept", "oui") == "accept must be true or false, not 'oui'"
