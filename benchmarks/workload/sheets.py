"""All sheets of a unit's month, as columns of stored values by sheet."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from benchmarks.workload.projects import PEOPLE, Columns, Project, UnitYear, day, hundredths, month_end, people, rate
from benchmarks.workload.units import Unit
from demo.chance import seeded
from demo.materials import vocabulary
from taizhang.codelists import code_list
from taizhang.warehouse.partitions import next_month

Row = dict[str, Any]
NEW_ISSUES = 12
PIPELINE, PROMOTIONS = 40, 20
# Days between a permit and the start of construction.
PERMITS = {"land_use": 40, "environment": 12, "construction_permit": 3}
STAGES = (("submitted", 100), ("provincial_review", 70), ("national_reply", 50))
CLASSES = ("signed", "started", "production")
FAI_PARTS = {"total": 100, "projects": 80, "industry": 30, "infrastructure": 25, "private": 40}
SUMMED = (
    *("total_investment_wan", "annual_plan_wan", "month_completed_wan", "ytd_completed_wan"),
    *("funds_received_wan", "funds_paid_wan"),
)


def sheets_of(year: UnitYear, month: date) -> dict[str, Columns]:
    """Every sheet that a county files for a month, in the dictionary's names."""
    progress = year.progress(month)
    promotion = _promotion(year.unit, month)
    return {
        "cover": _columns([_cover(year.unit, month)]),
        "project_progress": progress,
        "summary": _columns(summary_rows(progress, month)),
        "permits": _permits(year),
        "elements": _elements(year),
        "funds_and_bonds": _columns(_funds(year.unit, month)),
        "batches": _columns(_batches(year.unit)),
        "fixed_asset_investment": _columns(_investment(year.unit, month)),
        "pipeline": _columns(_pipeline(year.unit, month)),
        "investment_promotion": _columns(promotion),
        "issues": _columns(_issues(year, month)),
        "dispatch": _columns(_dispatch(year, month)),
        "targets": _columns(_targets(progress, promotion)),
    }


def _columns(rows: list[Row]) -> Columns:
    return {name: [row.get(name) for row in rows] for name in rows[0]} if rows else {}


def _cover(unit: Unit, month: date) -> Row:
    filler, reviewer, approver = people(unit)[PEOPLE:]
    return {
        "reporting_unit": unit.name,
        "report_period": month,
        "filler_name": filler,
        "reviewer_name": reviewer,
        "approver_name": approver,
        "filled_date": day(month_end(month)),
    }


def summary_rows(progress: Columns, month: date) -> list[Row]:
    """The sheet 汇总: everything, then by list, industry and nature; every figure is a sum of the projects."""
    places = range(len(progress["project_name"]))
    rows = [_class("total", "全部项目", list(places), progress, month)]
    for breakdown, column, codes in (
        ("list", "project_lists", "project_list"),
        ("industry", "industry_class", "industry_class"),
        ("nature", "construction_nature", "construction_nature"),
    ):
        members: dict[str, list[int]] = {}
        for place in places:
            value = progress[column][place] or ()
            for code in (value,) if isinstance(value, str) else value:
                members.setdefault(code, []).append(place)
        names = code_list(codes).names
        rows += [_class(breakdown, names[code], members[code], progress, month) for code in names if code in members]
    for row in rows:
        row["count_share_pct"] = rate(row["project_count"], rows[0]["project_count"])
        row["investment_share_pct"] = rate(row["total_investment_wan"], rows[0]["total_investment_wan"])
    return rows


def _class(breakdown: str, item: str, places: list[int], progress: Columns, month: date) -> Row:
    started = sum(progress["is_started"][place] for place in places)
    in_production = sum(progress["production_date"][place] is not None for place in places)
    sums = {name: sum(progress[name][place] for place in places) for name in SUMMED}
    ytd, plan = sums["ytd_completed_wan"], sums["annual_plan_wan"]
    return {
        "breakdown_name": breakdown,
        "item_name": item,
        "project_count": len(places),
        "not_started_count": len(places) - started,
        "under_construction_count": started - in_production,
        "in_production_count": in_production,
        "started_count": started,
        "start_rate_pct": rate(started, len(places)),
        **sums,
        "completion_rate_pct": rate(ytd, plan),
        "schedule_gap_pp": hundredths((ytd * 12 - month.month * plan) * 10_000, plan * 12),
        "funds_received_rate_pct": rate(sums["funds_received_wan"], sums["total_investment_wan"]),
    }


