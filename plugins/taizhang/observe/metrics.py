"""Metrics for Prometheus: those of the view `ops.metric`, and what lies in inbox, outbox and on the disk."""

import logging
import shutil
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from taizhang.feedback.delivery import pending
from taizhang.settings import settings
from taizhang.sources.inbox import new_files
from taizhang.warehouse.connection import engine as warehouse_engine

PREFIX = "taizhang_"

log = logging.getLogger(__name__)


@cache
def definitions() -> dict[str, dict[str, str]]:
    """Return what each metric means and where it comes from, by name without prefix."""
    content: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    return content


def read_metrics(engine: Engine) -> list[dict[str, Any]]:
    """Return every metric as it is now: `metric`, `labels`, `value`; OperationalError when no database answers."""
    with engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(text("select * from ops.metric order by 1, 2")).mappings()]
    others = {
        "inbox_files_waiting": len(new_files(engine)),
        "feedback_waiting": len(pending(engine)),
        "home_free_bytes": shutil.disk_usage(settings().home).free,
        "up": 1,
    }
    return rows + [{"metric": name, "labels": {}, "value": float(value)} for name, value in others.items()]


class WarehouseCollector(Collector):
    """Reads the metrics anew whenever Prometheus asks."""

    def __init__(self, engine: Engine | None = None) -> None:
        self._engine = engine

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield one family per metric; only `up`, as 0, when the database does not answer."""
        try:
            rows = read_metrics(self._engine or warehouse_engine())
        except OperationalError as error:
            log.error("the database does not answer: %s", str(error.orig).partition("\n")[0])
            rows = [{"metric": "up", "labels": {}, "value": 0.0}]
        yield from _families(rows)


def _families(rows: list[dict[str, Any]]) -> Iterator[GaugeMetricFamily]:
    for name, definition in definitions().items():
        mine = [row for row in rows if row["metric"] == name]
        if not mine:
            continue
        labels = sorted(mine[0]["labels"])
        family = GaugeMetricFamily(PREFIX + name, definition["help"], labels=labels)
        for row in mine:
            family.add_metric([str(row["labels"][label]) for label in labels], row["value"])
        yield family


def registry(engine: Engine | None = None) -> CollectorRegistry:
    """Return a registry of the warehouse's metrics alone, without those of this process."""
    found = CollectorRegistry(auto_describe=False)
    found.register(WarehouseCollector(engine))
    return found


def as_text(engine: Engine | None = None) -> str:
    """Return all metrics in Prometheus' text format."""
    return generate_latest(registry(engine)).decode()
