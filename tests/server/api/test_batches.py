"""Batches over HTTP: every way in which bytes can be wrong has its code and blocks nobody."""

from typing import Any

import pytest

from shared.ids import ChainId
from shared.signing import Purpose, sign
from shared.transaction import payload_hash, write_batch
from shared.wire import BatchAnswer
from tests.server.api.framing import body, framed, letters, payload, verdicts
from tests.server.api.world import (
    Terminal,
    World,
    card,
    code,
    good,
    problem,
    sale,
)

# ---------- refused on arrival ----------


def _frames(till: Terminal) -> dict[str, tuple[bytes, tuple[int, str]]]:
    plain = payload(till)
    whole = framed(till, plain)
    header, line = whole.split(b"\n")[:2]
    words = header.split(b" ")

    def with_word(at: int, word: bytes) -> bytes:
        changed = [*words]
        changed[at] = word
        return b" ".join(changed) + b"\n" + line + b"\n"

    return {
        "nothing": (b"", (400, "bad_framing")),
        "one line": (b"\n", (400, "bad_framing")),
        "noise": (bytes(range(256)), (400, "bad_framing")),
        "html": (b"<html></html>\n", (400, "bad_framing")),
        "another magic": (with_word(0, b"tirelire-batch/2"), (400, "bad_framing")),
        "count too high": (with_word(4, b"2"), (400, "bad_framing")),
        "count zero": (with_word(4, b"0"), (400, "bad_framing")),
        "count with a zero in front": (with_word(4, b"01"), (400, "bad_framing")),
        "first negative": (with_word(3, b"-1"), (400, "bad_framing")),
        "first not a number": (with_word(3, b"x"), (400, "bad_framing")),
        "first another": (with_word(3, b"2"), (400, "broken_link")),
        "first enormous": (with_word(3, b"9" * 40), (400, "bad_framing")),
        "signature cut": (with_word(5, words[5][:-3]), (400, "bad_framing")),
        "signature padded": (with_word(5, words[5] + b"=="), (400, "bad_framing")),
        "a letter that is not ASCII": (with_word(1, "é".encode()), (400, "bad_framing")),
        "no last newline": (whole[:-1], (400, "bad_framing")),
        "carriage returns": (whole.replace(b"\n", b"\r\n"), (400, "bad_framing")),
        "another author in front": (with_word(2, b"a" * 32), (400, "broken_link")),
        "another chain in front": (with_word(1, b"a" * 32), (400, "other_chain")),
    }


def _payloads(till: Terminal) -> dict[str, tuple[bytes, tuple[int, str]]]:
    plain = payload(till)
    return {
        "not JSON": (framed(till, b"{"), (400, "bad_json")),
        "a list": (framed(till, b"[]"), (400, "bad_shape")),
        "not canonical: a space": (
            framed(till, plain.replace(b",", b", ", 1)),
            (400, "not_canonical"),
        ),
        "not canonical: order": (framed(till, _reordered(plain)), (400, "not_canonical")),
        "a key twice": (framed(till, plain[:-1] + b',"v":1}'), (400, "not_canonical")),
        "a float": (framed(till, plain.replace(b'"mono":0', b'"mono":0.0')), (400, "bad_shape")),
        "minus zero": (
            framed(till, plain.replace(b'"mono":0', b'"mono":-0')),
            (400, "not_canonical"),
        ),
        "a number of 2^53": (framed(till, payload(till, mono=2**53)), (400, "bad_shape")),
        "a negative time": (framed(till, payload(till, at=-1)), (400, "bad_shape")),
        "a field missing": (framed(till, payload(till, boot=...)), (400, "bad_shape")),
        "a field unknown": (framed(till, payload(till, extra=1)), (400, "bad_shape")),
        "number zero": (framed(till, payload(till, seq=0), first=0), (400, "bad_shape")),
        "another version": (framed(till, payload(till, v=2)), (400, "wrong_version")),
        "a payload too large": (
            framed(till, payload(till, kind="sale", body={"x": "y" * 9000})),
            (413, "too_large"),
        ),
        "links that do not hold": (
            framed(till, plain, payload(till, seq=2, prev="1" * 64)),
            (400, "broken_link"),
        ),
        "a number left out": (
            framed(till, plain, payload(till, seq=3, prev=payload_hash(plain))),
            (400, "broken_link"),
        ),
    }


