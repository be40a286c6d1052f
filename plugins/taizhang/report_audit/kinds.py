"""What the kinds of relations are called: those between a report's figures, and that of figures and marts."""

from taizhang.report_audit.relation_kinds import kind_of
from taizhang.report_audit.wording import load


def kind_label(kind: str) -> str:
    """Return the Chinese name of a kind; KeyError for one that neither `relations.yml` nor `marts.yml` has."""
    of_marts = load("marts.yml")["kinds"]
    return str(of_marts[kind]["label"]) if kind in of_marts else kind_of(kind).label
