"""What the database says of a mart's columns."""

import pytest

from taizhang.access.comments import column_comment_en, column_comment_zh, table_comment_en, table_comment_zh
from taizhang.access.reader_views import views_of
from taizhang.dictionary.mart import Mart, MartColumn

RATE = MartColumn(
    name="rate_pct", label="完成率", type="rate", description="100 x done / plan", additivity="non_additive",
    numerator="done_wan", denominator="plan_wan",
)  # fmt: skip
DONE = MartColumn(
    name="done_wan", label="完成投资", type="amount", description="What is done.", additivity="additive",
    hint="当月完成的投资。",
)  # fmt: skip
PLAN = MartColumn(
    name="plan_wan", label="计划", type="amount", description="What is planned.", additivity="semi_additive"
)
CODE = MartColumn(name="unit_code", label="单位", type="text", description="Code of the unit.")
PERSON = MartColumn(name="leader_name", label="领导", type="text", description="Who leads.", personal=True)


def mart(*columns: MartColumn, keys: tuple[str, ...] = ("unit_code",)) -> Mart:
    return Mart(mart="agg_x", label="汇总", grain="one row per unit", keys=keys, description="Sums", columns=columns)


@pytest.mark.parametrize(
    ("column", "chinese", "english"),
    [
        (CODE, "单位；英文名：unit_code。Code of the unit.", "Code of the unit."),
        (
            DONE,
            "完成投资；单位：万元；可相加；当月完成的投资；英文名：done_wan。What is done.",
            "What is done. Unit: 万元. Additive.",
        ),
        (
            PLAN,
            "计划；单位：万元；同一时点可相加，跨月不可相加；英文名：plan_wan。What is planned.",
            "What is planned. Unit: 万元. Semi-additive.",
        ),
        (
            RATE,
            "完成率；单位：%；分子：完成投资；分母：计划；不可相加，须由分子、分母重新计算；英文名：rate_pct。"
            "100 x done / plan.",
            "100 x done / plan. Unit: %. done_wan / plan_wan. Non-additive.",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, MartColumn) else None,
)
def test_columns_are_described_in_both_languages(column: MartColumn, chinese: str, english: str) -> None:
    whole = mart(CODE, DONE, PLAN, RATE)
    assert column_comment_zh(whole, column) == chinese
    assert column_comment_en(whole, column) == english


def test_a_rate_without_its_parts_names_none() -> None:
    assert "分子：" not in column_comment_zh(mart(CODE, RATE), RATE)
    assert column_comment_en(mart(CODE, RATE), RATE) == "100 x done / plan. Unit: %. Non-additive."


def test_tables_say_their_grain() -> None:
    assert table_comment_zh(mart(CODE, DONE)) == "汇总；每行对应一组“单位”；英文名：agg_x。Sums."
    assert table_comment_en(mart(CODE, DONE)) == "Sums. One row per unit."


def test_personal_columns_are_in_views_of_their_own() -> None:
    views = {
        (view.schema, view.name): [label for _, label, _ in view.columns]
        for view in views_of(mart(CODE, DONE, PERSON), {"unit_code", "done_wan", "leader_name"})
    }
    assert views == {
        ("marts", "agg_x"): ["unit_code", "done_wan"],
        ("bi", "汇总"): ["单位", "完成投资(万元)"],
        ("personal", "agg_x"): ["unit_code", "done_wan", "leader_name"],
        ("personal", "汇总"): ["单位", "完成投资(万元)", "领导"],
    }


def test_views_show_what_the_table_has_by_now() -> None:
    assert [len(view.columns) for view in views_of(mart(CODE, DONE, PERSON), {"unit_code"})] == [1, 1]


@pytest.mark.parametrize(
    ("columns", "seen_by", "visibility"),
    [
        ((CODE, DONE), None, "unit"),
        ((CODE, DONE), "everyone", "everyone"),
        ((DONE,), None, None),
    ],
)
def test_who_sees_rows_is_told_by_a_column_or_said(
    columns: tuple[MartColumn, ...], seen_by: str | None, visibility: str | None
) -> None:
    made = Mart.model_validate(
        {"mart": "x", "label": "甲", "grain": "one", "keys": [columns[0].name], "description": "D", "columns": columns}
        | ({"seen_by": seen_by} if seen_by else {})
    )
    assert made.visibility == visibility
    definition = next(views_of(made, {column.name for column in columns})).definition.as_string()
    assert ("and false" in definition) == (visibility is None)


def test_a_rule_needs_its_column() -> None:
    with pytest.raises(ValueError, match="no column by which a region is known"):
        Mart(mart="x", label="甲", grain="one", keys=("done_wan",), description="D", seen_by="region", columns=(DONE,))