def _authors(till: Terminal) -> dict[str, tuple[bytes, tuple[int, str]]]:
    plain = payload(till)
    whole = framed(till, plain)
    other_seed = b"o" * 32
    strange = Terminal(till.client, till.now_s, other_seed, till.chain)
    return {
        "of another chain": (
            framed(_on(till, "c" * 32), payload(till, chain="c" * 32)),
            (400, "other_chain"),
        ),
        "by an unknown author": (
            framed(strange, payload(strange)),
            (403, "unknown_author"),
        ),
        "signed by another": (
            write_batch(
                till.chain, till.author, 1, [plain], sign(other_seed, Purpose.TRANSACTION, plain)
            ),
            (403, "bad_signature"),
        ),
        "signed for another purpose": (
            write_batch(till.chain, till.author, 1, [plain], sign(till.seed, Purpose.BLOCK, plain)),
            (403, "bad_signature"),
        ),
        "signed over another payload": (
            framed(till, plain, signed=payload(till, mono=1)),
            (403, "bad_signature"),
        ),
        "501 transactions": (_many(till, 501), (400, "bad_framing")),
        "more than 512 KiB": (framed(till, *[b"x" * 8000] * 66), (413, "too_large")),
        "more than any upload": (b"x" * (5 * 1024 * 1024), (413, "too_large")),
        "details without their count": (
            whole + b"tirelire-details/1 2\n{}\n",
            (400, "bad_framing"),
        ),
        "details of another shape": (
            whole + b"tirelire-details/1 1\n{}\n",
            (400, "bad_shape"),
        ),
        "details that do not end": (whole + b"tirelire-details/1 1\n{}", (400, "bad_framing")),
    }


def _framing(till: Terminal) -> dict[str, tuple[bytes, tuple[int, str]]]:
    return {**_frames(till), **_payloads(till), **_authors(till)}


def _on(till: Terminal, chain: str) -> Terminal:
    return Terminal(till.client, till.now_s, till.seed, ChainId(chain))


def _reordered(raw: bytes) -> bytes:
    first, rest = raw[1:].split(b",", 1)
    return b"{" + rest[:-1] + b"," + first + b"}"


def _many(till: Terminal, count: int) -> bytes:
    payloads: list[bytes] = []
    prev = "0" * 64
    for seq in range(1, count + 1):
        payloads.append(payload(till, seq=seq, prev=prev))
        prev = payload_hash(payloads[-1])
    return framed(till, *payloads)


FRAMING = (
    "nothing", "one line", "noise", "html", "another magic", "count too high", "count zero",
    "count with a zero in front", "first negative", "first not a number", "first another",
    "first enormous", "signature cut", "signature padded", "a letter that is not ASCII",
    "no last newline", "carriage returns", "another author in front", "another chain in front",
    "not JSON", "a list", "not canonical: a space", "not canonical: order", "a key twice",
    "a float", "minus zero", "a number of 2^53", "a negative time", "a field missing",
    "a field unknown", "number zero", "another version", "a payload too large",
    "links that do not hold", "a number left out", "of another chain", "by an unknown author",
    "signed by another", "signed for another purpose", "signed over another payload",
    "501 transactions", "more than 512 KiB", "more than any upload",
    "details without their count", "details of another shape", "details that do not end",
)  # fmt: skip


def test_bytes_that_are_no_batch_have_one_code_each_and_change_nothing(world: World) -> None:
    till = world.terminal()
    cases = _framing(till)
    assert set(cases) == set(FRAMING)
    height = world.node.engine.tip.height
    found = {name: code(till.post(raw)) for name, (raw, _) in cases.items()}
    assert found == {name: expected for name, (_, expected) in cases.items()}
    assert world.node.engine.tip.height == height
    assert till.deltas().head.seq == 0


