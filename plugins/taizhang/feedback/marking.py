"""The feedback workbook: the submitter's own workbook with marked cells, comments and the list of findings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from taizhang.feedback import note_shapes
from taizhang.feedback.contents import Contents, SheetEntry
from taizhang.feedback.model import Feedback
from taizhang.feedback.notes import Comments, Note, note_text
from taizhang.feedback.opinion import LONGEST_VALUE, Listed, OpinionSheets, advice_of, quoted
from taizhang.feedback.package import SPREADSHEET_TYPE, Package
from taizhang.feedback.sheet_marks import SheetMarks
from taizhang.feedback.sheet_scan import Place, SheetScan, as_utf8, deselected, merged_places
from taizhang.feedback.sheet_writer import SheetWriter
from taizhang.feedback.styling import EMPTY_STYLES, Styles
from taizhang.feedback.words import say
from taizhang.feedback.xml_text import clean
from taizhang.reading.answers import FEEDBACK_MARK, MORE_TITLE, OPINION_TITLE
from taizhang.warehouse.audit_tables import SEVERITIES

STYLES_PART, APPLICATION_PART = "xl/styles.xml", "docProps/app.xml"
VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
# A workbook with more comments opens slowly; the cells beyond are coloured, and in the list.
MOST_NOTES = 5_000
_NUMBERED = re.compile(rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?v>(\d+)<")


def mark_workbook(data: bytes, feedback: Feedback) -> bytes:
    """Return a copy of an .xlsx file with the feedback in it; everything else in it stays as it is.

    Raises one of `package.UNEDITABLE` when the file's inner structure is not what it must be.
    """
    return _Marking(Package(data), feedback).run()


@dataclass
class _SheetTask:
    """What is to be marked in one sheet: the worst severity and the notes of each place."""

    levels: dict[Place, str]
    notes: dict[Place, list[Note]]


class _Marking:
    def __init__(self, package: Package, feedback: Feedback) -> None:
        self.package = package
        self.feedback = feedback
        self.contents = Contents(package)
        self.styles = Styles(self._styles_root(), keeps_covered=not self._was_saved_by_office())
        self.was_marked = False

    def _was_saved_by_office(self) -> bool:
        """LibreOffice and its kin write a colour of their palette where the one that ours covers was kept."""
        return APPLICATION_PART in self.package and b"Office/" in self.package.read(APPLICATION_PART)

    def _styles_root(self) -> object:
        targets = self.contents.relationships.targets("styles").values()
        part = next(iter(targets), STYLES_PART)
        if part not in self.package:
            self.package.write(STYLES_PART, EMPTY_STYLES.format(main=self.contents.main).encode())
            self.package.declare(STYLES_PART, f"{SPREADSHEET_TYPE}styles+xml")
            self.contents.relationships.add("styles", STYLES_PART, self.contents.types)
        return self.package.tree(part)

    def run(self) -> bytes:
        """Mark the sheets and put the list in front."""
        self._take_out_earlier_lists()
        entries = self.contents.sheets()
        title = self.contents.free_title(OPINION_TITLE)
        more_title = self.contents.free_title(MORE_TITLE)
        opinion = OpinionSheets(self.feedback, self.styles, {entry.title for entry in entries}, more_title)
        tasks = self._tasks(opinion.listing.all, {entry.title for entry in entries})
        block = note_shapes.first_free_block(self.package.read(name) for name in self.package.names("xl/drawings/vml"))
        for entry in entries:
            block = self._mark(entry, tasks.get(entry.title), block)
        first, more = opinion.first(), opinion.more()
        self.contents.add(title, first.xml(selected=True), position=0)
        if more:
            self.contents.add(more_title, more.xml(selected=False), position=1)
        self.contents.renumber()
        for name, sheet in ((title, first), (more_title, more)):
            self._print_header(name, sheet)
        return self.package.save()

    def _print_header(self, title: str, sheet: SheetWriter | None) -> None:
        if sheet:
            self.contents.add_name("_xlnm.Print_Titles", title, f"{quoted(title)}!${sheet.frozen}:${sheet.frozen}")

    def _take_out_earlier_lists(self) -> None:
        """A workbook that was given back and sent again has our list of then, and our marks."""
        strings = self._shared_strings()
        for entry in self.contents.sheets():
            if entry.is_worksheet and self._is_our_list(entry, strings):
                self.contents.remove(entry)
                self.was_marked = True

    def _shared_strings(self) -> set[bytes]:
        """Numbers of the shared strings that are our mark; a program that saves the workbook moves it there."""
        part = next(iter(self.contents.relationships.targets("sharedStrings").values()), None)
        if part is None or part not in self.package or FEEDBACK_MARK.encode() not in self.package.read(part):
            return set()
        strings = [entry for entry in self.package.tree(part) if isinstance(entry.tag, str)]
        return {
            str(number).encode()
            for number, entry in enumerate(strings)
            if "".join(entry.itertext()).strip() == FEEDBACK_MARK
        }

    def _is_our_list(self, entry: SheetEntry, strings: set[bytes]) -> bool:
        xml = as_utf8(self.package.read(entry.part or ""))
        start = xml.find(b"sheetData")
        first_row = xml[start : xml.find(b"row>", start)]
        shared = {number for attributes, number in _NUMBERED.findall(first_row) if b't="s"' in attributes}
        return FEEDBACK_MARK.encode() in first_row or not strings.isdisjoint(shared)

    def _tasks(self, listed: list[Listed], sheets: set[str]) -> dict[str, _SheetTask]:
        """Gather by sheet and cell; the list is in order of severity, so the first is the worst."""
        tasks: dict[str, _SheetTask] = {}
        room = MOST_NOTES
        for item in listed:
            remark = item.remark
            place = remark.place
            if place is None or remark.sheet_title not in sheets:
                continue
            task = tasks.setdefault(remark.sheet_title or "", _SheetTask({}, {}))
            task.levels.setdefault(place, remark.level)
            if place in task.notes or room > 0:
                room -= place not in task.notes
                task.notes.setdefault(place, []).append(self._note(item))
        return tasks

    def _note(self, item: Listed) -> Note:
        remark = item.remark
        title = self.feedback.title(remark.check_id)
        head = say("note", "head", severity=remark.called, rule=remark.rule_id, title=title)
        advice = advice_of(remark)
        lines = (
            remark.message,
            say("note", "value", value=clean(remark.value, LONGEST_VALUE)) if remark.value else "",
            say("note", "advice", advice=advice) if advice else "",
            say("note", "answer", answer=remark.answer) if remark.answer else "",
            say("note", "listed", number=item.number),
        )
        return Note(head, "\n".join(filter(None, lines)))

    def _mark(self, entry: SheetEntry, task: _SheetTask | None, block: int) -> int:
        """Mark one sheet; returns the first block of shape numbers that is still free."""
        if entry.part is None or entry.part not in self.package:
            return block
        read = self.package.read(entry.part)
        xml = deselected(read)
        if entry.is_worksheet and (task or self.was_marked):
            xml, block = self._marked(entry.part, as_utf8(xml), task or _SheetTask({}, {}), block)
        if xml is not read and xml != read:
            self.package.write(entry.part, xml)
        return block

    def _marked(self, part: str, xml: bytes, task: _SheetTask, block: int) -> tuple[bytes, int]:
        """Colour the cells, each anchor of a merged range for what it covers, and write the comments."""
        covered = merged_places(xml, task.levels.keys())
        levels: dict[Place, str] = {}
        notes: dict[Place, list[Note]] = {}
        for place, level in task.levels.items():
            at = covered.get(place, place)
            levels[at] = min(level, levels.get(at, level), key=SEVERITIES.index)
            notes.setdefault(at, []).extend(task.notes.get(place, []))
        unmarked = self.styles.unmarked if self.was_marked else {}
        scan = SheetScan(xml, {row for row, _ in levels}, unmarked)
        marks = SheetMarks(xml, scan)
        marks.restyle(unmarked)
        styles_of = {level: partial(self._styled, level) for level in SEVERITIES}
        marks.mark({place: styles_of[level] for place, level in levels.items()}, unmarked)
        block = self._comment(part, marks, {place: given for place, given in notes.items() if given}, block)
        return marks.applied(), block

    def _styled(self, level: str, style: int) -> int:
        return self.styles.marked(style, level)

    def _comment(self, part: str, marks: SheetMarks, notes: Mapping[Place, list[Note]], block: int) -> int:
        """Write the notes into the sheet's comments and draw the boxes of those that are new."""
        relationships = self.package.relationships(part)
        drawing = relationships.targets("vmlDrawing").get(marks.drawing_id or "")
        comments_part = next(iter(relationships.targets("comments").values()), None)
        if not notes and (comments_part is None or not self.was_marked):
            return block
        if comments_part is None:
            comments_part = self.package.free_name("xl/comments{}.xml")
            self.package.write(comments_part, Comments.empty(self.contents.main))
            self.package.declare(comments_part, f"{SPREADSHEET_TYPE}comments+xml")
            relationships.add("comments", comments_part, self.contents.types)
        comments = Comments(self.package.tree(comments_part))
        gone = comments.clear() if self.was_marked else set()
        standing = comments.write(notes)
        if drawing is None:
            drawing = self.package.free_name("xl/drawings/vmlDrawing{}.vml")
            self.package.write(drawing, note_shapes.empty_drawing())
            self.package.declare_extension("vml", VML_TYPE)
            relationship = relationships.add("vmlDrawing", drawing, self.contents.types)
            marks.refer_to_drawing(relationship, self.contents.link_namespace)
        texts = {place: note_text(given) for place, given in notes.items()} | standing
        anchors = {place: note_shapes.anchor_of(place, text, marks.scan) for place, text in texts.items()}
        shapes = note_shapes.without_boxes(as_utf8(self.package.read(drawing)), gone)
        shapes = note_shapes.resized(shapes, {place: anchors[place] for place in standing})
        new = {place: anchor for place, anchor in anchors.items() if place not in standing}
        self.package.write(drawing, note_shapes.with_boxes(shapes, new, block))
        return block + note_shapes.blocks_of(len(new))
