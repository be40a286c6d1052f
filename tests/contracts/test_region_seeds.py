"""The history of regions is whole: no gaps in what refers to what, shares that add up, a source for every row."""

import csv
import json
import tarfile
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from taizhang.codelists import SEEDS_DIR
from tools.regions.changes import changes, stem
from tools.regions.check import differences, explains, main
from tools.regions.files import DATA, read_rows
from tools.regions.history import ChangeDays, HistoryError, Years, states_of, versions
from tools.regions.packages import PackageError, checked, read_snapshot
from tools.regions.witness import contradictions


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS_DIR / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_versions_of_a_code_follow_each_other_and_have_a_source() -> None:
    sources = {row["source_id"] for row in seed("region_source")}
    last: dict[str, str] = {}
    for row in seed("region"):
        assert row["source_id"] in sources
        assert row["valid_from"] >= last.get(row["region_code"], "2000-01-01"), row
        assert not row["valid_to"] or row["valid_from"] < row["valid_to"], row
        last[row["region_code"]] = row["valid_to"] or "9999"


def test_every_parent_is_there_as_long_as_its_children() -> None:
    spans: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in seed("region"):
        spans[row["region_code"]].append((row["valid_from"], row["valid_to"] or "9999"))
    for row in seed("region"):
        for column in ("parent_code", "city_code", "province_code"):
            if above := row[column]:
                starts, ends = min(spans[above])[0], max(end for _, end in spans[above])
                assert starts <= row["valid_from"] < (row["valid_to"] or "9999") <= ends, row


@pytest.mark.parametrize(("code", "share"), [("old_code", "share"), ("new_code", "share_of_new")])
def test_shares_add_up_to_one(code: str, share: str) -> None:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in seed("region_change"):
        sums[row[code], row["changed_on"]] += Decimal(row[share])
    assert {key: total for key, total in sums.items() if total != 1} == {}


def test_every_code_that_ended_has_a_successor_on_that_day() -> None:
    closed: dict[str, str] = {}
    for row in seed("region"):
        closed[row["region_code"]] = row["valid_to"]
    replaced = {(row["old_code"], row["changed_on"]) for row in seed("region_change")}
    assert [code for code, day in closed.items() if day and (code, day) not in replaced] == []


@pytest.mark.parametrize(
    ("old", "new", "day"),
    [
        ("532526", "532504", "2013-01-24"),
        ("371200", "370100", "2018-12-26"),
        ("371202", "370116", "2018-12-26"),
        ("371203", "370117", "2018-12-26"),
        ("330103", "330105", "2021-03-11"),
        ("330110", "330113", "2021-03-11"),
    ],
)
def test_changes_that_everybody_knows(old: str, new: str, day: str) -> None:
    assert (old, new, day) in {(row["old_code"], row["new_code"], row["changed_on"]) for row in seed("region_change")}


def test_an_overlay_row_says_why() -> None:
    for name in ("corrections", "dates", "successors"):
        rows = read_rows(DATA / f"{name}.csv")
        assert rows
        assert [row for row in rows if not row["reason"]] == [], name


