"""The pages of the gate's runs: complete, in Chinese, and without anything from a network."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from sqlalchemy import Engine

from taizhang.quality.catalogue import by_table, load_catalogue
from taizhang.quality.checkpoint import CheckpointError
from taizhang.quality.data_docs import pages
from taizhang.quality.data_docs.words import title_of
from taizhang.quality.gate import judge_batch
from taizhang.quality.judged import judged_tables
from taizhang.settings import settings
from tests import conftest
from tests.readings import workbook_reading
from tests.waiting import month, rows_of, states, submit

CHINESE = re.compile("[一-鿿]")


class Links(HTMLParser):
    """What a page links to or loads, and the texts that it shows."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [tag] if tag == "script" else []
        for name, value in attrs:
            if name in ("src", "href", "action", "data") and value is not None:
                (self.links if tag == "a" else self.loaded).append(value)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A small batch, judged once; the settings lead to its pages."""
    with conftest.own_warehouse(tmp_path_factory.mktemp("pages"), built=False) as engine:
        submit(engine, workbook_reading(month=month(1)), workbook_reading("411421", month(1)))
        judge_batch(engine)
        yield engine


@pytest.fixture
def folder(judged: Engine) -> Path:
    """The folder with the pages of all runs."""
    return settings().data_docs_dir


def test_each_run_has_its_pages_and_the_index_leads_to_all_of_them(judged: Engine, folder: Path):
    (run,) = rows_of(judged, "select gate_run_id from audit.gate_run")
    reached, waiting = set(), [folder / "index.html"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        for link in Links(page.read_text(encoding="utf-8")).links:
            if not link.startswith("#"):
                target = (page.parent / unquote(link)).resolve()
                assert target.is_file(), f"{page} leads to {link}"
                if target not in reached:
                    waiting.append(target)
    assert reached == {path.resolve() for path in folder.rglob("*.html")}
    assert len(reached) == 2 + 2 * len(by_table(load_catalogue().checks))
    assert (folder / str(run["gate_run_id"]) / "index.html") in reached


def test_pages_need_nothing_from_a_network(folder: Path):
    pages = list(folder.rglob("*.html"))
    assert pages
    for page in pages:
        content = Links(page.read_text(encoding="utf-8"))
        assert [one for one in content.loaded if not one.endswith("style.css")] == []
        for address in content.loaded + content.links:
            assert "//" not in address
        for sheet in content.loaded:
            assert (page.parent / sheet).is_file()
    for path in folder.rglob("*"):
        if path.is_file():
            assert "http" not in path.read_text(encoding="utf-8")
            assert "@import" not in path.read_text(encoding="utf-8")


def test_pages_speak_chinese_and_tell_no_secret(folder: Path):
    catalogue = load_catalogue()
    for page in folder.rglob("*.html"):
        written = page.read_text(encoding="utf-8")
        assert not re.search(r"\\u[0-9a-f]{4}", written)
        assert "postgresql" not in written
        texts = Links(written).texts
        assert any(CHINESE.search(one) for one in texts)
        assert not {"Overview", "Status", "Expectation", "Observed Value", "Statistics", "Succeeded", "Failed"} & {
            one.strip() for one in texts
        }
    for check in catalogue.checks:
        (suite,) = folder.glob(f"*/expectations/{title_of(check.table.name)}.html")
        (result,) = folder.glob(f"*/validations/{title_of(check.table.name)}/*/*/*.html")
        for page in (suite, result):
            texts = " ".join(Links(page.read_text(encoding="utf-8")).texts)
            assert check.meta.check_id in texts
            assert check.meta.title_zh in texts


@pytest.mark.parametrize("table", sorted(judged_tables()))
def test_each_judged_table_has_a_name_in_chinese(table: str):
    assert CHINESE.search(title_of(table))


def test_a_run_in_error_keeps_its_pages_too(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    submit(engine, workbook_reading(month=month(1)))
    catalogue = load_catalogue()
    check = catalogue.check("R11.ytd_does_not_fall")
    monkeypatch.setattr(check, "kwargs", check.kwargs | {"greater": "no_such_column"})
    with pytest.raises(CheckpointError):
        judge_batch(engine, catalogue)
    folder = settings().data_docs_dir
    (run,) = rows_of(engine, "select gate_run_id, state from audit.gate_run")
    assert run["state"] == "error"
    assert "运行出错" in (folder / str(run["gate_run_id"]) / "index.html").read_text(encoding="utf-8")
    assert "no_such_column" in (folder / "index.html").read_text(encoding="utf-8")


def test_a_run_without_its_pages_is_in_error_and_decides_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    numbers = submit(engine, workbook_reading(month=month(1)))
    monkeypatch.setattr(pages, "_VIEW", {"module_name": "taizhang.quality.data_docs.view", "class_name": "Broken"})
    with pytest.raises(Exception, match="Broken"):
        judge_batch(engine)
    assert states(engine, numbers) == ["read"]
    (run,) = rows_of(engine, "select state, failure from audit.gate_run")
    assert run["state"] == "error"
    assert "Broken" in run["failure"]
    assert "Broken" in (settings().data_docs_dir / "index.html").read_text(encoding="utf-8")


def test_a_page_that_cannot_be_rendered_is_not_left_out_in_silence(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    from taizhang.quality.data_docs.view import OfflinePageView

    def fail(*_: object, **__: object) -> str:
        raise RuntimeError("no such block")

    submit(engine, workbook_reading(month=month(1)))
    monkeypatch.setattr(OfflinePageView, "render", fail)
    with pytest.raises(pages.DataDocsError, match="no such block"):
        judge_batch(engine)
