"""What a Citus cluster cannot do, as patterns of SQL: each was measured to fail there and to work on PostgreSQL.

A pattern finds what is written, not what the planner makes of it: joins of two spread tables on other columns than the
distribution column fail too and are not found here.
"""

import re
from collections.abc import Callable, Iterator

Finder = Callable[[str], bool]


def findings(sql: str) -> Iterator[str]:
    """Yield the name of each rule that the statement breaks."""
    plain = _without_texts(sql)
    for name, breaks in RULES.items():
        if breaks(plain):
            yield name


def _written(pattern: str) -> Finder:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda sql: compiled.search(sql) is not None


def _lateral_with_limit(sql: str) -> bool:
    return any(re.search(r"\blimit\b", inner, re.IGNORECASE) for inner in _bracketed(sql, r"\blateral\s*\("))


def _subquery_of_other_units(sql: str) -> bool:
    """Whether a row asks for the existence of rows that need not be of its own unit."""
    same_unit = re.compile(r"\bunit_code\s*=\s*\w+\.unit_code\b", re.IGNORECASE)
    return any(not same_unit.search(inner) for inner in _bracketed(sql, r"\bexists\s*\("))


def _bracketed(sql: str, opening: str) -> Iterator[str]:
    """What stands in the brackets that the pattern opens."""
    for found in re.finditer(opening, sql, re.IGNORECASE):
        depth, end = 1, found.end()
        while depth and end < len(sql):
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            end += 1
        yield sql[found.end() : end - 1]


def _without_texts(sql: str) -> str:
    """The statement without comments and without what stands in quotes."""
    tokens = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
    return tokens.sub(lambda token: "''" if token[0].startswith("'") else " ", sql)


RULES: dict[str, Finder] = {
    "merge": _written(r"\bmerge\s+into\b"),
    "trigger": _written(r"\bcreate\s+(or\s+replace\s+)?(constraint\s+)?trigger\b"),
    "two_level_partition": _written(r"\bpartition\s+of\s+\S+\s[^;]*\bpartition\s+by\b"),
    "grouping_sets": _written(r"\b(grouping\s+sets|rollup|cube)\s*\("),
    "recursive": _written(r"\bwith\s+recursive\b"),
    "lateral_limit": _lateral_with_limit,
    "full_join": _written(r"\bfull\s+(outer\s+)?join\b"),
    "lock_rows": _written(r"\bfor\s+(no\s+key\s+)?update\b"),
    "exists_beyond_the_unit": _subquery_of_other_units,
    "owner_rights_view": _written(r"\bsecurity_barrier\b(?!.*\bsecurity_invoker\b)"),
    "row_level_security": _written(r"\bcreate\s+policy\b[^;]*\(\s*select\b"),
    "set_config": _written(r"\bset_config\s*\("),
}
