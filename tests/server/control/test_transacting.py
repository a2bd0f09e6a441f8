"""Any kind of transaction, as words: which there are, what fits, and what is said when not."""

import pytest

from server.control.desk import desk
from server.control.errors import NotPossibleError
from server.home import Home


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
        assert made == {"kind": "place.create", "height": 1}
        policy = '{"policy":"offline","hard_ms":9,"soft_ms":9,"t0_limit":1,"t0_sales":1'
        value = policy + ',"t0_terminal_cap":1}'
        made = ask("transact", kind="policy.set", fields={"subject": "bar", "value": value})
        assert made["height"] == 2


@pytest.mark.parametrize(
    "kind, fields, words",
    [
        ("sale", {}, "a node signs no 'sale'"),
        ("hovercraft", {}, "a node signs no 'hovercraft'"),
        ("place.create", {"name": "Bar"}, "place.create has the fields name, place"),
        ("place.create", {"name": "Bar", "place": "Le Bar"}, "place"),
        ("policy.set", {"subject": "-", "value": "{"}, "value: { is not what this field holds"),
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
