"""Dated steps of projects: 2024年3月12日开工建设, 2月取得施工许可证, 计划10月投产."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from taizhang.report_audit.blocks import Block, marker_end
from taizhang.report_audit.findings import Event
from taizhang.report_audit.model import Period
from taizhang.report_audit.periods import NamedPeriod
from taizhang.report_audit.subjects import subject_words
from taizhang.report_audit.wording import any_of, load

_DATED = frozenset({"day", "day_by_points", "month", "to_month", "month_only", "as_of_month", "quarter"})
_FARTHEST = 14
# How far back the words that announce a step, and the project's name, are looked for.
_NEAR, _FAR = 20, 400
_PROJECT = re.compile(r"(?P<name>[一-鿿A-Za-z0-9×·“”]{2,30}?(?:项目|工程))(?![一-鿿]{0,4}(?:项目|工程))")


@dataclass(frozen=True)
class _Step:
    event: str
    pattern: re.Pattern[str]


@cache
def _steps() -> tuple[tuple[_Step, ...], re.Pattern[str]]:
    read = load("subjects.yml")
    steps = tuple(_Step(entry["event"], re.compile(entry["pattern"])) for entry in read["events"])
    return steps, re.compile(any_of(read["planned"]))


def find_events(block: Block, periods: Sequence[NamedPeriod]) -> Iterator[Event]:
    """Find the dated steps of a block: a date, and behind it in its clause what happened then."""
    year: int | None = None
    for number, named in enumerate(periods):
        if named.form not in _DATED or named.period is None:
            continue
        period = _in_year(named, year, block.text)
        year = period.start.year
        following = periods[number + 1].start if number + 1 < len(periods) else len(block.text)
        clause = re.split(r"[,，。;、]", block.text[named.end : min(following, named.end + 30)])[0]
        before = re.split(r"[,，。;]", block.text[max(0, named.start - _NEAR) : named.start])[-1]
        yield from _of_clause(block, named, period, clause, before)


def _in_year(named: NamedPeriod, year: int | None, text: str) -> Period:
    """A month without a year is of the year said before it in its block."""
    assert named.period is not None
    said = re.match(r"\d{4}|[〇零一二三四五六七八九○]{4}", text[named.start : named.end])
    if said or year is None or year == named.period.start.year or named.form == "as_of_month":
        return named.period
    start, end = named.period.start, named.period.end
    shift = year - start.year
    return Period(start.replace(year=year), end.replace(year=end.year + shift), named.period.label)


def _of_clause(block: Block, named: NamedPeriod, period: Period, clause: str, before: str) -> Iterator[Event]:
    steps, planned = _steps()
    is_planned = bool(planned.search(before[-8:]) or planned.search(clause))
    taken: list[tuple[int, int]] = []
    for step in steps:
        found = step.pattern.search(clause)
        if found is None or found.start() > _FARTHEST or found[0] == "":
            continue
        if any(start <= found.start() < end for start, end in taken):
            continue
        taken.append(found.span())
        # 开工率 and 开工项目 are no steps.
        if re.match(r"率|项目|的项目|一批|仪式前|前|令", clause[found.end() :]):
            continue
        span = block.span(named.start, named.end + found.end())
        yield Event(step.event, _project(block, named.start), period, span, is_planned)


def _project(block: Block, end: int) -> str | None:
    """The project last named before a place in its block."""
    names = [found["name"] for found in _PROJECT.finditer(block.text, max(marker_end(block), end - _FAR), end)]
    generic = subject_words().generic
    names = [name for name in names if name not in generic and not re.search(r"^(?:主体|各|全部|个)", name)]
    return names[-1] if names else None
