"""Every alert has a runbook, and looks at metrics that there are."""

import re
from typing import Any

import pytest
import yaml

from taizhang.observe.metrics import PREFIX, definitions
from taizhang.settings import PROJECT_ROOT

RULES = PROJECT_ROOT / "deploy" / "prometheus" / "alerts.yml"
RUNBOOK = (PROJECT_ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
(GROUP,) = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
ALERTS: list[dict[str, Any]] = GROUP["rules"]


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_looks_at_metrics_that_there_are(alert: dict[str, Any]) -> None:
    metrics = set(re.findall(rf"\b{PREFIX}(\w+)", alert["expr"]))
    assert metrics
    assert metrics <= definitions().keys()
    assert alert["labels"]["severity"] in {"page", "ticket"}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_has_a_runbook(alert: dict[str, Any]) -> None:
    _, found, entry = RUNBOOK.partition(f"\n### {alert['alert']}\n")
    assert found
    entry = entry.partition("\n#")[0]
    assert [word for word in ("**Means:**", "**See:**", "**Do:**") if word not in entry] == []


def test_a_runbook_has_its_alert() -> None:
    section = RUNBOOK.partition("\n## Alerts\n")[2].partition("\n## ")[0]
    assert re.findall(r"^### (\w+)$", section, re.MULTILINE) == [alert["alert"] for alert in ALERTS]
