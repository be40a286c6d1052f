"""Every section of the benchmarks is measured on a handful of rows: the harness runs. How fast it was is not asked."""

import math

import pytest
from sqlalchemy import make_url

from benchmarks.__main__ import SECTIONS, measure
from benchmarks.results import write_page
from benchmarks.scales import SHORT
from taizhang.settings import settings
from taizhang.warehouse.connection import address


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory):
    """One home for all sections: what dbt has parsed for one need not be parsed again for the next."""
    return tmp_path_factory.mktemp("benchmarks")


@pytest.fixture
def on_the_tests_server(shared_home, server_url, monkeypatch):
    """The settings point to the server of the tests, on which the sections make databases of their own."""
    monkeypatch.setenv("TAIZHANG_HOME", str(shared_home))
    monkeypatch.setenv("TAIZHANG_DATABASE_URL", address(make_url(server_url).set(database="postgres")))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.usefixtures("on_the_tests_server")
@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_is_measured_and_told(tmp_path, name):
    section = measure(name, SHORT, 1, tmp_path)

    page = write_page(SECTIONS, tmp_path).read_text(encoding="utf-8")
    assert section.name == name
    assert f"## {section.title} (short)" in page
    assert section.goals or section.limits
    assert all(len(rounds) == 1 and rounds[0] > 0 for rounds in section.seconds.values())
    for goal in section.goals:
        assert math.isfinite(goal.ratio(section.seconds))
        assert goal.start_up or goal.ratio(section.seconds) > 0
    for limit in section.limits:
        assert math.isfinite(limit.value)
        assert limit.value >= 0
    for what in (*(goal.ours for goal in section.goals), *(limit.what for limit in section.limits)):
        assert f"| {section.title} (short): {what} |" in page
