"""One project in the terms of OC4IDS, from the row that the warehouse has of it."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from taizhang.codelists import code_list, seed_rows
from taizhang.decimals import json_number
from taizhang.export.request import ExportError

MAPPING_FILE = Path(__file__).parent / "oc4ids.yml"
# Days in the warehouse are days in China.
_CHINA = timezone(timedelta(hours=8))
_YUAN_PER_WAN = 10_000
_INDUSTRY_CODE = re.compile(r"([A-T]?)([0-9]{0,4})")


@cache
def mapping() -> dict[str, Any]:
    """Load how our codes are said in the standard."""
    data: dict[str, Any] = yaml.safe_load(MAPPING_FILE.read_text(encoding="utf-8"))
    return data


def project(row: Mapping[str, Any], prefix: str, updated: datetime) -> dict[str, Any]:
    """Return a project; what the warehouse does not hold is left out.

    `row` has the columns of the query of `taizhang.export.oc4ids`. ExportError for a code that the mapping has not.
    """
    filled = {
        "id": f"{prefix}-{row['project_sk']}",
        "identifiers": _identifiers(row),
        "updated": updated.isoformat(),
        "title": row["project_name"],
        "description": row["construction_content"],
        "status": _status(row["project_status"], row["is_started"]),
        "type": _mapped("type_by_nature", row["construction_nature"]),
        "sector": _sector(row["industry_code"], row["industry_class"]),
        "additionalClassifications": _classifications(row),
        "period": {"startDate": _moment(row["start_day"])} if row["start_day"] else None,
        "completion": {"endDate": _moment(row["completion_day"], end=True)} if row["completion_day"] else None,
        "locations": [_location(row)],
        "budget": _budget(row["total_investment_wan"]),
        "parties": _parties(row),
        "publicAuthority": {"id": row["unit_code"], "name": row["unit_name"]},
    }
    return {name: value for name, value in (filled | _figures(row)).items() if value}


def _identifiers(row: Mapping[str, Any]) -> list[dict[str, str]]:
    code = row["project_code"]
    return [{"scheme": mapping()["schemes"]["project_code"], "id": code}] if code else []


def _status(status: str | None, is_started: bool | None) -> Any:
    if status is not None or is_started is None:
        return _mapped("status_by_status", status)
    return _mapped("status_by_start", "started" if is_started else "not_started")


def _sector(industry_code: str | None, industry_class: str | None) -> Any:
    """Sectors by the industry's code, like `C39` or `3914`; without one that is mapped, by its class."""
    written = _INDUSTRY_CODE.fullmatch(industry_code or "")
    letter, digits = written.groups() if written else ("", "")
    section = letter or _section_of_division().get(digits[:2], "")
    known = mapping()["sector_by_industry"]
    fitting = next((code for code in (digits, digits[:3], digits[:2], section) if code in known), None)
    return (known[fitting] if fitting else None) or _mapped("sector_by_class", industry_class)


@cache
def _section_of_division() -> dict[str, str]:
    """Section letter of each division of GB/T 4754-2017."""
    return {row["industry_code"]: row["section_code"] for row in seed_rows("industry") if row["vintage"] == "2017"}


def _mapped(table: str, code: str | None) -> Any:
    codes = mapping()[table]
    if code is not None and code not in codes:
        raise ExportError(f"the code {code} stands not in {table} of {MAPPING_FILE.name}")
    return codes.get(code)


def _classifications(row: Mapping[str, Any]) -> list[dict[str, str]]:
    lists = {"industry_class": [row["industry_class"]], "project_list": row["list_codes"] or []}
    industry = row["industry_code"] if _INDUSTRY_CODE.fullmatch(row["industry_code"] or "") else None
    return [
        *([{"scheme": mapping()["schemes"]["industry_code"], "id": industry}] if industry else []),
        *(
            {"scheme": mapping()["schemes"][name], "id": code, "description": code_list(name).names[code]}
            for name, codes in lists.items()
            for code in codes
            if code
        ),
    ]


def _location(row: Mapping[str, Any]) -> dict[str, Any]:
    address = {"locality": row["region_name"], "region": row["province_name"], "countryName": mapping()["country"]}
    location = {
        "id": row["region_code"],
        "description": row["project_location"],
        "address": {name: value for name, value in address.items() if value},
    }
    if row["region_kind"] == "administrative":
        location["gazetteer"] = {"scheme": mapping()["schemes"]["region_code"], "identifiers": [row["region_code"]]}
    return {name: value for name, value in location.items() if value}


def _parties(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The unit that reports the project, and the organisation that answers for it; never a person."""
    parties = [{"id": row["unit_code"], "name": row["unit_name"], "roles": ["publicAuthority"]}]
    responsible = row["responsible_org"]
    if responsible and responsible != row["unit_name"]:
        identifier = f"{row['unit_code']}-{responsible}"
        parties.append({"id": identifier, "name": responsible, "roles": ["administrativeEntity"]})
    return parties


def _budget(total_wan: Decimal | None) -> dict[str, Any] | None:
    return None if total_wan is None else {"amount": _value(total_wan)}


def _value(amount_wan: Decimal) -> dict[str, Any]:
    return {"amount": json_number(amount_wan * _YUAN_PER_WAN), "currency": mapping()["currency"]}


def _figures(row: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Planned and completed investment and funds, as the newest month has them."""
    arrays: dict[str, list[dict[str, Any]]] = {}
    for name, said in mapping()["figures"].items():
        if row[name] is None:
            continue
        observation = {
            "id": f"{row['report_month']:%Y-%m}",
            "period": _period(said["period"], row["report_month"]),
            "value": _value(row[name]),
        }
        entry = {"id": said["id"], "title": said["title"], "observations": [observation]}
        arrays.setdefault(said["array"], []).append(entry)
    return arrays


def _period(kind: str, month: date) -> dict[str, str]:
    """What time a figure of a report month is about: the year, the year so far, or all until the month's last day."""
    end_of_month = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    last = date(month.year, 12, 31) if kind == "year" else end_of_month
    end = {"endDate": _moment(last, end=True)}
    return end if kind == "until" else {"startDate": _moment(date(month.year, 1, 1)), **end}


def _moment(day: date, *, end: bool = False) -> str:
    """The begin of a day in China, or its last second."""
    hour, minute, second = (23, 59, 59) if end else (0, 0, 0)
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=_CHINA).isoformat()
