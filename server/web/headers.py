"""The security headers of every answer, and the cache rules.

The policy allows nothing but this site's own style, images and scripts; forms may also lead to the
payment page.  A page is never stored by a browser or a proxy; a static file, whose address holds
its hash, is kept for a year.
"""

from typing import Final

from flask import Flask, Response, request

YEAR: Final = 31_536_000


def content_security_policy(pay_at: tuple[str, ...]) -> str:
    """Write the Content-Security-Policy; `pay_at` are the origins of payment pages."""
    form_action = " ".join(("'self'", *pay_at))
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
        f"connect-src 'self'; form-action {form_action}; frame-ancestors 'none'; base-uri 'none'"
    )


def protect(app: Flask, *, pay_at: tuple[str, ...], https: bool) -> None:
    """Put the headers on every answer of the application, errors included."""
    fixed = {
        "Content-Security-Policy": content_security_policy(pay_at),
        "X-Content-Type-Options": "nosniff",
        # The address of a card's page is what its holder knows: it must not travel.
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if https:
        fixed["Strict-Transport-Security"] = f"max-age={YEAR}"

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        if request.endpoint == "static.file" and response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        else:
            response.headers.setdefault("Cache-Control", "no-store")
        return response
