"""Settings, all of them, typed; each can be set by an environment variable `TAIZHANG_…` or in `.env`."""

from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from taizhang.secret_settings import SecretFiles, SettingsError

PROJECT_ROOT = Path(__file__).resolve().parents[2]
PREFIX = "TAIZHANG_"
__all__ = ["PROJECT_ROOT", "Settings", "SettingsError", "settings"]


class Settings(BaseSettings):
    """Where things are and how large they may be."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=PROJECT_ROOT / ".env", extra="ignore")

    @classmethod
    def settings_customise_sources(  # noqa: D102 - pydantic's own name
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        named = SecretFiles(settings_cls, env_settings, dotenv_settings)
        return init_settings, named, env_settings, dotenv_settings, file_secret_settings

    home: Path = Field(PROJECT_ROOT / "var", description="Everything that the program writes lies below this folder.")
    config_dir: Path = Field(
        PROJECT_ROOT / "config", description="Folder of sources.yml, calendar.yml and notifications.yml."
    )
    database_url: SecretStr | None = Field(
        None, description="postgresql://… of the warehouse, PostgreSQL 15 or newer; unset: the embedded server."
    )
    airflow_database_url: SecretStr | None = Field(
        None, description="postgresql://… of Airflow's metadata; unset: database `airflow` beside the warehouse."
    )
    postgres_port: int = Field(0, ge=0, le=65535, description="Port of the embedded server; 0 takes a free one.")
    web_port: int = Field(0, ge=0, le=65535, description="Port of Airflow's web UI; 0 takes a free one.")
    parallelism: int = Field(4, ge=1, description="Airflow tasks that run at the same time on this machine.")
    executor: Literal["LocalExecutor", "CeleryExecutor"] = Field(
        "LocalExecutor", description="What runs Airflow's tasks: its scheduler, or Celery workers on any machines."
    )
    broker_url: SecretStr | None = Field(
        None, description="redis://:password@host:6379/0, through which Celery workers get their tasks."
    )
    dbt_target: Literal["warehouse", "citus"] = Field(
        "warehouse", description="Where dbt builds: one server, or a Citus cluster (experimental)."
    )
    chunk_bytes: int = Field(
        50_000_000,
        gt=0,
        description="Bytes that one task of the ingest takes; there are 8 to 16 all the same.",
    )
    max_file_bytes: int = Field(50_000_000, gt=0, description="Larger files are refused.")
    max_expanded_bytes: int = Field(500_000_000, gt=0, description="Workbooks that unpack to more are refused.")
    reading_seconds: int = Field(
        120, gt=0, description="Seconds of a processor after which the reading of a file ends and it is refused."
    )
    reading_memory_bytes: int = Field(
        2_000_000_000, ge=500_000_000, description="Memory that the process which reads a file may take."
    )
    correction_days: int = Field(
        5, ge=0, description="Days after the judgement by which a unit must send corrections and answers back."
    )
    log_format: Literal["text", "json"] = Field("text", description="json: the program's logs are one object per line.")
    lineage_transport: SecretStr | None = Field(
        None, description="Where OpenLineage events go: the client's transport as JSON; unset: there are none."
    )

    @field_validator("database_url", "airflow_database_url")
    @classmethod
    def _names_a_postgresql_database(cls, value: SecretStr | None) -> SecretStr | None:
        try:
            url = make_url(value.get_secret_value()) if value is not None else None
        except ArgumentError:
            raise ValueError("is no URL like postgresql://user:password@host:5432/taizhang") from None
        if url is not None and not (url.drivername.startswith("postgres") and url.database):
            raise ValueError("must name a database of PostgreSQL, like postgresql://user:password@host:5432/taizhang")
        return value

    @model_validator(mode="after")
    def _celery_has_a_broker(self) -> Self:
        if self.executor == "CeleryExecutor" and self.broker_url is None:
            raise ValueError(f"CeleryExecutor needs {PREFIX}BROKER_URL, like redis://:password@host:6379/0")
        return self

    @property
    def inbox_dir(self) -> Path:
        """Folder in which submissions arrive."""
        return self.home / "inbox"

    @property
    def landing_dir(self) -> Path:
        """Folder that keeps every file ever received, under its sha256."""
        return self.home / "landing"

    @property
    def data_docs_dir(self) -> Path:
        """Folder that keeps the Data Docs of every run of the gate."""
        return self.home / "data_docs"

    @property
    def reports_dir(self) -> Path:
        """Folder of the quality reports and their page of contents."""
        return self.home / "reports"

    @property
    def reports_in_dir(self) -> Path:
        """Folder in which narrative reports arrive that are to be audited."""
        return self.home / "reports_in"

    @property
    def outbox_dir(self) -> Path:
        """Folder in which units find what is given back to them."""
        return self.home / "outbox"


@cache
def settings() -> Settings:
    """Return the settings of this process; SettingsError when one of them is not valid."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = (
            f"{PREFIX}{str((one['loc'] or ('executor',))[0]).upper()}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors(include_input=False)
        )
        raise SettingsError("; ".join(wrong)) from None
