"""A verifier that a stranger has written from docs/protocol.md and docs/chain-file.md alone.

It imports nothing of ours, so that what the documents say is enough to check a chain of one node:
the form of the file, the chain's id, parents, times, seals, the hash of the batches, the frames,
links and signatures of what authors say, and the hash of the state.  It executes nothing.
"""

import gzip
import json
from base64 import urlsafe_b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

from nacl.signing import VerifyKey

ZEROS = "0" * 64


def prove(path: Path) -> tuple[str, int, str]:
    """Give chain id, number of transactions and state.  Any flaw is an exception."""
    magic, named, count, blocks = read(path)
    assert magic == "tirelire-chain-file/1"
    keys: dict[str, list[str]] = {}
    chains: dict[str, list[str]] = {}
    chain, parent, state, time = "0" * 32, ZEROS, ZEROS, 0
    for height, (seal, raw, batches) in enumerate(blocks):
        header = json.loads(raw)
        assert canonical(header) == raw
        assert (header["height"], header["parent"], header["chain"]) == (height, parent, chain)
        assert time <= (time := header["time"])
        assert header["batches"] == tree([sha256(b"\0" + batch).digest() for batch in batches])
        sealers = list(keys.get(header["author"], ()))
        for batch in batches:
            say(batch, chain, keys, chains)
        assert signed(sealers or keys[header["author"]], "block", raw, seal)
        state = sha256(bytes.fromhex(state + header["effects"])).hexdigest()
        assert header["state"] == state
        parent = sha256(raw).hexdigest()
        chain = chain if height else parent[:32]
    assert (chain, len(blocks)) == (named, count)
    return chain, sum(len(hashes) for hashes in chains.values()), state


def read(path: Path) -> tuple[str, str, int, list[tuple[str, bytes, list[bytes]]]]:
    with gzip.open(path) as file:
        magic, named, count = file.readline().decode().split()
        blocks = []
        for _ in range(int(count)):
            word, seal, *lengths = file.readline().decode().split()
            assert word == "block"
            header, newline = file.read(int(lengths[0])), file.read(1)
            assert newline == b"\n"
            blocks.append((seal, header, [file.read(int(each)) for each in lengths[1:]]))
        assert file.read() == b""
    return magic, named, int(count), blocks


def say(batch: bytes, chain: str, keys: dict[str, list[str]], chains: dict[str, list[str]]) -> None:
    """Check what an author says; remember it, and whose key it names.

    What is known already is skipped; another history under a known number (a fork) is kept in the
    block, but says nothing.
    """
    line, *payloads, rest = batch.split(b"\n")
    magic, where, author, first, count, signature = line.decode().split()
    assert (magic, where, int(count), rest) == ("tirelire-batch/1", chain, len(payloads), b"")
    names = list(keys.get(author, ()))
    for seq, payload in enumerate(payloads, int(first)):
        said = json.loads(payload)
        assert canonical(said) == payload
        assert (said["author"], said["chain"], said["seq"]) == (author, chain, seq)
        known, name = chains.setdefault(author, []), sha256(payload).hexdigest()
        if name in known[seq - 1 : seq]:
            continue
        if (seq, said["prev"]) != (len(known) + 1, (known or [ZEROS])[-1]):
            break
        known.append(name)
        body = said["body"]
        if said["kind"] in {"genesis", "terminal.enrol"}:
            key = body.get("founder") or body["key"]
            keys.setdefault(sha256(bytes.fromhex(key)).hexdigest()[:32], [key])
        elif said["kind"] == "key.rotate":
            keys[author].append(body["key"])
    assert signed(names or keys[author], "transaction", payloads[-1], signature)


def canonical(value: Any) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def signed(keys: list[str], purpose: str, message: bytes, signature: str) -> bool:
    """Tell whether it is signed with the newest key of an author, or with one before."""
    whole = f"tirelire/{purpose}/1\n".encode() + message
    for key in reversed(keys):
        try:
            VerifyKey(bytes.fromhex(key)).verify(whole, urlsafe_b64decode(signature + "=="))
        except Exception:  # noqa: S112 - the next key may be the one
            continue
        return True
    return False


def tree(leaves: list[bytes]) -> str:
    """Give the RFC 6962 hash of a tree whose leaves are hashed already."""
    if not leaves:
        return sha256(b"").hexdigest()
    while len(leaves) > 1:
        pairs = [leaves[i : i + 2] for i in range(0, len(leaves), 2)]
        leaves = [p[0] if len(p) == 1 else sha256(b"\1" + p[0] + p[1]).digest() for p in pairs]
    return leaves[0].hex()
