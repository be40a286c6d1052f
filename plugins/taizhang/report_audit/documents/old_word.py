"""Old Word documents (.doc, .rtf, .wps) through LibreOffice, where it is installed."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from taizhang.report_audit.documents.unreadable import unreadable
from taizhang.report_audit.documents.word import word_text
from taizhang.settings import settings

_PROGRAMS = ("soffice", "libreoffice")


def old_word_text(data: bytes, name: str) -> str:
    """Return the text of a document that LibreOffice turns into .docx; ReportUnreadableError when it does not."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise unreadable("no_office", name=name)
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        source = Path(folder) / ("report.rtf" if data.startswith(b"{\\rtf") else "report.doc")
        source.write_bytes(data)
        _convert(program, source, name)
        converted = source.with_suffix(".docx")
        if not converted.is_file():
            raise unreadable("not_converted", name=name, why="LibreOffice Writer")
        return word_text(converted.read_bytes(), name)


def _convert(program: str, source: Path, name: str) -> None:
    """Turn a file into .docx beside it, with a profile of its own: macros stay off, nothing of the user is touched."""
    profile = (source.parent / "profile").as_uri()
    limit = settings().reading_seconds
    command = [
        program, f"-env:UserInstallation={profile}", "--headless", "--norestore", "--convert-to", "docx",
        "--outdir", str(source.parent), str(source),
    ]  # fmt: skip
    try:
        subprocess.run(command, capture_output=True, timeout=limit, check=True)
    except subprocess.TimeoutExpired as error:
        raise unreadable("too_slow", name=name, limit=limit) from error
    except subprocess.CalledProcessError as error:
        raise unreadable("not_converted", name=name, why=f"soffice {error.returncode}") from error
