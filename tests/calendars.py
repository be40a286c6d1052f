"""Filing calendars for tests: the committed one with some of its entries replaced, in a folder of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from taizhang.settings import PROJECT_ROOT, settings

COMMITTED = PROJECT_ROOT / "config" / "calendar.yml"


def committed() -> dict[str, Any]:
    """What stands in the committed calendar."""
    loaded: dict[str, Any] = yaml.safe_load(COMMITTED.read_text(encoding="utf-8"))
    return loaded


@contextmanager
def calendar(folder: Path, **entries: Any) -> Iterator[None]:
    """Let the settings point to a folder with such a calendar."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "calendar.yml").write_text(yaml.safe_dump(committed() | entries, allow_unicode=True), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIZHANG_CONFIG_DIR", str(folder))
        settings.cache_clear()
        yield
    settings.cache_clear()
