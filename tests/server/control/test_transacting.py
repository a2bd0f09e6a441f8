"""Any kind of transaction, as words: which there are, what fits, and what is said when not."""

import pytest

from server.control.desk import desk
from server.control.errors import NotPossibleError
from server.home import Home
from server.node import open_node
from shared.bodies import Membership
from shared.host.lock import HomeLock
from shared.ids import AssetId, ChainId, PlaceId, WalletId, author_id
from shared.proofs import invitation
from shared.signing import public_key

CAFE_SEED = b"c" * 32
CARD, WALLET = "c" * 32, "a" * 32
RELOAD = {"amount": "100", "asset": "FED", "card": CARD, "evidence": "stripe:cs_1:paid"}


def test_the_kinds_a_node_signs_are_listed_with_their_fields(home: Home) -> None:
    with desk(home) as ask:
        found = {kind["kind"]: kind for kind in ask("kinds")}
    assert found["place.create"]["fields"] == [["name", "place"]]
    assert found["asset.create"]["fields"][0][1] == "class"
    assert found["dispute"]["fields"] == [
        ["author", "outcome", "seq"],
        ["amount", "author", "evidence", "seq"],
    ]
    assert "sale" not in found
    assert "genesis" not in found


def test_a_transaction_is_made_of_words(home: Home) -> None:
    with desk(home) as ask:
        made = ask("transact", kind="place.create", fields={"name": "Le Bar", "place": "bar"})
        assert (made["kind"], made["verdict"], made["height"]) == ("place.create", "accepted", 1)
        policy = '{"policy":"offline","hard_ms":9,"soft_ms":9,"t0_limit":1,"t0_sales":1'
        value = policy + ',"t0_terminal_cap":1}'
        made = ask("transact", kind="policy.set", fields={"subject": "bar", "value": value})
        assert made["height"] == 2


def test_what_was_signed_can_be_named_afterwards(home: Home) -> None:
    card = {"card": CARD, "home": "le-grand-champ", "tier": "T0", "wallet": WALLET}
    given = {"amount": "2000", "asset": "GRAIN", "evidence": "welcome:1", "wallet": WALLET}
    with desk(home) as ask:
        ask("transact", kind="card.register", fields=card)
        ask("transact", kind="reload", fields=RELOAD)
        out = {"amount": "40", "asset": "FED", "wallet": WALLET}
        lock = ask("transact", kind="cash_out", fields=out)["hash"]
        paid = {"evidence": "bank:1:done", "lock": lock}
        assert ask("transact", kind="cash_out.done", fields=paid)["verdict"] == "accepted"
        issue = ask("transact", kind="issue", fields=given)
        wrong = {"author": issue["author"], "reason": "a zero too many", "seq": str(issue["seq"])}
        assert ask("transact", kind="correction", fields=wrong)["verdict"] == "accepted"
        outstanding = {each["asset"]: each["outstanding"] for each in ask("status")["assets"]}
    assert outstanding == {"FED": 60, "GRAIN": 0}


def test_what_waits_for_votes_says_for_how_many(home: Home) -> None:
    """Whoever decides alone does at once; of two validators both must agree."""
    key = public_key(CAFE_SEED).hex()
    cafe = {"key": key, "label": "Café", "name": "Café", "place": "cafe"}
    node = author_id(public_key(CAFE_SEED))
    with desk(home) as ask:
        proof = invitation(CAFE_SEED, ChainId(ask("status")["chain"]), PlaceId("cafe"))
        joined = ask("transact", kind="place.join", fields={**cafe, "proof": proof})
        added = ask("transact", kind="validator.propose", fields={"change": "add", "node": node})
        assert (joined["votes_missing"], added["votes_missing"]) == (0, 0)
        group = {"group": "1", "assets": '["FED"]'}
        assert ask("transact", kind="group.create", fields=group)["votes_missing"] == 1
        euro = {"asset": "EURO", "name": "Euro", "asset_class": "federated"}
        assert ask("asset.create", **euro)["votes_missing"] == 1
        local = ask("asset.create", asset="BEAN", name="Bean")
        assert local["votes_missing"] == 0


def test_a_day_may_be_written_as_a_date(home: Home) -> None:
    club = {
        "asset": "JUNE", "class": "membership", "issuer": "le-grand-champ", "name": "June",
        "peg": "-", "priority": "1", "scale": "0", "symbol": "J",
    }  # fmt: skip
    card = {"card": CARD, "home": "le-grand-champ", "tier": "T0", "wallet": WALLET}
    until = {"asset": "JUNE", "until": "2128-01-01", "wallet": WALLET}
    with desk(home) as ask:
        ask("transact", kind="asset.create", fields=club)
        ask("transact", kind="card.register", fields=card)
        seq = ask("transact", kind="membership", fields=until)["seq"]
    with HomeLock(home.path), open_node(home) as node:
        found = node.books().entries(count=1, kinds=["membership"])[0]
    member = Membership(AssetId("JUNE"), 57_708, WalletId(WALLET))
    assert (found.seq, found.body) == (seq, member)


@pytest.mark.parametrize(
    "kind, fields, words",
    [
        ("sale", {}, "a node signs no 'sale'"),
        ("hovercraft", {}, "a node signs no 'hovercraft'"),
        ("place.create", {"name": "Bar"}, "place.create has the fields name, place"),
        ("place.create", {"name": "Bar", "place": "Le Bar"}, "place must be a place's code"),
        ("place.create", {"name": "", "place": "bar"}, "name must be a name (1 to 64 Latin"),
        ("reload", {**RELOAD, "amount": "1,50"}, "(1.50 is 150), not '1,50'"),
        ("reload", {**RELOAD, "amount": "-1"}, "(1.50 is 150), not -1"),
        ("reload", {**RELOAD, "amount": "1e9"}, "(1.50 is 150), not 1000000000.0"),
        ("reload", {**RELOAD, "card": "zz"}, "card must be 32 hex digits, not 'zz'"),
        (
            "policy.set",
            {"subject": "-", "value": "{"},
            "value must be protocol, offline, demurrage, purse, exchange or",
        ),
        (
            "membership",
            {"asset": "JUNE", "until": "2027-02-30", "wallet": WALLET},
            "until: 2027-02-30 is no day",
        ),
        ("policy.set", {"subject": "-", "value": "[" * 100_000}, "value must be protocol, off"),
        ("policy.set", {"subject": "-", "value": "\udcff"}, "value must be protocol, offline"),
        ("card.block", {"card": "0" * 32, "reason": "lost"}, "unknown_card: "),
    ],
)
def test_what_does_not_fit_is_said_in_a_sentence(
    home: Home, kind: str, fields: dict[str, str], words: str
) -> None:
    with desk(home) as ask:
        with pytest.raises(NotPossibleError) as caught:
            ask("transact", kind=kind, fields=fields)
        assert ask("status")["height"] == 0
    assert words in str(caught.value)


def test_a_protocol_is_shown_and_never_goes_back(home: Home) -> None:
    with desk(home) as ask:
        assert ask("protocol", version=2)["protocol"] == 2
        assert ask("protocol")["protocol"] == 2
        for version, words in ((1, "unknown_policy"), (99, "unknown_policy"), (-1, "version")):
            with pytest.raises(NotPossibleError, match=words):
                ask("protocol", version=version)
