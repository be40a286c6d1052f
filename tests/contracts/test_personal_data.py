"""Names of persons stay in columns that are known to hold them."""

import re

from taizhang.codelists import personal_columns
from taizhang.dictionary.mart import load_marts
from taizhang.quality.catalogue import load_catalogue

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def test_there_are_personal_columns() -> None:
    assert personal_columns() >= {("cover", "filler_name"), ("project_progress", "lead_official")}


def test_a_message_with_a_name_is_about_a_personal_column() -> None:
    # The message of such a finding is not shown to readers of the marts; any other is.
    names = {name for _, name in personal_columns()}
    naming = {
        check.meta.check_id: check.meta.column
        for check in load_catalogue().checks
        if names & set(_PLACEHOLDER.findall(check.meta.message_zh + check.meta.message_en))
    }
    assert "R04.reviewer_is_not_filler" in naming
    assert {check_id: column for check_id, column in naming.items() if column not in names} == {}


def test_marts_take_personal_columns_over_as_personal() -> None:
    names = {name for _, name in personal_columns()}
    taken = [
        (mart.mart, column.name, column.personal)
        for mart in load_marts().values()
        for column in mart.columns
        if column.name in names
    ]
    assert ("dim_project", "lead_official", True) in taken
    assert [entry for entry in taken if not entry[2]] == []
