"""The sheets 核查意见 and 核查意见（续）: the outcome, what is to be done by when, and every finding."""

from dataclasses import dataclass
from itertools import groupby

from taizhang.feedback.model import Feedback, Remark
from taizhang.feedback.sheet_writer import Cell, Column, SheetWriter
from taizhang.feedback.styling import ANSWER_COLOUR, COLOURS, GROUP_COLOUR, HEADER_COLOUR, Look, Styles
from taizhang.feedback.words import say, severity_words, words
from taizhang.feedback.xml_text import clean
from taizhang.reading.answers import COPY_OF_CSV, FEEDBACK_MARK, KEY_HEADER, SUBMISSION_HEADER
from taizhang.template.cells import month_text
from taizhang.warehouse.audit_tables import SEVERITIES

# Of each rule so many findings are shown with it, the others in the sheet that continues the list.
SHOWN_PER_RULE = 50
# Of a whole row that is named as a value, its beginning tells which one it is.
LONGEST_VALUE = 60

COLUMNS = (
    Column("key", 2.0, hidden=True),
    Column("submission", 2.0, hidden=True),
    Column("number", 6.0),
    Column("severity", 8.0),
    Column("sheet", 13.0),
    Column("cell", 9.0),
    Column("subject", 24.0),
    Column("value", 15.0),
    Column("message", 46.0),
    Column("advice", 36.0),
    Column("answer", 32.0),
)
FIRST, VALUE_FROM, LAST = 2, 4, len(COLUMNS) - 1

PLAIN = Look()
HIDDEN = Look(border=False)
TITLE = Look(bold=True, size=16, border=False)
LABEL = Look(bold=True, fill=HEADER_COLOUR, centred=True)
HEADER = Look(bold=True, fill=HEADER_COLOUR, centred=True)
GROUP = Look(bold=True, fill=GROUP_COLOUR)
GROUP_LINK = Look(bold=True, fill=GROUP_COLOUR, link=True)
CENTRED = Look(centred=True)
LINK = Look(centred=True, link=True)
ANSWER = Look(typed=True, fill=ANSWER_COLOUR)
OUTCOME_SEVERITY = {
    "quarantined": "block",
    "accepted": "warn",
    "answered": "info",
    "superseded": "info",
    "in_review": "warn",
    "held": "warn",
}
# What passed the gate is asked for the same, whether it counts at once or not.
ASKED_AS_ACCEPTED = ("superseded", "in_review", "held")


@dataclass(frozen=True)
class Listed:
    """A remark with its number in the list."""

    number: int
    remark: Remark


@dataclass(frozen=True)
class Listing:
    """All remarks, numbered: those shown by rule on the first sheet, those that the second sheet continues with."""

    shown: list[Listed]
    more: list[Listed]

    @property
    def all(self) -> list[Listed]:
        """All of them by number."""
        return [*self.shown, *self.more]


def _rank(remark: Remark) -> tuple[int, str, str]:
    return SEVERITIES.index(remark.level), remark.rule_id, remark.check_id


def arrange(feedback: Feedback) -> Listing:
    """Group the remarks by severity and rule, and number them."""
    shown: list[Remark] = []
    more: list[Remark] = []
    for _, group in groupby(sorted(feedback.remarks, key=_rank), key=_rank):
        remarks = list(group)
        shown += remarks[:SHOWN_PER_RULE]
        more += remarks[SHOWN_PER_RULE:]
    first = [Listed(number, remark) for number, remark in enumerate(shown, 1)]
    return Listing(first, [Listed(number, remark) for number, remark in enumerate(more, len(shown) + 1)])


