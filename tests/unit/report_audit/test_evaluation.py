from decimal import Decimal
from pathlib import Path

import pytest

from tests.reports.evaluate import evaluate
from tests.reports.markup import MarkedReport, read

BUILDING = Path(__file__).parents[2] / "reports" / "building"


@pytest.fixture(scope="module")
def reports() -> list[MarkedReport]:
    return [read(path) for path in sorted(BUILDING.glob("*.report"))]


def test_reports_to_build_with_are_understood(reports: list[MarkedReport]) -> None:
    result = evaluate(reports)
    assert result.real >= 10
    assert result.share_of_figures >= Decimal("0.97"), result.errors
    assert result.recall >= Decimal("0.9"), result.errors
    assert result.precision >= Decimal("0.95"), result.errors
    assert result.styles_found == result.styles


def test_a_contradiction_that_is_not_marked_counts_against_precision(reports: list[MarkedReport]) -> None:
    (marked,) = (one for one in reports if one.name.startswith("01_"))
    unmarked = MarkedReport(marked.name, marked.text, marked.figures, (), marked.style, marked.is_damaged)
    result = evaluate([unmarked])
    assert result.stated == 1
    assert result.precision == 0
    assert result.recall == 1


def test_a_mark_that_nobody_names_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "wrong.report"
    path.write_text("contradictions:\n  - {kind: rate, figures: [a], mend: b}\n---\n共⟦a:12个⟧。\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no figure is marked b"):
        read(path)


def test_marks_leave_the_text_as_it_would_be(tmp_path: Path) -> None:
    path = tmp_path / "plain.report"
    path.write_text("contradictions: []\n---\n共⟦a:三十六个|value=36,unit=个⟧项目。\n", encoding="utf-8")
    report = read(path)
    (figure,) = report.figures
    assert report.text == "共三十六个项目。\n"
    assert report.text[figure.start : figure.end] == "三十六个"
    assert figure.given == {"value": "36", "unit": "个"}
