"""What the pages need to know of this installation: parsed once, passed explicitly."""

from dataclasses import dataclass
from typing import Final

from shared.amounts import Language

LANGUAGES: Final[tuple[Language, ...]] = ("fr", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSettings:
    """`secret` signs the visitor's cookie; `https` marks cookies Secure and sends HSTS.

    `pay_at` are the origins a payment form may lead to beside this site; `zone` is the IANA name
    of the place's time zone; `public_address` is where people find the node, if not as they ask.
    """

    secret: bytes
    zone: str = "Europe/Paris"
    language: Language = "fr"
    https: bool = False
    pay_at: tuple[str, ...] = ("https://checkout.stripe.com",)
    public_address: str = ""
