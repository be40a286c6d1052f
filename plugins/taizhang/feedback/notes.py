"""Comments of a sheet: ours are added to those that are there, and taken out again when the workbook comes back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lxml import etree

from taizhang.feedback.package import Element
from taizhang.feedback.words import say, severity_words
from taizhang.feedback.xml_text import excel_text
from taizhang.reading.text import column_index, column_letter

AUTHOR = "taizhang"
LONGEST_NOTE, LONGEST_HEAD, SHORTEST_TEXT = 3_000, 200, 80
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

# Some programs forget the authors of comments.
_OURS = re.compile(rf"【(?:{'|'.join(severity_words().values())})】R\d\d.*核查意见", re.DOTALL)

Place = tuple[int, int]


@dataclass(frozen=True)
class Note:
    """One finding in the comment of its cell."""

    head: str
    text: str


def note_text(notes: Iterable[Note]) -> str:
    """The whole text of a comment, from which its size is reckoned."""
    return "\n\n".join(f"{note.head}\n{note.text}" for note in notes)


class Comments:
    """The part that holds a sheet's comments, parsed."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.main = etree.QName(root).namespace
        self._list = self._child(root, "commentList")
        self._authors = self._child(root, "authors", first=True)

    @staticmethod
    def empty(namespace: str) -> bytes:
        """A part without comments."""
        return f'<comments xmlns="{namespace}"><authors/><commentList/></comments>'.encode()

    def _tag(self, name: str) -> str:
        return f"{{{self.main}}}{name}"

    def _child(self, parent: Element, name: str, first: bool = False) -> Element:
        found = parent.find(self._tag(name))
        if found is None:
            found = etree.Element(self._tag(name))
            parent.insert(0 if first else len(parent), found)
        return found

    def _our_author(self) -> str:
        """Number of our name among the authors; it is added where it is not there."""
        authors = self._authors.findall(self._tag("author"))
        for number, author in enumerate(authors):
            if author.text == AUTHOR:
                return str(number)
        etree.SubElement(self._authors, self._tag("author")).text = AUTHOR
        return str(len(authors))

    def clear(self) -> set[Place]:
        """Take out what we wrote before; returns the places of the comments that were ours alone."""
        ours = self._our_author()
        gone = set()
        for comment in self._list.findall(self._tag("comment")):
            if comment.get("authorId") == ours or _OURS.match("".join(comment.itertext())):
                gone.add(_place(comment.get("ref")))
                self._list.remove(comment)
            else:
                self._cut(comment)
        return gone

    def _cut(self, comment: Element) -> None:
        """Take our addition out of somebody's comment."""
        separator = say("note", "separator")
        texts = comment.iter(self._tag("t"))
        for text in texts:
            if separator not in (text.text or ""):
                continue
            text.text = text.text.partition(separator)[0].rstrip("\n")
            run = text.getparent()
            for later in run.itersiblings():
                if etree.QName(later).localname in ("r", "t"):
                    later.getparent().remove(later)
            return

    def write(self, notes: Mapping[Place, list[Note]]) -> dict[Place, str]:
        """Write the comments; returns the whole text where there was one before, to which ours is added."""
        standing = {_place(comment.get("ref")): comment for comment in self._list.findall(self._tag("comment"))}
        ours = self._our_author()
        for (row, column), given in sorted(notes.items()):
            comment = standing.get((row, column))
            if comment is None:
                reference = f"{column_letter(column)}{row}"
                comment = etree.SubElement(self._list, self._tag("comment"), ref=reference, authorId=ours)
                self._append(self._child(comment, "text"), given)
            else:
                self._append_to(self._child(comment, "text"), given)
        return {place: "".join(standing[place].itertext()) for place in notes if place in standing}

    def _append_to(self, text: Element, notes: list[Note]) -> None:
        """Add to a comment of somebody's own; a plain text becomes a run, for a comment has either."""
        plain = text.find(self._tag("t"))
        if plain is not None:
            run = etree.Element(self._tag("r"))
            text.replace(plain, run)
            run.append(plain)
        self._run(text, f"\n{say('note', 'separator')}\n", bold=False)
        self._append(text, notes)

    def _append(self, text: Element, notes: list[Note]) -> None:
        room = LONGEST_NOTE
        for number, note in enumerate(notes):
            if room <= 0:
                self._run(text, "\n\n" + say("note", "more", count=len(notes) - number), bold=False)
                return
            head = excel_text(note.head, LONGEST_HEAD)
            body = excel_text(note.text, max(room, SHORTEST_TEXT))
            self._run(text, ("\n\n" if number else "") + head + "\n", bold=True)
            self._run(text, body, bold=False)
            room -= len(head) + len(body)

    def _run(self, text: Element, content: str, *, bold: bool) -> None:
        run = etree.SubElement(text, self._tag("r"))
        properties = etree.SubElement(run, self._tag("rPr"))
        if bold:
            etree.SubElement(properties, self._tag("b"))
        etree.SubElement(properties, self._tag("sz"), val="9")
        etree.SubElement(properties, self._tag("rFont"), val="宋体")
        written = etree.SubElement(run, self._tag("t"))
        written.set(_SPACE, "preserve")
        written.text = content


def _place(reference: str | None) -> Place:
    letters = (reference or "A1").rstrip("0123456789")
    return int((reference or "A1")[len(letters) :]), column_index(letters)