class OpinionSheets:
    """Writes the two sheets; `sheets` are the titles of the workbook, to which cells link."""

    def __init__(self, feedback: Feedback, styles: Styles, sheets: set[str], more_title: str) -> None:
        self.feedback = feedback
        self.styles = styles
        self.sheets = sheets
        self.more_title = more_title
        self.listing = arrange(feedback)

    def first(self) -> SheetWriter:
        """Write 核查意见."""
        sheet = self._begin("title")
        kind = self.feedback.copied_from
        lines = {"outcome": self._outcome(), "accepted": self._accepted(), "due": self._due(), "how": self._how()}
        for place, (name, text) in enumerate(lines.items()):
            severity = OUTCOME_SEVERITY[self._state()]
            look = Look(bold=True, fill=COLOURS[severity]) if name == "outcome" else Look()
            cells = {FIRST: Cell(say("labels", name), LABEL), VALUE_FROM: Cell(text, look)}
            if place == 0 and kind == COPY_OF_CSV:
                cells[0] = Cell(COPY_OF_CSV, HIDDEN)
            sheet.add_line(cells, {FIRST: VALUE_FROM - 1, VALUE_FROM: LAST}, least=20.0)
        self._header(sheet)
        where = {self._group_key(listed.remark): at for at, listed in self._first_of_more().items()}
        for key, group in groupby(self.listing.shown, key=lambda listed: self._group_key(listed.remark)):
            self._add_group(sheet, list(group), where.get(key))
        if self.feedback.unlisted:
            sheet.add_line({FIRST: Cell(say("unlisted", count=self.feedback.unlisted), GROUP)}, {FIRST: LAST})
        return sheet

    def more(self) -> SheetWriter | None:
        """Write 核查意见（续）; None when all findings stand on the first sheet."""
        if not self.listing.more:
            return None
        sheet = self._begin("more_title")
        self._header(sheet)
        for listed in self.listing.more:
            self._add(sheet, listed)
        return sheet

    def _begin(self, title: str) -> SheetWriter:
        feedback = self.feedback
        sheet = SheetWriter(self.styles, COLUMNS)
        text = say(title, unit=feedback.unit_name, month=month_text(feedback.month), submission=feedback.submission_id)
        sheet.add_line({0: Cell(FEEDBACK_MARK, HIDDEN), FIRST: Cell(text, TITLE)}, {FIRST: LAST}, least=30.0)
        return sheet

    def _header(self, sheet: SheetWriter) -> None:
        cells = {
            number: Cell(words()["headers"][column.name], HEADER)
            for number, column in enumerate(COLUMNS)
            if not column.hidden
        }
        sheet.add({0: Cell(KEY_HEADER, HIDDEN), 1: Cell(SUBMISSION_HEADER, HIDDEN), **cells}, height=22.0)
        sheet.freeze()

    def _first_of_more(self) -> dict[int, Listed]:
        """For each group that is continued, its first row on the second sheet."""
        found: dict[int, Listed] = {}
        before = None
        for row, listed in enumerate(self.listing.more, 3):
            key = self._group_key(listed.remark)
            if key != before:
                found[row] = listed
            before = key
        return found

    def _group_key(self, remark: Remark) -> tuple[str, str]:
        return remark.level, remark.check_id

    def _add_group(self, sheet: SheetWriter, group: list[Listed], continued: int | None) -> None:
        remark = group[0].remark
        count = self.feedback.counts[remark.level, remark.check_id]
        spoken = {
            "rule": remark.rule_id,
            "title": self.feedback.title(remark.check_id),
            "severity": severity_words()[remark.level],
            "count": count,
        }
        if continued is None:
            heading = Cell(say("group", **spoken), GROUP)
        else:
            text = say("group_cut", shown=len(group), more=self.more_title, **spoken)
            heading = Cell(text, GROUP_LINK, f"{quoted(self.more_title)}!C{continued}")
        sheet.add_line({FIRST: heading}, {FIRST: LAST}, least=20.0)
        for listed in group:
            self._add(sheet, listed)

    def _add(self, sheet: SheetWriter, listed: Listed) -> None:
        remark = listed.remark
        linked = remark.place is not None and remark.sheet_title in self.sheets
        location = f"{quoted(remark.sheet_title or '')}!{remark.cell}" if linked else None
        texts = {
            "key": Cell(remark.finding_key, HIDDEN),
            "submission": Cell(str(self.feedback.submission_id), HIDDEN),
            "number": Cell(str(listed.number), CENTRED),
            "severity": Cell(
                remark.called,
                Look(centred=True, bold=True, fill=COLOURS[remark.level]),
            ),
            "sheet": Cell(remark.sheet_title or "", PLAIN),
            "cell": Cell(remark.cell or "", LINK if linked else CENTRED, location),
            "subject": Cell(remark.subject or "", PLAIN),
            "value": Cell(clean(remark.value or "", LONGEST_VALUE), PLAIN),
            "message": Cell(remark.message, PLAIN),
            "advice": Cell(advice_of(remark), PLAIN),
            "answer": Cell(remark.answer or "", ANSWER),
        }
        sheet.add({number: texts[column.name] for number, column in enumerate(COLUMNS)})

    def _outcome(self) -> str:
        counts = {level: self.feedback.count(level) for level in SEVERITIES}
        return say("outcomes", self._state(), total=sum(counts.values()), **counts)

    def _state(self) -> str:
        """The outcome, or `answered` when nothing is left to be done."""
        return "answered" if self.feedback.is_answered else self.feedback.outcome

    def _accepted(self) -> str:
        sheets = "、".join(
            say("accepted", "sheet", title=title, rows=rows) for title, rows in self.feedback.accepted_rows.items()
        )
        name = {"accepted": "taken", "superseded": "replaced"}.get(self.feedback.outcome)
        name = name or ("nothing" if self.feedback.in_force is None else "earlier")
        return say("accepted", name, sheets=sheets, in_force=self.feedback.in_force)

    def _due(self) -> str:
        due = self.feedback.due_on
        name = self._state()
        return say(
            "due", "accepted" if name in ASKED_AS_ACCEPTED else name, due=f"{due.year}年{due.month}月{due.day}日"
        )

    def _how(self) -> str:
        kind = self.feedback.copied_from
        if kind is None:
            return say("how")
        copied = say("how_damaged") if kind == "xlsx" else say("how_copy", kind=f".{kind}")
        return f"{copied}{say('how')}"


def advice_of(remark: Remark) -> str:
    """What to do about a finding: leave it, or the advice of its rule and the suggestion for this cell."""
    if remark.waiver_id:
        return say("waived", waiver=remark.waiver_id)
    suggestion = say("suggestion", suggestion=remark.suggestion) if remark.suggestion else ""
    return "\n".join(filter(None, (remark.advice, suggestion)))


def quoted(title: str) -> str:
    """A sheet's title as formulas and links name it."""
    doubled = title.replace("'", "''")
    return f"'{doubled}'"
