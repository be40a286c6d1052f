"""The control totals as readers of a publication see them, whichever publication came after it."""

from decimal import Decimal

from sqlalchemy import Connection, text

from taizhang.dictionary import ColumnType
from taizhang.dictionary.mart import measures

_MEASURES = measures("agg_region_month", ColumnType.COUNT, ColumnType.AMOUNT)


def published_totals(connection: Connection, publication_id: int) -> dict[tuple[str, str], dict[str, str | None]]:
    """Return the nation's figures of a publication as text, by month (`2024-03`) and list, then by measure."""
    rows = connection.execute(
        text(
            f"select to_char(report_month, 'YYYY-MM') as month, list_code, {', '.join(_MEASURES)}"  # noqa: S608
            " from history.agg_region_month where region_level = 'nation' and published_from <= :publication_id"
            " and (published_to is null or published_to > :publication_id)"
        ),
        {"publication_id": publication_id},
    )
    return {
        (row["month"], row["list_code"]): {name: _as_text(row[name]) for name in _MEASURES} for row in rows.mappings()
    }


def _as_text(value: Decimal | int | None) -> str | None:
    return None if value is None else f"{Decimal(value):f}"
