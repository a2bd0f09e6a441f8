"""Numbers in a query, read the one way that they can be written."""

import re
from typing import Final

from server.api.route import Call
from shared.errors import Code, Refused

_NUMBER: Final = re.compile("0|[1-9][0-9]{0,15}")


def number(call: Call, name: str) -> int:
    """Give a whole number below 10^16.  Raises Refused(bad_request)."""
    text = call.arguments.get(name, "")
    if not _NUMBER.fullmatch(text):
        raise Refused(Code.BAD_REQUEST, name)
    return int(text)
