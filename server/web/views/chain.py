"""What the pages of the chain show: head, audits, one block."""

from dataclasses import dataclass

from server.web.views.common import LineResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block in short."""

    height: int
    operations: int
    at_ms: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One check of the whole chain; a failed one names the first bad height and the cause."""

    at_ms: int
    from_height: int
    to_height: int
    operations: int
    duration_ms: int
    bad_height: int | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainPage:
    """The head of the chain and its checks; `key` is this node's public key, for `verify`."""

    now_ms: int
    blocks: tuple[Block, ...]
    state: str
    chain: str
    key: str
    log_size: int
    copies: int
    audits: tuple[Audit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One transaction with its verdict."""

    author: str
    seq: int
    kind: str
    result: LineResult
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockPage:
    """One block in full."""

    block: Block
    parent: str
    state: str
    log_root: str
    log_size: int
    operations: tuple[Operation, ...]
