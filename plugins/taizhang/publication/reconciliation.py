"""Control totals: the same sums at every station from the raw rows to the nation, in exact decimals."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, Engine, text

from taizhang.dictionary import ColumnType
from taizhang.dictionary.mart import measures
from taizhang.errors import TaizhangError
from taizhang.quality.corrected_rows import corrected_rows

SHOWN_DIFFERENCES = 20

_COUNTS = {"project_count": "count(*)", "started_count": "count(*) filter (where is_started)"}
_MEASURES = measures("agg_unit_month", ColumnType.COUNT, ColumnType.AMOUNT)
_KEY = "report_month, region_code, list_code"

# Each station is compared with the one before it: (name of the step, station before, station).
_STEPS = (
    ("raw to fact", "raw_station", "fact_in_scope"),
    ("fact to county", "fact_by_county", "county_station"),
    ("county to city", "county_by_city", "city_station"),
    ("city to province", "city_by_province", "province_station"),
    ("province to nation", "province_by_nation", "nation_station"),
)


@dataclass(frozen=True)
class Difference:
    """A control total that does not tie: what the station before says, and what this one says."""

    step: str
    region_code: str
    report_month: date
    list_code: str
    column_name: str
    value_before: Decimal | None
    value_after: Decimal | None

    def __str__(self) -> str:
        return (
            f"{self.step}: {self.region_code} {self.report_month:%Y-%m} {self.list_code} {self.column_name}: "
            f"{self.value_before} != {self.value_after}"
        )


class ReconciliationError(TaizhangError):
    """Control totals do not tie; `differences` has them all."""

    def __init__(self, publication_id: int, differences: list[Difference]) -> None:
        self.publication_id = publication_id
        self.differences = differences
        shown = "; ".join(str(difference) for difference in differences[:SHOWN_DIFFERENCES])
        more = len(differences) - SHOWN_DIFFERENCES
        rest = f"; and {more} more" if more > 0 else ""
        super().__init__(f"publication {publication_id}: {len(differences)} totals do not tie: {shown}{rest}")


def reconcile(engine: Engine, publication_id: int) -> None:
    """Compare the control totals of the publication's months; ReconciliationError with every one that does not tie."""
    with engine.connect() as connection:
        check_totals(connection, publication_id)


def check_totals(connection: Connection, publication_id: int) -> None:
    """The same on an open connection, to be decided in the caller's transaction."""
    rows = connection.execute(text(_differences_sql()), {"publication_id": publication_id})
    differences = [Difference(**row) for row in rows.mappings()]
    if differences:
        raise ReconciliationError(publication_id, differences)


def control_totals(connection: Connection, publication_id: int) -> dict[str, dict[str, dict[str, str | None]]]:
    """Return the nation's totals of the publication's months as text: month, list, measure.

    Once all ties (`check_totals`) they are those of the raw rows, which need not be added up once more.
    """
    rows = connection.execute(
        text(
            f"select report_month, list_code, {', '.join(_MEASURES)} from history.agg_region_month "  # noqa: S608
            "where published_to is null and region_level = 'nation' and report_month in "
            "(select report_month from ops.publication_scope where publication_id = :publication_id) "
            "order by report_month, list_code"
        ),
        {"publication_id": publication_id},
    )
    totals: dict[str, dict[str, dict[str, str | None]]] = {}
    for row in rows.mappings():
        month = totals.setdefault(f"{row['report_month']:%Y-%m}", {})
        month[row["list_code"]] = {name: None if row[name] is None else f"{Decimal(row[name]):f}" for name in _MEASURES}
    return totals


def _sums(of_rows: bool) -> str:
    """The measures as aggregates: over projects (counted) or over figures that are sums already."""
    return ", ".join(
        f"{_COUNTS[name] if of_rows and name in _COUNTS else f'sum({name})'} as {name}" for name in _MEASURES
    )


def _stations_sql() -> str:
    """The common table expressions of all stations: one row per month, region and list, with every measure."""
    return f"{_rows_sql()}, {_rollup_sql()}"


