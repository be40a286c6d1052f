"""People who decide, and months that are closed, for tests of what waits for people."""

from datetime import date
from typing import Any

from sqlalchemy import Engine, text

from taizhang.closing import chain
from taizhang.closing.people import Approvals
from taizhang.warehouse.closing_tables import month_close

# 定西市's 李红 and 张敏, 甘肃省's 王军: above 陇西县 all three. 赵强 has his office in another city.
LI, ZHANG, WANG, ZHAO = "lihong", "zhangmin", "wangjun", "zhaoqiang"
_PEOPLE = [
    {"id": LI, "name": "李红", "region": "621100"},
    {"id": ZHANG, "name": "张敏", "region": "621100"},
    {"id": WANG, "name": "王军", "region": "620000"},
    {"id": ZHAO, "name": "赵强", "region": "411400"},
]


def people(*, reviewed: str | None = None) -> Approvals:
    """The people, of whom 王军 closes months; those of a region review what its units send."""
    reviews = [] if reviewed is None else [{"region": reviewed, "reviewers": [LI]}]
    asked: dict[str, Any] = {"people": _PEOPLE, "closing": {"approvers": [WANG]}, "reviews": reviews}
    return Approvals.model_validate(asked)


def close(engine: Engine, month: date) -> None:
    """Close a month with a publication that shows nothing."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "insert into ops.publication (publication_id, state, code_version, catalogue_version, certificate)"
                " values (1, 'published', 'v', 'v', '{}') on conflict do nothing"
            )
        )
        chain.hold(connection)
        values = {"report_month": month, "state": "closed", "publication_id": 1, "actor": WANG, "reason": "批准"}
        chain.append(connection, month_close, values, {})
