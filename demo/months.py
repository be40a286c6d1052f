"""The monthly figures of a unit's projects, as rows of the sheets 项目进展 and 汇总 in stored values."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from demo.amounts import GRAINS_PER_WAN, wan
from demo.chance import seeded
from demo.materials import vocabulary
from demo.projects import Project, is_published, people, unit_projects
from taizhang.codelists import ReportingUnit, code_list, schedule_curve
from taizhang.dictionary import sheet

Row = dict[str, Any]

INVENTED = "演示数据，虚构"
RATE_DECIMALS = 2
# A project enters the statistics within a month of its start.
DAYS_TO_ENTER = timedelta(days=25)
IN_PUBLISHED_SUM = "演示数据，单个项目虚构，合计与公开报告一致"
NAMED = "项目名称和总投资见公开报告，其余为演示数据"

# Shares of the sources of funds by class; the rest is the last one's.
SOURCES = {
    "agriculture": {"central": 0.3, "provincial": 0.2, "local": 0.1, "own": 0.4},
    "industry": {"loan": 0.35, "own": 0.65},
    "services": {"loan": 0.3, "own": 0.7},
    "infrastructure": {"central": 0.2, "provincial": 0.1, "local": 0.1, "loan": 0.2, "bond": 0.4},
    "livelihood": {"central": 0.25, "provincial": 0.15, "local": 0.2, "bond": 0.4},
    "ecology": {"central": 0.35, "provincial": 0.15, "local": 0.2, "bond": 0.3},
}
SUMMED = (
    "total_investment_wan",
    "annual_plan_wan",
    "month_completed_wan",
    "ytd_completed_wan",
    "funds_received_wan",
    "funds_paid_wan",
)
SHARES = {"count_share_pct": "project_count", "investment_share_pct": "total_investment_wan"}
ALL_SOURCES = ("central", "provincial", "local", "bond", "loan", "own")


def month_end(month: date) -> date:
    """Last day of a month."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def rate(numerator: Decimal, denominator: Decimal, decimals: int) -> Decimal:
    """Percentage rounded half up, as printed."""
    return (numerator / denominator * 100).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def gap(numerator: Decimal, denominator: Decimal, month: date, decimals: int) -> Decimal:
    """Percentage points ahead of schedule from the unrounded rate, rounded half away from zero, as printed."""
    due = schedule_curve()[month.month]
    exact = numerator / denominator * 100 - due.elapsed * 100 / due.whole
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def print_gaps(rows: list[Row], month: date) -> None:
    """Write into each row how far it is ahead of schedule, as a formula of the unit's workbook would."""
    for row in rows:
        row["schedule_gap_pp"] = gap(row["ytd_completed_wan"], row["annual_plan_wan"], month, RATE_DECIMALS)


def month_done(project: Project, last_month: date) -> dict[int, int]:
    """Grains completed in each month from January to the last one; nothing before the start."""
    random = seeded(f"{project.name} months")
    months = range(1, last_month.month + 1)
    done = dict.fromkeys(months, 0)
    if project.start is None:
        return done
    active = [m for m in months if month_end(date(last_month.year, m, 1)) >= project.start]
    weights = [random.uniform(0.5, 1.5) for _ in active]
    share_of_year = len(active) / last_month.month
    target = int(project.annual_plan * project.progress * share_of_year)
    step = GRAINS_PER_WAN if random.random() < 0.8 else 10
    for month, weight in zip(active, weights, strict=True):
        done[month] = int(target * weight / sum(weights)) // step * step
    return done


def progress_rows(
    unit: ReportingUnit,
    months: list[date],
    month: date,
    zero_source: Decimal | None = Decimal(0),
) -> list[Row]:
    """The sheet 项目进展 of a unit and month: one row per project, stored values.

    `zero_source` stands where a source of funds gave nothing: 0 or None, as the unit writes it.
    """
    random = seeded(f"{unit.unit_code} {month} texts")
    projects = unit_projects(unit)
    rows = [
        _progress_row(project, number, months[-1], month, zero_source, random)
        for number, project in enumerate(projects, start=1)
    ]
    for row, project in zip(rows, projects, strict=True):
        row["remark"] = (NAMED if project.is_named else IN_PUBLISHED_SUM) if is_published(unit) else INVENTED
    print_gaps(rows, month)
    return rows


