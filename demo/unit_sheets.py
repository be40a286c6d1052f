"""The sheets with a unit's own figures, in stored values: funds, campaign, fixed assets, pipeline, promotion, goals."""

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import yaml

from demo.amounts import divide, grains, wan
from demo.chance import seeded
from demo.materials import MATERIALS_DIR, WAN_PER_YI, vocabulary
from demo.months import INVENTED, Row, month_end, rate
from taizhang.codelists import ReportingUnit

CAMPAIGN_REGION = "411400"
CLASSES = ("signed", "started", "production")
IN_REPORT = "数字见公开报告"
LAST_PERIOD = 7


@cache
def published() -> dict[str, list[dict[str, Any]]]:
    """The figures of `published_sheets.yml`, by sheet."""
    loaded: dict[str, list[dict[str, Any]]] = yaml.safe_load(
        (MATERIALS_DIR / "published_sheets.yml").read_text(encoding="utf-8")
    )
    return loaded


def _published(sheet: str, unit: ReportingUnit, month: date | None = None) -> dict[str, Any] | None:
    for entry in published()[sheet]:
        if entry["unit_code"] == unit.unit_code and month in (None, entry.get("report_month")):
            return entry
    return None


def _yi(amount: str) -> Decimal:
    return Decimal(amount) * WAN_PER_YI


def fund_rows(unit: ReportingUnit, month: date) -> list[Row]:
    """Applications of the year by channel and stage; no stage has more than the one before."""
    entry = _published("funds_and_bonds", unit, month)
    if entry is not None:
        return [
            _fund_row(
                month,
                row["channel"],
                row["stage"],
                row["count"],
                _yi(row["total_yi"]),
                _yi(row["demand_yi"]),
                IN_REPORT,
            )
            for row in entry["rows"]
        ]
    random = seeded(f"{unit.unit_code} {month.year} funds and bonds")
    rows = []
    for channel, most in (("special_bond", 60), ("central_budget", 40)):
        count, total = random.randint(20, most), Decimal(random.randint(20, 90)) * WAN_PER_YI
        demand = (total * random.randint(20, 45) / 100).quantize(Decimal(1))
        for stage in ("submitted", "provincial_review", "national_reply")[: month.month]:
            rows.append(_fund_row(month, channel, stage, count, total, demand, INVENTED))
            kept = Decimal(random.randint(50, 90)) / 100
            count = int(count * kept)
            total, demand = ((figure * kept).quantize(Decimal(1)) for figure in (total, demand))
    return rows


def _fund_row(month: date, channel: str, stage: str, count: int, total: Decimal, demand: Decimal, remark: str) -> Row:
    return {
        "fund_channel": channel,
        "cohort": f"{month.year}年",
        "funnel_stage": stage,
        "project_count": count,
        "total_investment_wan": total,
        "demand_wan": demand,
        "other_sources_wan": total - demand,
        "remark": remark,
    }


def batch_rows(unit: ReportingUnit, month: date) -> list[Row]:
    """The campaign's periods and classes, in the one province that runs it; all but the last have been converted."""
    if unit.parent_region_code != CAMPAIGN_REGION:
        return []
    entry = _published("batches", unit)
    random = seeded(f"{unit.unit_code} batches")
    if entry is not None:
        counts = {period: list(numbers) for period, numbers in entry["counts"].items()}
        totals = [grains(Decimal(total)) for total in entry["totals_yi"]]
    else:
        counts = {
            str(p): [random.randint(1, 3), random.randint(3, 9), random.randint(2, 8)]
            for p in range(1, LAST_PERIOD + 1)
        }
        totals = [sum(counts[p][place] for p in counts) * random.randint(2, 8) * 10_000_000 for place in range(3)]
    shares = [divide(total, len(counts), random) for total in totals]
    remark = IN_REPORT + "，各期总投资为演示数据" if entry else INVENTED
    rows = [
        _batch_row(period, name, counts[period][place], wan(shares[place][line]), counts[period][place], remark)
        for line, period in enumerate(counts)
        for place, name in enumerate(CLASSES)
    ]
    if entry is not None:
        running = entry["running"]
        figures = zip(CLASSES, running["counts"], running["totals_yi"], (3, 0, 0), strict=True)
        rows += [
            _batch_row(running["period"], name, count, _yi(total), done, IN_REPORT)
            for name, count, total, done in figures
        ]
    return rows


def _batch_row(period: str, name: str, count: int, total: Decimal, converted: int, remark: str) -> Row:
    return {
        "batch_period": period,
        "batch_class": name,
        "project_count": count,
        "total_investment_wan": total,
        "converted_count": converted,
        "converted_investment_wan": total if converted == count else Decimal(0),
        "conversion_rate_pct": rate(Decimal(converted), Decimal(count), 1),
        "remark": remark,
    }


