"""Stripe's form encoding, read back."""

import pytest

from server.payments.standin.form import FormError, parse, paths


def test_a_tree() -> None:
    body = "mode=payment&line_items[0][quantity]=1&line_items[1][quantity]=2&metadata[a]=b%26c"
    assert parse(body) == {
        "mode": "payment",
        "line_items": [{"quantity": "1"}, {"quantity": "2"}],
        "metadata": {"a": "b&c"},
    }


def test_places_are_numbers() -> None:
    body = "&".join(f"expand[{place}]={place}" for place in (10, 2, 0))
    assert parse(body) == {"expand": ["0", "2", "10"]}


def test_an_empty_form() -> None:
    assert parse("") == {}


@pytest.mark.parametrize("body", ["a=1&a[b]=2", "a[b=1", "[a]=1", "a]=1"])
def test_no_form(body: str) -> None:
    with pytest.raises(FormError):
        parse(body)


def test_paths() -> None:
    tree = parse("a=1&b[0][c]=2&b[1][c]=3&metadata[x]=1&d[metadata][y]=1")
    assert sorted(set(paths(tree))) == ["a", "b[*][c]", "d[metadata][*]", "metadata[*]"]
