"""What a recipient reads on a day: one digest, in plain text and in HTML, long lists cut and the whole list named."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from taizhang.codelists import reporting_units

HERE = Path(__file__).parent
SHOWN = (50, 20, 10, 5, 2, 1, 0)  # lines of a list, as many of these as fit
NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五")


@dataclass(frozen=True)
class Notice:
    """A row of `ops.notice`, as far as people read it."""

    kind: str
    unit_code: str | None
    report_month: date | None
    label: str
    since: date
    days: int
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Section:
    """The notices of one kind."""

    title: str
    count: int
    lines: tuple[str, ...]
    more: str | None
    advice: str


@dataclass(frozen=True)
class Digest:
    """What is sent: a title, and the same content twice."""

    title: str
    text: str
    html: str
    is_cut: bool


@cache
def words() -> dict[str, Any]:
    """What notices say, from `words.yml`."""
    loaded: dict[str, Any] = yaml.safe_load((HERE / "words.yml").read_text(encoding="utf-8"))
    return loaded


def kinds_of(topics: Iterable[str]) -> list[str]:
    """Return the kinds of notice that belong to some topics."""
    wanted = set(topics)
    return [kind for kind, said in words()["kinds"].items() if said["topic"] in wanted]


def compose(name: str, day: date, notices: Sequence[Notice], full_list: str | None, most_bytes: int) -> Digest:
    """Return the digest whose text has at most so many bytes with its title, its lists as long as that allows.

    `full_list` is where the whole list is, if it is written. ValueError when not even the counts fit.
    """
    for shown in SHOWN:
        digest = _digest(name, day, notices, full_list, shown)
        if len(f"{digest.title}\r\n{digest.text}".encode()) <= most_bytes:
            return digest
    raise ValueError(f"a digest has no room in {most_bytes} bytes")


def line_of(notice: Notice) -> str:
    """Return a notice as one line."""
    said: str = words()["kinds"][notice.kind]["line"]
    return " ".join(said.format(**_fields(notice)).split())


def unit_name(unit_code: str | None) -> str:
    """Return the name of a unit with its code; of none, the operators'."""
    if unit_code is None:
        return str(words()["operators"])
    unit = reporting_units().units.get(unit_code)
    return f"{unit.unit_name}（{unit_code}）" if unit else unit_code


def month_name(month: date | None) -> str:
    """Return a report month as people write it; nothing for none."""
    return "" if month is None else f"{month.year}年{month.month}月"


def _fields(notice: Notice) -> dict[str, Any]:
    detail, said = notice.detail, words()
    found = detail.get("feedback") or detail.get("reason") or "未能生成反馈文件，请与上级联系"
    return {
        "label": notice.label,
        "unit": unit_name(notice.unit_code),
        "month": month_name(notice.report_month),
        "since": notice.since,
        "days": notice.days,
        "left": "今天到期" if notice.days == 0 else f"还有 {-notice.days} 天",
        "standing": said["standing"].get(detail.get("standing"), ""),
        "answer": f"反馈文件：{found}" if "feedback" in detail else f"原因：{found}",
        "before": said["lights"].get(detail.get("before"), ""),
        "measured": detail.get("measured", ""),
        "measured_unit": detail.get("unit", ""),
        "unit_months": detail.get("unit_months", ""),
    }


def _digest(name: str, day: date, notices: Sequence[Notice], full_list: str | None, shown: int) -> Digest:
    values = {"name": name, "day": day, "count": len(notices)}
    sections = _sections(notices, full_list, shown)
    page = {
        "title": words()["title"].format(**values),
        "greeting": words()["greeting"].format(**values),
        "sections": list(zip(NUMERALS[: len(sections)], sections, strict=True)),
        "closing": words()["closing"],
        "advice": words()["advice"],
    }
    is_cut = any(section.more for section in sections)
    return Digest(page["title"], _rendered("digest.txt.j2", page), _rendered("digest.html.j2", page), is_cut)


def _sections(notices: Sequence[Notice], full_list: str | None, shown: int) -> list[Section]:
    sections = []
    for kind, said in words()["kinds"].items():
        mine = [notice for notice in notices if notice.kind == kind]
        if mine:
            lines = tuple(line_of(notice) for notice in mine[:shown])
            more = _more(len(mine) - len(lines), len(notices), full_list)
            sections.append(Section(said["title"], len(mine), lines, more, said["advice"]))
    return sections


def _more(more: int, count: int, full_list: str | None) -> str | None:
    if not more:
        return None
    said: str = words()["more"] if full_list else words()["more_unwritten"]
    return said.format(more=more, count=count, file=full_list)


def _rendered(template: str, page: Mapping[str, Any]) -> str:
    return _environment().get_template(template).render(page).strip() + "\n"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
