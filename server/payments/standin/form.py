"""Stripe's form encoding: `line_items[0][price_data][currency]=eur` and back to a tree.

Pure.  Raises FormError for a body that is no such form.
"""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl

Tree = dict[str, "Node"]
Node = str | Tree | list["Node"]

KEY: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


class FormError(Exception):
    """The body cannot be read; the message names the key."""


def parse(body: str) -> Tree:
    """Read a form or a query string into a tree; keys that are all numbers become lists."""
    tree: Tree = {}
    for key, value in parse_qsl(body, keep_blank_values=True):
        match = KEY.fullmatch(key)
        if match is None:
            raise FormError(key)
        path = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        at = tree
        for name in path[:-1]:
            below = at.setdefault(name, {})
            if not isinstance(below, dict):
                raise FormError(key)
            at = below
        at[path[-1]] = value
    return {name: _lists(node) for name, node in tree.items()}


def paths(node: Node, prefix: str = "") -> Iterator[str]:
    """Name every leaf, with `*` for places in lists and for the free keys of `metadata`."""
    if isinstance(node, str):
        yield prefix
    elif isinstance(node, list):
        for below in node:
            yield from paths(below, f"{prefix}[*]")
    else:
        free = prefix.rstrip("]").endswith("metadata")
        for name, below in node.items():
            step = "*" if free else name
            yield from paths(below, f"{prefix}[{step}]" if prefix else step)


def _lists(node: Node) -> Node:
    if not isinstance(node, dict):
        return node
    below = {name: _lists(child) for name, child in node.items()}
    if below and all(name.isdecimal() for name in below):
        return [below[name] for name in sorted(below, key=int)]
    return below
