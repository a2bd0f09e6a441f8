"""A node's settings: `HOME/node.toml`, read once into frozen values.

An unknown key is an error.  Secrets may come from the environment instead of the file.  `check`
refuses what would be unsafe: plain HTTP beyond this machine, fake money in production.
"""

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from server.payments.settings import PaymentSettings, PaymentSettingsError, check as check_payments
from shared.host import HostError
from shared.host.settings import parse, read_text

SECRETS: Final = {
    "TIRELIRE_STRIPE_SECRET_KEY": "payments.secret_key",
    "TIRELIRE_STRIPE_WEBHOOK_SECRET": "payments.webhook_secret",
}
NAMED_LOOPBACK: Final = "localhost"
POSTGRESQL: Final = "postgresql://"


class HttpSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the node listens.

    `public` is the address in QR links and on the pairing page, when it is not `listen`.  Threads
    are many because a slow client holds one while it sends.
    """

    listen: str = "127.0.0.1:8600"
    public: str = ""
    certificate: str = ""
    key: str = ""
    threads: int = 32


class PlaceSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where and how people live; the ledger itself counts UTC."""

    time_zone: str = "Europe/Paris"
    language: Literal["fr", "en"] = "fr"


class ChainSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may read the whole chain over HTTP; None: anybody, unless there is real money."""

    open: bool | None = None


class BackupSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many copies stay in `HOME/backups`."""

    keep: int = 14


class NodeSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything in `node.toml`.

    `database` is the address of a PostgreSQL database; empty is SQLite in the home.
    """

    name: str
    contact: str = ""
    production: bool = False
    simulated_clock: bool = False
    database: str = ""
    http: HttpSettings = HttpSettings()
    place: PlaceSettings = PlaceSettings()
    payments: PaymentSettings = PaymentSettings()
    backup: BackupSettings = BackupSettings()
    chain: ChainSettings = ChainSettings()

    @property
    def zone(self) -> ZoneInfo:
        """The place's time zone."""
        return ZoneInfo(self.place.time_zone)

    @property
    def endpoint(self) -> tuple[str, int]:
        """Host and port to listen on."""
        host, _, port = self.http.listen.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def own_url(self) -> str:
        """How the node finds itself."""
        scheme = "https" if self.http.certificate else "http"
        return f"{scheme}://{self.http.listen}"

    @property
    def public_url(self) -> str:
        """How people and terminals find the node."""
        return self.http.public.rstrip("/") or self.own_url

    @property
    def chain_is_open(self) -> bool:
        """Whether anybody may read the whole chain."""
        return not self.production if self.chain.open is None else self.chain.open

    @property
    def https(self) -> bool:
        """Whether people reach it by https, here or behind a proxy."""
        return self.public_url.startswith("https://")


def read_settings(path: Path, environment: Mapping[str, str]) -> NodeSettings:
    """Read and check the settings of a node.  Raises HostError."""
    return parse_settings(read_text(path), environment, name=str(path))


def parse_settings(text: str, environment: Mapping[str, str], *, name: str) -> NodeSettings:
    """Do the same with a text that people know as `name`.  Raises HostError."""
    secrets = {key: environment[where] for where, key in SECRETS.items() if environment.get(where)}
    settings = parse(text, NodeSettings, name=name, secrets=secrets)
    try:
        _check(settings)
    except (ValueError, PaymentSettingsError) as error:
        raise HostError(f"{name}: {error}") from None
    return settings


def _check(settings: NodeSettings) -> None:
    """Raise ValueError or PaymentSettingsError with what to change."""
    http = settings.http
    host, _, port = http.listen.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise ValueError("http.listen must be host:port, for example 127.0.0.1:8600")
    if bool(http.certificate) != bool(http.key):
        raise ValueError("http.certificate and http.key go together")
    if not http.certificate and not _is_loopback(host.strip("[]")):
        raise ValueError(
            f"plain http on {host} would send PINs and balances in clear: set http.certificate and "
            "http.key, or listen on 127.0.0.1 behind a proxy that speaks https"
        )
    if http.public and not _is_safe(http.public):
        raise ValueError("http.public must start with https:// (or http:// on this machine)")
    if not 4 <= http.threads <= 512:
        raise ValueError("http.threads must be from 4 to 512")
    _check_database(settings.database)
    if settings.production and settings.simulated_clock:
        raise ValueError("production = true needs the real clock: remove simulated_clock")
    try:
        _ = settings.zone
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"place.time_zone {settings.place.time_zone!r} is not known (Europe/Paris is)"
        raise ValueError(message) from None
    check_payments(settings.payments, production=settings.production)


def _check_database(address: str) -> None:
    if not address:
        return
    if not address.startswith(POSTGRESQL):
        raise ValueError(f"database must be empty or begin with {POSTGRESQL}")
    parts = urlsplit(address)
    if parts.password is not None or "password" in dict(parse_qsl(parts.query)):
        raise ValueError("a password in `database` could be read: use PGPASSWORD or ~/.pgpass")


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (
        parts.scheme == "http" and _is_loopback(parts.hostname or "")
    )


def _is_loopback(host: str) -> bool:
    if host == NAMED_LOOPBACK:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


TEMPLATE: Final = """\
# The settings of this Tirelire node. An unknown key is an error; `tirelire node doctor` checks all.
# What a person sees of this node, and whom a card holder may write to.
name = {name}
contact = ""

# true: real money. Refuses fake payments and a simulated clock.
production = false
# true: the time can be moved (demos and tests); such a node may play future days of demurrage.
simulated_clock = {simulated_clock}

# Where the ledger is kept. Empty: a file of SQLite in this home, which does for a festival. Else a
# database of PostgreSQL that is there, such as "postgresql://tirelire@db.example.org/tirelire". Its
# password never stands here: it comes from the environment (PGPASSWORD) or from ~/.pgpass.
database = {database}

[http]
# Plain http is allowed on this machine only. For anything else give a certificate and its key, or
# put a proxy that speaks https in front and write its address into `public`.
listen = {listen}
# The address in QR links and for terminals, when it differs from `listen`.
public = ""
certificate = ""
key = ""
threads = 32

[place]
time_zone = {time_zone}
language = {language}

[payments]
# Better in the environment: TIRELIRE_STRIPE_SECRET_KEY and TIRELIRE_STRIPE_WEBHOOK_SECRET.
# Without them reloads are played by a stand-in that is labelled as such.
secret_key = ""
webhook_secret = ""
asset = {federated}

[chain]
# true: anybody who reaches this node may read its whole chain; false: only those to whom you give
# the link of `tirelire node chain-link`. It holds no names, but what each card did, and when.
# Without this line: true until `production` is true.
# open = false

[backup]
# How many copies stay in the folder `backups` of this home.
keep = 14
"""


def write_template(
    *,
    name: str,
    listen: str,
    time_zone: str,
    language: str,
    federated: str,
    simulated_clock: bool,
    database: str = "",
) -> str:
    """Write the first `node.toml`, with a comment for each thing that one may want to change."""
    return TEMPLATE.format(
        name=_text(name),
        listen=_text(listen),
        time_zone=_text(time_zone),
        language=_text(language),
        federated=_text(federated),
        simulated_clock=str(simulated_clock).lower(),
        database=_text(database),
    )


def _text(value: str) -> str:
    """Write a TOML basic string; what is not printable is dropped."""
    plain = "".join(letter for letter in value if letter.isprintable())
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
