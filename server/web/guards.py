"""Who may see a page, and how a form is taken.

`members_only` sends anyone who is not logged in to the login page and back.  `once` refuses a form
that this process did not give to this visitor, and lets each form have one effect: see `forms`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, request

from server.web.frame import Answer, _, frame, go, say

View = Callable[..., Answer]
ONCE: Final = "takes_form_once"


def local_path(path: str) -> str:
    """Give `path` if it is one of this site, else the first page: never redirect elsewhere.

    Browsers drop tabs and newlines from an address: `/<tab>/evil.example` is another site.
    """
    ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if ours else "/"


def members_only(page: Blueprint) -> None:
    """Demand a login on every address of a blueprint."""

    @page.before_request
    def demand_login() -> Any:
        if frame().person() is not None:
            return None
        back = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return go("/login" if back == "/" else "/login?" + urlencode({"next": back}))


def once(view: View) -> View:
    """Take a form of ours, once.  Every address that takes a form also answers a GET."""

    @wraps(view)
    def guarded(**values: Any) -> Answer:
        forms, key = frame().forms, frame().form_key()
        if key is None:
            say("warn", _("This page had expired."), _("Nothing was sent. Please send it again."))
            return go(request.path)
        if not forms.claim(key):
            return go(forms.destination(key) or request.path)
        try:
            answer = view(**values)
        except BaseException:
            # What was under way is done in full or not at all; the page shows which.
            forms.settle(key, request.path)
            raise
        location = getattr(answer, "location", None)
        if location:
            forms.settle(key, location)
        else:
            forms.release(key)
        return answer

    setattr(guarded, ONCE, True)
    return guarded
