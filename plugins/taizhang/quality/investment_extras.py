"""SQL for the judged tables of 固定资产投资, 目标任务, 储备谋划 and 招商引资: what stands beside a row's figures."""

from taizhang.codelists import code_list, flagged, quantity_units, seed_rows
from taizhang.dictionary import ColumnType
from taizhang.quality.corrected_rows import rows_of
from taizhang.quality.row_conditions import literal
from taizhang.quality.statements import Workplace

Columns = dict[str, ColumnType]
# The category that has the scope of the region as a whole.
WHOLE_FAI = "total"
# The policy group of projects that will produce goods or services.
PRODUCTION = "production"
# Targets that the sheet 储备谋划 alone answers.
PIPELINE_TARGETS = ("new_pipeline_count", "new_pipeline_investment", "pipeline_count")
AMOUNT, COUNT, FLAG, TEXT = ColumnType.AMOUNT, ColumnType.COUNT, ColumnType.FLAG, ColumnType.TEXT


def new_this_year(row: str = "r") -> str:
    """SQL: the project was surely entered in the reserve in the year of the report."""
    year = f"extract(year from {row}.report_month)"
    return (
        f"coalesce(extract(year from lower({row}.reserved_date)) = {year}"
        f" and extract(year from upper({row}.reserved_date) - 1) = {year}, false)"
    )


def is_productive(row: str = "r") -> str:
    """SQL: the class of industry was one of the group 产业 in the month of the report."""
    members = ", ".join(
        f"({literal(member['member_code'])}, date {literal(member['valid_from'])},"
        f" {'null' if not member['valid_to'] else 'date ' + literal(member['valid_to'])}::date)"
        for member in seed_rows("policy_group_member")
        if member["member_kind"] == "industry_class" and member["group_code"] == PRODUCTION
    )
    return (
        f"exists (select from (values {members}) as m (class_code, valid_from, valid_to)"
        f" where m.class_code = {row}.industry_class and m.valid_from <= {row}.report_month"
        f" and (m.valid_to is null or m.valid_to > {row}.report_month))"
    )


def fai_columns() -> Columns:
    """Last year as filed, whether the remark tells of another scope, and the unit's list beside the figure."""
    columns: Columns = {"category_name": TEXT, "is_scope_noted": FLAG}
    for name in ("filed_last_year_ytd_fai_wan", "first_last_year_ytd_fai_wan"):
        columns |= {name: AMOUNT, f"{name}_h": AMOUNT}
    columns |= {"list_ytd_wan": AMOUNT, "list_ratio": AMOUNT, "ratio_mean": AMOUNT, "ratio_deviation": AMOUNT}
    return columns | {"history_months": COUNT, "list_direction": COUNT, "fai_direction": COUNT}


def fai_fields() -> str:
    """SQL of these columns over the row `r`, half widths from `f` and `c`."""
    noted = " or ".join(f"r.remark like {literal('%' + row['word'] + '%')}" for row in seed_rows("scope_word"))
    names = code_list("fai_category").names
    growth, half = "r.fai_growth_pct", "coalesce(f.fai_growth_pct_h, c.fai_growth_pct_h, 0)"
    listed = "coalesce(own.list_ytd_h, 0)"
    by_level = "sign(r.ytd_fai_wan - r.last_year_ytd_fai_wan)::integer"
    return f"""
        {_named("r.fai_category", names)} as category_name, coalesce({noted}, false) as is_scope_noted,
        before.filed as filed_last_year_ytd_fai_wan, before.filed_h as filed_last_year_ytd_fai_wan_h,
        before.first as first_last_year_ytd_fai_wan, before.first_h as first_last_year_ytd_fai_wan_h,
        own.list_ytd as list_ytd_wan,
        own.list_ytd / nullif(r.ytd_fai_wan, 0) as list_ratio, history.ratio_mean, history.ratio_deviation,
        coalesce(history.history_months, 0) as history_months,
        case when own.list_ytd - {listed} > history.list_before then 1
            when own.list_ytd + {listed} < history.list_before then -1
            when own.list_ytd is not null and history.list_before is not null then 0 end as list_direction,
        case when {growth} is null then {by_level} when {growth} - {half} > 0 then 1
            when {growth} + {half} < 0 then -1 else 0 end as fai_direction"""


def fai_joins(place: Workplace, of_batch: str) -> str:
    """SQL: the same category a year before; list and history only beside the region's whole investment."""
    del of_batch
    whole = f"r.fai_category = {literal(WHOLE_FAI)}"
    return f"""
        left join {place.gate}.fai_year_before as before
            on before.submission_id = r.submission_id and before.fai_category = r.fai_category
        left join {place.gate}.own_list as own on own.submission_id = r.submission_id and {whole}
        left join {place.gate}.own_history as history on history.submission_id = r.submission_id and {whole}"""


