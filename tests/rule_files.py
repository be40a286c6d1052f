"""Rules, planned sheets and packs as files, made by hand."""

from pathlib import Path
from typing import Any

import yaml


def rule(rule_id: str, **changes: Any) -> dict[str, Any]:
    """One sound rule, with these changes."""
    sound = {
        "id": rule_id,
        "title_zh": "规则",
        "title_en": "Rule",
        "statement_zh": "成立",
        "statement_en": "It holds",
        "level": 1,
        "severity": ["block", "info"],
        "source": "test",
        "version": 1,
        "valid_from": "2000-01",
        "judged_by": "gate",
    }
    return sound | changes


def write_register(folder: Path, *rules: dict[str, Any], versions: list[dict[str, Any]] | None = None) -> Path:
    """Write rules, one planned sheet `tenders` and a pack below the folder."""
    (folder / "rules").mkdir(exist_ok=True)
    for entry in rules:
        dump(folder / "rules" / f"{entry['id']}.yml", entry)
    dump(folder / "planned_sheets.yml", {"tenders": {"title_zh": "招标投标", "title_en": "tenders"}})
    dump(folder / "pack.yml", {"versions": versions or [pack_version("2024.1.0")]})
    return folder


def pack_version(version: str, content_sha256: str = "0" * 64) -> dict[str, Any]:
    """One version of a pack."""
    return {"version": version, "changes_zh": "改", "changes_en": "changed", "content_sha256": content_sha256}


def dump(path: Path, value: Any) -> None:
    """Write a value as YAML."""
    path.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), encoding="utf-8")
