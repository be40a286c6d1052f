import json
from pathlib import Path

from taizhang.reading.describe import describe
from tests.unit.reading.books import HEADER, read, table


def test_a_reading_as_plain_data(tmp_path: Path) -> None:
    rows = [
        [1, "渭河大桥", 1.2, 3000, "约200", 900, "是", "2022.6", "市列", "x"],
        ["合计", None, 1.2, 3000, 200, 900],
    ]
    header = [*HEADER[:2], "总投资（亿元）", *HEADER[3:], "开工日期", "所属清单", "联系人"]
    described = describe(read(tmp_path, table(*rows, header=header)))
    assert json.loads(json.dumps(described, ensure_ascii=False)) == described
    assert (described["unit"], described["month"]) == ("621122", "2024-03")
    cover, progress, _ = described["sheets"]
    assert cover["rows"][0]["report_period"] == "2024-03-01"
    assert (progress["sheet"], progress["sheet_title"]) == ("project_progress", "项目进展")
    assert progress["header_rows"] == [2, 2]
    assert progress["columns"][2] == {
        "letter": "C",
        "header": "总投资（亿元）",
        "field": "total_investment_wan",
        "unit": "亿元",
        "factor": 10000,
        "decimals": 1,
        "half_width": 500,
    }
    (row,) = progress["rows"]
    assert (row["row"], row["total_investment_wan"], row["start_date"]) == (3, 12000, ["2022-06-01", "2022-07-01"])
    assert (row["is_started"], row["project_lists"], row["extras"]) == (True, ["city_listed"], {"联系人": "x"})
    assert progress["totals"][0] == {
        "row": 4,
        "field": "total_investment_wan",
        "kind": "total",
        "label": "合计",
        "value": 12000,
        "detail_rows": [3],
    }
    assert progress["skipped"] == [{"row": 4, "reason": "total", "text": "合计 | 1.2 | 3000 | 200 | 900"}]
    assert [(issue["kind"], issue["cell"]) for issue in described["issues"]] == [
        ("extra_column", "J2"),
        ("number_approximate", "E3"),
    ]
