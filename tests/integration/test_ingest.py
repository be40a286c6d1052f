"""From the inbox to `raw`, with readings made by hand."""

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from taizhang import ingest
from taizhang.reading.result import IssueKind, ReadingIssue, Refusal, ReportedTotal, SkippedRow, WorkbookReading
from taizhang.sources import inbox
from tests.readings import project, workbook_reading

Reader = Callable[[Path, str], WorkbookReading]


@pytest.fixture
def put(tmp_path: Path, home: Path) -> Callable[[str, str], None]:
    """Put a file of this name and content into the inbox."""

    def put_file(name: str, content: str) -> None:
        folder = tmp_path / "sent" / content
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
        inbox.submit([folder / name])

    return put_file


def reads(monkeypatch: pytest.MonkeyPatch, outcomes: dict[str, WorkbookReading | Exception]) -> None:
    """Let the reader give these outcomes, by file name."""

    def read(path: Path, file_name: str) -> WorkbookReading:
        outcome = outcomes[file_name]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(ingest, "read_workbook", read)


def take(engine: Engine) -> ingest.IngestReport:
    report = ingest.IngestReport()
    for chunk in ingest.discover(engine):
        report.add(ingest.ingest_chunk(engine, chunk))
    return report


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


@pytest.mark.both_servers
def test_a_reading_arrives_in_raw_as_it_was_read(
    engine: Engine, put: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = workbook_reading(
        projects=[
            project(
                7,
                project_name="索通\t铝用碳材料",
                total_investment_wan=Decimal("70000.123456"),
                start_date=(date(2024, 2, 1), date(2024, 3, 1)),
                extras={"联系电话": "0932-6612345"},
            )
        ]
    )
    progress = reading.sheets["project_progress"]
    progress.totals.append(ReportedTotal(8, "total_investment_wan", "total", "合计", (7,), Decimal("70000.12")))
    progress.skipped.append(SkippedRow(8, "total", "合计 70000.12"))
    reading.issues.append(ReadingIssue(IssueKind.HIDDEN_ROW, "第9行隐藏", "row 9 is hidden", row_number=9))
    reads(monkeypatch, {"a.xlsx": reading})
    put("a.xlsx", "a")
    assert take(engine).read == 1
    assert rows(
        engine,
        "select row_number, project_name, total_investment_wan, start_date::text, extras->>'联系电话', unit_code"
        " from raw.project_progress",
    ) == [(7, "索通\t铝用碳材料", Decimal("70000.123456"), "[2024-02-01,2024-03-01)", "0932-6612345", "621122")]
    assert rows(engine, "select reporting_unit from raw.cover") == [("陇西县",)]
    assert rows(engine, "select detail_rows, reported_value from raw.reported_total") == [([7], Decimal("70000.12"))]
    assert rows(engine, "select reason, row_text from raw.skipped_row") == [("total", "合计 70000.12")]
    assert rows(engine, "select kind, issue_no, message_zh from raw.reading_issue") == [("hidden_row", 1, "第9行隐藏")]
    assert rows(
        engine,
        "select letter, half_width from raw.sheet_column"
        " where (sheet, column_name) = ('project_progress', 'total_investment_wan')",
    ) == [("J", Decimal("0.005"))]
    assert rows(engine, "select state from ops.submission_event order by event_id") == [("received",), ("read",)]


@pytest.mark.both_servers
def test_the_same_content_twice_is_one_submission_and_noted(
    engine: Engine, put: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(monkeypatch, {"a.xlsx": workbook_reading(), "again.xlsx": workbook_reading()})
    put("a.xlsx", "same")
    assert take(engine).read == 1
    put("again.xlsx", "same")
    report = take(engine)
    assert (report.read, report.duplicates) == (0, 1)
    assert rows(engine, "select is_duplicate from ops.arrival order by arrival_id") == [(False,), (True,)]
    assert rows(engine, "select count(*) from ops.submission") == [(1,)]


def test_nothing_new_gives_no_chunk(
    engine: Engine, put: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(monkeypatch, {"a.xlsx": workbook_reading()})
    put("a.xlsx", "a")
    assert len(ingest.discover(engine)) == 1
    take(engine)
    assert ingest.discover(engine) == []


def test_a_refused_file_does_not_hold_up_the_others(
    engine: Engine, put: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = Refusal("encrypted", "文件已加密", "the file is encrypted")
    reads(monkeypatch, {"a.xlsx": refusal, "b.xlsx": workbook_reading(), "c.xlsx": ValueError("a fault")})
    for name in ("a", "b", "c"):
        put(f"{name}.xlsx", name)
    report = take(engine)
    assert (report.read, report.refused) == (1, 2)
    assert rows(engine, "select file_name, state, reason_code, reason_zh is null from ops.submission order by 1") == [
        ("a.xlsx", "refused", "encrypted", False),
        ("b.xlsx", "read", None, True),
        ("c.xlsx", "refused", "reader_failed", False),
    ]


@pytest.mark.parametrize(
    "before",
    [ValueError("a fault"), Refusal("unit_unknown", "不在名录中", "not in the register")],
    ids=["the program failed", "the unit was not in the register yet"],
)
def test_a_file_refused_for_no_fault_of_its_own_is_read_again(
    engine: Engine, put: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch, before: Exception
) -> None:
    reads(monkeypatch, {"a.xlsx": before})
    put("a.xlsx", "a")
    assert take(engine).refused == 1
    put("a.xlsx", "a")
    assert take(engine).duplicates == 1
    with engine.begin() as connection:
        connection.execute(text("update ops.submission set received_at = '2024-04-01', state_at = '2024-04-01'"))
    reads(monkeypatch, {"a.xlsx": workbook_reading()})
    put("a.xlsx", "a")
    assert take(engine).read == 1
    found = "select state, reason_code, reason_zh, reason_en, received_at = state_at, received_at > '2024-04-02'"
    assert rows(engine, f"{found} from ops.submission") == [("read", None, None, None, True, True)]


@pytest.mark.both_servers
def test_files_of_every_kind_in_one_batch_are_recorded_each_as_it_is(
    engine: Engine, put: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = ValueError("a fault")
    reads(monkeypatch, {"a.xlsx": workbook_reading(), "b.xlsx": fault, "c.xlsx": fault})
    for name in ("a", "b", "c"):
        put(f"{name}.xlsx", name)
    take(engine)
    with engine.begin() as connection:
        connection.execute(text("update ops.submission set received_at = '2024-04-01', filed_on = '2024-04-01'"))
    outcomes = {
        "陇西县2024年3月月报.xlsx": Refusal("encrypted", "文件已加密", "the file is encrypted"),
        "again.xlsx": workbook_reading("621121"),
        "failed.xlsx": fault,
        "new.xlsx": workbook_reading("621123"),
    }
    reads(monkeypatch, outcomes)
    contents = {"a": ["known.xlsx"], "b": ["again.xlsx"], "c": ["failed.xlsx"], "d": ["new.xlsx", "twin.xlsx"]}
    for content, names in (contents | {"e": ["陇西县2024年3月月报.xlsx"]}).items():
        for name in names:
            put(name, content)
    report = ingest.ingest_chunk(engine, sorted(file.source_uri for file in inbox.listing()))
    assert (report.read, report.refused, report.duplicates) == (2, 1, 6)
    assert rows(
        engine,
        "select file_name, state, reason_code, unit_code, report_month::text, received_at > '2024-04-02',"
        " filed_on > '2024-04-02' from ops.submission order by file_name",
    ) == [
        ("a.xlsx", "read", None, "621122", "2024-03-01", False, False),
        ("again.xlsx", "read", None, "621121", "2024-03-01", True, False),
        ("c.xlsx", "refused", "reader_failed", None, None, False, False),
        ("new.xlsx", "read", None, "621123", "2024-03-01", True, True),
        ("陇西县2024年3月月报.xlsx", "refused", "encrypted", "621122", "2024-03-01", True, True),
    ]
    assert rows(
        engine,
        "select file_name, array_agg(event.state order by event_id), min(actor) from ops.submission_event as event"
        " inner join ops.submission using (submission_id) group by file_name order by file_name",
    ) == [
        ("a.xlsx", ["received", "read"], "ingest"),
        ("again.xlsx", ["received", "refused", "received", "read"], "ingest"),
        ("c.xlsx", ["received", "refused"], "ingest"),
        ("new.xlsx", ["received", "read"], "ingest"),
        ("陇西县2024年3月月报.xlsx", ["received", "refused"], "ingest"),
    ]
    assert rows(
        engine,
        "select reverse(split_part(reverse(arrival.source_uri), '/', 1)), file_name, is_duplicate, arrival.byte_size"
        " from ops.arrival inner join ops.submission using (submission_id) order by 1",
    ) == [
        ("a.xlsx", "a.xlsx", False, 1),
        ("again.xlsx", "again.xlsx", False, 1),
        ("b.xlsx", "again.xlsx", False, 1),
        ("c.xlsx", "c.xlsx", False, 1),
        ("failed.xlsx", "c.xlsx", True, 1),
        ("known.xlsx", "a.xlsx", True, 1),
        ("new.xlsx", "new.xlsx", False, 1),
        ("twin.xlsx", "new.xlsx", True, 1),
        ("陇西县2024年3月月报.xlsx", "陇西县2024年3月月报.xlsx", False, 1),
    ]


def test_a_batch_has_few_bytes_and_a_large_file_one_of_its_own(
    engine: Engine, put: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = {"a.xlsx": "1", "b.xlsx": "22", "c.xlsx": "55555", "d.xlsx": "1"}
    reads(monkeypatch, dict.fromkeys(contents, workbook_reading()))
    for name, content in contents.items():
        put(name, content)
    monkeypatch.setattr(ingest, "BATCH_BYTES", 3)
    chunk = sorted((file.source_uri for file in inbox.listing()), key=lambda uri: uri[-6:])
    report = ingest.ingest_chunk(engine, chunk)
    assert (report.read, report.duplicates) == (3, 1)
    # A batch is a transaction, which has one time.
    assert rows(
        engine,
        "select string_agg(substr(file_name, 1, 1), '' order by file_name)"
        " from ops.submission group by state_at order by state_at",
    ) == [("ab",), ("c",)]
    assert rows(engine, "select count(*) from ops.arrival") == [(4,)]


@pytest.mark.both_servers
def test_a_value_that_cannot_be_stored_holds_back_only_its_own_file(
    engine: Engine, put: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    too_large = workbook_reading(unit_code="621121", projects=[project(4, total_investment_wan=Decimal("1E+30"))])
    reads(monkeypatch, {"a.xlsx": too_large, "b.xlsx": workbook_reading()})
    put("a.xlsx", "a")
    put("b.xlsx", "b")
    chunk = [file.source_uri for file in inbox.listing()]
    report = ingest.ingest_chunk(engine, chunk)
    assert (report.read, report.refused) == (1, 1)
    assert rows(engine, "select reason_code from ops.submission where state = 'refused'") == [("value_unstorable",)]
    assert rows(engine, "select distinct unit_code from raw.project_progress") == [("621122",)]


def test_a_fault_in_one_file_does_not_keep_its_batch_from_being_loaded(
    engine: Engine, put: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = {
        # A statement carries the reason, COPY the rows: the errors of the two are of different kinds.
        "nul.xls": Refusal("month_invalid", "2024\x00", "2024\x00"),
        "twice.xlsx": workbook_reading("621121", projects=[project(4), project(4)]),
        "sound.xlsx": workbook_reading(projects=[project(4, extras={"备注\x00": "\ud800"})]),
    }
    reads(monkeypatch, outcomes)
    for name in outcomes:
        put(name, name)
    report = ingest.ingest_chunk(engine, [file.source_uri for file in inbox.listing()])
    assert (report.read, report.refused) == (1, 2)
    assert rows(engine, "select file_name, reason_code from ops.submission order by 1") == [
        ("nul.xls", "value_unstorable"),
        ("sound.xlsx", None),
        ("twice.xlsx", "reader_failed"),
    ]
    assert rows(engine, "select extras->>'备注' from raw.project_progress") == [("\ufffd",)]


@pytest.mark.both_servers
def test_a_failure_in_the_middle_leaves_nothing_and_the_retry_finishes(
    engine: Engine, put: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(monkeypatch, {"a.xlsx": workbook_reading()})
    put("a.xlsx", "a")
    chunk = ingest.discover(engine)[0]
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(ingest, "write_readings", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError, match="killed"):
            ingest.ingest_chunk(engine, chunk)
    assert rows(engine, "select count(*) from ops.submission") == [(0,)]
    assert ingest.ingest_chunk(engine, chunk).read == 1
    assert ingest.ingest_chunk(engine, chunk).duplicates == 1
    assert rows(engine, "select count(*) from raw.project_progress") == [(2,)]


def test_files_that_cannot_be_opened_are_named_and_taken_later(
    engine: Engine, put: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(monkeypatch, {"a.xlsx": workbook_reading(), "b.xlsx": workbook_reading("621121")})
    for name in ("a", "b", "c"):
        put(f"{name}.xlsx", name)
    locked, _, gone = sorted(inbox.listing(), key=lambda file: file.name)
    # Root may open everything, whatever its mode: the refusal is the same error.
    opened = {"Path.open": Path.open, "os.open": os.open}

    def refusing(name: str) -> Callable[..., Any]:
        def refuse(path: Any, *arguments: Any, **options: Any) -> Any:
            if path == locked.path:
                raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return opened[name](path, *arguments, **options)

        return refuse

    with pytest.MonkeyPatch.context() as forbidden:
        forbidden.setattr(Path, "open", refusing("Path.open"))
        forbidden.setattr(os, "open", refusing("os.open"))
        chunks = ingest.discover(engine)
        gone.path.unlink()
        report = ingest.IngestReport()
        for chunk in chunks:
            report.add(ingest.ingest_chunk(engine, chunk))
    assert (report.read, report.refused, report.unreadable) == (1, 0, 2)
    assert set(report.refusals) == {
        f"{locked.source_uri}: 文件打不开(Permission denied)，下次再取",
        f"{gone.source_uri}: 文件打不开(No such file or directory)，下次再取",
    }
    assert take(engine).read == 1


def test_a_file_found_half_copied_is_taken_anew_when_it_is_whole(
    engine: Engine, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / "inbox" / "月报.xlsx"
    file.parent.mkdir(parents=True)
    file.write_text("ha")
    reads(monkeypatch, {"月报.xlsx": Refusal("no_workbook", "不是工作簿", "no workbook")})
    assert take(engine).refused == 1
    file.write_text("half, and the rest")
    reads(monkeypatch, {"月报.xlsx": workbook_reading()})
    assert take(engine).read == 1
    assert rows(engine, "select state from ops.submission order by submission_id") == [("refused",), ("read",)]


def test_a_landing_store_that_fails_is_no_fault_of_the_file(
    engine: Engine, put: Callable[[str, str], None], home: Path
) -> None:
    put("a.xlsx", "a")
    (home / "landing").write_text("no folder")
    with pytest.raises(FileExistsError):
        take(engine)


def test_a_file_with_a_name_in_gb18030_is_taken(engine: Engine, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "inbox").mkdir(parents=True)
    (home / "inbox" / os.fsdecode("月报.xlsx".encode("gb18030"))).write_text("a")
    reads(monkeypatch, {"月报.xlsx": workbook_reading()})
    assert take(engine).read == 1
    assert rows(engine, "select file_name from ops.submission") == [("月报.xlsx",)]
    assert ingest.discover(engine) == []


@pytest.mark.both_servers
def test_what_was_taken_is_asked_once_for_the_whole_inbox(
    engine: Engine, put: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(monkeypatch, {"a.xlsx": workbook_reading()})
    put("a.xlsx", "a")
    take(engine)
    (taken,) = inbox.listing()
    others = [replace(taken, modified_ns=number) for number in range(12_000)]
    monkeypatch.setattr(inbox, "listing", lambda: [*others[:7000], taken, *others[7000:]])
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    assert inbox.new_files(engine) == others
    assert len(statements) == 1


@pytest.mark.parametrize(("files", "chunks"), [(1, 1), (5, 5), (8, 8), (30, 8)])
def test_files_are_dealt_to_few_chunks(
    engine: Engine, put: Callable[[str, str], None], files: int, chunks: int
) -> None:
    for number in range(files):
        put(f"{number}.xlsx", str(number))
    dealt = ingest.discover(engine)
    assert len(dealt) == chunks
    assert len({uri for chunk in dealt for uri in chunk}) == files


def test_files_of_one_content_share_a_chunk(engine: Engine, put: Callable[[str, str], None]) -> None:
    for number in range(9):
        put(f"{number}.xlsx", str(number))
        put(f"{number} (1).xlsx", str(number))
    dealt = ingest.discover(engine)
    assert len(dealt) == 8
    # The inbox keeps files of one content in one folder.
    folders = [{uri.rpartition("/")[0] for uri in chunk} for chunk in dealt]
    assert sum(map(len, folders)) == len(set().union(*folders)) == 9
    assert sum(map(len, dealt)) == 18
