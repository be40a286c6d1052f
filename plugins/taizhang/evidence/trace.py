"""From a published figure to the cells that it adds up, and to what these cells hold in the archived workbooks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, text

from taizhang.decimals import plain
from taizhang.dictionary.mart import load_marts
from taizhang.evidence.archive import ArchivedWorkbook, ArchiveError
from taizhang.evidence.used_corrections import UsedCorrections, corrections_used, share_of
from taizhang.publication.figures import (
    ALL_PROJECTS,
    FiguresError,
    list_code_of,
    month_of,
    require_month,
    require_region,
    show_publication,
)
from taizhang.reading.addresses import cell_address_sql

SHEET = "project_progress"
# Counts are traced to the column that makes a project count.
COUNTED = {"project_count": "project_name", "started_count": "is_started"}


class UnknownMeasureError(FiguresError):
    """There is no such measure, or none that cells add up to."""


class Proof(StrEnum):
    """What the archived workbook says of a traced cell."""

    HOLDS = "holds"
    CORRECTED = "corrected"
    DIFFERS = "differs"
    NO_ARCHIVE = "no_archive"


@dataclass(frozen=True)
class TracedCell:
    """One cell behind a figure: `published` is its share of the figure, `archived` what the file holds, in 万元.

    `printed` is the text of the cell in the archived workbook. `note_zh` says what differs.
    """

    unit_code: str
    unit_name: str
    project_name: str
    project_code: str | None
    submission_id: int
    file_name: str
    file_sha256: str
    sheet_title: str
    cell: str
    published: Decimal | None
    archived: Decimal | None
    printed: str | None
    proof: Proof
    note_zh: str | None = None


@dataclass
class Trace:
    """A published figure of a measure, the cells that it adds up, and whether they really add up to it."""

    region_code: str
    report_month: date
    list_code: str
    measure: str
    label: str
    publication_id: int
    figure: Decimal | None
    cells: list[TracedCell] = field(default_factory=list)

    @property
    def traced_sum(self) -> Decimal | None:
        """Sum of what the cells contribute; None when none of them holds a figure."""
        shares = [cell.published for cell in self.cells if cell.published is not None]
        return sum(shares, Decimal(0)) if shares else None

    @property
    def is_proven(self) -> bool:
        """True when the cells add up to the figure and each holds its share, or an approved correction of it."""
        proven = all(cell.proof in (Proof.HOLDS, Proof.CORRECTED) for cell in self.cells)
        return proven and self.traced_sum == self.figure


def trace(
    engine: Engine,
    region: str,
    month: date | str,
    measure: str,
    list_code: str | None = None,
    publication: int | None = None,
) -> list[Trace]:
    """Trace a figure of `agg_region_month` to its cells; a rate is traced by its numerator and its denominator.

    `measure` is a column of the mart or its Chinese label. Raises a FiguresError for what does not exist.
    """
    first_day, names = month_of(month), _parts_of(measure)
    wanted_list = list_code_of(list_code) or ALL_PROJECTS
    with engine.begin() as connection:
        show_publication(connection, publication)
        require_region(connection, region)
        require_month(connection, first_day)
        shown = int(connection.scalar(text("select ops.shown_publication()")) or 0)
        values: dict[str, Any] = {"region": region, "month": first_day, "list_code": wanted_list}
        values["units"] = list(connection.scalars(text(_UNITS), values))
        found = [_traced(connection, name, values, shown) for name in names]
        corrections = {
            traced.measure: corrections_used(
                connection, shown, {row["submission_id"] for row in rows}, SHEET, _column_of(traced.measure)
            )
            for traced, rows in found
        }
    workbooks: dict[str, ArchivedWorkbook] = {}
    for traced, rows in found:
        traced.cells = [_proven(row, traced.measure, workbooks, corrections[traced.measure]) for row in rows]
    return [traced for traced, _ in found]


def _column_of(measure: str) -> str:
    return COUNTED.get(measure, measure)


def _parts_of(measure: str) -> list[str]:
    """Return the summed columns behind a measure: itself, or numerator and denominator of a rate."""
    columns = {column.name: column for column in load_marts()["agg_region_month"].columns}
    by_label = {column.label: column.name for column in columns.values()}
    name = by_label.get(measure, measure)
    summed = set(COUNTED) | {other.name for other in load_marts()["fct_project_month"].columns if other.unit}
    if name in columns and name in summed:
        return [name]
    rate = columns.get(name)
    if rate is not None and rate.numerator in summed and rate.denominator in summed:
        return [str(rate.numerator), str(rate.denominator)]
    known = "、".join(f"{other} {columns[other].label}" for other in columns if other in summed)
    raise UnknownMeasureError(f"no cells add up to {measure}; there are {known}")


def _traced(
    connection: Connection, name: str, values: dict[str, Any], publication: int
) -> tuple[Trace, list[dict[str, Any]]]:
    """Return the figure and the rows of the facts behind it, with the place of their cells."""
    figure = connection.scalar(
        text(
            f"select {name} from marts.agg_region_month"
            " where region_code = :region and report_month = :month and list_code = :list_code"
        ),
        values,
    )
    column = _column_of(name)
    share = "1::numeric" if name in COUNTED else f"f.{column}::numeric"
    counted = "f.is_started" if name == "started_count" else "true" if name in COUNTED else f"f.{column} is not null"
    rows = connection.execute(text(_ROWS.format(share=share, counted=counted)), values | {"column": column})
    label = next(entry.label for entry in load_marts()["agg_region_month"].columns if entry.name == name)
    traced = Trace(
        values["region"],
        values["month"],
        values["list_code"],
        name,
        label,
        publication,
        None if figure is None else Decimal(figure),
    )
    return traced, [dict(row) for row in rows.mappings()]


_UNITS = """
    select u.unit_code
    from marts.dim_reporting_unit as u
    inner join marts.bridge_unit_region as b on b.unit_code = u.unit_code
    where b.region_code = :region and b.is_main and b.valid_from <= :month
        and (b.valid_to is null or b.valid_to > :month)
        and u.valid_from <= :month and (u.valid_to is null or u.valid_to > :month)
