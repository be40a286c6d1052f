import os
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
import typst

from taizhang.errors import FileUnreadableError
from taizhang.reading import package
from taizhang.report.charts import font_file
from taizhang.report_audit import documents
from taizhang.report_audit.documents import old_word, read
from taizhang.report_audit.figures import find_figures
from taizhang.settings import settings

SENTENCE = "全县安排重点项目86个，总投资214.6亿元。"
OLD_WORD = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600
NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def docx(body: str, head: str = "") -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        xml = (
            f'<?xml version="1.0" encoding="UTF-8"?>{head}<w:document {NAMESPACE}><w:body>{body}</w:body></w:document>'
        )
        archive.writestr("word/document.xml", xml)
    return file.getvalue()


def limited(monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
    """Lower limits of the settings for one test."""
    lowered = settings().model_copy(update=limits)
    for module in (documents, package):
        monkeypatch.setattr(module, "settings", lambda: lowered)


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    assert read(written(tmp_path, "报告.txt", f"{SENTENCE}\r\n二".encode(encoding))) == f"{SENTENCE}\n二"


def test_markdown_loses_its_marks_and_keeps_its_tables(tmp_path: Path) -> None:
    text = read(
        written(tmp_path, "a.md", f"## 一、情况\n\n**{SENTENCE}**\n\n| 类别 | 个数 |\n|---|--:|\n| 工业 | 12 |\n")
    )
    assert text.split("\n") == ["一、情况", "", SENTENCE, "", "类别\t个数", "工业\t12", ""]


def test_html_shows_blocks_and_rows_and_no_scripts(tmp_path: Path) -> None:
    page = (
        "<html><head><title>标题</title><style>p{}</style></head><body><h1>通报</h1><script>x=99个</script>"
        "<p>全县安排\n重点项目<b>86</b>个。</p><table><tr><td>工业</td><td>12</td></tr></table>"
        "<!-- 7个 --></body></html>"
    )
    assert read(written(tmp_path, "a.html", page)) == "通报\n全县安排重点项目86个。\n工业\t12"


def test_html_in_its_declared_encoding(tmp_path: Path) -> None:
    page = f'<html><head><meta charset="gb2312"></head><body><p>{SENTENCE}</p></body></html>'.encode("gb18030")
    assert read(written(tmp_path, "a.htm", page)) == SENTENCE


def test_html_too_deep_to_be_read_whole_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadableError, match="展开后过大"):
        read(written(tmp_path, "a.html", "<html><body>" + "<div>" * 100_000 + SENTENCE))


def test_docx_with_table_insertions_deletions_and_merged_cells(tmp_path: Path) -> None:
    merged = (
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>' + paragraph("合并") + "</w:tc></w:tr></w:tbl>"
    )
    body = (
        paragraph("通报")
        + "<w:p><w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del></w:p>"
        + f"<w:sdt><w:sdtContent>{paragraph('控件')}</w:sdtContent></w:sdt>"
        + table(("类别", "个数"), ("工业", "12"))
        + merged
    )
    assert read(written(tmp_path, "a.docx", docx(body))) == "通报\n新\n控件\n类别\t个数\n工业\t12\n合并\t"


def test_figures_of_a_docx_table(tmp_path: Path) -> None:
    body = paragraph("附表") + table(
        ("类别", "项目数", "总投资（亿元）"), ("工业", "12", "3.40"), ("合计", "12", "3.40")
    )
    figures = find_figures(read(written(tmp_path, "a.docx", docx(body)))).figures
    assert [(figure.text, figure.unit, figure.subject) for figure in figures] == [
        ("12", "个", ("工业",)),
        ("3.40", "万元", ("工业",)),
        ("12", "个", ()),
        ("3.40", "万元", ()),
    ]


def test_pdf_with_a_text_layer(tmp_path: Path) -> None:
    source = tmp_path / "a.typ"
    source.write_text(f"Report 86\n\n{SENTENCE}", "utf-8")
    text = read(written(tmp_path, "a.pdf", typst.compile(source, font_paths=[font_file().parent])))
    assert "Report 86" in text
    assert "86个" in text.replace(" ", "")


def test_a_scan_is_an_error_that_says_so(tmp_path: Path) -> None:
    source = tmp_path / "a.typ"
    source.write_text("#rect()", "utf-8")
    with pytest.raises(FileUnreadableError, match="扫描件"):
        read(written(tmp_path, "a.pdf", typst.compile(source)))


def test_an_old_word_document_is_read_as_libreoffice_turns_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = written(tmp_path, "ready.docx", docx(paragraph(SENTENCE)))
    program = written(tmp_path, "soffice", f'#!/bin/sh\nfor last; do :; done\ncp {ready} "${{last%.*}}.docx"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert read(written(tmp_path, "a.doc", OLD_WORD)) == SENTENCE


def test_libreoffice_without_its_writer_is_an_error_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "soffice", "#!/bin/sh\necho 'Error: source file could not be loaded' >&2\n").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(FileUnreadableError, match="Writer"):
        read(written(tmp_path, "a.doc", OLD_WORD))


def test_an_old_word_document_without_libreoffice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with pytest.raises(FileUnreadableError, match="LibreOffice"):
        read(written(tmp_path, "a.doc", OLD_WORD))


def test_libreoffice_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(command: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(77, command)

    monkeypatch.setattr(old_word.shutil, "which", lambda program: f"/{program}")
    monkeypatch.setattr(old_word.subprocess, "run", failing)
    with pytest.raises(FileUnreadableError, match="77"):
        read(written(tmp_path, "a.doc", OLD_WORD))


BOMB = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("entities.docx", docx(paragraph("&b;"), BOMB), "实体声明"),
        ("other.docx", b"PK\x05\x06" + b"\0" * 18, "格式不支持"),
        ("torn.docx", docx(paragraph(SENTENCE))[:200], "损坏"),
        ("unclosed.docx", docx("<w:p>"), "损坏"),
        ("torn.pdf", b"%PDF-1.7\n%%EOF", "损坏"),
        ("image.png", b"\x89PNG\r\n\x1a\n\0\0", "格式不支持"),
        ("binary.txt", b"\0\1\2\3", "格式不支持"),
        ("mixed.txt", b"\xff\xff\xff", "编码"),
        ("empty.txt", b"", "没有文字"),
        ("blank.html", b"<html><body><p> </p></body></html>", "没有文字"),
    ],
)  # fmt: skip
def test_what_is_no_report_is_one_clear_error(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    with pytest.raises(FileUnreadableError, match=said) as caught:
        read(written(tmp_path, name, content))
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, max_expanded_bytes=100_000)
    content = docx(paragraph("0" * 1_000_000))
    assert len(content) < 10_000
    with pytest.raises(FileUnreadableError, match="展开后过大"):
        read(written(tmp_path, "bomb.docx", content))


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(FileUnreadableError, match="不存在或不是文件"):
            read(path)


def test_a_file_above_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, max_file_bytes=10)
    with pytest.raises(FileUnreadableError, match="超过上限 10 字节"):
        read(written(tmp_path, "a.txt", SENTENCE))
