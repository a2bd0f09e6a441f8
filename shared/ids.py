"""Names of things on the chain, and how a key or a card gets its name.

Ids are plain strings at run time and distinct types for the checker, so that a card cannot be
passed where a wallet is meant.  Derived ids (authors, cards) come from SHA-256 and HMAC-SHA-256
cut to 16 bytes (PROTOCOL §§2, 6); random ids (wallets) are drawn by the caller.
"""

import hmac
from hashlib import sha256
from typing import Annotated, Final, NewType

from msgspec import Meta

# msgspec searches instead of matching, and `$` would let a trailing newline through.
END: Final = r"(?![\s\S])"
ID_BYTES: Final = 16

Hex16 = Annotated[str, Meta(pattern=rf"^[0-9a-f]{{16}}{END}")]
Hex32 = Annotated[str, Meta(pattern=rf"^[0-9a-f]{{32}}{END}")]
Hex64 = Annotated[str, Meta(pattern=rf"^[0-9a-f]{{64}}{END}")]

ChainId = NewType("ChainId", Hex32)
AuthorId = NewType("AuthorId", Hex32)
WalletId = NewType("WalletId", Hex32)
CardRef = NewType("CardRef", Hex32)
Hash = NewType("Hash", Hex64)
PublicKey = NewType("PublicKey", Hex64)
BootId = NewType("BootId", Hex16)
PlaceId = NewType("PlaceId", Annotated[str, Meta(pattern=rf"^[a-z0-9][a-z0-9-]{{0,31}}{END}")])
AssetId = NewType("AssetId", Annotated[str, Meta(pattern=rf"^[A-Z][A-Z0-9]{{1,11}}{END}")])
Account = NewType("Account", str)

# Printable ASCII (codes, evidence) and the Latin letters a person may write in a name.
Token = Annotated[str, Meta(pattern=rf"^[\x21-\x7e]{{1,200}}{END}")]
Name = Annotated[str, Meta(pattern=rf"^[\x20-\x7e\u00a0-\u017f]{{1,64}}{END}")]

# `loss:dispute` and `reserve:fees` are accounts of their own.
RESERVED_PLACES: Final = frozenset({PlaceId("dispute"), PlaceId("fees")})
ZERO_HASH: Final = Hash("0" * 64)
ZERO_CHAIN: Final = ChainId("0" * 32)
EUR: Final = AssetId("EUR")
EXTERNAL: Final = Account("external")
RESERVE_FEES: Final = Account("reserve:fees")
POT_COMMONS: Final = Account("pot:commons")
POT_MAINTENANCE: Final = Account("pot:maintenance")
POT_GUARANTEE: Final = Account("pot:guarantee")


def author_id(public_key: bytes) -> AuthorId:
    """Name an author by its first public key (32 bytes): SHA-256, first 16 bytes, hex."""
    return AuthorId(sha256(public_key).hexdigest()[: 2 * ID_BYTES])


def card_reference(card_key: bytes, uid: bytes) -> CardRef:
    """Pseudonym of a card on the chain: HMAC-SHA-256(federation card key, UID), 16 bytes, hex.

    `uid` is the 4, 7 or 10 bytes exactly as read.  Raises ValueError for any other length: a cut
    UID would make two people share one wallet.
    """
    if len(uid) not in {4, 7, 10}:
        message = f"a card UID has 4, 7 or 10 bytes, not {len(uid)}"
        raise ValueError(message)
    return CardRef(hmac.digest(card_key, uid, "sha256")[:ID_BYTES].hex())


def chain_id(genesis_hash: Hash) -> ChainId:
    """Name a chain by the first 16 bytes of the hash of its genesis header."""
    return ChainId(genesis_hash[: 2 * ID_BYTES])


def wallet(wallet_id: WalletId) -> Account:
    """Give the account of what a person holds."""
    return Account(f"wallet:{wallet_id}")


def purse(card: CardRef) -> Account:
    """Give the account of what a card may spend offline."""
    return Account(f"purse:{card}")


def place(place_id: PlaceId) -> Account:
    """Give the account of what a place has earned and not yet taken out."""
    return Account(f"place:{place_id}")


def issuer(asset_id: AssetId) -> Account:
    """Give the account that an asset's amounts come from; as far below zero as the supply."""
    return Account(f"issuer:{asset_id}")


def loss(place_id: PlaceId) -> Account:
    """Give the account that carries the shortfall of a place's accepted offline sales."""
    return Account(f"loss:{place_id}")


def hold(transaction: Hash) -> Account:
    """Give the account of an amount that was set aside by the transaction with this hash."""
    return Account(f"hold:{transaction}")


def pool(pair: str) -> Account:
    """Give the account of what the exchange of a pair (`GIVE-TAKE`) took in and has not given."""
    return Account(f"pool:{pair}")


def reserve(holder: PlaceId) -> Account:
    """Give the account of the euros that back the federated token."""
    return Account(f"reserve:{holder}")


def melt_pending(place_id: PlaceId) -> Account:
    """Give the pot where melted value waits before it is distributed."""
    return Account(f"pot:melt_pending:{place_id}")


def may_be_negative(account: str) -> bool:
    """Tell whether an account has no floor: issuers, losses and the world outside."""
    return account == EXTERNAL or account.startswith(("issuer:", "loss:"))
