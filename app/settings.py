"""The settings, read from the environment once."""

import re
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote

from pydantic import AliasChoices, Field, StringConstraints, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.contact import Contact

# The folder of alembic.ini, alembic/, seed/ and docs/: inside the package in a wheel (see pyproject.toml), above it in
# a checkout.
PACKAGE = Path(__file__).parent
BUNDLED = PACKAGE / "bundled"
ROOT = BUNDLED if BUNDLED.is_dir() else PACKAGE.parent

PAGE_TIMEOUT_S = 5.0  # from the first read of a response that is not streamed to its 503
POSTGRESQL = ("postgresql://", "postgresql+psycopg://", "postgres://")
DATABASES = ("sqlite://", *POSTGRESQL)
# Several hosts in PostgreSQL's own spelling, which SQLAlchemy does not read: user@one:5432,[::1]:5433/name.
SEVERAL_HOSTS = re.compile(r"([^/]*//(?:[^/@]*@)?)([^/?@]*,[^/?@]*)(.*)", re.DOTALL)
HOST = re.compile(r"(?:\[([^\]]+)\]|([^:\[\]]*))(?::([0-9]*))?")

# A host name, without a port; or all names below one; or an IPv6 address in brackets.
HostPattern = Annotated[str, StringConstraints(pattern=r"^((\*\.)?[a-z0-9._-]+|\[[0-9a-f:.]+\])$")]

LogClient = Literal["masked", "full", "none"]