def pipeline_columns() -> Columns:
    """Whether the project is new this year, and in the sheet's first row how many of the new ones are productive."""
    columns: Columns = {"is_new": FLAG, "is_first_row": FLAG}
    return columns | {name: COUNT for n in ("new_productive", "new_count") for name in (n, f"{n}_h")}


def pipeline_fields() -> str:
    """SQL of these columns."""
    return f"""
        {new_this_year()} and coalesce(r.pipeline_stage, '') <> 'dropped' as is_new,
        r.row_number = reserve.first_row as is_first_row,
        case when r.row_number = reserve.first_row then reserve.new_productive end as new_productive,
        0 as new_productive_h,
        case when r.row_number = reserve.first_row then reserve.new_count end as new_count, 0 as new_count_h"""


def pipeline_joins(place: Workplace, of_batch: str) -> str:
    """SQL: the sums of the sheet."""
    del of_batch
    return f"left join {place.gate}.pipeline_sum as reserve on reserve.submission_id = r.submission_id"


def promotion_columns() -> Columns:
    """What was in place of the same project in the month before."""
    return {"prev_in_place_wan": AMOUNT, "prev_in_place_wan_h": AMOUNT}


def promotion_fields() -> str:
    """SQL of these columns."""
    return ", ".join(
        f"coalesce(coded.{name}, called.{name}) as prev_{name}" for name in ("in_place_wan", "in_place_wan_h")
    )


def promotion_joins(place: Workplace, of_batch: str) -> str:
    """SQL: the project of the month before by its code, else by its name where one of the two has no code."""
    del of_batch
    return f"""
        left join {place.gate}.promotion_before as coded
            on coded.submission_id = b.prev_submission_id and coded.project_code = r.project_code
            and coded.same_code = 1
        left join {place.gate}.promotion_before as called
            on coded.submission_id is null and called.submission_id = b.prev_submission_id
            and called.project_name = r.project_name and called.same_name = 1
            and (r.project_code is null or called.project_code is null)"""


def target_columns() -> Columns:
    """The indicator, the region that is meant, both figures in the base unit, and what they are compared with."""
    columns: Columns = {"indicator_name": TEXT, "misfit_unit": TEXT, "unknown_region": TEXT, "is_own": FLAG}
    columns |= {"is_pipeline": FLAG, "region_key": TEXT, "is_accruing": FLAG, "base_unit_name": TEXT}
    for name in ("base_target", "base_actual", "computed_quantity", "fai_target_wan", "list_plan_wan", "parts_target"):
        columns |= {name: AMOUNT, f"{name}_h": AMOUNT}
    return columns | {"parts_missing": COUNT}


def target_fields() -> str:
    """SQL of these columns over the row `r`."""
    units, factor = code_list("quantity_unit").names, "unit_of.factor"
    bases = [f"{figure}.base_unit" for figure in ("indicator", "unit_of")]
    misfit = f"case when {bases[0]} <> {bases[1]} then {_named(bases[0], units)} end"
    half = {n: f"coalesce(f.{n}_quantity_h, c.{n}_quantity_h)" for n in ("target", "actual")}
    fits = f"{bases[0]} = {bases[1]}"
    figures = ", ".join(
        f"case when {fits} then r.{n}_quantity * {factor} end as base_{n},"
        f" case when {fits} then {half[n]} * {factor} end as base_{n}_h"
        for n in ("target", "actual")
    )
    is_fai = f"{fits} and region.is_own and r.target_indicator = 'fai_level'"
    return f"""
        {_named("r.target_indicator", code_list("target_indicator").names)} as indicator_name,
        {misfit} as misfit_unit,
        case when region.region_key is null then r.region_name end as unknown_region,
        coalesce(region.is_own, false) as is_own,
        r.target_indicator in ({", ".join(map(literal, PIPELINE_TARGETS))}) as is_pipeline,
        region.region_key, indicator.accrues as is_accruing,
        {_named(bases[0], units)} as base_unit_name, {figures},
        case when region.is_own then {_computed("")} end as computed_quantity,
        case when region.is_own then {_computed("_h")} end as computed_quantity_h,
        case when {is_fai} then r.target_quantity * {factor} end as fai_target_wan,
        case when {is_fai} then {half["target"]} * {factor} end as fai_target_wan_h,
        case when {is_fai} then own.list_plan end as list_plan_wan,
        case when {is_fai} then own.list_plan_h end as list_plan_wan_h,
        case when region.is_own then parts.target end as parts_target,
        case when region.is_own then parts.half end as parts_target_h,
        case when region.is_own and indicator.adds_up then expected.parts - coalesce(parts.listed, 0) end
            as parts_missing"""


