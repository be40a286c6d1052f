"""Logs as JSON lines, on demand: one object per line, with the submission or publication that it is about."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TextIO

from taizhang.settings import settings

PACKAGE = "taizhang"

_NOTHING: MappingProxyType[str, int] = MappingProxyType({})
_about: ContextVar[MappingProxyType[str, int]] = ContextVar("about", default=_NOTHING)


@contextmanager
def about(**numbers: int) -> Iterator[None]:
    """Let every line that is logged in this block carry these numbers, such as `publication_id`."""
    token = _about.set(MappingProxyType(_about.get() | numbers))
    try:
        yield
    finally:
        _about.reset(token)


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON: time (UTC), level, logger, message, the numbers it is about, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_about.get(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up(stream: TextIO) -> None:
    """Let the package's loggers write JSON lines to the stream, from INFO on, if TAIZHANG_LOG_FORMAT says json.

    Otherwise they stay as they are. Called again it changes nothing but the stream.
    """
    if settings().log_format != "json":
        return
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    package = logging.getLogger(PACKAGE)
    package.handlers = [handler]
    package.setLevel(logging.INFO)
    package.propagate = False
