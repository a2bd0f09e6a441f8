"""Somebody with a browser that runs no scripts."""

import re
from collections.abc import Mapping
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.web.frame import SESSION_COOKIE
from tools.screenshots import web
from tools.screenshots.office import CLAIRE, MemoryOffice

PASSWORD = "une phrase de passe"


class Visitor:
    """Somebody with a browser: keeps cookies, sends the hidden field of the page they are on."""

    def __init__(self, office: MemoryOffice, *, member: bool = False, language: str = "en") -> None:
        self.office = office
        self.app = web.sample_app(office)
        self.client: FlaskClient = self.app.test_client()
        self.client.set_cookie("lang", language)
        if member:
            office.sessions["claire"] = CLAIRE
            self.client.set_cookie(SESSION_COOKIE, "claire")
        self.page: TestResponse | None = None

    def see(self, path: str) -> str:
        self.page = self.client.get(path, follow_redirects=True)
        return self.text

    @property
    def text(self) -> str:
        assert self.page is not None
        body = re.sub(
            r"<(script|svg|title).*?</\1>", "", self.page.get_data(as_text=True), flags=re.DOTALL
        )
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    def hidden(self, action: str) -> str:
        assert self.page is not None
        body = self.page.get_data(as_text=True)
        form = re.search(rf'action="{re.escape(action)}"[^>]*><input[^>]*value="([^"]+)"', body)
        assert form, f"no form to {action}"
        return form.group(1)

    def send(self, action: str, fields: Mapping[str, object], *, follow: bool = True) -> str:
        data = {"_form": self.hidden(action), **fields}
        self.page = self.client.post(
            action, data=data, follow_redirects=follow, content_type="multipart/form-data"
        )
        return self.text
