"""Each change of what the rules say gets a version of its own."""

from pathlib import Path

import pytest

from taizhang.quality.register import PACK_FILE, CatalogueError, Pack, content_sha256, parse, read_files
from taizhang.quality.stamp import stamp_pack, unstamped_change
from tests.rule_files import dump, pack_version, rule, write_register


def versions(folder: Path) -> list[str]:
    return [entry.version for entry in parse(Pack, PACK_FILE, read_files(folder)[PACK_FILE]).versions]


def change_a_rule(folder: Path) -> None:
    dump(folder / "rules" / "R10.yml", rule("R10", statement_en="It holds, always"))


@pytest.fixture
def stamped(tmp_path: Path) -> Path:
    """A pack whose version 2024.1.0 names what it says."""
    sha256 = content_sha256(read_files(write_register(tmp_path, rule("R10"))))
    return write_register(tmp_path, rule("R10"), versions=[pack_version("2024.1.0", sha256)])


def test_the_catalogue_is_what_its_newest_version_names():
    assert unstamped_change() is None


def test_a_change_without_a_version_is_noticed(stamped: Path):
    assert unstamped_change(stamped) is None
    change_a_rule(stamped)
    assert unstamped_change(stamped) == (
        "rules or checks have changed since pack version 2024.1.0: taizhang rules stamp"
    )


def test_nothing_is_written_where_nothing_changed(stamped: Path):
    before = read_files(stamped)
    assert "无需更新" in stamp_pack("改", "changed", None, False, stamped)
    assert read_files(stamped) == before


def test_the_last_number_rises(stamped: Path):
    change_a_rule(stamped)
    stamp_pack("改", "changed", None, False, stamped)
    assert versions(stamped) == ["2024.1.1", "2024.1.0"]
    assert unstamped_change(stamped) is None


def test_a_version_may_be_given_and_is_above_the_one_before(stamped: Path):
    change_a_rule(stamped)
    with pytest.raises(CatalogueError, match="newest first"):
        stamp_pack("改", "changed", "2023.12.9", False, stamped)
    stamp_pack("改", "changed", "2024.2.0", False, stamped)
    assert versions(stamped) == ["2024.2.0", "2024.1.0"]


def test_a_new_version_says_what_changed(stamped: Path):
    change_a_rule(stamped)
    with pytest.raises(CatalogueError, match="what changed"):
        stamp_pack("改", None, None, False, stamped)
    assert versions(stamped) == ["2024.1.0"]


def test_a_version_that_is_not_released_is_renewed(stamped: Path):
    change_a_rule(stamped)
    stamp_pack(None, None, None, True, stamped)
    assert versions(stamped) == ["2024.1.0"]
    assert unstamped_change(stamped) is None
