"""What the reports publish beside the lists, as the demonstration's workbooks carry it, against what the marts say."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, text

from demo.unit_sheets import published

CLASSES = ("signed", "started", "production")
WAN_PER_YI = 10_000


def rows(engine: Engine, query: str, **values: Any) -> set[tuple[Any, ...]]:
    with engine.connect() as connection:
        return {tuple(row) for row in connection.execute(text(query), values)}


def differences(engine: Engine) -> list[tuple[str, set[tuple[Any, ...]], set[tuple[Any, ...]]]]:
    """Each report's figures of a sheet that the marts do not say in just that way: sheet, published, found."""
    compared = [*_funds(engine), *_investment(engine), *_batches(engine)]
    assert len(compared) == 4
    return [one for one in compared if one[1] != one[2]]


def _funds(engine: Engine) -> Any:
    for entry in published()["funds_and_bonds"]:
        stated = {
            (row["channel"], row["stage"], row["count"], _wan(row["total_yi"]), _wan(row["demand_yi"]))
            for row in entry["rows"]
        }
        found = rows(
            engine,
            "select fund_channel, funnel_stage, project_count, total_investment_wan, demand_wan "
            "from marts.agg_bond_funnel_region_month where region_code = :region and report_month = :month",
            region=entry["unit_code"],
            month=entry["report_month"],
        )
        yield "funds_and_bonds", stated, found


def _investment(engine: Engine) -> Any:
    for entry in published()["fixed_asset_investment"]:
        found = rows(
            engine,
            "select ytd_fai_wan, fai_growth_pct from marts.agg_fai_region_month "
            "where region_code = :region and report_month = :month and fai_category = 'total'",
            region=entry["unit_code"],
            month=entry["report_month"],
        )
        yield "fixed_asset_investment", {(_wan(entry["ytd_yi"]), Decimal(entry["growth_pct"]))}, found


def _batches(engine: Engine) -> Any:
    """The counts of each period, and of the running one its sums; of the seven before it the sums by class."""
    for entry in published()["batches"]:
        found = rows(
            engine,
            "select batch_period, batch_class, project_count, total_investment_wan from marts.agg_batch_region_month "
            "where region_code = :region and report_month = "
            "(select max(report_month) from marts.agg_batch_region_month where region_code = :region)",
            region=entry["unit_code"],
        )
        counts = {
            (period, name, count)
            for period, numbers in entry["counts"].items()
            for name, count in zip(CLASSES, numbers, strict=True)
        }
        running = entry["running"]
        last = zip(CLASSES, running["counts"], running["totals_yi"], strict=True)
        stated = {(running["period"], name, count, _wan(total)) for name, count, total in last}
        stated |= {(running["period"], "all", sum(running["counts"]), sum(map(_wan, running["totals_yi"])))}
        yield "batches", counts, {row[:3] for row in found if row[0] in entry["counts"] and row[1] != "all"}
        before = {row[1]: row[3] for row in found if row[0] == "all"}
        sums = {
            (name, _wan(total) + _wan(more))
            for name, total, more in zip(CLASSES, entry["totals_yi"], running["totals_yi"], strict=True)
        }
        this_period = {row for row in found if row[0] == running["period"]}
        yield "batches", stated | sums, this_period | {(name, before[name]) for name in CLASSES}


def _wan(yi: str) -> Decimal:
    return Decimal(yi) * WAN_PER_YI
