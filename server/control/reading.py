"""What a person has written, as a typed value; what does not fit is a NotPossibleError in words."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from server.control.errors import NotPossibleError
from server.web.port import Mistakes
from server.web.words import MISTAKES
from shared.misfit import misfit

S = TypeVar("S", bound=msgspec.Struct)


def read(values: Mapping[str, Any], shape: type[S]) -> S:
    """Read plain values by the names that they have on the wire."""
    try:
        return msgspec.convert(values, shape)
    except msgspec.ValidationError as error:
        raise NotPossibleError(misfit(error, shape, values)) from None


def mistaken(found: Mistakes) -> str:
    """Say on one line what a page would say under the fields of its form."""
    return " ".join(
        word if field == "detail" else f"{field}: {MISTAKES[word]}"
        for field, word in found.fields.items()
    )
