"""A node that could lose money or fake it does not start."""

import pytest

from server.payments.settings import PaymentSettings, PaymentSettingsError, check

LIVE = PaymentSettings(secret_key="sk_live_1", webhook_secret="whsec_1")
TEST = PaymentSettings(secret_key="sk_test_1", webhook_secret="whsec_1")


def test_without_keys_it_is_the_standin() -> None:
    assert PaymentSettings().standin
    assert not TEST.standin
    check(PaymentSettings(), production=False)


@pytest.mark.parametrize("settings,production", [(LIVE, True), (LIVE, False), (TEST, False)])
def test_good_settings(settings: PaymentSettings, production: bool) -> None:
    check(settings, production=production)


@pytest.mark.parametrize(
    "settings,production,why",
    [
        (PaymentSettings(), True, "needs real Stripe keys"),
        (TEST, True, "needs a live Stripe key"),
        (PaymentSettings(secret_key="pk_live_1", webhook_secret="whsec_1"), True, "sk_ or rk_"),
        (PaymentSettings(secret_key="sk_test_1"), False, "every webhook is refused"),
        (
            PaymentSettings(secret_key="sk_test_1", webhook_secret="whsec_1", session_minutes=30),
            False,
            "session_minutes",
        ),
    ],
)
def test_bad_settings(settings: PaymentSettings, production: bool, why: str) -> None:
    with pytest.raises(PaymentSettingsError, match=why):
        check(settings, production=production)
