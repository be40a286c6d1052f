"""An OOXML workbook as a package of parts: read, replaced, added or removed; all other parts keep their bytes."""

import posixpath
import zipfile
from io import BytesIO
from typing import Any
from xml.parsers import expat

from lxml import etree

from taizhang.errors import TaizhangError

CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES_PART = "[Content_Types].xml"
WORKBOOK_PART = "xl/workbook.xml"
SPREADSHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
TRANSITIONAL = "http://schemas.openxmlformats.org/"
STRICT = "http://purl.oclc.org/ooxml/"
# An lxml element; lxml has no types.
Element = Any

_WRITTEN_AT = (1980, 1, 1, 0, 0, 0)


class PartError(TaizhangError):
    """The workbook's inner structure is not as it must be, so that it cannot be edited."""


# What is raised for a package that a tolerant reader takes and that cannot be edited all the same.
UNEDITABLE = (PartError, etree.XMLSyntaxError, expat.ExpatError, KeyError, UnicodeDecodeError, ValueError)


def parse(xml: bytes) -> Element:
    """Parse a part; nothing outside of it is loaded."""
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def serialise(root: Element) -> bytes:
    """Write a part."""
    xml: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return xml


class Package:
    """A workbook's parts; names are found whatever their case, as Excel does."""

    def __init__(self, data: bytes) -> None:
        self.archive = zipfile.ZipFile(BytesIO(data))
        self._names = {name.lower(): name for name in self.archive.namelist()}
        self._replaced: dict[str, bytes] = {}
        self._trees: dict[str, Element] = {}

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._names

    def read(self, part: str) -> bytes:
        """Return a part as it is now; PartError when there is none."""
        name = self._names.get(part.lower())
        if name is None:
            raise PartError(f"the workbook lacks {part}")
        if name in self._trees:
            return serialise(self._trees[name])
        return self._replaced[name] if name in self._replaced else self.archive.read(name)

    def write(self, part: str, xml: bytes) -> None:
        """Replace or add a part."""
        name = self._names.setdefault(part.lower(), part)
        self._trees.pop(name, None)
        self._replaced[name] = xml

    def remove(self, part: str) -> None:
        """Remove a part."""
        name = self._names.pop(part.lower())
        self._trees.pop(name, None)
        self._replaced.pop(name, None)

    def tree(self, part: str) -> Element:
        """Return a part parsed; what is changed in the tree is changed in the part."""
        name = self._names.get(part.lower(), part)
        if name not in self._trees:
            self._trees[name] = parse(self.read(part))
        return self._trees[name]

    def free_name(self, pattern: str) -> str:
        """Return the first name like `xl/comments{}.xml` that no part has."""
        number = 1
        while pattern.format(number).lower() in self._names:
            number += 1
        return pattern.format(number)

    def names(self, beginning: str) -> list[str]:
        """Return the names of the parts that begin so, in lower case."""
        return [name for name in self._names if name.startswith(beginning.lower())]

    def declare(self, part: str, content_type: str) -> None:
        """Say what kind of part this is."""
        self.undeclare(part)
        etree.SubElement(
            self.tree(TYPES_PART), f"{{{CONTENT_TYPES}}}Override", PartName=f"/{part}", ContentType=content_type
        )

    def declare_extension(self, extension: str, content_type: str) -> None:
        """Say what the parts with this extension are, unless it has been said."""
        root = self.tree(TYPES_PART)
        defaults = root.iterfind(f"{{{CONTENT_TYPES}}}Default")
        if not any(default.get("Extension", "").lower() == extension for default in defaults):
            # Before the overrides, where Excel writes the defaults.
            root.insert(0, etree.Element(f"{{{CONTENT_TYPES}}}Default", Extension=extension, ContentType=content_type))

    def undeclare(self, part: str) -> None:
        """Take back what was said of a part."""
        root = self.tree(TYPES_PART)
        for override in list(root.iterfind(f"{{{CONTENT_TYPES}}}Override")):
            if override.get("PartName", "").lower() == f"/{part}".lower():
                root.remove(override)

    def relationships(self, part: str) -> "Relationships":
        """Return what a part refers to."""
        return Relationships(self, part)

    def save(self) -> bytes:
        """Return the package as a file; the same content gives the same bytes."""
        target = BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as written:
            kept = [info for info in self.archive.infolist() if self._names.get(info.filename.lower()) == info.filename]
            for info in kept:
                written.writestr(_entry(info.filename, info.date_time), self.read(info.filename))
            known = {info.filename for info in kept}
            for name in self._names.values():
                if name not in known:
                    written.writestr(_entry(name, _WRITTEN_AT), self.read(name))
        return target.getvalue()


def _entry(name: str, when: tuple[int, int, int, int, int, int]) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, when)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


class Relationships:
    """The relationships of one part; kinds are the last word of their type, such as worksheet or comments."""

    def __init__(self, package: Package, part: str) -> None:
        self.package = package
        self.part = part
        folder, name = posixpath.split(part)
        self.name = f"{folder}/_rels/{name}.rels"

    def targets(self, kind: str) -> dict[str, str]:
        """Return the parts of one kind by the relationship's id."""
        # Parsed anew, for a part that is only looked at keeps its bytes.
        entries = parse(self.package.read(self.name)) if self.name in self.package else []
        return {
            entry.get("Id"): self._resolve(entry.get("Target", ""))
            for entry in entries
            if isinstance(entry.tag, str)
            and entry.get("Type", "").endswith(f"/{kind}")
            and entry.get("TargetMode") != "External"
        }

    def _resolve(self, target: str) -> str:
        return posixpath.normpath(posixpath.join("/", posixpath.dirname(self.part), target)).lstrip("/")

    def add(self, kind: str, target: str, types: str) -> str:
        """Refer to a part; returns the new relationship's id. `types` is what the type's address begins with."""
        if self.name not in self.package:
            self.package.write(self.name, f'<Relationships xmlns="{RELATIONSHIPS}"/>'.encode())
        root = self.package.tree(self.name)
        taken = {entry.get("Id") for entry in root}
        number = 1
        while f"rId{number}" in taken:
            number += 1
        relative = posixpath.relpath(target, posixpath.dirname(self.part))
        etree.SubElement(
            root,
            f"{{{RELATIONSHIPS}}}Relationship",
            Id=f"rId{number}",
            Type=f"{types}officeDocument/{'2006/' if types == TRANSITIONAL else ''}relationships/{kind}",
            Target=relative,
        )
        return f"rId{number}"

    def remove(self, kind: str, part: str) -> None:
        """Refer to a part no longer."""
        ids = {identity for identity, target in self.targets(kind).items() if target.lower() == part.lower()}
        root = self.package.tree(self.name)
        for entry in list(root):
            if entry.get("Id") in ids:
                root.remove(entry)
