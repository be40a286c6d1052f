"""Regions that a report names: its own from the title, others where a clause begins with one, codes where known."""

import re
from collections import defaultdict
from functools import cache

from taizhang.codelists import seed_rows
from taizhang.report_audit.wording import load

_SUFFIX = "自治区|自治州|自治县|特别行政区|经开区|高新区|开发区|新区|片区|省|市|州|盟|地区|区|县|旗|镇|乡|街道"
_TITLE = re.compile(
    rf"(?:^|关于|中共|附[:件]?\d*:?|\s)(?P<name>[一-鿿]{{1,10}}?(?:{_SUFFIX}))(?![级列委直])"
    r"(?:[一-鿿]{1,6}?(?:县|区|市)(?![级列委直域]))?"
)
_NOT_OWN = re.compile("|".join(f"(?:{pattern})" for pattern in load("regions.yml")["no_regions"]))
_CLAUSE = re.compile(
    r"(?:^|[,，、;。:])(?:其中,?:?)?(?P<name>[一-鿿]{1,6}?(?:自治县|经开区|高新区|开发区|新区|市|州|区|县|旗|镇|乡|街道))"
    r"(?![级列委直政府发财统人辖域情内外长里场])(?=[一-鿿]{0,12}(?:\d|完成|总投资|项目|共|列入|实施|开工|安排|达))"
)


@cache
def _codes() -> dict[str, str | None]:
    """Codes by name; None for a name that several regions have or had at the same time."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in seed_rows("region"):
        if not row["valid_to"]:
            found[row["region_name"]].add(row["region_code"])
    return {name: codes.pop() if len(codes) == 1 else None for name, codes in found.items()}


def region_code(name: str | None) -> str | None:
    """The code of the only region of that name today; None when it is not known or not the only one."""
    return _codes().get(name) if name else None


def own_region(titles: str) -> str | None:
    """The region that a title names first; None when it names none."""
    for found in _TITLE.finditer(titles):
        if not _NOT_OWN.search(found["name"]):
            return found["name"]
    return None


def region_at(text: str, start: int, end: int) -> str | None:
    """The region with which a clause between two places of a text begins; the last where there are several."""
    named = [found["name"] for found in _CLAUSE.finditer(text, start, end)]
    named = [name for name in named if not _NOT_OWN.search(name)]
    return named[-1] if named else None
