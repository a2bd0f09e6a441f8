"""Names: derived ids against independent computations, accounts by hand."""

import hashlib
import hmac

import pytest

from shared import ids
from shared.ids import AssetId, CardRef, Hash, PlaceId, WalletId


def test_an_author_is_named_by_its_first_key() -> None:
    key = bytes(range(32))
    assert ids.author_id(key) == hashlib.sha256(key).hexdigest()[:32]


@pytest.mark.parametrize("uid", ["a24b043f", "04a1b2c3d4e5f6", "04a1b2c3d4e5f6778899"])
def test_a_card_is_named_by_its_whole_uid(uid: str) -> None:
    key, raw = b"k" * 32, bytes.fromhex(uid)
    assert ids.card_reference(key, raw) == hmac.new(key, raw, hashlib.sha256).hexdigest()[:32]


@pytest.mark.parametrize("length", [0, 3, 5, 8, 11])
def test_a_cut_uid_is_no_uid(length: int) -> None:
    with pytest.raises(ValueError, match="4, 7 or 10 bytes"):
        ids.card_reference(b"k" * 32, bytes(length))


def test_a_4_byte_uid_and_its_7_byte_parent_are_two_cards() -> None:
    long = bytes.fromhex("04a1b2c3d4e5f6")
    assert ids.card_reference(b"k" * 32, long) != ids.card_reference(b"k" * 32, long[:4])


def test_accounts_have_the_names_of_the_design() -> None:
    assert ids.wallet(WalletId("ab" * 16)) == "wallet:" + "ab" * 16
    assert ids.place(PlaceId("bar")) == "place:bar"
    assert ids.loss(PlaceId("bar")) == "loss:bar"
    assert ids.issuer(AssetId("FED")) == "issuer:FED"
    assert ids.reserve(PlaceId("bar")) == "reserve:bar"
    assert ids.hold(Hash("cd" * 32)) == "hold:" + "cd" * 32
    assert ids.melt_pending(PlaceId("bar")) == "pot:melt_pending:bar"
    assert ids.purse(CardRef("ab" * 16)) == "purse:" + "ab" * 16
    assert ids.pool("GRAIN-FED") == "pool:GRAIN-FED"


@pytest.mark.parametrize(
    "account, free",
    [
        ("external", True),
        ("issuer:FED", True),
        ("loss:bar", True),
        ("wallet:x", False),
        ("place:bar", False),
        ("pot:commons", False),
        ("reserve:bar", False),
        ("pool:GRAIN-FED", False),
        ("hold:cd", False),
        ("purse:ab", False),
        ("externals", False),
    ],
)
def test_only_issuers_losses_and_the_world_may_be_negative(account: str, free: bool) -> None:
    assert ids.may_be_negative(account) is free


def test_a_chain_is_named_by_its_genesis() -> None:
    assert ids.chain_id(Hash("0123456789abcdef" * 4)) == "0123456789abcdef" * 2
