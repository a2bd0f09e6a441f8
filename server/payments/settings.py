"""The `[payments]` table of a node's settings: keys, what may be paid, and when to warn.

Parsed once; an unknown key is an error.  A production node without live Stripe keys does not
start: `check` says why instead of letting somebody pay into a toy.
"""

from msgspec import Struct

from shared.ids import AssetId

SECRET_PREFIXES = ("sk_", "rk_")
LIVE_PREFIXES = ("sk_live_", "rk_live_")


class PaymentSettingsError(Exception):
    """The payment settings contradict each other; the message says what to change."""


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much may come in, in cents.  What the law allows depends on the organisation."""

    per_reload_min: int = 5_00
    per_reload_max: int = 150_00
    per_wallet: int = 250_00
    per_30_days: int = 1_000_00
    outstanding_warning: int = 50_000_00
    outstanding_max: int = 100_000_00
    yearly_warning: int = 800_000_00
    fees_floor: int = 0


class PaymentSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that payments need to know; secrets come from the environment."""

    secret_key: str = ""
    webhook_secret: str = ""
    asset: AssetId = AssetId("FED")
    currency: str = "eur"
    timeout_s: int = 10
    session_minutes: int = 35
    limits: Limits = Limits()

    @property
    def standin(self) -> bool:
        """Whether payments are played by the stand-in because there is no Stripe key."""
        return not self.secret_key


def check(settings: PaymentSettings, *, production: bool) -> None:
    """Raise PaymentSettingsError when these settings could lose money or fake it."""
    if settings.standin:
        if production:
            raise PaymentSettingsError(
                "production = true needs real Stripe keys: set TIRELIRE_STRIPE_SECRET_KEY and "
                "TIRELIRE_STRIPE_WEBHOOK_SECRET, or production = false to play with fake money"
            )
        return
    if not settings.secret_key.startswith(SECRET_PREFIXES):
        raise PaymentSettingsError("the Stripe secret key starts with sk_ or rk_")
    if production and not settings.secret_key.startswith(LIVE_PREFIXES):
        raise PaymentSettingsError("production = true needs a live Stripe key (sk_live_, rk_live_)")
    if not settings.webhook_secret.startswith("whsec_"):
        raise PaymentSettingsError(
            "the Stripe webhook secret (whsec_) is missing: without it every webhook is refused"
        )
    # Stripe refuses a Checkout Session that lives less than 30 minutes or more than a day; the
    # margin is for a clock that is off.
    if not 31 <= settings.session_minutes <= 23 * 60:
        raise PaymentSettingsError("session_minutes must be from 31 to 1380")