def _rows_sql() -> str:
    """The stations of single projects, per reporting unit: the scope's corrected rows, and the facts of its months.

    Facts of a unit that is not in scope stand as they were when they were tied; they count in the steps that follow.
    """
    return f"""
    in_scope as (
        select unit_code, report_month, submission_id
        from ops.publication_scope where publication_id = :publication_id
    ),
    months as (select distinct report_month from in_scope),
    raw_station as (
        select stated.report_month, stated.unit_code as region_code, lists.list_code, {_sums(True)}
        from in_scope
        inner join {corrected_rows("project_progress")} as stated
            on in_scope.report_month = stated.report_month and in_scope.submission_id = stated.submission_id
        cross join lateral (select 'all' as list_code union select unnest(stated.project_lists)) as lists
        group by stated.report_month, stated.unit_code, lists.list_code
    ),
    facts as (
        select * from history.fct_project_month
        where published_to is null and report_month in (select months.report_month from months)
    ),
    memberships as (
        select report_month, unit_code, project_sk, 'all' as list_code from facts
        union all
        select report_month, unit_code, project_sk, list_code from history.bridge_project_list
        where published_to is null and report_month in (select months.report_month from months)
    ),
    fact_station as (
        select report_month, unit_code as region_code, list_code, {_sums(True)}
        from facts inner join memberships using (report_month, unit_code, project_sk)
        group by report_month, unit_code, list_code
    ),
    fact_in_scope as (
        select fact_station.*
        from fact_station
        inner join in_scope
            on fact_station.report_month = in_scope.report_month and fact_station.region_code = in_scope.unit_code
    ),
    fact_by_county as (
        select fact_station.report_month, home.region_code, fact_station.list_code, {_sums(False)}
        from fact_station
        inner join history.bridge_unit_region as home
            on fact_station.region_code = home.unit_code and home.published_to is null
            and home.region_level = 'county' and home.is_main and home.valid_from <= fact_station.report_month
            and (home.valid_to is null or home.valid_to > fact_station.report_month)
        group by fact_station.report_month, home.region_code, fact_station.list_code
    )
    """  # noqa: S608 - names come from the column dictionary


def _rollup_sql() -> str:
    """The stations of the rollup, and what each level should be: the sum of the level below."""
    return f"""
    figures as (
        select agg.*, region.city_code, region.province_code
        from history.agg_region_month as agg
        inner join lateral (
            select version.city_code, version.province_code
            from history.dim_region as version
            where version.region_code = agg.region_code and version.published_to is null
            order by greatest(version.valid_from - agg.report_month, agg.report_month - version.valid_to + 1, 0)
            limit 1
        ) as region on true
        where agg.published_to is null and agg.report_month in (select months.report_month from months)
    ),
    county_station as (select * from figures where region_level = 'county'),
    city_station as (select * from figures where region_level = 'city'),
    province_station as (select * from figures where region_level = 'province'),
    nation_station as (select * from figures where region_level = 'nation'),
    county_by_city as (
        select report_month, city_code as region_code, list_code, {_sums(False)}
        from county_station where city_code is not null group by report_month, city_code, list_code
    ),
    city_by_province as (
        select report_month, province_code as region_code, list_code, {_sums(False)}
        from figures
        where region_level = 'city' or (region_level = 'county' and city_code is null)
        group by report_month, province_code, list_code
    ),
    province_by_nation as (
        select report_month, nation.region_code, list_code, {_sums(False)}
        from province_station
        cross join (
            select region_code from history.dim_region where region_level = 'nation' and published_to is null
        ) as nation
        group by report_month, nation.region_code, list_code
    )
    """  # noqa: S608 - names come from the column dictionary


def _differences_sql() -> str:
    """One row per figure that two neighbouring stations do not agree on; no row of a region counts as zero projects."""
    pairs = ", ".join(
        f"('{name}', coalesce(earlier.{name}, 0)::numeric, coalesce(later.{name}, 0)::numeric)"
        if name in _COUNTS
        else f"('{name}', earlier.{name}, later.{name})"
        for name in _MEASURES
    )
    steps = " union all ".join(
        f"select {number} as step_number, '{step}' as step, {_KEY}, figure.* "  # noqa: S608
        f"from {before} as earlier full join {after} as later using ({_KEY}) "
        f"cross join lateral (values {pairs}) as figure (column_name, value_before, value_after) "
        "where figure.value_before is distinct from figure.value_after"
        for number, (step, before, after) in enumerate(_STEPS)
    )
    return (
        f"with {_stations_sql()}, differences as ({steps}) "  # noqa: S608
        "select step, region_code, report_month, list_code, column_name, value_before, value_after "
        f"from differences order by step_number, {_KEY}, column_name"
    )
