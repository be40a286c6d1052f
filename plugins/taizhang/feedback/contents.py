"""The list of a workbook's sheets: where each stands, sheets put in front, sheets taken out."""

from dataclasses import dataclass

from lxml import etree

from taizhang.feedback.package import SPREADSHEET_TYPE, STRICT, TRANSITIONAL, WORKBOOK_PART, Element, Package, PartError

CALC_CHAIN = "xl/calcChain.xml"
# What stands before the defined names (ECMA-376, CT_Workbook).
_BEFORE_NAMES = ("externalReferences", "functionGroups", "sheets")
LONGEST_TITLE = 31


@dataclass(frozen=True)
class SheetEntry:
    """One sheet of the workbook, of cells or a chart; `part` is None for a sheet that is not of this package."""

    title: str
    part: str | None
    element: Element
    is_worksheet: bool


class Contents:
    """The part `xl/workbook.xml`."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.root = package.tree(WORKBOOK_PART)
        self.main = etree.QName(self.root).namespace
        self.types = STRICT if str(self.main).startswith(STRICT) else TRANSITIONAL
        year = "2006/" if self.types == TRANSITIONAL else ""
        self.link_namespace = f"{self.types}officeDocument/{year}relationships"
        self._sheets = self._find("sheets")
        self.relationships = package.relationships(WORKBOOK_PART)
        self._order = list(self._sheets.iterfind(self._tag("sheet")))

    def _tag(self, name: str) -> str:
        return f"{{{self.main}}}{name}"

    def _find(self, name: str) -> Element:
        found = self.root.find(self._tag(name))
        if found is None:
            raise PartError(f"the workbook lacks {name}")
        return found

    def sheets(self) -> list[SheetEntry]:
        """Return the sheets in order, charts of their own among them."""
        worksheets = self.relationships.targets("worksheet")
        parts = {**worksheets, **self.relationships.targets("chartsheet")}
        of_cells = set(worksheets.values())
        named = (
            (entry.get("name", ""), parts.get(entry.get(f"{{{self.link_namespace}}}id")), entry)
            for entry in self._sheets.iterfind(self._tag("sheet"))
        )
        return [SheetEntry(title, part, entry, part in of_cells) for title, part, entry in named]

    def free_title(self, title: str) -> str:
        """Return the title, with a number where another sheet has it; Excel does not tell letters' case apart."""
        taken = {entry.title.lower() for entry in self.sheets()}
        number, free = 1, title
        while free.lower() in taken:
            number += 1
            free = f"{title[: LONGEST_TITLE - 4]} {number}"
        return free

    def remove(self, entry: SheetEntry) -> None:
        """Take a sheet out, with its part; the chain of formulas is made anew by whoever opens the workbook."""
        self._sheets.remove(entry.element)
        if entry.part is None:
            return
        own_relationships = self.package.relationships(entry.part).name
        self.relationships.remove("worksheet", entry.part)
        self.package.undeclare(entry.part)
        self.package.remove(entry.part)
        if own_relationships in self.package:
            self.package.remove(own_relationships)
        if CALC_CHAIN in self.package:
            self.relationships.remove("calcChain", CALC_CHAIN)
            self.package.undeclare(CALC_CHAIN)
            self.package.remove(CALC_CHAIN)

    def add(self, title: str, xml: bytes, *, position: int) -> str:
        """Put a new sheet at a position; returns its part."""
        part = self.package.free_name("xl/worksheets/sheet{}.xml")
        self.package.write(part, xml)
        self.package.declare(part, f"{SPREADSHEET_TYPE}worksheet+xml")
        identities = [int(entry.get("sheetId", "0")) for entry in [*self._order, *self._sheets]]
        entry = etree.Element(self._tag("sheet"), name=title, sheetId=str(max(identities, default=0) + 1))
        entry.set(f"{{{self.link_namespace}}}id", self.relationships.add("worksheet", part, self.types))
        self._sheets.insert(position, entry)
        return part

    def add_name(self, name: str, title: str, formula: str) -> None:
        """Define a name that belongs to one sheet, such as the rows that every printed page repeats."""
        names = self.root.find(self._tag("definedNames"))
        if names is None:
            names = etree.Element(self._tag("definedNames"))
            after = next(found for tag in _BEFORE_NAMES if (found := self.root.find(self._tag(tag))) is not None)
            after.addnext(names)
        now = [entry.get("name") for entry in self._sheets.iterfind(self._tag("sheet"))]
        defined = etree.SubElement(names, self._tag("definedName"), name=name, localSheetId=str(now.index(title)))
        defined.text = formula

    def renumber(self) -> None:
        """Let names that belong to a sheet follow it to its new place, and let the workbook open on the first sheet.

        To be called once, when all sheets have been taken out and put in and before names are added.
        """
        now = list(self._sheets.iterfind(self._tag("sheet")))
        places = {str(old): now.index(entry) if entry in now else None for old, entry in enumerate(self._order)}
        for defined in list(self.root.iter(self._tag("definedName"))):
            old = defined.get("localSheetId")
            if old is None:
                continue
            place = places.get(old)
            if place is None:
                defined.getparent().remove(defined)
            else:
                defined.set("localSheetId", str(place))
        for view in self.root.iter(self._tag("workbookView")):
            view.attrib.pop("firstSheet", None)
            view.attrib.pop("activeTab", None)
