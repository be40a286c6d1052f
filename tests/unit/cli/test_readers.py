"""What `taizhang figures` and `taizhang publications` print for people."""

from datetime import date

import pytest

from taizhang.cli import readers


def test_a_region_without_figures_is_said_to_have_none(capsys: pytest.CaptureFixture[str]) -> None:
    readers._print_figures("110101 2024-03", [])
    assert capsys.readouterr().out == "110101 2024-03：没有已发布的数据\n"


@pytest.mark.parametrize(
    ("last", "text"),
    [
        pytest.param(date(2024, 1, 1), "2024-01", id="one month"),
        pytest.param(date(2024, 3, 1), "2024-01至2024-03", id="several months"),
    ],
)
def test_months_of_a_publication(last: date, text: str) -> None:
    assert readers._months(date(2024, 1, 1), last) == text
