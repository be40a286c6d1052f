import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.codelists import code_list
from taizhang.reading.wording import find_code, project_code, read_flag

CODE = "2509-320193-89-01-544060"

CODES = [
    CODE,
    "2509 320193 89 01 544060",
    "25093201938901544060",
    "２５０９－３２０１９３－８９－０１－５４４０６０",
    "2509—320193—89—01—544060",
    " 2509-320193-89-01-544060\n",
    "2509_320193_89_01_544060",
    "2509--320193--89--01--544060",
]


@pytest.mark.parametrize("text", CODES)
def test_project_code_in_its_written_shape(text: str) -> None:
    assert project_code(text) == CODE


@pytest.mark.parametrize("text", ["", "—", "/", "无", "暂无"])
def test_no_project_code(text: str) -> None:
    assert project_code(text) is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("正在办理", "正在办理"),
        ("2509-320193", "2509-320193"),
        ("2509-320193-89-01-54406", "2509-320193-89-01-54406"),
        ("发改备〔2024〕12号", "发改备〔2024〕12号"),
    ],
)
def test_what_is_no_code_stays_for_the_rule_to_judge(text: str, kept: str) -> None:
    assert project_code(text) == kept


@given(st.text("0123456789", min_size=20, max_size=20), st.sampled_from(["-", "", " ", "—", "－", "–"]))
def test_any_code_reads_back(digits: str, separator: str) -> None:
    groups = [digits[:4], digits[4:10], digits[10:12], digits[12:14], digits[14:]]
    assert project_code(separator.join(groups)) == "-".join(groups)


@pytest.mark.parametrize("text", ["市列", "市列清单", " 市 列 ", "city_listed"])
def test_a_code_by_code_name_or_alias(text: str) -> None:
    assert find_code(code_list("project_list"), text) == "city_listed"


def test_a_word_that_means_no_code() -> None:
    assert find_code(code_list("project_list"), "没有的清单") is None


def test_a_flag_that_is_no_flag() -> None:
    with pytest.raises(ValueError, match="或许"):
        read_flag("或许")
