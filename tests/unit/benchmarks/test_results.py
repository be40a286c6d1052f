"""The page that is made of what was measured."""

from dataclasses import replace

import pytest

from benchmarks.measure import Goal, Limit, Section
from benchmarks.results import keep, write_page
from benchmarks.scales import SHORT

SECTION = Section(
    "reading",
    "Reading",
    "two workbooks",
    seconds={"ours": [1.5, 2.0], "peer": [1.0, 1.0]},
    goals=[Goal("ours", "peer", at_most=1.5), Goal("ours", "peer", times_faster=6)],
    limits=[Limit("memory of a process", 1.2, 2, "GB"), Limit("tasks", 61, 60)],
    facts={"rows": "12"},
    notes=["Half of the time is unzipping."],
)


def test_the_page_shows_every_goal_and_limit_with_what_became_of_it(tmp_path):
    keep(SECTION, SHORT, tmp_path)

    page = write_page(["reading"], tmp_path).read_text(encoding="utf-8")

    assert "| Reading (short): ours | peer | at most 1.5 times | 1.75 | **no** |" in page
    assert "| Reading (short): ours | peer | at least 6 times faster | 0.57 | **no** |" in page
    assert "| Reading (short): memory of a process | - | at most 2 GB | 1.2 GB | yes |" in page
    assert "| Reading (short): tasks | - | at most 60 | 61 | **no** |" in page
    assert "| ours | 1.750 | 1.500 | 2.000 | 2 |" in page
    assert "- rows: 12" in page
    assert "Half of the time is unzipping." in page
    assert (tmp_path / "charts" / "reading-short.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_a_new_measurement_takes_the_place_of_the_last_one_and_sections_keep_their_order(tmp_path):
    keep(SECTION, SHORT, tmp_path)
    keep(replace(SECTION, seconds={"ours": [3.0], "peer": [3.0]}), SHORT, tmp_path)
    keep(replace(SECTION, name="gate", title="Gate"), SHORT, tmp_path)

    page = write_page(["reading", "gate"], tmp_path).read_text(encoding="utf-8")

    assert page.count("## Reading (short)") == 1
    assert "| Reading (short): ours | peer | at most 1.5 times | 1.00 | yes |" in page
    assert page.index("## Reading") < page.index("## Gate")


def test_there_is_no_page_of_nothing(tmp_path):
    with pytest.raises(LookupError, match="nothing was measured"):
        write_page(["reading"], tmp_path)
