"""The pages that are laid before people."""

from datetime import UTC, date, datetime

from taizhang.closing.decisions import Undecided
from taizhang.closing.markdown import review_page


def test_names_that_others_write_stay_in_their_cell():
    name = "a|b`<img src=x>\n[点这里](http://e.org) *月报*.xlsx"
    one = Undecided(7, "621122", date(2024, 3, 1), name, "in_review", datetime(2024, 4, 5, tzinfo=UTC))
    page = review_page("定西市", [one])
    (row,) = [line for line in page.splitlines() if line.startswith("| 7 ")]
    assert row == (
        "| 7 | 陇西县 | 2024-03 | a\\|b\\`\\<img src=x\\> \\[点这里\\](http://e.org) \\*月报\\*.xlsx | 2024-04-05 |"
    )
    assert "定西市 待审核报送 1 份" in page