def _beginning(year: UnitYear) -> list[Project]:
    """The projects that begin in the year: theirs are the permits and the land that are reported."""
    return [one for one in year.projects if one.born == year.year]


def _permits(year: UnitYear) -> Columns:
    kinds = ("project_approval", *PERMITS)
    issued = [
        one.approval if kind == "project_approval" else max(one.approval, one.start - timedelta(days=PERMITS[kind]))
        for one in _beginning(year)
        for kind in kinds
    ]
    projects = [one for one in _beginning(year) for _ in kinds]
    # A project that begins late has its permits before the year's first month all the same.
    issued = [min(moment, date(year.year, 1, 22)) for moment in issued]
    return {
        "sequence_no": [str(number) for number in range(1, len(projects) + 1)],
        "project_name": [one.name for one in projects],
        "project_code": [one.code for one in projects],
        "permit_kind": [kind for _ in _beginning(year) for kind in kinds],
        "is_needed": [True] * len(projects),
        "permit_status": ["done"] * len(projects),
        "issued_date": [day(moment) for moment in issued],
        "document_no": [f"批〔{moment.year}〕{number}号" for number, moment in enumerate(issued, start=1)],
        "due_date": [day(moment) for moment in issued],
    }


def _elements(year: UnitYear) -> Columns:
    projects = _beginning(year)
    areas = [Decimal(20 + (one.total // 100) % 280) for one in projects]
    granted = [day(one.approval + timedelta(days=15)) for one in projects]
    return {
        "sequence_no": [str(number) for number in range(1, len(projects) + 1)],
        "project_name": [one.name for one in projects],
        "project_code": [one.code for one in projects],
        "element_kind": ["land"] * len(projects),
        "quantity_unit": ["mu"] * len(projects),
        "needed_quantity": areas,
        "granted_quantity": areas,
        "granted_date": granted,
        "due_date": granted,
    }


def _funds(unit: Unit, month: date) -> list[Row]:
    random = seeded(f"{unit.code} {month.year} funds")
    rows = []
    for channel in ("special_bond", "central_budget"):
        count, total = random.randint(20, 60), random.randint(200, 900) * 1000
        demand = total * random.randint(20, 45) // 100
        rows += [
            {
                "fund_channel": channel,
                "cohort": f"{month.year}年",
                "funnel_stage": stage,
                "project_count": count * left // 100,
                "total_investment_wan": total * left // 100,
                "demand_wan": demand * left // 100,
                "other_sources_wan": total * left // 100 - demand * left // 100,
            }
            for stage, left in STAGES
        ]
    return rows


def _batches(unit: Unit) -> list[Row]:
    random = seeded(f"{unit.code} batches")
    rows = []
    for period in range(1, 5):
        for batch_class in CLASSES:
            count, total = random.randint(2, 9), random.randint(10, 90) * 1000
            converted = random.randint(0, count)
            rows.append(
                {
                    "batch_period": str(period),
                    "batch_class": batch_class,
                    "project_count": count,
                    "total_investment_wan": total,
                    "converted_count": converted,
                    "converted_investment_wan": total * converted // count,
                    "conversion_rate_pct": rate(converted, count),
                }
            )
    return rows


def _level(unit: Unit, year: int) -> int:
    """Fixed-asset investment of a month of a year, in 万元: each year a little more than the one before."""
    level = seeded(f"{unit.code} fixed assets").randint(200, 600) * 100
    for other in range(2010, year + 1):
        level = level * (100 + seeded(f"{unit.code} {other} growth").randint(1, 9)) // 100
    return level


def _investment(unit: Unit, month: date) -> list[Row]:
    now, then = _level(unit, month.year), _level(unit, month.year - 1)
    rows = []
    for category, part in FAI_PARTS.items():
        level, base = (value * part // 100 * month.month for value in (now, then))
        growth = hundredths((level - base) * 10_000, base)
        rows.append(
            {
                "fai_category": category,
                "ytd_fai_wan": level,
                "last_year_ytd_fai_wan": base,
                "fai_growth_pct": growth,
            }
        )
    return rows


def _thing(industry: str, random: Random) -> str:
    thing: str = random.choice(vocabulary()["classes"][industry]["common"])
    return thing


def _pipeline(unit: Unit, month: date) -> list[Row]:
    words = vocabulary()
    rows = []
    for number in range(1, PIPELINE + 1):
        random = seeded(f"{unit.code} {month.year} pipeline {number}")
        industry = random.choice(list(words["orgs"]))
        rows.append(
            {
                "sequence_no": str(number),
                "project_name": f"{unit.name}{month.year}年拟建{_thing(industry, random)}{number}",
                "industry_class": industry,
                "total_investment_wan": random.randint(10, 600) * 100,
                "pipeline_stage": random.choice(["idea", "reserve", "preparation"]),
                "reserved_date": day(date(month.year - 1, 10, 8) + timedelta(days=random.randint(0, 100))),
                "planned_start_date": day(date(month.year + 1, 1, 1) + timedelta(days=random.randint(0, 360))),
                "responsible_org": random.choice(words["orgs"][industry]),
            }
        )
    return rows


def _promotion(unit: Unit, month: date) -> list[Row]:
    words = vocabulary()
    rows = []
    for number in range(1, PROMOTIONS + 1):
        random = seeded(f"{unit.code} {month.year} promotion {number}")
        industry = random.choice(["industry", "services", "agriculture"])
        agreed = random.randint(5, 80) * 1000
        before, this_year = agreed * random.randint(5, 20) // 100, agreed * 4 * month.month // 100
        rows.append(
            {
                "sequence_no": str(number),
                "project_name": f"{unit.name}{month.year}年招商{_thing(industry, random)}{number}",
                "investor_name": f"{random.choice(words['surnames'])}氏投资有限公司（虚构）",
                "industry_class": industry,
                "signed_date": day(date(month.year - 1, 5, 10) + timedelta(days=random.randint(0, 200))),
                "agreed_investment_wan": agreed,
                "ytd_in_place_wan": this_year,
                "in_place_wan": before + this_year,
                "in_place_rate_pct": rate(before + this_year, agreed),
                "is_started": True,
            }
        )
    return rows


def _issues(year: UnitYear, month: date) -> list[Row]:
    """Those raised in the month, and those of the month before, which are settled in it."""
    before = (month - timedelta(days=1)).replace(day=1)
    return [
        _issue(year, raised, number, month)
        for raised in ((before, month) if month.month > 1 else (month,))
        for number in range(1, NEW_ISSUES + 1)
    ]


def _issue(year: UnitYear, raised: date, number: int, month: date) -> Row:
    random = seeded(f"{year.unit.code} {raised} issue {number}")
    # One that is raised in December is settled at once: with the new year the list begins anew.
    settled = raised if raised.month == 12 else next_month(raised)
    is_closed = month >= settled
    project = random.choice(year.projects)
    issue_class = random.choice(list(vocabulary()["issues"]))
    return {
        "issue_no": f"{raised:%Y-%m}-{number:02d}",
        "project_name": project.name,
        "project_code": project.code,
        "issue_class": issue_class,
        "issue_text": random.choice(vocabulary()["issues"][issue_class]),
        "raised_date": day(raised.replace(day=random.randint(1, 9))),
        "responsible_org": project.org,
        "owner_name": project.leader,
        "due_date": day(settled.replace(day=28) + timedelta(days=20)),
        "escalation_level": "county",
        "is_closed": is_closed,
        "closed_date": day(settled.replace(day=random.randint(10, 25))) if is_closed else None,
        "result_text": random.choice(vocabulary()["issue_results"]) if is_closed else None,
    }


def _dispatch(year: UnitYear, month: date) -> list[Row]:
    """A visit of each leader to a project of their own."""
    random = seeded(f"{year.unit.code} {month} visits")
    rows = []
    for number, leader in enumerate(people(year.unit)[:PEOPLE], start=1):
        own = [one for one in year.projects if one.leader == leader]
        project = random.choice(own or year.projects)
        rows.append(
            {
                "sequence_no": str(number),
                "project_name": project.name,
                "project_code": project.code,
                "leader_name": leader,
                "leader_role": "县级包抓领导",
                "event_kind": "visit",
                "event_date": day(month.replace(day=random.randint(1, 28))),
                "problem_text": random.choice(vocabulary()["problems"]),
                "result_text": "明确责任单位和完成时限",
            }
        )
    return rows


def _targets(progress: Columns, promotion: list[Row]) -> list[Row]:
    figures = {
        "annual_completion": (sum(progress["annual_plan_wan"]), sum(progress["ytd_completed_wan"])),
        "promotion_in_place": (200_000, sum(row["ytd_in_place_wan"] for row in promotion)),
    }
    return [
        {
            "target_indicator": indicator,
            "quantity_unit": "wan_yuan",
            "target_quantity": target,
            "actual_quantity": actual,
            "achieved_rate_pct": rate(actual, target),
        }
        for indicator, (target, actual) in figures.items()
    ]
