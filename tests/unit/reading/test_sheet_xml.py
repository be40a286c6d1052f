import pytest

from taizhang.reading.sheet_xml import LOOSE_EXTENT, MAX_COLUMN, MAX_ROW, SheetXml, Styles

STYLES = """<styleSheet><numFmts count="3"><numFmt numFmtId="164" formatCode="0.0%"/>
<numFmt numFmtId="165" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>
<numFmt numFmtId="166" formatCode="yyyy-mm-dd"/></numFmts>
<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="9"/>
<xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="17"/></cellXfs></styleSheet>""".encode()

SHEET = """<{p}worksheet><{p}cols><{p}col min="2" max="3" hidden="1"/></{p}cols><{p}sheetData>
<{p}row r="1"><{p}c r="A1" s="2"><{p}v>0.5</{p}v></{p}c><{p}c r="B1" t="e"><{p}v>#REF!</{p}v></{p}c></{p}row>
<{p}row r="2" hidden="1"><{p}c r="A2"><{p}f>1+1</{p}f></{p}c><{p}c r="B2"><{p}f>1</{p}f><{p}v>1</{p}v></{p}c></{p}row>
<{p}row r="3" ht="0"><{p}c r="A3" t="str"><{p}f>""</{p}f><{p}v></{p}v></{p}c></{p}row>
</{p}sheetData></{p}worksheet>"""


@pytest.mark.parametrize("prefix", ["", "x:"], ids=["plain tags", "tags with a prefix"])
def test_what_calamine_does_not_tell(prefix: str) -> None:
    sheet = SheetXml(SHEET.format(p=prefix).encode(), Styles.read(STYLES))
    assert sheet.hidden_rows() == {2, 3}
    assert sheet.hidden_columns() == {1, 2}
    assert sheet.error_cells() == {(1, 1): "#REF!"}
    assert sheet.formulas_without_value() == {(2, 0)}
    assert sheet.styled_rows("A", sheet.styles.percent) == {1}
    assert sheet.extent() == LOOSE_EXTENT


def test_attributes_in_single_quotes() -> None:
    sheet = SheetXml(SHEET.format(p="").replace('""', "x").replace('"', "'").encode())
    assert sheet.hidden_rows() == {2, 3}
    assert sheet.hidden_columns() == {1, 2}
    assert sheet.error_cells() == {(1, 1): "#REF!"}


def test_styles_that_show_percent_or_only_the_month() -> None:
    assert Styles.read(STYLES) == Styles(percent=frozenset({b"1", b"2"}), month=frozenset({b"3", b"5"}))


EXTENTS = [
    (b'<row r="20000"><c r="B20000"><v>1</v></c></row>', (20000, 2)),
    (b'<row r="20000"><c r="B20000" s="1"/></row>', (0, 0)),
    (b'<row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>', (1, 16384)),
    (b'<row r="20000"><c><v>1</v></c></row>', (MAX_ROW, MAX_COLUMN)),
    (b"<row r='20000'><c r = 'B20000'><v>1</v></c></row>", (20000, 2)),
    (b'<row r="1"><c r="A1" t="inlineStr"><is><t>for =\'x\' r=\'XFD1\'</t></is></c></row>', LOOSE_EXTENT),
]


@pytest.mark.parametrize(
    ("xml", "extent"), EXTENTS, ids=["far", "far but empty", "wide", "no places", "odd quotes", "text"]
)
def test_extent_of_values(xml: bytes, extent: tuple[int, int]) -> None:
    assert SheetXml(b"<worksheet><sheetData>" + xml + b"</sheetData></worksheet>").extent() == extent
