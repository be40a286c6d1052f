"""The styles of a workbook: a cell's own style with another fill, and the styles of the sheets that we add."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from taizhang.feedback.package import Element, PartError

COLOURS = {"block": "FFF7A8A1", "warn": "FFFFD180", "info": "FFC5D5E4"}
HEADER_COLOUR, GROUP_COLOUR, ANSWER_COLOUR, LINE_COLOUR = "FFE4ECF4", "FFF2F2F2", "FFFFFBE6", "FF8C9BAB"
LINK_COLOUR = "FF0563C1"
FONT_NAME = "宋体"
# Excel opens no workbook with more.
MOST_STYLES = 64_000

EMPTY_STYLES = (
    '<styleSheet xmlns="{main}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True)
class Look:
    """How a cell of our own sheets looks; `typed` cells keep what is typed into them as text."""

    bold: bool = False
    size: int = 10
    fill: str | None = None
    border: bool = True
    centred: bool = False
    link: bool = False
    typed: bool = False


class Styles:
    """The part `xl/styles.xml`, into which styles are added; none that is there is changed."""

    def __init__(self, root: Element, *, keeps_covered: bool = True) -> None:
        """`keeps_covered` is false where another program has put colours of its own below ours."""
        self.root = root
        self.keeps_covered = keeps_covered
        self.main = etree.QName(root).namespace
        self._formats = self._list("cellXfs")
        self._fills = self._list("fills")
        self._marked: dict[tuple[int, str], int] = {}
        self._marked_fills: dict[tuple[int, str], int] = {}
        self._looks: dict[Look, int] = {}
        self._parts: dict[tuple[str, str], int] = {}

    def _list(self, name: str) -> Element:
        found = self.root.find(f"{{{self.main}}}{name}")
        if found is None:
            raise PartError(f"the styles lack {name}")
        return found

    def _add(self, entries: Element, entry: Element) -> int:
        entries.append(entry)
        number = sum(isinstance(child.tag, str) for child in entries)
        entries.set("count", str(number))
        return number - 1

    def _children(self, entries: Element) -> list[Element]:
        return [child for child in entries if isinstance(child.tag, str)]

    def marked(self, style: int, severity: str) -> int:
        """Return the style that is the same but for its fill; the style itself when there is room for no more."""
        if (style, severity) not in self._marked:
            formats = self._children(self._formats)
            if len(formats) >= MOST_STYLES:
                return style
            own = formats[style] if style < len(formats) else formats[0]
            clone = deepcopy(own)
            clone.set("fillId", str(self._marked_fill(int(own.get("fillId", "0")), severity)))
            clone.set("applyFill", "1")
            self._marked[style, severity] = self._add(self._formats, clone)
        return self._marked[style, severity]

    def _marked_fill(self, own: int, severity: str) -> int:
        """A fill of the severity; the colour that it covers is kept as its second one, which a solid fill hides."""
        if (own, severity) not in self._marked_fills:
            covered = self._colour(own)
            fill = self._fill(COLOURS[severity], {"indexed": "64"} if covered is None else covered)
            self._marked_fills[own, severity] = self._add(self._fills, fill)
        return self._marked_fills[own, severity]

    def _colour(self, fill: int) -> Mapping[str, str] | None:
        fills = self._children(self._fills)
        pattern = fills[fill].find(f"{{{self.main}}}patternFill") if fill < len(fills) else None
        if pattern is None or pattern.get("patternType") != "solid":
            return None
        colour = pattern.find(f"{{{self.main}}}fgColor")
        return None if colour is None else dict(colour.attrib)

    def _fill(self, colour: str, covered: Mapping[str, str]) -> Element:
        fill = self._element("fill")
        pattern = etree.SubElement(fill, f"{{{self.main}}}patternFill", patternType="solid")
        etree.SubElement(pattern, f"{{{self.main}}}fgColor", rgb=colour)
        etree.SubElement(pattern, f"{{{self.main}}}bgColor", **covered)
        return fill

    @cached_property
    def unmarked(self) -> dict[str, int]:
        """For each style that carries one of our marks, one without it and with the colour that it covered."""
        ours = {
            number: fill
            for number, fill in enumerate(self._children(self._fills))
            if (self._colour(number) or {}).get("rgb", "").upper() in COLOURS.values()
        }
        found: dict[str, int] = {}
        for number, style in enumerate(self._children(self._formats)):
            fill = ours.get(int(style.get("fillId", "0")))
            if fill is not None:
                clone = deepcopy(style)
                clone.set("fillId", str(self._uncovered(fill)))
                found[str(number)] = self._add(self._formats, clone)
        return found

    def _uncovered(self, fill: Element) -> int:
        below = fill.find(f"{{{self.main}}}patternFill/{{{self.main}}}bgColor")
        if not self.keeps_covered or below is None or below.get("indexed") or below.get("auto"):
            return 0
        uncovered = self._element("fill")
        pattern = etree.SubElement(uncovered, f"{{{self.main}}}patternFill", patternType="solid")
        etree.SubElement(pattern, f"{{{self.main}}}fgColor", **dict(below.attrib))
        etree.SubElement(pattern, f"{{{self.main}}}bgColor", indexed="64")
        return self._add(self._fills, uncovered)

    def look(self, look: Look) -> int:
        """Return the style of our own cells that look so."""
        if look not in self._looks:
            fill = 0 if look.fill is None else self._part("fills", self._fill(look.fill, {"indexed": "64"}))
            style = self._element("xf")
            for name, value in {
                "numFmtId": 49 if look.typed else 0,
                "fontId": self._part("fonts", self._font(look)),
                "fillId": fill,
                "borderId": self._part("borders", self._border()) if look.border else 0,
                "xfId": 0,
                "quotePrefix": 0 if look.typed else 1,
                "applyNumberFormat": 1,
                "applyFont": 1,
                "applyFill": 1,
                "applyBorder": 1,
                "applyAlignment": 1,
            }.items():
                style.set(name, str(value))
            alignment = etree.SubElement(style, f"{{{self.main}}}alignment", wrapText="1")
            alignment.set("horizontal", "center" if look.centred else "left")
            alignment.set("vertical", "center")
            self._looks[look] = self._add(self._formats, style)
        return self._looks[look]

    def _part(self, name: str, entry: Element) -> int:
        """Add a font, fill or border once; returns its number."""
        key = (name, etree.tostring(entry).decode())
        if key not in self._parts:
            self._parts[key] = self._add(self._list(name), entry)
        return self._parts[key]

    def _element(self, name: str) -> Element:
        return etree.Element(f"{{{self.main}}}{name}")

    def _font(self, look: Look) -> Element:
        font = self._element("font")
        if look.bold:
            etree.SubElement(font, f"{{{self.main}}}b")
        if look.link:
            etree.SubElement(font, f"{{{self.main}}}u")
        etree.SubElement(font, f"{{{self.main}}}sz", val=str(look.size))
        etree.SubElement(font, f"{{{self.main}}}color", rgb=LINK_COLOUR if look.link else "FF000000")
        etree.SubElement(font, f"{{{self.main}}}name", val=FONT_NAME)
        return font

    def _border(self) -> Element:
        border = self._element("border")
        for side in ("left", "right", "top", "bottom"):
            line = etree.SubElement(border, f"{{{self.main}}}{side}", style="thin")
            etree.SubElement(line, f"{{{self.main}}}color", rgb=LINE_COLOUR)
        etree.SubElement(border, f"{{{self.main}}}diagonal")
        return border
