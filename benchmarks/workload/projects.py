"""The projects of a unit: what stays the same over a year, and the figures of each month, as columns of stored values.

A project lives five years: so many begin and end each year, and each year's plan is a part of the total. Amounts are
whole 万元 and follow from the month alone, so that every month continues the one before it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from random import Random
from typing import Any

from benchmarks.workload.units import Unit
from demo.chance import seeded
from demo.materials import vocabulary
from taizhang.codelists import schedule_curve
from taizhang.warehouse.partitions import next_month

Columns = dict[str, list[Any]]
Days = tuple[date, date]

LIFE = 5
# Per cent of the total that is planned for each year of a project's life.
PLANS = (25, 25, 20, 15, 15)
LATE_EVERY, SLOW_EVERY = 50, 40
LATE_START = 5
PEOPLE = 10
LISTS = (
    ["city_listed"],
    ["city_listed", "city_key"],
    ["city_listed", "province_key"],
    ["city_listed", "first_batch"],
    ["city_listed", "province_key", "province_major"],
    [],
)
INDUSTRY_CODES = {
    "agriculture": "A01",
    "industry": "C39",
    "services": "F51",
    "infrastructure": "E48",
    "livelihood": "P83",
    "ecology": "N77",
}
# Per cent of the funds received by source.
SOURCES = {"central": 20, "provincial": 15, "local": 15, "bond": 20, "loan": 20, "own": 10}


def day(value: date) -> Days:
    """One day as the interval that the warehouse stores."""
    return value, value + timedelta(days=1)


def month_end(month: date) -> date:
    """Last day of a month."""
    return next_month(month) - timedelta(days=1)


def hundredths(numerator: int, denominator: int) -> Decimal:
    """The fraction numerator / (100 x denominator) of hundredths, half away from zero: 81.25 for 8125, 1."""
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return Decimal(-whole if numerator < 0 else whole).scaleb(-2)


def rate(part: int, whole: int) -> Decimal:
    """Percentage with two decimals, as printed."""
    return hundredths(part * 10_000, whole)


@dataclass(frozen=True)
class Project:
    """What stays the same over a project's life; amounts in 万元, `done` by the end of each of its years."""

    name: str
    code: str
    born: int
    place: str
    industry_class: str
    thing: str
    nature: str
    lists: list[str]
    total: int
    plans: tuple[int, ...]
    done: tuple[int, ...]
    slot: int
    approval: date
    start: date
    production: date
    org: str
    leader: str

    def ytd(self, month: date) -> int:
        """Completed from January to the end of a month of its life; a year's plan is worked off almost evenly."""
        age = month.year - self.born
        first = self.start.month - 1 if age == 0 else 0
        passed, all_months = month.month - first, 12 - first
        if passed <= 0:
            return 0
        uneven = (self.slot * 37 + month.month * 13) % 31 - 15 if passed < all_months else 0
        share = 100 * passed + uneven
        return self.done[age] * share // (100 * all_months)


@lru_cache(maxsize=64)
def people(unit: Unit) -> list[str]:
    """The names of a unit's leaders, and of three more who sign."""
    words = vocabulary()
    names = [surname + given for surname in words["surnames"] for given in words["given_names"]]
    return seeded(f"{unit.code} people").sample(names, PEOPLE + 3)