def investment_rows(unit: ReportingUnit, month: date) -> list[Row]:
    """Fixed-asset investment of the year in the unit; January is not published alone."""
    if month.month == 1:
        return []
    entry = _published("fixed_asset_investment", unit, month)
    random = seeded(f"{unit.unit_code} {month.year} fixed assets")
    growth = Decimal(entry["growth_pct"]) if entry else Decimal(random.randint(-60, 180)) / 10
    a_month = Decimal(random.randint(15_000, 60_000))
    ytd = _yi(entry["ytd_yi"]) if entry else a_month * month.month
    rows = []
    for category, part in (("total", 100), ("projects", 85), ("industry", 30), ("infrastructure", 25), ("private", 40)):
        level = (ytd * part / 100).quantize(Decimal("0.01"))
        base = (level / (1 + growth / 100)).quantize(Decimal("0.01"))
        remark = IN_REPORT if entry and category == "total" else INVENTED
        rows.append(
            {
                "fai_category": category,
                "ytd_fai_wan": level,
                "last_year_ytd_fai_wan": base,
                "fai_growth_pct": growth,
                "remark": remark,
            }
        )
    return rows


def pipeline_rows(unit: ReportingUnit, month: date) -> list[Row]:
    """Projects that are planned or held in reserve; more of them each month."""
    random = seeded(f"{unit.unit_code} {month.year} pipeline")
    end = month_end(month)
    words = vocabulary()
    rows: list[Row] = []
    for number in range(1, 25):
        industry = random.choice(list(words["classes"]))
        thing = random.choice(words["classes"][industry]["common"])
        place = words["places"][number % len(words["places"])]
        entered = date(month.year - 1, 10, 8) + timedelta(days=random.randint(0, 170))
        planned = date(month.year, 12, 1) + timedelta(days=random.randint(0, 360))
        stage = random.choice(["idea", "reserve", "preparation"])
        total = Decimal(random.randint(1_000, 60_000))
        org = random.choice(words["orgs"][industry])
        if entered <= end:
            rows.append(
                {
                    "sequence_no": str(len(rows) + 1),
                    "project_name": f"{unit.unit_name}{place}拟建{thing}{number}",
                    "industry_class": industry,
                    "total_investment_wan": total,
                    "pipeline_stage": stage,
                    "reserved_date": entered,
                    "planned_start_date": planned,
                    "responsible_org": org,
                    "remark": INVENTED,
                }
            )
    return rows


def promotion_rows(unit: ReportingUnit, month: date) -> list[Row]:
    """Projects signed with investors since last year; what is in place grows from month to month."""
    random = seeded(f"{unit.unit_code} {month.year} promotion")
    end = month_end(month)
    words = vocabulary()
    rows: list[Row] = []
    for number in range(1, 9):
        signed = date(month.year - 1, 5, 10) + timedelta(days=random.randint(0, 320))
        industry = random.choice(["industry", "services", "agriculture"])
        thing = random.choice(words["classes"][industry]["common"])
        agreed = Decimal(random.randint(5, 80)) * 1_000
        before = (agreed * random.randint(0, 20) / 100).quantize(Decimal(1)) if signed.year < month.year else Decimal(0)
        a_month = (agreed * random.randint(2, 6) / 100).quantize(Decimal(1))
        this_year = a_month * max(0, month.month - (signed.month - 1 if signed.year == month.year else 0))
        investor = f"{random.choice(words['surnames'])}氏投资有限公司（虚构）"
        if signed > end:
            continue
        rows.append(
            {
                "sequence_no": str(len(rows) + 1),
                "project_name": f"{unit.unit_name}招商{thing}{number}",
                "investor_name": investor,
                "industry_class": industry,
                "signed_date": signed,
                "agreed_investment_wan": agreed,
                "ytd_in_place_wan": this_year,
                "in_place_wan": before + this_year,
                "in_place_rate_pct": rate(before + this_year, agreed, 2),
                "is_started": before + this_year > 0,
                "remark": INVENTED,
            }
        )
    return rows


def target_rows(unit: ReportingUnit, month: date) -> list[Row]:
    """The year's targets of the unit, with what it says it has reached."""
    random = seeded(f"{unit.unit_code} {month.year} targets")
    pipeline = pipeline_rows(unit, month)
    new = [row for row in pipeline if row["reserved_date"].year == month.year]
    reached = {
        "new_pipeline_count": Decimal(len(new)),
        "new_pipeline_investment": sum((row["total_investment_wan"] for row in new), Decimal(0)),
        "promotion_in_place": sum((row["ytd_in_place_wan"] for row in promotion_rows(unit, month)), Decimal(0)),
    }
    targets = {
        "new_pipeline_count": Decimal(100),
        "new_pipeline_investment": Decimal(random.randint(40, 90)) * WAN_PER_YI,
        "promotion_in_place": Decimal(random.randint(10, 30)) * WAN_PER_YI,
    }
    return [
        {
            "target_indicator": indicator,
            "quantity_unit": "item" if indicator == "new_pipeline_count" else "wan_yuan",
            "target_quantity": targets[indicator],
            "actual_quantity": actual,
            "achieved_rate_pct": rate(actual, targets[indicator], 2),
            "remark": INVENTED,
        }
        for indicator, actual in reached.items()
    ]
