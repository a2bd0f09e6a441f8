"""Style sheet, icons and mark, each at an address that holds its content's hash.

A changed file has another address, so browsers may keep every one for a year.  An unknown name or
an old hash is a 404.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort

FOLDER: Final = Path(__file__).parent / "static"
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".js": "text/javascript",
}


class Statics:
    """The files of `static/`, read once."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {path.name: path.read_bytes() for path in folder.iterdir()}
        self._hash = {name: sha256(raw).hexdigest()[:12] for name, raw in self._files.items()}

    def address(self, name: str) -> str:
        """Give the address of a file.  Raises KeyError when there is none of that name."""
        return f"/static/{self._hash[name]}/{name}"

    def blueprint(self) -> Blueprint:
        """Serve the files."""
        page = Blueprint("static", __name__)

        @page.get("/static/<digest>/<name>")
        def file(digest: str, name: str) -> Response:
            if self._hash.get(name) != digest:
                abort(404)
            return Response(self._files[name], content_type=TYPES[Path(name).suffix])

        return page
