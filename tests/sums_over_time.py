"""Finds sums over time in SQL: a sum of a measure in a select that does not keep the months apart."""

from collections.abc import Iterator

from sqlfluff.core import FluffConfig, Linter
from sqlfluff.core.parser import BaseSegment

_LINTER = Linter(config=FluffConfig(overrides={"dialect": "postgres"}))


def sums_over_time(sql: str, measures: set[str], months: set[str]) -> list[str]:
    """Return the measures that a select adds up without a month in its groups, or in the partition of its window.

    Columns are known by their names. AssertionError when the SQL cannot be parsed.
    """
    tree = _LINTER.parse_string(sql).tree
    assert tree is not None
    assert not list(tree.recursive_crawl("unparsable"))
    return [
        name
        for select in tree.recursive_crawl("select_statement")
        for call in _own(select, "function")
        if _is_sum(call)
        for name in sorted(_columns(call) & measures)
        if not months & (_columns(*_own(select, "groupby_clause")) | _columns(*call.recursive_crawl("over_clause")))
    ]


def _own(select: BaseSegment, kind: str) -> Iterator[BaseSegment]:
    """The segments of a kind that belong to the select itself and not to one inside it."""
    return select.recursive_crawl(kind, no_recursive_seg_type="select_statement")


def _is_sum(call: BaseSegment) -> bool:
    (name,) = (segment for segment in call.segments if segment.is_type("function_name"))
    return name.raw.lower() == "sum"


def _columns(*segments: BaseSegment) -> set[str]:
    return {
        reference.raw.rpartition(".")[2].strip('"')
        for segment in segments
        for reference in segment.recursive_crawl("column_reference")
    }