def test_what_cannot_be_taken_is_kept_for_the_admins_a_few_a_source(world: World) -> None:
    till = world.terminal()
    for _ in range(30):
        till.post(b"noise\n")
    assert letters(world) == ["bad_framing"] * 20
    assert world.node.office.node.dead_letters() == 20


def test_a_batch_of_a_stranger_is_a_dead_letter(world: World) -> None:
    till = world.terminal()
    strange = Terminal(till.client, till.now_s, b"o" * 32, till.chain)
    strange.post(framed(strange, payload(strange)))
    assert letters(world) == ["unknown_author"]


# ---------- recorded rejections: they consume a number and block nobody ----------


def other(kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "body": fields}


def cash(asset: str) -> dict[str, Any]:
    return other("cash_reload", amount=1, asset=asset, card=card(0), detail="0" * 64)


NO_SALE = other("refund", amount=1, author="a" * 32, detail="0" * 64, seq=1)
REJECTED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("an unknown kind", other("dance", a=1), "unknown_kind"),
    ("a body without its fields", other("sale.void"), "missing_field"),
    ("a kind for nodes only", other("place.create", name="X", place="x"), "not_authorised"),
    ("an unknown field", {"body": body(tip=1)}, "unknown_field"),
    ("a missing field", {"body": body(card=...)}, "missing_field"),
    ("a body that is no object", {"body": []}, "bad_field"),
    ("a card that is no reference", {"body": body(card="zz")}, "bad_field"),
    ("a basis that nobody knows", {"body": body(basis="guess")}, "bad_field"),
    ("an amount of nothing", {"body": body(total=0)}, "bad_amount"),
    ("a negative amount", {"body": body(total=-100)}, "bad_amount"),
    ("an amount in words", {"body": body(total="100")}, "bad_field"),
    ("a card that is not registered", {"body": body(card="e" * 32)}, "unknown_card"),
    ("lines for one asset only", {"body": body(**{"in": ["x"]})}, "split_not_active"),
    ("too much, online", {"body": body(basis="online", total=1001)}, "insufficient_funds"),
    ("a refund of no sale", NO_SALE, "unknown_sale"),
    ("cash for an asset that is not", cash("NOPE"), "unknown_asset"),
    ("cash for euros that the place lacks", cash("FED"), "place_short"),
)


@pytest.mark.parametrize("name, changes, expected", REJECTED, ids=[row[0] for row in REJECTED])
def test_what_is_wrong_inside_is_recorded_and_the_author_goes_on(
    world: World, name: str, changes: dict[str, Any], expected: str
) -> None:
    world.cards(1000)
    till = world.terminal()
    bad = payload(till, **changes)
    answer = good(till.post(framed(till, bad)), BatchAnswer)
    assert verdicts(answer) == [f"rejected({expected})"]
    till.payloads, till.head = [bad], payload_hash(bad)
    assert verdicts(till.send(sale(0, 100))) == ["accepted"]
    assert world.on_card(0) == 900


@pytest.mark.parametrize(
    "amount, expected",
    [
        (2**53 - 1, (200, "overdrawn")),
        (2**53, (400, "not_canonical")),
        (2**63, (400, "not_canonical")),
        (2**70, (400, "bad_json")),
    ],
)
def test_amounts_at_the_edge_of_what_json_can_say(
    world: World, amount: int, expected: tuple[int, str]
) -> None:
    world.cards(1000)
    till = world.terminal()
    raw = payload(till, body=body(total=7)).replace(b'"total":7', b'"total":%d' % amount)
    answer = till.post(framed(till, raw))
    if answer.status_code == 200:
        assert (200, verdicts(good(answer, BatchAnswer))[0]) == expected
    else:
        assert answer.status_code == expected[0]
        assert problem(answer).code in {"not_canonical", "bad_json", "bad_shape"}
