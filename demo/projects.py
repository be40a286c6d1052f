"""The projects of a demonstration unit: what does not change from month to month, and where they end up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle, islice
from random import Random

from demo.amounts import GRAINS_PER_YI, divide, grains, share, wan
from demo.chance import seeded
from demo.materials import Group, prefectures, published_portfolios, vocabulary
from taizhang.codelists import ReportingUnit

LARGEST_PLAN_SHARE = 0.85
FIRST_START = date(2021, 6, 10)
MIXED_STAGES = ("started", "planned", "started", "started", "production", "planned", "started", "signed")
APPROVED_STAGES = ("planned", "started", "production")
CONTRACTED_CLASSES = ("industry", "services", "agriculture")


@dataclass(frozen=True)
class Project:
    """One project; amounts in grains, `progress` is the share of the annual plan done by the last month."""

    name: str
    code: str | None
    location: str
    lists: tuple[str, ...]
    industry_class: str
    nature: str
    content: str
    years: str
    stage: str
    total: int
    before_year: int
    annual_plan: int
    progress: float
    approval: date | None
    contract: date | None
    start: date | None
    production: date | None
    org: str
    leader: str
    is_named: bool


def is_published(unit: ReportingUnit) -> bool:
    """True if a report publishes figures of the unit; all others are invented."""
    return unit.unit_code in published_portfolios()


def unit_projects(unit: ReportingUnit) -> list[Project]:
    """Make the projects of a unit, always the same ones; the sums of a published unit are the published figures."""
    random = seeded(f"{unit.unit_code} projects")
    months = prefectures()[unit.parent_region_code]["months"]
    groups = published_portfolios().get(unit.unit_code) or _invented_groups(unit, random)
    maker = _ProjectMaker(unit, months[0], months[-1], random)
    return [project for group in groups for project in maker.make(group)]


def _invented_groups(unit: ReportingUnit, random: Random) -> tuple[Group, ...]:
    """Between 30 and 120 projects over the prefecture's combinations of lists."""
    kinds = prefectures()[unit.parent_region_code]["groups"]
    classes = list(vocabulary()["classes"])
    groups = []
    for kind in kinds:
        count = random.randint(max(5, 32 // len(kinds)), 120 // len(kinds))
        total = divide(count * random.randint(6_000, 20_000) * 100, 1, random)[0]
        plan = int(total * random.uniform(0.25, 0.5)) // 1000 * 1000
        random.shuffle(classes)
        groups.append(Group(tuple(kind["lists"]), kind["stage"], count, _yi(total), _yi(plan), tuple(classes)))
    return tuple(groups)


def _yi(amount: int) -> Decimal:
    return wan(amount) / 10_000


class _ProjectMaker:
    """Makes the projects of one unit; knows the names and codes that are taken."""

    def __init__(self, unit: ReportingUnit, first_month: date, last_month: date, random: Random) -> None:
        self.unit = unit
        self.first_month = first_month
        self.last_month = last_month
        self.random = random
        self.words = vocabulary()
        self.people = people(unit, 12, "leaders")
        self.names = self._names()
        self.codes = iter(random.sample(range(100_000, 1_000_000), 600))

    def make(self, group: Group) -> list[Project]:
        """Make the projects of a group: their totals and plans add up to the group's."""
        totals = [grains(named.total_yi) for named in group.named]
        totals += divide(grains(group.total_yi) - sum(totals), group.count - len(totals), self.random)
        classes = [named.industry_class for named in group.named]
        classes += islice(cycle(group.classes), group.count - len(classes))
        weights = [total * self.random.uniform(0.6, 1.4) for total in totals]
        largest = [int(total * LARGEST_PLAN_SHARE) for total in totals]
        plans = share(grains(group.plan_yi), weights, largest, self.random)
        stages = [group.stage] * group.count if group.stage != "mixed" else [*islice(cycle(MIXED_STAGES), group.count)]
        named = [*group.named, *[None] * (group.count - len(group.named))]
        made = []
        for known, total, plan, industry_class, stage in zip(named, totals, plans, classes, stages, strict=True):
            place, name = (
                (self.random.choice(self.words["places"]), known.name) if known else next(self.names[industry_class])
            )
            content = known.content if known else self._content(name, total)
            made.append(
                self._project(name, place, content, group.lists, industry_class, stage, total, plan, known is not None)
            )
        return made

    def _names(self) -> dict[str, Iterator[tuple[str, str]]]:
        """Endless enough supplies of (place, name), by class of industry."""
        names = {}
        for industry_class, things in self.words["classes"].items():
            pool = [*things["common"], *things.get(self.unit.parent_region_code, [])]
            combinations = [
                (place, f"{self.unit.unit_name}{place}{thing}") for place in self.words["places"] for thing in pool
            ]
            self.random.shuffle(combinations)
            names[industry_class] = iter(combinations)
        return names

    def _content(self, name: str, total: int) -> str:
        size = max(1, total // GRAINS_PER_YI * 12 + self.random.randint(3, 40))
        measure = self.random.choice(["亩", "千平方米", "公里"])
        return f"{name.removeprefix(self.unit.unit_name)}主体及配套，建设规模{size}{measure}"

    def _project(
        self,
        name: str,
        location: str,
        content: str,
        lists: tuple[str, ...],
        industry_class: str,
        stage: str,
        total: int,
        plan: int,
        is_named: bool,
    ) -> Project:
        random = self.random
        before = self._before_year(stage, total, plan)
        start, production = self._stage_dates(stage, before > 0)
        approval = self._approval(stage, start)
        end_year = self.last_month.year + (0 if stage == "production" else random.randint(0, 2))
        first_year = start.year if start else self.last_month.year
        return Project(
            name=name,
            code=self._code(approval),
            location=location,
            lists=lists,
            industry_class=industry_class,
            nature=self._nature(stage, before),
            content=content,
            years=f"{first_year}-{max(end_year, first_year)}",
            stage=stage,
            total=total,
            before_year=before,
            annual_plan=plan,
            progress=random.uniform(0.6, 1.2) * self.last_month.month / 12,
            approval=approval,
            contract=self._contract(industry_class, stage, approval, start),
            start=start,
            production=production,
            org=self._org(industry_class),
            leader=random.choice(self.people),
            is_named=is_named,
        )

    def _before_year(self, stage: str, total: int, plan: int) -> int:
        """Investment up to the end of last year: none before the start, the rest of the total when in production."""
        if stage == "production":
            return total - plan
        if stage == "started" and self.random.random() < 0.6:
            return int((total - plan) * self.random.uniform(0.2, 0.9)) // 1000 * 1000
        return 0

    def _nature(self, stage: str, before: int) -> str:
        if stage == "signed":
            return "preparation"
        if before > 0:
            return "continued"
        return "extension" if self.random.random() < 0.15 else "new"

    def _stage_dates(self, stage: str, is_continued: bool) -> tuple[date | None, date | None]:
        """Days of start and production, both in or before the last month."""
        if stage not in ("started", "production"):
            return None, None
        year_end = date(self.last_month.year - 1, 12, 20)
        last_day = self.last_month + timedelta(days=24)
        if is_continued:
            start = self._day(FIRST_START, year_end)
        else:
            start = self._day(date(self.last_month.year, 1, 6), last_day)
        if stage == "started":
            return start, None
        return start, self._day(max(start + timedelta(days=40), self.first_month - timedelta(days=200)), last_day)

    def _approval(self, stage: str, start: date | None) -> date | None:
        if stage not in APPROVED_STAGES:
            return None
        if start is not None:
            # A project keeps its code over the three months, so it is approved before them.
            latest = self.first_month - timedelta(days=self.random.randint(1, 20))
            return min(start - timedelta(days=self.random.randint(15, 200)), latest)
        return self._day(date(self.last_month.year - 1, 3, 1), self.first_month - timedelta(days=3))

    def _contract(self, industry_class: str, stage: str, approval: date | None, start: date | None) -> date | None:
        """Day of the investment contract: not before the approval, not after the start."""
        if stage == "signed":
            return self._day(date(self.last_month.year - 1, 6, 1), self.first_month - timedelta(days=5))
        if industry_class not in CONTRACTED_CLASSES or approval is None or start is None:
            return None
        return self._day(approval, min(start, self.first_month))

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.random.randint(0, max(0, (last - first).days)))

    def _org(self, industry_class: str) -> str:
        org: str = self.random.choice(self.words["orgs"][industry_class])
        return org if self.unit.unit_name.endswith("县") else org.removeprefix("县")

    def _code(self, approval: date | None) -> str | None:
        """A code of the form of GB/T 40058-2021 for an approved project."""
        if approval is None:
            return None
        code = self.unit.unit_code
        region = code if code.isdecimal() else self.unit.parent_region_code
        department, kind = self.random.choice(["04", "89"]), self.random.choice(["01", "05"])
        return f"{approval:%y%m}-{region}-{department}-{kind}-{next(self.codes)}"


def people(unit: ReportingUnit, count: int, purpose: str) -> list[str]:
    """Names of `count` different people of a unit, always the same ones."""
    random = seeded(f"{unit.unit_code} {purpose}")
    words = vocabulary()
    names = [surname + given for surname in words["surnames"] for given in words["given_names"]]
    return random.sample(names, count)