def project_of(unit: Unit, slot: int, year: int) -> Project:
    """The project that holds a unit's place `slot` in a year."""
    born = year - (year + slot) % LIFE
    random = seeded(f"{unit.code} {slot} {born}")
    words = vocabulary()
    industry_class = random.choice(list(INDUSTRY_CODES))
    thing, place = random.choice(words["classes"][industry_class]["common"]), random.choice(words["places"])
    total = random.randint(30, 900) * 100
    plans = tuple(total * part // 100 for part in PLANS)
    pace = random.randint(550, 650) if slot % SLOW_EVERY == 7 else random.randint(930, 1000)
    approval = date(born - 1, 10, 1) + timedelta(days=random.randint(0, 60))
    start = date(born, LATE_START if slot % LATE_EVERY == 11 else 1, 5 + random.randint(0, 20))
    return Project(
        name=f"{unit.name}{place}{thing}（{born}年第{slot + 1}号）",
        code=f"{approval:%y%m}-{unit.region_code}-04-01-{(born * 7919 + slot * 131) % 1_000_000:06d}",
        born=born,
        place=place,
        industry_class=industry_class,
        thing=thing,
        nature="extension" if slot % 9 == 4 else "new",
        lists=LISTS[slot % len(LISTS)],
        total=total,
        plans=plans,
        done=tuple(plan * pace // 1000 for plan in plans),
        slot=slot,
        approval=approval,
        start=start,
        production=date(born + LIFE - 1, 11, 20),
        org=random.choice(words["orgs"][industry_class]),
        leader=people(unit)[slot % PEOPLE],
    )


class UnitYear:
    """A unit's projects in a year; the columns that stay the same are made once and shared by its months."""

    def __init__(self, unit: Unit, year: int) -> None:
        self.unit = unit
        self.year = year
        self.projects = [project_of(unit, slot, year) for slot in range(unit.projects)]

    @cached_property
    def _same(self) -> Columns:
        projects = self.projects
        return {
            "sequence_no": [str(number) for number in range(1, len(projects) + 1)],
            "project_name": [one.name for one in projects],
            "project_code": [one.code for one in projects],
            "project_location": [one.place for one in projects],
            "project_lists": [one.lists or None for one in projects],
            "industry_class": [one.industry_class for one in projects],
            "construction_nature": [one.nature for one in projects],
            "construction_content": [f"建设{one.thing}及配套设施" for one in projects],
            "construction_years": [f"{one.born}-{one.born + LIFE - 1}" for one in projects],
            "total_investment_wan": [one.total for one in projects],
            "completed_before_year_wan": [sum(one.done[: self.year - one.born]) for one in projects],
            "annual_plan_wan": [one.plans[self.year - one.born] for one in projects],
            "approval_date": [day(one.approval) for one in projects],
            "contract_date": [day(one.approval + timedelta(days=10)) for one in projects],
            "responsible_org": [one.org for one in projects],
            "lead_official": [one.leader for one in projects],
            "industry_code": [INDUSTRY_CODES[one.industry_class] for one in projects],
            "planned_start_date": [day(one.start) for one in projects],
        }

    def progress(self, month: date) -> Columns:
        """The sheet 项目进展 of one of the year's months."""
        columns = dict(self._same)
        plans, totals = columns["annual_plan_wan"], columns["total_investment_wan"]
        before_month = [0] * len(plans) if month.month == 1 else self._ytd(month.replace(month=month.month - 1))
        ytd = self._ytd(month)
        since = [before + done for before, done in zip(columns["completed_before_year_wan"], ytd, strict=True)]
        received = [min(total, done * 110 // 100) for total, done in zip(totals, since, strict=True)]
        due = schedule_curve()[month.month]
        elapsed, whole = int(due.elapsed), int(due.whole)
        columns |= {
            "month_completed_wan": [done - before for done, before in zip(ytd, before_month, strict=True)],
            "ytd_completed_wan": ytd,
            "completion_rate_pct": [rate(done, plan) for done, plan in zip(ytd, plans, strict=True)],
            "schedule_gap_pp": [
                hundredths((done * whole - elapsed * plan) * 10_000, plan * whole)
                for done, plan in zip(ytd, plans, strict=True)
            ],
            "since_start_wan": since,
            "funds_received_wan": received,
            "funds_received_rate_pct": [rate(got, total) for got, total in zip(received, totals, strict=True)],
            "funds_paid_wan": [min(got, done * 97 // 100) for got, done in zip(received, since, strict=True)],
        }
        return columns | _sources(received) | self._state(month)

    def _ytd(self, month: date) -> list[int]:
        return [one.ytd(month) for one in self.projects]

    def _state(self, month: date) -> Columns:
        """How far each project has come by the end of the month, as codes, dates and words."""
        end = month_end(month)
        started = [one.start <= end for one in self.projects]
        ended = [one.production <= end for one in self.projects]
        entered = [one.start + timedelta(days=20) for one in self.projects]
        stages = [
            "production" if done else "started" if begun else "planned"
            for begun, done in zip(started, ended, strict=True)
        ]
        statuses = {"production": "in_production", "started": "under_construction", "planned": "preparation"}
        words = vocabulary()
        random = seeded(f"{self.unit.code} {month} words")
        return {
            "is_started": started,
            "is_in_statistics": [moment <= end for moment in entered],
            "start_date": [day(one.start) if one.start <= end else None for one in self.projects],
            "production_date": [
                day(one.production) if done else None for one, done in zip(self.projects, ended, strict=True)
            ],
            "physical_progress": [random.choice(words["progress"][stage]) for stage in stages],
            "problems": [_problem(random) for _ in stages],
            "project_status": [statuses[stage] for stage in stages],
            "statistics_entry_date": [day(moment) if moment <= end else None for moment in entered],
        }


def _problem(random: Random) -> str | None:
    return random.choice(vocabulary()["problems"]) if random.random() < 0.1 else None


def _sources(received: list[int]) -> Columns:
    """Funds received by source; what rounding leaves is the enterprise's own."""
    parts = {source: [amount * share // 100 for amount in received] for source, share in SOURCES.items()}
    parts["own"] = [
        amount - sum(parts[source][place] for source in SOURCES if source != "own")
        for place, amount in enumerate(received)
    ]
    return {f"funds_{source}_wan": amounts for source, amounts in parts.items()}
