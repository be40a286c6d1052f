"""Writing quality reports: HTML, PDF and CSV per region, month and publication, and the page of contents."""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, text

from taizhang.errors import TaizhangError
from taizhang.report.charts import charts_of
from taizhang.report.collect import collect, regions_of
from taizhang.report.rendering import environment, html_of, pdf_of, style, title_of, write_csv
from taizhang.settings import settings

log = logging.getLogger(__name__)

CONTENTS = "index.html"
_FOLDER = re.compile(r"(?P<code>\d{6}[0-9A-Z]*)_(?P<name>.+)")
_NEWEST = text(
    "select publication_id from ops.publication where state = 'published' order by publication_id desc limit 2"
)
_REPORT = re.compile(r"第(?P<number>\d+)期_.+\.html")


class ReportsFailedError(TaizhangError):
    """Some reports of a publication could not be written; the others are there."""


@dataclass(frozen=True)
class ListedReport:
    """A report as its month's page lists it; `path` is relative and without suffix."""

    publication_id: int
    path: str


@dataclass(frozen=True)
class ListedRegion:
    """A region of a month with its reports, the newest first."""

    region_code: str
    region_name: str
    reports: list[ListedReport]


def write_report(engine: Engine, region: str, month: date, publication: int | None = None) -> Path:
    """Write the report of a region and month as HTML, PDF and CSV; returns the path of the HTML page.

    Raises what `collect` raises. Written again, the files are replaced.
    """
    report = collect(engine, region, month, publication)
    charts = charts_of(report)
    folder = settings().reports_dir / f"{month:%Y-%m}" / f"{region}_{report.region_name}"
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"第{report.publication_id}期_{title_of(report)}"
    page = stem.with_name(f"{stem.name}.html")
    _replace(page, html_of(report, charts, f"../../{CONTENTS}").encode())
    _replace(stem.with_name(f"{stem.name}.pdf"), pdf_of(report, charts))
    # What is written last tells that a report is whole.
    draft = stem.with_name(f".{stem.name}.csv.part")
    write_csv(report, draft)
    draft.replace(stem.with_name(f"{stem.name}.csv"))
    return page


def write_reports(engine: Engine, publication_id: int) -> list[Path]:
    """Write the reports of all cities, provinces and the nation, and all months, that a publication touches.

    A report that fails does not keep the others; ReportsFailedError names them at the end.
    """
    return _write_each(engine, publication_id, regions_of(engine, publication_id))


def complete_reports(engine: Engine) -> list[Path]:
    """Write what there is not yet of the reports of the two newest publications; raises what `write_reports` raises.

    Whoever was killed, or had no room, between a publication and its reports has left them to the next night.
    """
    with engine.connect() as connection:
        numbers = list(connection.scalars(_NEWEST))
    written: list[Path] = []
    for number in numbers:
        missing = [
            (region, month) for region, month in regions_of(engine, number) if not _is_there(region, month, number)
        ]
        if missing:
            written += _write_each(engine, number, missing)
    return written


def _is_there(region: str, month: date, publication_id: int) -> bool:
    return any((settings().reports_dir / f"{month:%Y-%m}").glob(f"{region}_*/第{publication_id}期_*.csv"))


def _write_each(engine: Engine, publication_id: int, touched: list[tuple[str, date]]) -> list[Path]:
    written, failed = [], []
    for region, month in touched:
        try:
            written.append(write_report(engine, region, month, publication_id))
        except Exception as error:
            log.exception("the report of %s %s failed", region, month)
            failed.append(f"{region} {month:%Y-%m}: {error}")
    write_contents({month for _, month in touched})
    if failed:
        raise ReportsFailedError(f"{len(failed)} reports of publication {publication_id} failed: {'; '.join(failed)}")
    return written


def write_contents(changed: Iterable[date]) -> Path:
    """Write the page of each month whose reports changed, and the page that leads to all months, the newest first.

    A page per month, for a page of all reports takes seconds and megabytes after years. A month that has none gets it.
    """
    folder = settings().reports_dir
    folder.mkdir(parents=True, exist_ok=True)
    names = {f"{month:%Y-%m}" for month in changed}
    months = sorted(folder.glob("[0-9]*-[0-9]*"), reverse=True)
    for month in months:
        if month.name in names or not (month / CONTENTS).exists():
            regions = sorted(_regions(month), key=lambda region: region.region_code)
            _write_page(month / CONTENTS, "month.html.j2", month=month.name, regions=regions)
    _write_page(folder / CONTENTS, "contents.html.j2", months=[month.name for month in months])
    return folder / CONTENTS


def _write_page(path: Path, template: str, **values: object) -> None:
    _replace(path, environment().get_template(template).render(style=style(), **values).encode())


def _regions(month: Path) -> Iterable[ListedRegion]:
    for region in month.iterdir():
        found = _FOLDER.fullmatch(region.name)
        if found is None:
            continue
        reports = [
            ListedReport(int(match["number"]), str(page.relative_to(month).with_suffix("")))
            for page in region.glob("*.html")
            if (match := _REPORT.fullmatch(page.name))
        ]
        if reports:
            reports.sort(key=lambda report: -report.publication_id)
            yield ListedRegion(found["code"], found["name"], reports)


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that no reader sees half of it."""
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_bytes(content)
    temporary.replace(path)
