"""The headers in the written template are the dictionary's, both ways."""

from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook, SheetVisibleEnum, load_workbook

from taizhang.dictionary import Sheet, load_dictionary, sheet
from taizhang.template import TEMPLATE_MARK, VERSION_SHEET, TableLayout, template_version, write_template

TABLES = [definition for definition in load_dictionary().values() if definition.layout == "table"]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> CalamineWorkbook:
    path: Path = tmp_path_factory.mktemp("template") / "template.xlsx"
    write_template(path, "621122", date(2024, 3, 1))
    return load_workbook(path)


def test_the_sheets_are_the_dictionary_s_and_the_version_sheet(template: CalamineWorkbook) -> None:
    assert template.sheet_names == [definition.title for definition in load_dictionary().values()] + [VERSION_SHEET]


@pytest.mark.parametrize("definition", TABLES, ids=lambda definition: definition.sheet)
def test_table_headers_are_the_dictionary_s_both_ways(template: CalamineWorkbook, definition: Sheet) -> None:
    layout = TableLayout(definition)
    rows = template.get_sheet_by_name(definition.title).to_python(skip_empty_area=False)
    header = rows[layout.first_data_row - layout.header_rows : layout.first_data_row]
    # The lowest text of each column is its header; what stands above it is the group.
    found = [next(str(text) for text in reversed(texts) if text) for texts in zip(*header, strict=True)]
    # The unit stands on a line of its own.
    assert [text.replace("\n", "") for text in found] == [column.labelled_unit for column in definition.columns]


def test_cover_labels_are_the_dictionary_s_both_ways(template: CalamineWorkbook) -> None:
    rows = template.get_sheet_by_name("封面").to_python(skip_empty_area=False)
    assert [row[0] for row in rows[2:]] == [column.label for column in sheet("cover").columns]


def test_the_version_mark_stands_on_a_very_hidden_sheet(template: CalamineWorkbook) -> None:
    mark = template.get_sheet_by_name(VERSION_SHEET).to_python()[0][:2]
    assert mark == [TEMPLATE_MARK, template_version()]
    visible = {found.name: found.visible for found in template.sheets_metadata}
    assert visible.pop(VERSION_SHEET) == SheetVisibleEnum.VeryHidden
    assert all(state == SheetVisibleEnum.Visible for state in visible.values())


def test_each_column_has_a_hint() -> None:
    without = [
        f"{definition.sheet}.{column.name}"
        for definition in load_dictionary().values()
        for column in definition.columns
        if not column.hint
    ]
    assert without == []
