"""Settings, all of them, typed; each can be set by an environment variable `TAIZHANG_…` or in `.env`."""

from functools import cache
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """Where things are and how large they may be."""

    model_config = SettingsConfigDict(env_prefix="TAIZHANG_", env_file=PROJECT_ROOT / ".env", extra="ignore")

    home: Path = Field(PROJECT_ROOT / "var", description="Everything that the program writes lies below this folder.")
    database_url: SecretStr | None = Field(
        None, description="postgresql://… of the warehouse, PostgreSQL 15 or newer; unset: the embedded server."
    )
    airflow_database_url: SecretStr | None = Field(
        None, description="postgresql://… of Airflow's metadata; unset: database `airflow` beside the warehouse."
    )
    postgres_port: int = Field(0, ge=0, le=65535, description="Port of the embedded server; 0 takes a free one.")
    web_port: int = Field(0, ge=0, le=65535, description="Port of Airflow's web UI; 0 takes a free one.")
    parallelism: int = Field(4, ge=1, description="Airflow tasks that run at the same time on this machine.")
    max_file_bytes: int = Field(50_000_000, gt=0, description="Larger files are refused.")
    max_expanded_bytes: int = Field(500_000_000, gt=0, description="Workbooks that unpack to more are refused.")

    @property
    def inbox_dir(self) -> Path:
        """Folder in which submissions arrive."""
        return self.home / "inbox"

    @property
    def landing_dir(self) -> Path:
        """Folder that keeps every file ever received, under its sha256."""
        return self.home / "landing"


@cache
def settings() -> Settings:
    """Return the settings of this process."""
    return Settings()
