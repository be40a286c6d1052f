"""Opens the dashboard in a real browser, as a manager would, and keeps a picture of it."""

import shutil
from pathlib import Path

import yaml
from playwright.sync_api import Page, sync_playwright

from bi.superset.instance import ADMIN, ASSETS, SupersetError, admin_password_file, home

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
MILLISECONDS_TO_DRAW = 90_000


def look(address: str) -> Path:
    """Log in, wait until each chart of the assets is drawn, keep a picture; SupersetError when one is not.

    A chart that fails, or that says that it has no data, is an error: the demonstration has figures for all.
    """
    browser_path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser_path is None:
        raise SupersetError("no browser is installed: apt install chromium")
    picture = home() / "dashboard.png"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1500, "height": 2600}, locale="zh-CN")
        _log_in(page, address)
        page.goto(address)
        _require_charts(page)
        page.screenshot(path=picture)
        browser.close()
    return picture


def _log_in(page: Page, address: str) -> None:
    page.goto(address.partition("/superset/")[0] + "/login/")
    page.fill("#username", ADMIN)
    page.fill("#password", admin_password_file().read_text(encoding="utf-8"))
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def _require_charts(page: Page) -> None:
    """Wait for the charts; those without data or with an error are named."""
    titles = sorted(
        yaml.safe_load(path.read_text(encoding="utf-8"))["slice_name"] for path in (ASSETS / "charts").glob("*.yaml")
    )
    page.wait_for_selector('[data-test="chart-container"]', timeout=MILLISECONDS_TO_DRAW)
    page.wait_for_function(
        "count => document.querySelectorAll('[data-test=\"slice-container\"]').length >= count",
        arg=len(titles),
        timeout=MILLISECONDS_TO_DRAW,
    )
    page.wait_for_selector(".loading", state="detached", timeout=MILLISECONDS_TO_DRAW)
    page.wait_for_timeout(2_000)
    shown = page.inner_text("body")
    if missing := [title for title in titles if title not in shown]:
        raise SupersetError(f"the dashboard does not show {'、'.join(missing)}")
    empty = page.locator(".ant-empty, .missing-chart-container, .ant-alert-error")
    if empty.count():
        raise SupersetError(f"{empty.count()} charts have no data or an error: {empty.first.inner_text()}")