def _progress_row(
    project: Project,
    number: int,
    last_month: date,
    month: date,
    zero_source: Decimal | None,
    random: Random,
) -> Row:
    done = month_done(project, last_month)
    ytd = sum(amount for done_month, amount in done.items() if done_month <= month.month)
    since_start = project.before_year + ytd
    end = month_end(month)
    stage = _stage_at(project, end)
    words = vocabulary()
    return {
        "sequence_no": str(number),
        **_description(project),
        "total_investment_wan": wan(project.total),
        "completed_before_year_wan": wan(project.before_year),
        "annual_plan_wan": wan(project.annual_plan),
        "month_completed_wan": wan(done[month.month]),
        "ytd_completed_wan": wan(ytd),
        "completion_rate_pct": rate(wan(ytd), wan(project.annual_plan), RATE_DECIMALS),
        "since_start_wan": wan(since_start),
        **_funds(project, since_start, zero_source),
        "is_started": stage in ("started", "production"),
        "is_in_statistics": project.start is not None and project.start + DAYS_TO_ENTER <= end,
        "approval_date": project.approval,
        "contract_date": project.contract,
        "start_date": project.start if project.start and project.start <= end else None,
        "production_date": project.production if stage == "production" else None,
        "physical_progress": random.choice(words["progress"][stage]),
        "problems": random.choice(words["problems"]) if random.random() < 0.1 else None,
        "responsible_org": project.org,
        "lead_official": project.leader,
    }


def _description(project: Project) -> Row:
    """What stays the same from month to month."""
    return {
        "project_name": project.name,
        "project_code": project.code,
        "project_location": project.location,
        "project_lists": list(project.lists),
        "industry_class": project.industry_class,
        "construction_nature": project.nature,
        "construction_content": project.content,
        "construction_years": project.years,
    }


def _stage_at(project: Project, day: date) -> str:
    """Stage on a day: what a project that is started or in production by the last month was before."""
    if project.production is not None and project.production <= day:
        return "production"
    if project.start is not None and project.start <= day:
        return "started"
    return "planned" if project.approval is not None else "signed"


def _funds(project: Project, since_start: int, zero_source: Decimal | None) -> dict[str, Decimal | None]:
    """Funds received by source and paid, in 万元, and received as a share of the total.

    Sources add up to received, paid <= received <= total.
    """
    random = seeded(f"{project.name} funds")
    received = min(project.total, int(since_start * random.uniform(1.0, 1.3)) // GRAINS_PER_WAN * GRAINS_PER_WAN)
    paid = min(received, int(since_start * random.uniform(0.7, 1.0)) // GRAINS_PER_WAN * GRAINS_PER_WAN)
    shares = SOURCES[project.industry_class]
    parts = {source: int(received * part) // GRAINS_PER_WAN * GRAINS_PER_WAN for source, part in shares.items()}
    parts[list(shares)[-1]] += received - sum(parts.values())
    by_source = {
        f"funds_{source}_wan": wan(parts[source]) if parts.get(source) else zero_source for source in ALL_SOURCES
    }
    return {
        "funds_received_wan": wan(received),
        **by_source,
        "funds_received_rate_pct": rate(wan(received), wan(project.total), RATE_DECIMALS),
        "funds_paid_wan": wan(paid),
    }


def summary_rows(
    projects: list[Row], month: date, remark: str | None = None, parts: Mapping[str, list[Row]] | None = None
) -> list[Row]:
    """The sheet 汇总: all projects, then by list, industry and nature; every figure is a sum over `projects`.

    A city or province adds its `parts`: the projects of each unit below, by its name.
    """
    whole = _summary_row("total", "全部项目", projects, remark)
    rows = [whole]
    for breakdown, column in (
        ("list", "project_lists"),
        ("industry", "industry_class"),
        ("nature", "construction_nature"),
    ):
        names = code_list(sheet("project_progress").column(column).code_list or "").names
        for code, name in names.items():
            members = [row for row in projects if code == row[column] or code in row["project_lists"]]
            if members:
                rows.append(_summary_row(breakdown, name, members, remark))
    rows += [_summary_row("county", name, members, remark) for name, members in (parts or {}).items()]
    for row in rows:
        for share, figure in SHARES.items():
            row[share] = rate(Decimal(row[figure]), Decimal(whole[figure]), RATE_DECIMALS)
    print_gaps(rows, month)
    return rows


def _summary_row(breakdown: str, item: str, members: list[Row], remark: str | None) -> Row:
    started = sum(row["is_started"] for row in members)
    in_production = sum(row["production_date"] is not None for row in members)
    sums = {name: sum((row[name] for row in members), Decimal(0)) for name in SUMMED}
    return {
        "breakdown_name": breakdown,
        "item_name": item,
        "project_count": len(members),
        "not_started_count": len(members) - started,
        "under_construction_count": started - in_production,
        "in_production_count": in_production,
        "started_count": started,
        "start_rate_pct": rate(Decimal(started), Decimal(len(members)), RATE_DECIMALS),
        **sums,
        "funds_received_rate_pct": rate(sums["funds_received_wan"], sums["total_investment_wan"], RATE_DECIMALS),
        "completion_rate_pct": rate(sums["ytd_completed_wan"], sums["annual_plan_wan"], RATE_DECIMALS),
        "remark": remark,
    }


def cover_values(unit: ReportingUnit, month: date) -> Row:
    """The cover: who filled in, reviewed and signed, and when."""
    filler, reviewer, approver = people(unit, 3, "signatures")
    return {
        "reporting_unit": unit.unit_name,
        "report_period": month,
        "filler_name": filler,
        "reviewer_name": reviewer,
        "approver_name": approver,
        "filled_date": month_end(month),
    }
