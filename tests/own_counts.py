"""The gate without Great Expectations, for tests of what it does with findings: both counts from our own SQL."""

from typing import Any

import pytest
from sqlalchemy import URL, create_engine
from sqlalchemy.pool import NullPool

from taizhang.quality import gate
from taizhang.quality.catalogue import Catalogue
from taizhang.quality.findings import count_rows
from taizhang.quality.statements import Workplace


def _count(url: URL, catalogue: Catalogue, schema: str, *_: Any, **__: Any) -> dict[str, int]:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        tallies = count_rows(connection, catalogue.checks, Workplace(raw="raw", gate=schema))
    return {name: tally.rows_failed for name, tally in tallies.items()}


@pytest.fixture
def own_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the counts of the checkpoint from our own SQL."""
    monkeypatch.setattr(gate, "run_checkpoint", _count)