def _computed(suffix: str) -> str:
    """SQL: what the other sheets of the submission say has been reached, by indicator; NULL where none tells it."""
    sources = {
        "annual_completion": f"own.list_ytd{suffix}",
        "fai_level": f"fai.ytd{suffix}",
        "new_pipeline_count": "0" if suffix else "reserve.new_count",
        "new_pipeline_investment": f"reserve.new_investment{suffix}",
        "pipeline_count": "0" if suffix else "reserve.stock",
    }
    cases = " ".join(f"when {literal(code)} then {source}" for code, source in sources.items())
    return f"case r.target_indicator {cases} end"


def target_joins(place: Workplace, of_batch: str) -> str:
    """SQL: unit, indicator and region of the row, the sums of the other sheets, the targets of the regions below."""
    gate = place.gate
    return f"""
        left join ({_units()}) as unit_of on unit_of.unit_code = r.quantity_unit
        left join ({_indicators()}) as indicator on indicator.indicator_code = r.target_indicator
        left join ({_regions(place, of_batch)}) as region
            on region.submission_id = r.submission_id and region.row_number = r.row_number
        left join {gate}.own_list as own on own.submission_id = r.submission_id
        left join {gate}.pipeline_sum as reserve on reserve.submission_id = r.submission_id
        left join (
            select submission_id, min(ytd_fai_wan) as ytd, max(ytd_fai_wan_h) as ytd_h
            from {gate}.judged_fixed_asset_investment where fai_category = {literal(WHOLE_FAI)}
            group by submission_id
        ) as fai on fai.submission_id = r.submission_id
        left join (
            select unit_code, report_month, count(distinct part_code)::integer as parts
            from {gate}.part group by unit_code, report_month
        ) as expected on expected.unit_code = b.unit_code and expected.report_month = b.report_month
        left join ({_parts(place, of_batch)}) as parts
            on parts.submission_id = r.submission_id and parts.target_indicator = r.target_indicator"""


def _named(code: str, names: dict[str, str]) -> str:
    cases = " ".join(f"when {literal(key)} then {literal(label)}" for key, label in names.items())
    return f"case {code} {cases} end"


def _units() -> str:
    rows = ", ".join(
        f"({literal(unit.unit_code)}, {literal(unit.base_unit)}, {unit.factor}::numeric)"
        for unit in quantity_units().values()
    )
    return f"select * from (values {rows}) as u (unit_code, base_unit, factor)"


def _indicators() -> str:
    accruing, adding = (flagged("target_indicator", name) for name in ("accrues", "adds_up"))
    rows = ", ".join(
        f"({literal(code)}, {literal(row['base_unit'])}, {literal(code in accruing)}, {literal(code in adding)})"
        for row in seed_rows("target_indicator")
        if (code := row["indicator_code"])
    )
    return f"select * from (values {rows}) as i (indicator_code, base_unit, accrues, adds_up)"


def _regions(place: Workplace, of_batch: str) -> str:
    """SQL: per row the region meant: the unit itself, or a part of what it adds up; no row for a name nobody knows."""
    written = "regexp_replace(t.region_name, '\\s', '', 'g')"
    own = f"(t.region_name is null or {written} in (u.unit_name, u.region_name))"
    return f"""
        select t.submission_id, t.row_number, {own} as is_own,
            case when {own} then b.unit_code else min(l.part_code) end as region_key
        from {rows_of(place, "targets")} as t
        inner join {place.gate}.batch as b on b.submission_id = t.submission_id
        left join {place.gate}.unit as u on u.unit_code = b.unit_code
        left join {place.gate}.part_label as l
            on l.unit_code = b.unit_code and l.report_month = b.report_month and l.label = {written}
        where t.report_month in ({of_batch}) and ({own} or l.part_code is not null)
        group by t.submission_id, t.row_number, t.region_name, u.unit_name, u.region_name, b.unit_code"""


def _parts(place: Workplace, of_batch: str) -> str:
    """SQL: per submission and indicator the targets of the regions below, in the base unit, and how many there are."""
    return f"""
        select t.submission_id, t.target_indicator, sum(t.target_quantity * unit_of.factor) as target,
            0::numeric as half, count(distinct region.region_key)::integer as listed
        from {rows_of(place, "targets")} as t
        inner join ({_units()}) as unit_of on unit_of.unit_code = t.quantity_unit
        inner join ({_regions(place, of_batch)}) as region
            on region.submission_id = t.submission_id and region.row_number = t.row_number and not region.is_own
        where t.report_month in ({of_batch})
        group by t.submission_id, t.target_indicator"""
