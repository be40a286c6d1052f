"""The page about the tables fetches nothing: what dbt's page would fetch is known, and taken out."""

import re
from pathlib import Path

import pytest
from dbt.task import docs

from tools.dbt_docs import POLICY, TRACKER, offline

DBT_PAGE = Path(docs.__file__).parent / "index.html"
FETCHED = re.compile(r"""(?:src\s*=|href\s*=|url\()\s*["']?((?:https?:)?//[^"')\s>]+\.(?:js|css|woff2?|ttf|png|svg))""")


def test_the_page_fetches_nothing() -> None:
    given = DBT_PAGE.read_text(encoding="utf-8")
    assert set(FETCHED.findall(given)) == {TRACKER}
    page = offline(given)
    assert FETCHED.findall(page) == []
    assert page.index(POLICY) < page.index("<script")


def test_a_page_that_is_not_as_it_was_is_refused() -> None:
    with pytest.raises(ValueError, match="look for what it fetches"):
        offline("<html><head></head></html>")