class Settings(BaseSettings):
    """The environment variables. Those without the prefix SHANHAI_ have the names that hosting services use."""

    model_config = SettingsConfigDict(env_prefix="SHANHAI_", env_ignore_empty=True, populate_by_name=True)

    host: str = Field("127.0.0.1", validation_alias=AliasChoices("HOST"), description="Address to listen on.")
    port: int = Field(8000, validation_alias=AliasChoices("PORT"), ge=0, le=65535, description="Port to listen on.")
    data_dir: Path = Field(Path("data"), description="Folder of the SQLite database and of releases.")
    seed_dir: Path = Field(ROOT / "seed", description="Folder of catalog.toml and the CSV files.")
    database_url: str | None = Field(
        None,
        validation_alias=AliasChoices("DATABASE_URL"),
        description="postgresql://… or sqlite:///…; default: SQLite in the data folder.",
    )
    read_url: str | None = Field(
        None, description="postgresql://… of standbys of that database, which the server then reads."
    )
    base_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/]+(/\S*)?$",
        examples=["https://data.example.org"],
        description="Public URL; without it, that of each request, by which identifiers then differ.",
    )
    contact: Contact = Field(
        "", description="mailto:… or https://… for readers; default: that of the seed's catalog.toml."
    )
    cache_mb: int = Field(64, ge=0, le=1_000_000, description="Size of the response cache of each worker, in MB.")
    page_timeout_s: float = Field(
        PAGE_TIMEOUT_S, ge=0.1, le=3600, description="Seconds in which the database must answer, except for exports."
    )
    max_target_bytes: int = Field(
        16_000,
        ge=8_000,  # which RFC 9112, 3, asks everyone to support
        le=60_000,  # the parser of URLs takes 65,535
        description="Bytes of a request's address, without scheme and host.",
    )
    max_head_bytes: int = Field(
        32_000, ge=16_000, le=1_000_000, description="Bytes of a request line and all header fields."
    )
    max_head_fields: int = Field(100, ge=30, le=1_000, description="Header fields of a request.")
    max_parameters: int = Field(200, ge=20, le=1_000, description="Parameters of a query.")
    head_timeout_s: float = Field(
        10, ge=0.1, le=300, description="Seconds in which the head of a request must be complete."
    )
    export_timeout_s: int = Field(
        600, ge=1, le=86_400, description="Time in seconds in which a file that is made on request must be sent."
    )
    rate_limit: str | None = Field(
        None,
        pattern=r"^[1-9][0-9]*/(second|minute|hour|day)$",
        examples=["600/minute"],
        description="Requests that one client may send, for example 600/minute; default: no limit.",
    )
    rate_limit_storage: str = Field(
        "memory://",
        pattern=r"^(memory://$|rediss?://.)",
        examples=["memory://", "redis://localhost:6379"],
        description="Where requests are counted: memory:// (of each worker) or redis://…",
    )
    access_log: Literal["all", "slow", "off"] = Field("all", description="Which requests are logged.")
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="Form of the log; default: JSON, on a terminal text."
    )
    log_client: LogClient = Field(
        "masked", description="How the access log has clients: by network, by address, or not."
    )
    slow_ms: float = Field(
        1000, ge=0, le=3_600_000, description="Milliseconds before the first byte of a response that make it slow."
    )
    opentelemetry: bool = Field(
        False, description="Send traces, metrics and logs where OTEL_EXPORTER_OTLP_ENDPOINT says."
    )
    trust_proxy: bool = Field(
        False, description="Trust X-Forwarded-For, -Host, -Proto and -Prefix; of a list, the last entry."
    )
    allowed_hosts: Annotated[tuple[HostPattern, ...], NoDecode] = Field(
        (),
        examples=["data.example.org,*.example.net"],
        description="Hosts that requests may name, with commas between; *.example.org for all below; default: all.",
    )

    @field_validator("max_head_bytes")
    @classmethod
    def _holds_the_target(cls, value: int, others: ValidationInfo) -> int:
        if value <= others.data.get("max_target_bytes", 0):
            raise ValueError("This must be more than SHANHAI_MAX_TARGET_BYTES, since the address is part of the head")
        return value

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [each.strip().lower() for each in value.split(",")] if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str | None) -> str | None:
        if value and not _is_url(value, DATABASES):
            raise ValueError("This is not a SQLite or PostgreSQL URL. Use sqlite:///… or postgresql://…")
        return value

    @field_validator("read_url")
    @classmethod
    def _of_standbys(cls, value: str | None, others: ValidationInfo) -> str | None:
        if value and not _is_url(value, POSTGRESQL):
            raise ValueError("This is not a PostgreSQL URL. Use postgresql://…")
        if value and not (others.data.get("database_url", POSTGRESQL[0]) or "").startswith(POSTGRESQL):
            raise ValueError("Only a PostgreSQL database has standbys. Set DATABASE_URL to that of their primary")
        return value

    @property
    def load_failed(self) -> Path:
        """A file that exists if the last load of a seed failed."""
        return self.data_dir / "load-failed"

    @property
    def releases(self) -> Path:
        """The folder of frozen releases."""
        return self.data_dir / "releases"

    @cached_property
    def database(self) -> str:
        """The URL of the database, which loads change."""
        if not self.database_url:
            return f"sqlite:///{(self.data_dir / 'shanhai.sqlite').absolute()}"
        if not self.database_url.startswith(POSTGRESQL):
            return self.database_url
        url = _parse(self.database_url)
        hosts = url.query.get("host", "")
        if (isinstance(hosts, tuple) or "," in hosts) and "target_session_attrs" not in url.query:
            url = url.update_query_dict({"target_session_attrs": "primary"})
        return url.render_as_string(hide_password=False)

    @cached_property
    def standbys(self) -> str | None:
        """The URL of the standbys to read."""
        return _parse(self.read_url).render_as_string(hide_password=False) if self.read_url else None


def _is_url(address: str, schemes: tuple[str, ...]) -> bool:
    try:
        return address.startswith(schemes) and bool(_parse(address))
    except (ValueError, ArgumentError):
        return False


def _parse(address: str) -> URL:
    """Return a URL; several hosts and their ports stand in the query as libpq takes them, with commas between."""
    # Some hosting services still use the scheme that libpq has deprecated.
    address = address.replace("postgres://", "postgresql://", 1)
    if not (several := address.startswith(POSTGRESQL) and SEVERAL_HOSTS.fullmatch(address)):
        return make_url(address)
    start, listed, rest = several.groups()
    parts = [HOST.fullmatch(each) for each in listed.split(",")]
    if None in parts:
        raise ValueError("a host cannot be read")
    hosts = ",".join(unquote(each[1] or each[2]) for each in parts if each)
    ports = ",".join(each[3] or "" for each in parts if each)
    return make_url(start + rest).update_query_dict({"host": hosts, "port": ports})
