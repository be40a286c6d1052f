"""The process that reads a PDF: from standard input to a JSON object with `text`, or `reason` and `why`."""

import io
import json
import logging
import resource
import sys

from pypdf import PdfReader
from pypdf.errors import PyPdfError

MOST_PAGES = 2_000
MOST_CHARS = 20_000_000


def main() -> None:
    """Read the file on standard input; the arguments are the most seconds and the most bytes."""
    seconds, memory = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    logging.disable(logging.CRITICAL)
    print(json.dumps(_answer(sys.stdin.buffer.read())))


def _answer(data: bytes) -> dict[str, str]:
    try:
        reader = PdfReader(io.BytesIO(data))
        # Many are protected against changes alone, which no password is needed to read.
        if reader.is_encrypted and not reader.decrypt(""):
            return {"reason": "encrypted"}
        return _text(reader)
    except MemoryError:
        return {"reason": "bomb"}
    # Damage shows itself anywhere within the reader; the process answers for this one file alone.
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        return {"reason": "damaged", "why": type(error).__name__}


def _text(reader: PdfReader) -> dict[str, str]:
    if len(reader.pages) > MOST_PAGES:
        return {"reason": "bomb"}
    pages: list[str] = []
    count = 0
    for page in reader.pages:
        pages.append(page.extract_text())
        count += len(pages[-1])
        if count > MOST_CHARS:
            return {"reason": "bomb"}
    return {"text": "\n".join(pages)}


if __name__ == "__main__":
    main()
