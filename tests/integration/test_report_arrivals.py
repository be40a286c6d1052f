"""The folder of reports: each content is audited once, a bad file is kept with its reason, a fault of ours is told."""

from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from taizhang.report_audit import arriving
from taizhang.report_audit.arriving import ReportsFailedError, audit_chunk, discover
from taizhang.settings import settings

pytestmark = pytest.mark.parametrize("server_url", ["embedded"], indirect=True)

WRONG = "青禾县2024年6月通报\n全县安排重点项目90个，其中新建项目34个，续建项目41个，前期项目11个，共三类。\n"
RATE = "2024年1—6月，累计完成投资29.8亿元，占年度计划投资62.5亿元的{}。\n"


def put(name: str, content: str | bytes) -> Path:
    path = settings().reports_in_dir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(engine: Engine, statement: str) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text(statement)))


def test_each_content_is_audited_once(engine: Engine) -> None:
    put("甲/六月.txt", RATE.format("51.3%"))
    put("乙/同一份.txt", RATE.format("51.3%"))
    put("七月.txt", RATE.format("47.7%"))
    put("~$七月.txt", "编辑软件的锁")
    chunks = discover(engine)
    assert sorted(Path(uri).name for chunk in chunks for uri in chunk) == ["七月.txt", "同一份.txt"]
    for chunk in chunks:
        audit_chunk(engine, chunk).require_all()
    kept = rows(engine, "select file_name, figure_count from audit.report order by file_name")
    assert [(name, count >= 3) for name, count in kept] == [("七月.txt", True), ("同一份.txt", True)]
    assert rows(
        engine,
        "select file_name, kind from audit.report_relation join audit.report using (report_id)"
        " where verdict = 'contradiction'",
    ) == [("同一份.txt", "rate")]
    assert discover(engine) == []
    # A task that was killed after its work is tried again.
    assert audit_chunk(engine, [uri for chunk in chunks for uri in chunk]).known == 2


def test_a_file_that_cannot_be_read_is_kept_with_the_reason_and_not_tried_again(engine: Engine) -> None:
    put("坏.pdf", b"%PDF-1.7 broken")
    put("好.txt", RATE.format("47.7%"))
    (bad, good) = sorted(chain(*discover(engine)), key=lambda uri: uri.endswith(".txt"))
    report = audit_chunk(engine, [bad, good])
    assert (report.audited, report.unreadable, report.failed) == (1, 1, [])
    ((name, kind, reason, figures),) = rows(
        engine,
        "select file_name, document_kind, unreadable_reason, figure_count from audit.report"
        " where unreadable_reason is not null",
    )
    assert (name, kind, figures) == ("坏.pdf", "pdf", 0)
    assert reason
    assert discover(engine) == []


def test_what_the_program_fails_on_is_told_after_the_others(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = arriving.audit_file

    def failing(path: Path, **more: Any) -> Any:
        if path.name == "怪.txt":
            raise RuntimeError("nobody thought of it")
        return sound(path, **more)

    monkeypatch.setattr(arriving, "audit_file", failing)
    for name in ("怪.txt", "好.txt"):
        put(name, RATE.format("47.7%") + name)
    report = audit_chunk(engine, list(chain(*discover(engine))))
    assert (report.audited, report.failed) == (1, ["怪.txt: RuntimeError"])
    with pytest.raises(ReportsFailedError, match=r"怪\.txt"):
        report.require_all()
    # The next run tries it again.
    assert [Path(uri).name for chunk in discover(engine) for uri in chunk] == ["怪.txt"]


def test_a_file_that_is_gone_meanwhile_is_counted(engine: Engine) -> None:
    path = put("走.txt", WRONG)
    chunks = discover(engine)
    path.unlink()
    assert audit_chunk(engine, chunks[0]).gone == 1
    assert rows(engine, "select * from audit.report") == []


def test_chunks_are_of_about_equal_bytes(engine: Engine) -> None:
    for number in range(40):
        put(f"{number:02}.txt", f"{number}" + "文" * (1 if number else 40_000))
    chunks = discover(engine)
    assert len(chunks) == arriving.MOST_CHUNKS
    assert sum(map(len, chunks)) == 40
    # The large one has a task of its own.
    assert [len(chunk) for chunk in chunks if any(uri.endswith("00.txt") for uri in chunk)] == [1]


def test_no_folder_is_no_report(engine: Engine) -> None:
    assert discover(engine) == []


def test_what_this_machine_cannot_read_is_tried_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    put("旧.doc", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600)
    report = audit_chunk(engine, list(chain(*discover(engine))))
    assert (report.put_off, report.unreadable) == (1, 0)
    assert rows(engine, "select * from audit.report") == []
    assert [Path(uri).name for uri in chain(*discover(engine))] == ["旧.doc"]
