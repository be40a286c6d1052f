"""Text files: UTF-8 or GB18030, UTF-16 with its mark."""

import re

from taizhang.report_audit.documents.unreadable import unreadable

_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(data: bytes, name: str) -> str:
    """Decode a text file; ReportUnreadableError when it is none."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif _BINARY.search(data):
        raise unreadable("format", name=name)
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    raise unreadable("encoding", name=name)
