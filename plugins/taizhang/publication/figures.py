"""Reading published figures, as the command line and tests do; BI tools read the same views."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, text

from taizhang.codelists import code_list
from taizhang.dictionary.mart import load_marts
from taizhang.errors import TaizhangError

ALL_PROJECTS = "all"
_MONTH = re.compile(r"(\d{4})-(\d{2})(?:-01)?")


class FiguresError(TaizhangError, LookupError):
    """What was asked for does not exist."""


class NothingPublishedError(FiguresError):
    """There is no publication yet."""


class UnknownPublicationError(FiguresError):
    """There is no published publication of this number."""


class UnknownRegionError(FiguresError):
    """The publication does not know the region."""


class UnknownMonthError(FiguresError):
    """That is no month, or none of which the publication has figures."""


class UnknownListError(FiguresError):
    """There is no project list of this name or code."""


def figures(
    engine: Engine, region: str, month: date | str, list_code: str | None = None, publication: int | None = None
) -> list[dict[str, Any]]:
    """Return the rows of `agg_region_month` for a region and month, `all` first; empty when no unit of it reported.

    `month` is a date or `2024-03`; `list_code` a list's code, Chinese name or alias (None: all lists); `publication` a
    number (None: the current one). Amounts are exact decimals in 万元. Raises a FiguresError for what does not exist.
    """
    first_day = month_of(month)
    wanted_list = list_code_of(list_code)
    with engine.begin() as connection:
        show_publication(connection, publication)
        require_region(connection, region)
        require_month(connection, first_day)
        columns = ", ".join(column.name for column in load_marts()["agg_region_month"].columns)
        rows = connection.execute(
            text(
                f"select {columns} from marts.agg_region_month "  # noqa: S608
                "where report_month = :month and region_code = :region "
                "and (cast(:list_code as text) is null or list_code = :list_code) "
                "order by list_code <> 'all', list_code"
            ),
            {"month": first_day, "region": region, "list_code": wanted_list},
        )
        return [{name: _plain(value) for name, value in row.items()} for row in rows.mappings()]


def publications(engine: Engine) -> list[dict[str, Any]]:
    """Return every publication, the newest first, with its state, its scope and whether readers see it now."""
    statement = text(
        """
        select
            publication.publication_id,
            publication.state,
            coalesce(publication.publication_id = current_publication.publication_id, false) as is_current,
            publication.opened_at,
            publication.published_at,
            count(scope.unit_code) as scope_count,
            count(distinct scope.unit_code) as unit_count,
            min(scope.report_month) as first_month,
            max(scope.report_month) as last_month,
            publication.code_version,
            publication.catalogue_version,
            publication.certificate_sha256,
            publication.failure
        from ops.publication as publication
        left join ops.current_publication as current_publication on true
        left join ops.publication_scope as scope on publication.publication_id = scope.publication_id
        group by publication.publication_id, current_publication.publication_id
        order by publication.publication_id desc
        """
    )
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(statement).mappings()]


def month_of(month: date | str) -> date:
    """Return the first day of a month given as a date or as `2024-03`; UnknownMonthError for anything else."""
    if isinstance(month, date):
        return month.replace(day=1)
    found = _MONTH.fullmatch(month.strip())
    if found is None or not 1 <= int(found[2]) <= 12 or int(found[1]) == 0:
        raise UnknownMonthError(f"{month} is no month; write it as 2024-03")
    return date(int(found[1]), int(found[2]), 1)


def list_code_of(text_of_list: str | None) -> str | None:
    """Return the code of a list given by code, name or alias, `all` and None as they are; UnknownListError."""
    if text_of_list is None or text_of_list.strip() == ALL_PROJECTS:
        return text_of_list and ALL_PROJECTS
    lists = code_list("project_list")
    code = lists.code_of(text_of_list)
    if code is None:
        raise UnknownListError(f"unknown project list {text_of_list}; there are {'、'.join(lists.labels)}")
    return code


def show_publication(connection: Connection, publication: int | None) -> None:
    """Let this transaction see the publication; the setting ends with it."""
    connection.execute(
        text("select set_config('taizhang.publication', :publication, true)"),
        {"publication": "" if publication is None else str(publication)},
    )
    if publication is None:
        if connection.scalar(text("select 1 from ops.current_publication")) is None:
            raise NothingPublishedError("nothing has been published yet")
        return
    found = connection.scalar(
        text("select 1 from ops.publication where publication_id = :publication and state = 'published'"),
        {"publication": publication},
    )
    if found is None:
        raise UnknownPublicationError(f"there is no published publication {publication}")


def require_region(connection: Connection, region: str) -> None:
    """Raise UnknownRegionError unless the publication that is shown knows the region."""
    unknown = UnknownRegionError(f"unknown region {region}; give its code, like 621122")
    _require(connection, "dim_region", "region_code", region, unknown)


def require_month(connection: Connection, month: date) -> None:
    """Raise UnknownMonthError unless the publication that is shown has figures of the month."""
    missing = UnknownMonthError(f"no figures are published for {month:%Y-%m}")
    _require(connection, "agg_region_month", "report_month", month, missing)


def _require(connection: Connection, view: str, column: str, value: object, missing: FiguresError) -> None:
    """Raise the error unless some row of a reader's view has the value."""
    statement = text(f"select 1 from marts.{view} where {column} = :value limit 1")  # noqa: S608
    if connection.scalar(statement, {"value": value}) is None:
        raise missing


def _plain(value: object) -> object:
    """A decimal without the zeros that its type pads it with; anything else as it is."""
    if not isinstance(value, Decimal):
        return value
    whole = value.to_integral_value()
    return whole if value == whole else value.normalize()
