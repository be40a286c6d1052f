"""Names from outside become names of files in the inbox and nothing else."""

import pytest

from taizhang.sources.file_names import is_unfinished, refusal_of, safe_name, storable


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        pytest.param("陇西县2024年3月月报.xlsx", "陇西县2024年3月月报.xlsx", id="as it is"),
        pytest.param("../../etc/cron.d/月报.xlsx", "月报.xlsx", id="folders"),
        pytest.param("..\\..\\windows\\月报.xlsx", "月报.xlsx", id="folders of Windows"),
        pytest.param("..", "_..", id="parent"),
        pytest.param("", "_", id="empty"),
        pytest.param("dir/", "_", id="a folder"),
        pytest.param("月\0报\r\n.xlsx", "月报.xlsx", id="control characters"),
        pytest.param("月报\u202exslx.exe.xlsx", "月报xslx.exe.xlsx", id="turned around"),
        pytest.param(".月报.xlsx", "_.月报.xlsx", id="hidden"),
        pytest.param("~$月报.xlsx", "_~$月报.xlsx", id="lock of an editor"),
        pytest.param('月:报*?"<>|.xlsx', "月_报______.xlsx", id="not for Windows"),
        pytest.param("月报.xlsx".encode("gb18030").decode("utf-8", "surrogateescape"), "月报.xlsx", id="GB18030"),
        pytest.param("\ud800.xlsx", "_ud800.xlsx", id="half a character"),
        pytest.param("报" * 200 + ".xlsx", "报" * 83 + ".xlsx", id="too long"),
        pytest.param("a." + "x" * 300, "a." + "x" * 253, id="long ending"),
    ],
)
def test_a_name_is_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe
    assert len(safe_name(name).encode()) <= 255


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "\udcd4.xlsx", "月报"])
def test_text_is_storable(text: str) -> None:
    assert "\0" not in storable(text)
    assert storable(text).encode("utf-8")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("月报.xlsx", None),
        ("月报.XLS", None),
        ("月报.json", None),
        ("月报.zip", "archive"),
        ("月报.tar.gz", "archive"),
        ("说明.docx", "unknown_kind"),
        ("README", "unknown_kind"),
        (".xlsx", "unknown_kind"),
    ],
)
def test_kinds_that_are_no_submission_are_refused_with_a_reason(name: str, code: str | None) -> None:
    refusal = refusal_of(name)
    assert (refusal and refusal.code) == code


@pytest.mark.parametrize("name", [".月报.xlsx.part", "~$月报.xlsx", "月报.xlsx.filepart", "报.TMP", "in/.x.xlsx"])
def test_a_name_may_say_that_the_file_is_not_whole(name: str) -> None:
    assert is_unfinished(name)
    assert not is_unfinished("月报.xlsx")
