"""The page of an audit shows the report's own text, links figures and relations both ways, and has nothing live."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import Browser, Page, sync_playwright

from taizhang.report_audit.marked_text import lines_of
from taizhang.report_audit.model import Audit
from taizhang.report_audit.page import page_of
from tests.unit.report_audit.made import FIGURES, HARM, RELATIONS, TEXT, made_report

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def parsed() -> html.HtmlElement:
    return html.document_fromstring(page_of(made_report()))


def test_the_text_is_the_report_s_own() -> None:
    shown = ["".join(piece.text for piece in line) for line in lines_of(made_report().audit)]
    assert shown == TEXT.splitlines()


def test_nothing_of_the_report_is_live() -> None:
    made = made_report(file_name=f"{HARM}.txt", region=HARM)
    relations = tuple(replace(relation, reason_zh=HARM, formula=HARM) for relation in RELATIONS)
    figures = tuple(replace(figure, text=HARM, unit=HARM, subject=(HARM,)) for figure in FIGURES)
    page = page_of(replace(made, audit=Audit(HARM, TEXT, figures, relations)))
    assert "&lt;script&gt;" in page
    assert page.count("<script>") == 1
    assert page.count("alert(") == page.count("alert(&#39;")
    assert not re.findall(r'(?:src|href)="(?!#)', page)


def test_every_link_leads_somewhere_on_the_page() -> None:
    page = parsed()
    names = {element.get("id") for element in page.iter() if element.get("id")}
    links = [element.get("href") for element in page.iter("a")]
    assert len(links) > len(RELATIONS)
    assert {link for link in links if link[1:] not in names} == set()
    assert {f"#r-{relation.id}" for relation in RELATIONS} <= set(links)


def test_figures_are_underlined_by_their_gravest_verdict() -> None:
    page = parsed()
    classes = {
        figure.text: page.get_element_by_id(f"f-{figure.id}").find_class("u")[0].get("class") for figure in FIGURES
    }
    assert classes == {
        "86个": "u residual",
        "62.5亿元": "u contradiction",
        "29.8亿元": "u contradiction",
        "51.3%": "u contradiction",
        "3H个": "u residual",
        "41个": "u residual",
        "40.0%": "u implied",
        "7.7%": "u style",
        "超560万元": "u none",
    }


def test_the_gravest_relations_stand_first() -> None:
    listed = parsed().xpath("//aside//li")
    assert [entry.get("class") for entry in listed] == [
        "contradiction",
        "contradiction",
        "style",
        "residual",
        "implied",
        "consistent",
    ]


def test_figures_that_overlap_lose_no_text() -> None:
    wide = replace(FIGURES[0], id="f99", span=replace(FIGURES[0].span, start=FIGURES[0].span.start - 4))
    audit = Audit("x", TEXT, (wide, *FIGURES), RELATIONS)
    assert ["".join(piece.text for piece in line) for line in lines_of(audit)] == TEXT.splitlines()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no browser is installed: apt install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(params=[(1280, 800), (390, 800)], ids=["wide", "narrow"])
def opened(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page as a browser without network shows it; nothing may be said against it on the console."""
    file = tmp_path / "page.html"
    file.write_text(page_of(made_report()), encoding="utf-8")
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, offline=True)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file.as_uri())
    yield page
    assert said == []
    context.close()


def test_pointing_at_a_figure_shows_its_relation(opened: Page) -> None:
    tip = opened.locator("#t-f4")
    assert not tip.is_visible()
    opened.hover("#f-f4")
    assert tip.is_visible()
    assert "报告写的是51.3%" in tip.inner_text()
    lit = "element => element.classList.contains('lit')"
    assert opened.locator("#r-r2").evaluate(lit)
    assert not opened.locator("#r-r6").evaluate(lit)


def test_the_keyboard_reaches_what_the_mouse_does(opened: Page) -> None:
    opened.focus("#f-f8")
    assert opened.locator("#t-f8").is_visible()


def test_nothing_is_wider_than_the_screen(opened: Page) -> None:
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    opened.hover("#f-f4")
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_links_lead_from_the_list_to_the_figure_and_back(opened: Page) -> None:
    opened.click("#r-r2 a >> nth=0")
    assert opened.url.endswith("#f-f4")
    opened.click("#f-f4 + sup a")
    assert opened.url.endswith("#r-r2")
    assert opened.locator("#r-r2").is_visible()


def test_paper_has_the_text_and_all_relations_but_no_tips(opened: Page) -> None:
    opened.emulate_media(media="print")
    assert opened.locator("aside li:visible").count() == len(RELATIONS)
    assert opened.locator(".tip:visible").count() == 0
    assert opened.locator("#f-f4").is_visible()
