"""Markdown as text: marks of headings, emphasis and quotes taken off, rows of tables parted by tabs."""

import re

_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_FRONT = re.compile(r"\s{0,3}(?:#{1,6}\s+|>\s?)+")
_EMPHASIS = re.compile(r"(\*\*|__|\*|`)(?=\S)(.+?)(?<=\S)\1")
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_ROW = re.compile(r"\s*\|.*\|\s*")


def markdown_text(text: str) -> str:
    """Return the text that a page of Markdown shows, line by line."""
    return "\n".join(_line(line) for line in text.split("\n") if not _RULE.fullmatch(line) and not _FENCE.match(line))


def _line(line: str) -> str:
    line = _LINK.sub(r"\1", _FRONT.sub("", line))
    line = _EMPHASIS.sub(r"\2", line)
    if not _ROW.fullmatch(line):
        return line
    return "\t".join(cell.strip() for cell in line.strip().strip("|").split("|"))
