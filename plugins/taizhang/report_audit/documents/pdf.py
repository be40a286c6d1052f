"""PDF with a text layer as text, read in a process of its own with limits of time and memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

from taizhang.report_audit.documents.unreadable import unreadable
from taizhang.settings import settings

_PACKAGES = Path(__file__).parents[3]
_TAKEN_ALONG = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")


def pdf_text(data: bytes, name: str) -> str:
    """Return the text of a PDF's pages; ReportUnreadableError for scans, passwords, damage and what takes too long."""
    limit, memory = settings().reading_seconds, settings().reading_memory_bytes
    environment = {key: os.environ[key] for key in _TAKEN_ALONG if key in os.environ}
    try:
        answer = subprocess.run(
            [sys.executable, "-m", "taizhang.report_audit.documents.pdf_pages", str(limit), str(memory)],
            input=data,
            capture_output=True,
            timeout=limit,
            env={**environment, "PYTHONPATH": str(_PACKAGES), "PYTHONUTF8": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise unreadable("too_slow", name=name, limit=limit) from error
    if answer.returncode:
        raise unreadable("damaged", name=name, why=f"PDF {answer.returncode}")
    found = json.loads(answer.stdout)
    if "reason" in found:
        raise unreadable(found["reason"], name=name, why=found.get("why", "PDF"))
    if not found["text"].strip():
        raise unreadable("scanned", name=name)
    return str(found["text"])