"""

# What is joined does not reach the indexes behind the readers' views, arrays do: else the figures of all units, and all
# projects that there ever were, are read for the cells of one county.
_ROWS = f"""
    with facts as materialized (
        select f.unit_code, f.project_sk, f.submission_id, f.row_number, {{share}} as published
        from marts.fct_project_month as f
        where f.report_month = :month and f.unit_code = any(:units) and {{counted}}
            and (:list_code = '{ALL_PROJECTS}' or (f.unit_code, f.project_sk) in (
                select l.unit_code, l.project_sk from marts.bridge_project_list as l
                where l.report_month = :month and l.unit_code = any(:units) and l.list_code = :list_code
            ))
    ),
    places as (
        select submission_id, min(letter) as letter
        from raw.sheet_column
        where sheet = '{SHEET}' and column_name = :column
            and submission_id = any(array(select submission_id from facts))
        group by submission_id
    )
    select f.unit_code, u.unit_name, p.project_name, p.project_code, f.submission_id, f.row_number, s.file_name,
        s.sha256 as file_sha256, t.sheet_title, {cell_address_sql("c.letter", "f.row_number")} as cell, f.published
    from facts as f
    inner join marts.dim_reporting_unit as u on u.unit_code = f.unit_code and u.unit_code = any(:units)
    inner join marts.dim_project as p
        on p.project_sk = f.project_sk and p.project_sk = any(array(select project_sk from facts))
            and p.valid_from <= :month and coalesce(p.valid_to > :month, true)
    inner join ops.submission as s on s.submission_id = f.submission_id
    inner join raw.read_sheet as t on t.submission_id = f.submission_id and t.sheet = '{SHEET}'
    left join places as c on c.submission_id = f.submission_id
    order by f.unit_code, f.row_number
"""


def _proven(
    row: dict[str, Any], measure: str, workbooks: dict[str, ArchivedWorkbook], corrections: UsedCorrections
) -> TracedCell:
    """Read the cell again and say whether it holds what was published, or an approved correction of it does."""
    column, number = _column_of(measure), row.pop("row_number")
    workbook = workbooks.setdefault(row["file_sha256"], ArchivedWorkbook(row["file_sha256"], row["file_name"]))
    try:
        value = workbook.value(SHEET, number, column)
        submitted = {workbook.value(SHEET, number, name) for name in ("project_code", "project_name")}
        printed = workbook.printed(row["sheet_title"], row["cell"])
    except ArchiveError as error:
        return TracedCell(**row, archived=None, printed=None, proof=Proof.NO_ARCHIVE, note_zh=error.reason_zh)
    except KeyError:
        note = "按现行读取规则，存档文件中没有这一行"
        return TracedCell(**row, archived=None, printed=None, proof=Proof.DIFFERS, note_zh=note)
    archived, published = _share(value, measure), row["published"]
    proof, note_zh = Proof.HOLDS, None
    correction = corrections.of_row(row["submission_id"], submitted | {row["project_code"], row["project_name"]})
    if correction and published == share_of(correction):
        proof, note_zh = Proof.CORRECTED, f"按更正 {correction.id} 取数，原填 {correction.old_value or '空'}"
    elif archived != published:
        proof, note_zh = Proof.DIFFERS, f"存档单元格为 {_shown(archived)}，发布值为 {_shown(published)}"
    return TracedCell(**row, archived=archived, printed=printed, proof=proof, note_zh=note_zh)


def _share(value: Any, measure: str) -> Decimal | None:
    """Return what a cell contributes to a measure."""
    if measure in COUNTED:
        return Decimal(1) if value else Decimal(0)
    return None if value is None else Decimal(value)


def _shown(value: Decimal | None) -> str:
    return "空" if value is None else plain(value)


def unproven(traces: Iterable[Trace]) -> list[TracedCell]:
    """Return the cells that do not hold what was published."""
    return [cell for traced in traces for cell in traced.cells if cell.proof in (Proof.DIFFERS, Proof.NO_ARCHIVE)]
