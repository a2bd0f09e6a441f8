"""The stand-in's payment page, in the place of Stripe's: pay, pay later, refuse, go back.

Labelled as fake in both languages; plain HTML without script or inline style, under the strictest
policy.  Everything that changes something is a POST of this very page.
"""

from collections.abc import Callable
from typing import Final, Literal

from flask import Blueprint, Response, redirect, render_template_string, request
from werkzeug.wrappers import Response as BaseResponse

from server.payments.standin.objects import Object
from server.payments.standin.provider import PAGE_PATH, Provider
from shared.amounts import Amount, format_amount

CSP: Final = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
NOTICE: Final = {
    "fr": "Paiement fictif : aucun argent réel.",
    "en": "Test payment: no real money.",
}
WORDS: Final = {
    "fr": {
        "title": "Paiement",
        "pay": "Payer",
        "later": "Payer par virement, plus tard",
        "cancel": "Annuler et revenir",
        "bank": "La banque n’a pas encore répondu.",
        "yes": "La banque accepte",
        "no": "La banque refuse",
        "over": "Ce paiement n’est plus possible.",
        "back": "Revenir",
    },
    "en": {
        "title": "Payment",
        "pay": "Pay",
        "later": "Pay by bank transfer, later",
        "cancel": "Cancel and go back",
        "bank": "The bank has not answered yet.",
        "yes": "The bank accepts",
        "no": "The bank refuses",
        "over": "This payment is no longer possible.",
        "back": "Go back",
    },
}
TEMPLATE: Final = """<!doctype html>
<html lang="{{ lang }}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ notice }}</title>
{% if style %}<link rel="stylesheet" href="{{ style }}">{% endif %}</head>
<body><aside class="standin"><span>{{ notice }}</span></aside>
<main class="page center narrow" id="contenu">
<h1>{{ words.title }} <strong class="num">{{ amount }}</strong></h1>
{% macro act(name, text, style='') %}<form method="post"><button class="btn wide {{ style }}"
 name="act" value="{{ name }}">{{ text }}</button></form>{% endmacro %}
<div class="stack">
{% if stage == 'open' %}{{ act('pay', words.pay ~ ' ' ~ amount, 'primary money') }}
{{ act('later', words.later) }}{{ act('cancel', words.cancel) }}
{% elif stage == 'bank' %}<p>{{ words.bank }}</p>{{ act('yes', words.yes, 'primary') }}
{{ act('no', words.no) }}{{ act('back', words.back) }}
{% else %}<p>{{ words.over }}</p>{{ act('back', words.back) }}{% endif %}
</div></main></body></html>"""


def blueprint(provider: Provider, after: Callable[[], None], style: str = "") -> Blueprint:
    """Make the page in the node's own style sheet, whose address is `style`.

    `after` is told each time that events may be waiting for the courier.
    """
    pages = Blueprint("standin", __name__)

    @pages.get(f"{PAGE_PATH}<session>")
    def show(session: str) -> Response:
        thing = provider.look(session)
        return _page(thing, style) if thing else Response("404\n", 404, mimetype="text/plain")

    @pages.post(f"{PAGE_PATH}<session>")
    def act(session: str) -> BaseResponse:
        thing = provider.look(session)
        if thing is None:
            return Response("404\n", 404, mimetype="text/plain")
        done = _act(provider, session, request.form.get("act", ""))
        after()
        if done == "stay":
            return redirect(request.path, 303)
        if done == "cancel":
            return redirect(str(thing["cancel_url"] or thing["success_url"]), 303)
        success = str(thing["success_url"]).replace("{CHECKOUT_SESSION_ID}", session)
        return redirect(success, 303)

    return pages


def _act(provider: Provider, session: str, act: str) -> str:
    if act == "pay":
        return "return" if provider.pay(session) else "stay"
    if act == "later":
        provider.pay_later(session)
        return "stay"
    if act in {"yes", "no"}:
        provider.bank_says(session, yes=act == "yes")
        return "return"
    return "cancel" if act == "cancel" else "return"


def _stage(thing: Object) -> str:
    if thing["status"] == "open":
        return "open"
    payment = thing["payment_intent"]
    return "bank" if payment is not None and payment["status"] == "processing" else "over"


def _page(thing: Object, style: str) -> Response:
    lang: Literal["fr", "en"] = "en" if thing["locale"] == "en" else "fr"
    text = render_template_string(
        TEMPLATE,
        lang=lang,
        style=style,
        notice=NOTICE[lang],
        words=WORDS[lang],
        stage=_stage(thing),
        amount=format_amount(Amount(thing["amount_total"]), scale=2, symbol="€", language=lang),
    )
    page = Response(text, mimetype="text/html")
    page.headers["Content-Security-Policy"] = CSP
    page.headers["Cache-Control"] = "no-store"
    return page
