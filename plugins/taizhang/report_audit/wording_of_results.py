"""How people are told of verdicts, kinds of relations, intervals, quotes and mends: the same everywhere."""

import re

from taizhang.decimals import plain
from taizhang.report_audit.audited import AuditedReport
from taizhang.report_audit.model import Audit, Interval, Relation, Span, Verdict
from taizhang.report_audit.wording import load

SHOWN_FILE = "shown.yml"
SEPARATOR = "，"
# Characters of a clause that are quoted on each side of a figure.
LONGEST_BESIDE = 30
# A comma between digits is one of a number.
_CLAUSE_END = re.compile(r"[，。；;：！？\n]|,(?!\d)")


def verdicts() -> tuple[Verdict, ...]:
    """All verdicts, the gravest first."""
    return tuple(map(Verdict, load(SHOWN_FILE)["verdicts"]))


def verdict_label(verdict: Verdict | None) -> str:
    """What a verdict is called; None stands for a figure in no relation."""
    return str(_entry(verdict)["label"])


def verdict_meaning(verdict: Verdict | None) -> str:
    """What a verdict says to the reader."""
    return str(_entry(verdict)["meaning"])


def _entry(verdict: Verdict | None) -> dict[str, str]:
    found: dict[str, str] = load(SHOWN_FILE)["none"] if verdict is None else load(SHOWN_FILE)["verdicts"][verdict.value]
    return found


def counts_text(report: AuditedReport) -> str:
    """How many figures and relations there are, by verdict; contradictions also where there are none."""
    counted = [
        f"{verdict_label(verdict)} {report.count(verdict)}"
        for verdict in verdicts()
        if report.count(verdict) or verdict is Verdict.CONTRADICTION
    ]
    found = report.audit
    return SEPARATOR.join([f"数字 {len(found.figures)} 处", f"关系 {len(found.relations)} 个", *counted])


def interval_text(interval: Interval | None) -> str:
    """Write an interval as mathematicians do, a single value as itself; nothing for none."""
    if interval is None:
        return ""
    if interval.low == interval.high:
        return plain(interval.low)
    low = f"[{plain(interval.low)}" if interval.low.is_finite() else "(-∞"
    if not interval.high.is_finite():
        return f"{low}, +∞)"
    return f"{low}, {plain(interval.high)}{']' if interval.has_high else ')'}"


def bounds_texts(audit: Audit, relation: Relation) -> tuple[str, str]:
    """What the report says and what the other figures give, with the unit where a figure tells it; "" for nothing."""
    own = [figure for figure in audit.figures if figure.id in relation.figure_ids]
    unit = next((figure.unit for figure in own if figure.interval == relation.stated), "")
    texts = (interval_text(relation.stated), interval_text(relation.computed))
    return f"{texts[0]}{unit}" if texts[0] else "", f"{texts[1]}{unit}" if texts[1] else ""


def quotes_of(audit: Audit, relation: Relation) -> list[str]:
    """The clauses of the report that hold what a relation rests on, as printed, each once."""
    places = {figure.id: figure.span for figure in audit.figures}
    spans = relation.quotes or [places[figure_id] for figure_id in relation.figure_ids]
    return list(dict.fromkeys(_clause_around(audit.text, span) for span in spans))


def _clause_around(text: str, span: Span) -> str:
    """A place with the words around it, as far as the clause goes, but no endless ones."""
    before = _CLAUSE_END.split(text[max(0, span.start - LONGEST_BESIDE) : span.start])[-1]
    after = _CLAUSE_END.split(text[span.end : span.end + LONGEST_BESIDE])[0]
    # Of a table the row is quoted, which says what the figure is of.
    return " ".join((before + text[span.start : span.end] + after).split())


def mend_text(audit: Audit, relation: Relation) -> str:
    """Which figure would have to be printed otherwise; nothing where no single one would mend it."""
    if relation.mend is None:
        return ""
    (printed,) = (figure.text for figure in audit.figures if figure.id == relation.mend.figure_id)
    return f"若把“{printed}”改为“{relation.mend.printed}”，即可对上；改哪一处，请以底稿为准"