class TestBuilding:
    def test_a_package_is_read_only_if_it_is_the_one_that_is_listed(self, tmp_path: Path) -> None:
        source = {"file_name": "a.tgz", "sha256": "0" * 64, "package": "a", "version": "1"}
        with pytest.raises(PackageError, match="missing: fetch a 1"):
            checked(tmp_path, source)
        (tmp_path / "a.tgz").write_bytes(b"another")
        with pytest.raises(PackageError, match="not 0000"):
            checked(tmp_path, source)

    def test_headings_and_pseudo_cities_are_no_regions(self, tmp_path: Path) -> None:
        listed = {
            "500000": "重庆市", "500100": "重庆市", "500101": "万州区", "420000": "湖北省", "420100": "武汉市",
            "420101": "市辖区", "420102": "江岸区", "429000": "省直辖县级行政区划", "429004": "仙桃市",
        }  # fmt: skip
        document = tmp_path / "data.json"
        document.write_text(json.dumps([{"code": code, "name": name} for code, name in listed.items()]))
        with tarfile.open(tmp_path / "p.tgz", "w:gz") as package:
            package.add(document, "package/data.json")
        names = read_snapshot(tmp_path / "p.tgz", "entries", "package/data.json", 2024)
        assert sorted(names) == ["420000", "420100", "420102", "429004", "500000", "500101"]

    def test_parents_and_the_stand_in_of_a_city_without_counties(self) -> None:
        names = {"420000": "湖北省", "420100": "武汉市", "420102": "江岸区", "429004": "仙桃市"}
        states = states_of(names | {"440000": "广东省", "441900": "东莞市"})
        assert [states[code].parent for code in ("420102", "429004", "441900", "441900A0")] == [
            "420100", "420000", "440000", "441900",
        ]  # fmt: skip
        assert states["441900A0"].kind == "undivided"
        with pytest.raises(HistoryError, match="in no province"):
            states_of({"420102": "江岸区"})

    def test_a_change_ends_one_version_and_begins_another(self) -> None:
        years = self.years({"421302": "曾都县"}, {"421303": "曾都区"})
        days = ChangeDays({(2009, "421302"): date(2009, 3, 1), (2009, "421303"): date(2009, 3, 1)})
        found = {version.code: version for version in versions(years, days) if version.code.startswith("4213")}
        assert (found["421302"].valid_from, found["421302"].valid_to) == (date(2000, 1, 1), date(2009, 3, 1))
        assert (found["421303"].valid_from, found["421303"].is_exact_from) == (date(2009, 3, 1), True)
        (change,), unexplained = changes(years, days, [])
        assert (change.old_code, change.new_code, change.kind, change.share) == ("421302", "421303", "recoded", 1)
        assert unexplained == []

    def test_a_code_without_successor_is_told(self) -> None:
        years = self.years({"421302": "曾都县"}, {"421303": "别的区"})
        assert changes(years, ChangeDays({}), []) == ([], ["2009 421302 曾都县"])

    def test_a_witness_may_be_late_or_early_within_the_year_and_no_more(self) -> None:
        years = self.years({"421302": "曾都县", "421381": "广水市"}, {"421303": "曾都区", "421381": "广水市"})
        either = {"420000": "湖北省", "421381": "广水市"}
        assert contradictions(years, {2009: either | {"421302": "曾都县"}}) == {}
        assert contradictions(years, {2009: either | {"421303": "曾都区"}}) == {}
        found = contradictions(years, {2009: {"420000": "湖北省", "421399": "某县"}})
        assert found == {("421399", "unknown"): [2009], ("421381", "missing"): [2009]}

    def years(self, before: dict[str, str], after: dict[str, str]) -> Years:
        province = {"420000": "湖北省"}
        return Years({2008: states_of(province | before), 2009: states_of(province | after)}, {2008: "a", 2009: "b"})

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("弥勒县", "弥勒"),
            ("弥勒市", "弥勒"),
            ("漾濞彝族自治县", "漾濞"),
            ("伊克昭盟", "伊克昭"),
            ("六枝特区", "六枝"),
        ],
    )
    def test_stems(self, name: str, expected: str) -> None:
        assert stem(name) == expected


class TestComparing:
    HEADER = "代码,名称,状态,启用时间,变更/弃用时间,新代码\n"

    def test_every_difference_is_found_in_both_directions(self, tmp_path: Path) -> None:
        listed = tmp_path / "list.csv"
        listed.write_text(
            self.HEADER + "371202,莱城区,弃用,1992,2018,370199\n999999,某县,在用,1990,,\n", encoding="utf-8"
        )
        found = {(item.subject, item.code, item.only_in, item.said) for item in differences(read_rows(listed))}
        assert ("successor", "371202", "list", "370199 2018") in found
        assert ("successor", "371202", "seeds", "370116 2018") in found
        assert ("version", "999999", "list", "某县 2000-") in found
        assert ("version", "370116", "seeds", "莱芜区 2018-") in found
        assert not any(subject == "version" and code == "371202" for subject, code, _, _ in found)

    def test_a_list_that_differs_without_explanation_fails(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        listed = tmp_path / "list.csv"
        listed.write_text(self.HEADER + "999999,某县,在用,1990,,\n", encoding="utf-8")
        assert main(listed) == 1
        assert "999999" in capsys.readouterr().err

    def test_each_explanation_has_a_cause_and_fits_what_it_explains(self) -> None:
        rows = read_rows(DATA / "differences.csv")
        assert all(row["cause"] and row["group"] and row["subject"] in ("version", "successor") for row in rows)
        (cities,) = (row for row in rows if row["group"] == "cities")
        found = [item for item in differences([]) if item.subject == "successor"]
        assert any(explains(cities, item) for item in found)
        assert not all(explains(cities, item) for item in found)
