"""Packed bytes changed as a forger would: unpacked, edited and packed again."""

from server.store.packing import pack, unpack


def edited(packed: bytes, old: str, new: str) -> bytes:
    """Put one text in the place of another that must be there."""
    raw = unpack(packed)
    assert old.encode() in raw
    return pack(raw.replace(old.encode(), new.encode()))
