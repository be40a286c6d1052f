"""The quality report says what was found in a region's month, as page, PDF and CSV, and nothing in it is live."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from taizhang.night import run_night
from taizhang.report.collect import NothingToReportError, collect
from taizhang.report.quality import write_report
from taizhang.settings import settings
from taizhang.sources import inbox
from tests.unit.reading.books import COVER, DETAIL, HEADER, save, table
from tests.waiting import month

pytestmark = [
    pytest.mark.publishes,
    pytest.mark.usefixtures("own_counts"),
    pytest.mark.parametrize("server_url", ["embedded"], indirect=True),
]

SCRIPT = "<script>alert('甲')</script>"
FORMULA = "+cmd|' /C calc'!A0"


def send(folder: Path, unit: str, rates: Sequence[Any], names: Sequence[str]) -> None:
    """Submit March of a county with printed rates."""
    rows = [[row[0], name, *row[2:], rate] for row, name, rate in zip(DETAIL, names, rates, strict=True)]
    cover = [[cell if cell != "陇西县" else unit for cell in row] for row in COVER]
    folder.mkdir()
    inbox.submit([save(folder / f"{unit}2024年3月.xlsx", table(*rows, header=[*HEADER, "完成率%"]), cover)])


def test_a_night_reports_on_every_region_that_it_touched(engine: Engine, tmp_path: Path):
    """One county is accepted, one is held back for two rates, with names that mean harm."""
    send(tmp_path / "1", "渭源县", (30, 20), ("河堤加固工程", "供水管网工程"))
    send(tmp_path / "2", "陇西县", (31.5, 99.5), (FORMULA, SCRIPT))
    pages = {page.parent.name.partition("_")[0]: page for page in run_night(engine).quality_reports}
    assert set(pages) == {"621100", "620000", "100000"}
    for page in pages.values():
        assert page.with_suffix(".pdf").read_bytes().startswith(b"%PDF-")
    assert_contents(len(pages) * len((".html", ".pdf", ".csv")))
    assert_figures(engine)
    assert_nothing_is_live(pages["621100"].read_text(encoding="utf-8"))
    assert_csv(engine, write_report(engine, "621122", month(3)))
    with pytest.raises(NothingToReportError):
        collect(engine, "440000", month(3))


def assert_contents(links_expected: int) -> None:
    """The page of contents leads to the month's, and that to every page, PDF and CSV."""
    folder = settings().reports_dir
    assert links_of(folder / "index.html") == ["2024-03/index.html"]
    back, *links = links_of(folder / "2024-03" / "index.html")
    assert back == "../index.html"
    assert len(links) == links_expected
    assert all((folder / "2024-03" / link).exists() for link in links)


def links_of(page: Path) -> list[str]:
    return re.findall(r'href="([^"]+)"', page.read_text(encoding="utf-8"))


def assert_figures(engine: Engine) -> None:
    report = collect(engine, "621100", month(3))
    outcomes = {unit.unit_name: unit.outcome for unit in report.units}
    assert outcomes["陇西县"] == "held_back"
    assert outcomes["渭源县"] in ("accepted", "warned")
    assert outcomes["临洮县"] == "missing"
    (rate,) = [rule for rule in report.rules if rule.check_id == "R23.printed_rate"]
    assert (rate.findings, rate.units, rate.findings_before) == (2, 1, 0)
    found = [finding for finding in report.findings if finding.check_id == "R23.printed_rate"]
    assert [(entry.cell, entry.status, entry.value, entry.subject) for entry in found] == [
        ("H3", "open", "31.5", FORMULA),
        ("H4", "open", "99.5", SCRIPT),
    ]
    assert {entry.unit_name for entry in found} == {"陇西县"}
    told = [finding for finding in report.findings if finding.severity == "info" and finding.status == "open"]
    assert told
    assert [rule.open_findings for rule in report.rules if rule.severity == "info"] == [0]
    to_mend = [finding.unit_name for finding in report.findings if finding.severity != "info"]
    assert {unit.unit_name: unit.open_count for unit in report.units if unit.open_count} == Counter(to_mend)
    assert report.now.held_back == 1
    assert report.before is None


def assert_nothing_is_live(text: str) -> None:
    """The page needs no network and runs no script."""
    assert "&lt;script&gt;alert" in text
    assert "<script" not in text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)


def assert_csv(engine: Engine, page: Path) -> None:
    """Every finding is in the CSV, and no cell of it becomes a formula."""
    with page.with_suffix(".csv").open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    assert len(rows) == len(collect(engine, "621122", month(3)).findings) > 0
    assert f"'{FORMULA}" in {row["对象"] for row in rows}
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
