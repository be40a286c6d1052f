"""The policy of retention: `config/retention.yml`, typed."""

from datetime import datetime, timedelta

from pydantic import Field

from taizhang.configuration import Strict, read

FILE = "retention.yml"


class Retention(Strict):
    """After how many days what may be removed; None: never. `log_bytes` and `partitions_ahead` are bytes and months."""

    superseded_rows: int | None = Field(ge=30)
    feedback_copies: int | None = Field(ge=30)
    data_docs: int | None = Field(ge=1)
    quality_reports: int | None = Field(ge=1)
    gate_tables: int | None = Field(ge=1)
    airflow_logs: int | None = Field(ge=1)
    airflow_history: int | None = Field(ge=30)
    log_bytes: int = Field(ge=100_000)
    partitions_ahead: int = Field(ge=1, le=24)

    def named(self, entry: str) -> str:
        """Return an entry as a removal names it, like `superseded_rows: 1095`."""
        return f"{entry}: {getattr(self, entry)}"


def retention() -> Retention:
    """Read the policy; ConfigurationError when the file is missing or not valid."""
    return read(FILE, Retention)


def before(now: datetime, days: int | None) -> datetime | None:
    """Return the moment before which something is old enough; None when it never is."""
    return None if days is None else now - timedelta(days=days)
