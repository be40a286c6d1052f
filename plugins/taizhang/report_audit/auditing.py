"""The audit of one report's text: figures first, then what they say of each other."""

from datetime import date

from taizhang.report_audit.figures import find_figures
from taizhang.report_audit.model import Audit
from taizhang.report_audit.relations import find_relations


def audit(name: str, text: str, *, month: date | None = None) -> Audit:
    """Find the figures of a report and judge the relations between them.

    `name` is what the report is called; `month` any day of the month that it reports on, where the caller knows that.
    """
    findings = find_figures(text, month=month)
    return Audit(name, text, findings.figures, find_relations(text, findings, month=month))
