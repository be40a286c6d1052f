from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
from python_calamine import SheetVisibleEnum, load_workbook

from demo import DemoFile, generate
from demo.months import month_end
from demo.styles import Style, style_of
from taizhang.codelists import reporting_units
from taizhang.deadlines.calendar import due_on
from taizhang.dictionary import sheet
from taizhang.reading.identity import CHINA


def _named(files: list[DemoFile], name: str) -> DemoFile:
    return next(file for file in files if file.path.name == name)


def test_every_unit_sends_three_months(first_wave: list[DemoFile]) -> None:
    units = reporting_units().units
    files = [file for file in first_wave if file.unit_code is None or units[file.unit_code].has_details]
    sent = Counter(file.unit_code for file in files if file.outcome not in ("duplicate", "refused"))
    refused = [file for file in first_wave if file.outcome == "refused"]
    with_details = {unit.unit_code for unit in units.values() if unit.has_details}
    assert set(sent) - {None} == with_details
    assert sum(sent.values()) + len(refused) == 3 * len(with_details) + 1
    assert all(file.path.is_file() for file in first_wave)


def test_at_least_eight_are_faulty_each_in_another_way(first_wave: list[DemoFile]) -> None:
    faulty = [file.why for file in first_wave if file.outcome in ("quarantined", "refused")]
    assert len(faulty) == len(set(faulty)) >= 8
    assert {"621122", "411421"}.isdisjoint(
        file.unit_code for file in first_wave if file.outcome in ("quarantined", "refused")
    )


def test_the_same_wave_gives_the_same_bytes(first_wave: list[DemoFile], tmp_path: Path) -> None:
    again = generate(tmp_path, 1)
    assert [file.path.name for file in again] == [file.path.name for file in first_wave]
    different = [
        new.path.name
        for new, old in zip(again, first_wave, strict=True)
        if new.path.read_bytes() != old.path.read_bytes()
    ]
    assert different == []


def test_one_file_is_sent_twice(first_wave: list[DemoFile]) -> None:
    (copy,) = [file for file in first_wave if file.outcome == "duplicate"]
    original = _named(first_wave, "大理市2022年3月重大项目月报.xlsx")
    assert copy.path.name != original.path.name
    assert copy.path.read_bytes() == original.path.read_bytes()


def test_the_second_wave_corrects_and_heals(first_wave: list[DemoFile], second_wave: list[DemoFile]) -> None:
    before = {(file.unit_code, file.month): file.outcome for file in first_wave if file.outcome != "duplicate"}
    assert [before[file.unit_code, file.month] for file in second_wave] == ["accepted", "quarantined"]
    assert [file.outcome for file in second_wave] == ["accepted_with_warnings", "accepted"]


def test_cities_and_a_province_send_their_sums_and_one_of_them_is_wrong(first_wave: list[DemoFile]) -> None:
    units = reporting_units().units
    sums = {file.unit_code: file for file in first_wave if file.unit_code and not units[file.unit_code].has_details}
    outcomes = {code: (file.outcome, file.rule_id) for code, file in sums.items()}
    assert outcomes == {
        "621100C0": ("accepted", None),
        "620000P0": ("accepted", None),
        "411400C0": ("quarantined", "R54"),
    }
    assert load_workbook(sums["621100C0"].path).sheet_names[:2] == ["封面", "汇总"]


def test_files_are_filed_after_their_month_and_a_few_too_late(
    first_wave: list[DemoFile], second_wave: list[DemoFile]
) -> None:
    late = {}
    for file in [*first_wave, *second_wave]:
        if file.unit_code is None or file.month is None:
            continue
        due = due_on(reporting_units().units[file.unit_code].unit_kind, file.month)
        filed_on = datetime.fromtimestamp(file.path.stat().st_mtime, CHINA).date()
        assert due is not None
        assert filed_on > month_end(file.month)
        if filed_on > due:
            late[file.unit_code, file.month] = (filed_on - due).days
    assert late == {
        ("532924", date(2022, 2, 1)): 4,
        ("621125", date(2024, 2, 1)): 2,
        ("411402", date(2023, 5, 1)): 9,
    }


def test_there_are_two_waves(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no wave 3"):
        generate(tmp_path, 3)


@pytest.mark.parametrize("suffix", [".xls", ".csv", ".xlsm"])
def test_other_formats_are_among_them(first_wave: list[DemoFile], suffix: str) -> None:
    assert any(file.path.suffix == suffix for file in first_wave)


def test_csv_is_gb18030_and_names_unit_and_month(first_wave: list[DemoFile]) -> None:
    text = _named(first_wave, "剑川县2022年3月重大项目月报.csv").path.read_text(encoding="gb18030")
    assert text.startswith("剑川县2022年3月")


@pytest.mark.parametrize("unit_code", ["621122", "411421"])
def test_published_units_are_mangled(unit_code: str) -> None:
    style = style_of(unit_code)
    assert style != Style()
    assert style.three_rows
    assert style.hidden_rows
    assert style.fill == "merge"


def test_longxi_is_what_counties_send(first_wave: list[DemoFile]) -> None:
    workbook = load_workbook(_named(first_wave, "陇西县2024年3月重大项目月报.xlsx").path)
    states = {found.name: found.visible for found in workbook.sheets_metadata}
    assert states["上月数据"] == SheetVisibleEnum.Hidden
    rows = workbook.get_sheet_by_name("项目进展").to_python()
    texts = {str(cell) for row in rows for cell in row}
    assert any(text.startswith("一、") for text in texts)
    assert {"合计", "小计", "其中", "投资完成情况", "—"} <= texts
    total = next(row for row in rows if "合计" in row)
    assert 561.7 in total
    assert 193.1 in total


def test_renamed_headers_are_aliases_of_the_dictionary(first_wave: list[DemoFile]) -> None:
    rows = load_workbook(_named(first_wave, "定西经济开发区2024年3月重大项目月报.xlsx").path).get_sheet_by_name(
        "项目进展"
    )
    header = [str(text) for text in rows.to_python()[2] if text not in ("", "其中", "施工单位")]
    known = {column.label for column in sheet("project_progress").columns}
    aliases = {
        alias.replace("{month}", "3") for column in sheet("project_progress").columns for alias in column.aliases
    }
    assert set(header) <= known | aliases
    assert set(header) - known
