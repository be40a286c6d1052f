"""Logs as JSON lines."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from taizhang.observe import logs
from taizhang.settings import settings

log = logging.getLogger("taizhang.tests")


@pytest.fixture
def package() -> Iterator[logging.Logger]:
    """The package's logger, as it was afterwards."""
    package = logging.getLogger(logs.PACKAGE)
    before = (package.handlers, package.level, package.propagate)
    yield package
    package.handlers, package.level, package.propagate = before
    settings.cache_clear()


def test_lines_carry_what_they_are_about(package: logging.Logger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIZHANG_LOG_FORMAT", "json")
    settings.cache_clear()
    stream = io.StringIO()
    logs.set_up(stream)
    with logs.about(publication_id=7):
        log.info("第 %s 期", 7)
        with logs.about(submission_id=3):
            log.warning("inner")
    try:
        raise ValueError("no such thing")
    except ValueError:
        log.exception("failed")
    first, second, third = map(json.loads, stream.getvalue().splitlines())
    assert first["message"] == "第 7 期"
    assert (first["level"], first["logger"], first["publication_id"]) == ("info", "taizhang.tests", 7)
    assert (second["publication_id"], second["submission_id"]) == (7, 3)
    assert "publication_id" not in third
    assert "ValueError: no such thing" in third["traceback"]


def test_plain_logs_stay_as_they_are(package: logging.Logger) -> None:
    settings.cache_clear()
    before = list(package.handlers)
    logs.set_up(io.StringIO())
    assert package.handlers == before
