"""A node's settings: what is refused, and in which words."""

from pathlib import Path

import pytest

from server.settings import NodeSettings, read_settings, write_template
from shared.host import HostError


def read(folder: Path, text: str, **environment: str) -> NodeSettings:
    path = folder / "node.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path, environment)


def test_the_template_is_what_a_new_node_reads(tmp_path: Path) -> None:
    text = write_template(
        name='L’"Auberge"\\',
        listen="127.0.0.1:8600",
        time_zone="Europe/Paris",
        language="fr",
        federated="FED",
        simulated_clock=True,
    )
    settings = read(tmp_path, text)
    assert settings.name == 'L’"Auberge"\\'
    assert settings.simulated_clock
    assert not settings.production
    assert settings.endpoint == ("127.0.0.1", 8600)
    assert settings.public_url == "http://127.0.0.1:8600"
    assert settings.payments.standin
    assert not settings.https


@pytest.mark.parametrize(
    "text, words",
    [
        ('name = "x"\nnmae = "y"', "there is no field nmae"),
        ("name = 5", "name must be text, not 5"),
        ("", "the field name is missing"),
        ("name = ", "are not TOML"),
        ('name = "x"\n[http]\nlisten = "0.0.0.0:80"', "would send PINs and balances in clear"),
        ('name = "x"\n[http]\nlisten = "[::]:80"', "would send PINs and balances in clear"),
        ('name = "x"\n[http]\nlisten = "example.org:80"', "would send PINs and balances in clear"),
        ('name = "x"\n[http]\nlisten = "8600"', "must be host:port"),
        ('name = "x"\n[http]\nlisten = "127.0.0.1:99999"', "must be host:port"),
        ('name = "x"\n[http]\ncertificate = "/c.pem"', "go together"),
        ('name = "x"\n[http]\npublic = "ftp://x"', "must start with https://"),
        ('name = "x"\n[http]\npublic = "http://example.org"', "must start with https://"),
        ('name = "x"\n[http]\nthreads = 1', "from 4 to 512"),
        ('name = "x"\n[place]\ntime_zone = "Mars/Olympus"', "'Mars/Olympus' is not known"),
        ('name = "x"\n[place]\ntime_zone = "../etc/passwd"', "is not known"),
        ('name = "x"\n[place]\nlanguage = "de"', "place.language must be en or fr, not 'de'"),
        ('name = "x"\ndatabase = "mysql://x/y"', "must be empty or begin with postgresql://"),
        ('name = "x"\ndatabase = "postgresql://u:secret@h/d"', "use PGPASSWORD or ~/.pgpass"),
        ('name = "x"\ndatabase = "postgresql://h/d?password=s"', "use PGPASSWORD or ~/.pgpass"),
        ('name = "x"\nproduction = true', "production = true needs real Stripe keys"),
        (
            'name = "x"\nproduction = true\nsimulated_clock = true',
            "production = true needs the real clock",
        ),
    ],
)
def test_what_is_unsafe_or_misspelt_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(HostError) as refused:
        read(tmp_path, text)
    assert words in str(refused.value)


def test_a_database_is_a_file_unless_an_address_is_given(tmp_path: Path) -> None:
    assert not read(tmp_path, 'name = "x"').database
    address = "postgresql://tirelire@/tirelire?host=/var/run/postgresql"
    assert read(tmp_path, f'name = "x"\ndatabase = "{address}"').database == address


@pytest.mark.parametrize("listen", ["127.0.0.1:1", "127.9.9.9:80", "localhost:8600", "[::1]:8600"])
def test_plain_http_stays_on_this_machine(tmp_path: Path, listen: str) -> None:
    settings = read(tmp_path, f'name = "x"\n[http]\nlisten = "{listen}"')
    assert settings.own_url == f"http://{listen}"


def test_with_a_certificate_it_may_listen_to_the_world(tmp_path: Path) -> None:
    text = 'name = "x"\n[http]\nlisten = "0.0.0.0:443"\ncertificate = "/c"\nkey = "/k"'
    settings = read(tmp_path, text)
    assert settings.own_url == "https://0.0.0.0:443"
    assert settings.https


def test_behind_a_proxy_people_see_its_address(tmp_path: Path) -> None:
    settings = read(tmp_path, 'name = "x"\n[http]\npublic = "https://pay.example.org/"')
    assert settings.public_url == "https://pay.example.org"
    assert settings.https


def test_secrets_come_from_the_environment(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        'name = "x"',
        TIRELIRE_STRIPE_SECRET_KEY="sk_test_1",
        TIRELIRE_STRIPE_WEBHOOK_SECRET="whsec_1",
    )
    assert settings.payments.secret_key == "sk_test_1"
    assert not settings.payments.standin
