"""The sources of funds: the seed names the columns of 项目进展, the model of the facts reads the same ones."""

import csv
import re

from taizhang.dictionary import load_dictionary
from taizhang.publication.marts_build import DBT_PROJECT

RECEIVED = "funds_received_wan"


def of_seed() -> list[str]:
    with (DBT_PROJECT / "seeds" / "fund_source.csv").open(encoding="utf-8", newline="") as handle:
        return [row["column_name"] for row in csv.DictReader(handle) if row["column_name"]]


def test_each_source_of_the_sheet_is_in_the_seed_and_in_the_facts() -> None:
    sheet = load_dictionary()["project_progress"]
    received = sheet.column(RECEIVED)
    assert received.group_total
    sources = [column.name for column in sheet.columns if column.group == received.label]
    sql = (DBT_PROJECT / "models" / "marts" / "fct_fund_month.sql").read_text(encoding="utf-8")
    (listed,) = re.findall(r"source_columns = \[(.*?)\]", sql, re.DOTALL)
    assert sources
    assert of_seed() == sources
    assert re.findall(r"'(\w+)'", listed) == sources
