"""A report file from end to end: text, figures, relations, JSON and page; and of which month and region it is."""

import json
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from taizhang.contract.files import file_text
from taizhang.errors import FileUnreadableError
from taizhang.report_audit.as_json import report_object
from taizhang.report_audit.audited import audit_file, month_of, region_of
from taizhang.report_audit.kinds import kind_label
from taizhang.report_audit.marked_text import blocks_of
from taizhang.report_audit.model import Figure, Period
from taizhang.report_audit.page import page_of
from taizhang.report_audit.wording import load
from taizhang.settings import settings
from tests.unit.report_audit.made import FIGURES, HALF_YEAR, YEAR

TEXT = """陇西县2024年上半年重点项目情况
2024年1—6月，累计完成投资29.8亿元，占年度计划投资62.5亿元的51.3%。
"""


def with_period(figure: Figure, period: Period | None) -> Figure:
    return Figure(**{**figure.__dict__, "period": period})


def test_a_file_is_audited_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "陇西县.TXT"
    path.write_text(TEXT, encoding="utf-8")
    report = audit_file(path)
    assert (report.file_name, report.document_kind, report.byte_size) == ("陇西县.TXT", "txt", len(TEXT.encode()))
    assert (report.month, report.region) == (date(2024, 6, 1), "陇西县")
    assert [relation.kind for relation in report.contradictions] == ["rate"]
    Draft202012Validator(json.loads(file_text("audit-report.schema.json"))).validate(report_object(report))
    assert "占年度计划投资" in page_of(report)
    assert audit_file(path, date(2024, 5, 1), file_name="别名.txt").month == date(2024, 5, 1)


@pytest.mark.parametrize("name", ["", "nothing.docx"])
def test_what_is_no_file_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileUnreadableError):
        audit_file(tmp_path / name)


def test_what_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "大.txt"
    path.write_text(TEXT, encoding="utf-8")
    monkeypatch.setenv("TAIZHANG_MAX_FILE_BYTES", "20")
    settings.cache_clear()
    try:
        with pytest.raises(FileUnreadableError, match="20"):
            audit_file(path)
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_the_month_is_that_of_most_figures_and_years_count_last() -> None:
    march = Period(date(2024, 1, 1), date(2024, 4, 1), "一季度")
    figure = FIGURES[0]
    of = [with_period(figure, period) for period in (YEAR, YEAR, YEAR, HALF_YEAR, HALF_YEAR, march, None)]
    assert month_of(of) == date(2024, 6, 1)
    assert month_of(of[:3]) == date(2024, 12, 1)
    assert month_of([of[3], of[5]]) == date(2024, 6, 1)
    assert month_of([of[-1]]) is None


def test_the_region_is_that_of_most_figures() -> None:
    assert region_of(FIGURES) == {"region": "青禾县", "region_code": "621199"}
    assert region_of([]) == {"region": None, "region_code": None}


def test_every_kind_has_a_name() -> None:
    kinds = [kind for name in ("relations.yml", "marts.yml") for kind in load(name)["kinds"]]
    assert len(kinds) > 10
    assert len({kind_label(kind) for kind in kinds}) == len(kinds)
    with pytest.raises(KeyError):
        kind_label("nothing")


def test_rows_with_tabs_are_a_table(tmp_path: Path) -> None:
    path = tmp_path / "表.txt"
    path.write_text("项目情况\n类别\t个数\n工业\t12个\n合计\t12个\n以上为全部。\n", encoding="utf-8")
    report = audit_file(path)
    found = [
        [["".join(piece.text for piece in cell) for cell in row] for row in block.rows]
        for block in blocks_of(report.audit)
        if block.is_table
    ]
    assert found == [[["类别", "个数"], ["工业", "12个"], ["合计", "12个"]]]
    page = page_of(report)
    assert page.count("<td>") == 6
    assert "以上为全部。</p>" in page
