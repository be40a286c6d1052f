"""Figures in their sentences: the words around each, what it counts, and the items that several figures describe.

An item is a noun with the figures that stand with it (新建项目 34个，总投资 …); a figure without a noun of its own
continues the item of its segment, or tells of the whole again when a new segment begins.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from taizhang.report_audit.blocks import Block, BlockKind
from taizhang.report_audit.findings import Context, Findings
from taizhang.report_audit.model import Figure
from taizhang.report_audit.periods import period_pattern
from taizhang.report_audit.relation_words import relation_words
from taizhang.report_audit.wording import any_of, indicators, words

COUNT = "count"
PLAIN = "plain"
_SENTENCE_ENDS = "。!?"
_NUMBERING = re.compile(
    r"^[(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)、.]+|^[一二三四五六七八九十](?:是|要)|^[·•●■◆▪※*\-—]+|^第[一二三四五六七八九十]+,"
)
_CLAUSE = re.compile(r"[,，、:;(\[]")
_IN_PARENTHESES = re.compile(r"[(][^()]*[)]")
_TAIL = re.compile(r"[^,，;。!?、:()\d]+")
_LONGEST_NOUN = 24
_POINT = re.compile(r"(?<!第)[一二三四五六七八九十]是")
_YEAR = re.compile(r"(?:19|20)\d\d年|[二〇○零一二三四五六七八九]{4}年")


@dataclass(frozen=True, eq=False)
class Mention:
    """A figure where it stands: block, sentence and segment (between ；) by number, characters `start` to `end`.

    `lead` are the words between the figure before, or the sentence's begin, and this one; `tail` those up to the next.
    `stage` is what it counts (`relation_words.yml`), `plain` for no verb; `is_added` when it is a change of that.
    """

    figure: Figure
    context: Context
    block: int
    sentence: int
    segment: int
    start: int
    end: int
    lead: str
    tail: str
    stage: str
    is_added: bool

    @property
    def measure(self) -> str:
        """What is measured: the indicator, for counts with the stage."""
        if self.figure.indicator != COUNT:
            return self.figure.indicator
        return f"{COUNT}:{self.stage}{':added' if self.is_added else ''}"

    @property
    def dimension(self) -> str | None:
        """What the narrowest element of its subject is one of (class, batch, nature …); None when not known."""
        return self.context.dimensions[-1] if self.context.dimensions else None

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands, for comparing."""
        return self.block, self.start


@dataclass(eq=False)
class Item:
    """Figures of one noun, in the order of the text; `noun` is empty for the whole that the sentence tells of.

    `is_part` is set when it is found to be a part in a list behind 其中.
    """

    noun: str
    mentions: list[Mention] = field(default_factory=list)
    is_part: bool = False

    @property
    def is_whole(self) -> bool:
        """True when the noun is that of everything the report tells of, and the item no part in a list."""
        return not self.is_part and self.noun in relation_words()["whole"]

    @property
    def first(self) -> Mention:
        """The mention that opens it."""
        return self.mentions[0]

    def of(self, measures: Iterable[str]) -> Mention | None:
        """Return its first mention of one of the measures, in the order of the measures."""
        return next((found for measure in measures for found in self.mentions if found.measure == measure), None)


def find_mentions(blocks: Sequence[Block], findings: Findings) -> list[Mention]:
    """Place the figures in their blocks' sentences, in the order of the text; others are left out."""
    placed: list[Mention] = []
    rest = sorted(findings.figures, key=lambda figure: figure.span.start)
    for number, block in enumerate(blocks):
        if not block.places:
            continue
        inside = [figure for figure in rest if block.places[0] <= figure.span.start <= block.places[-1]]
        placed += _mentions_of(block, number, inside, findings.contexts)
    return placed


def _mentions_of(
    block: Block, number: int, figures: Sequence[Figure], contexts: Mapping[str, Context]
) -> Iterator[Mention]:
    text = block.text
    spans = [
        (bisect_left(block.places, one.span.start), bisect_left(block.places, one.span.end - 1) + 1) for one in figures
    ]
    ends = sorted({place for place, char in enumerate(text) if char in _SENTENCE_ENDS} | _points(text))
    breaks = sorted({place for place, char in enumerate(text) if char == ";"} | set(ends))
    for index, (figure, (start, end)) in enumerate(zip(figures, spans, strict=True)):
        sentence = bisect_left(ends, start)
        sentence_start = ends[sentence - 1] + 1 if sentence else 0
        sentence_end = ends[sentence] if sentence < len(ends) else len(text)
        lead = text[max(spans[index - 1][1] if index else 0, sentence_start) : start]
        tail = text[end : min(spans[index + 1][0] if index + 1 < len(spans) else len(text), sentence_end)]
        stage, is_added = _stage(lead, tail) if figure.indicator == COUNT else (PLAIN, False)
        segment = bisect_left(breaks, start)
        context = contexts[figure.id]
        yield Mention(figure, context, number, sentence, segment, start, end, lead, tail, stage, is_added)


def _points(text: str) -> set[int]:
    """Where 二是, 三是 begin a new point without a full stop before it."""
    return {found.start() - 1 for found in _POINT.finditer(text) if found.start()}


def _stage(lead: str, tail: str) -> tuple[str, bool]:
    """Tell what a count is of, by the verb before it or, when there is no word before, right behind it."""
    before = _last_clause(lead)
    behind = _TAIL.match(tail)
    # 12个项目已开工11个: the verb belongs to the second count.
    own = behind[0] if behind and behind.end() < len(tail) and not stripped(before) else ""
    for words_near in (before, own):
        for stage, pattern in _stages():
            if pattern.search(words_near):
                return stage, bool(_added().search(before))
    return PLAIN, bool(_added().search(before))


def _last_clause(lead: str) -> str:
    return _CLAUSE.split(_IN_PARENTHESES.sub("", period_pattern().sub("", lead)))[-1]


@cache
def _stages() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((stage, re.compile("|".join(found))) for stage, found in relation_words()["stages"].items())


@cache
def _added() -> re.Pattern[str]:
    return re.compile(any_of(relation_words()["added"]))


@cache
def _fillers() -> re.Pattern[str]:
    filler = any_of(relation_words()["filler"])
    return re.compile(f"^(?:{filler})+|(?:{filler})+$")


@cache
def _cues() -> re.Pattern[str]:
    """Words of gaps and growth, which are no noun."""
    found = words()
    return re.compile(
        f"(?:{any_of((*found.schedule, *found.fall, *found.rise, *found.last_year, *found.behind, *found.ahead))}).*$"
    )


def stripped(text: str) -> str:
    """A noun without numbering, times and filler words."""
    bare = _NUMBERING.sub("", _IN_PARENTHESES.sub("", period_pattern().sub("", text))).strip("\"“”'")
    while (shorter := _fillers().sub("", bare)) != bare:
        bare = shorter
    return bare


def noun_before(mention: Mention) -> str:
    """The noun in the words before a figure, without what only names its indicator; empty when there is none."""
    lead = mention.lead
    if mention.figure.indicator.startswith("schedule") or mention.figure.indicator in ("growth", "change"):
        lead = _cues().sub("", lead)
    clauses = _CLAUSE.split(_IN_PARENTHESES.sub("", period_pattern().sub("", lead)))
    last = _without_indicator(clauses[-1], mention)
    if not stripped(last) and _is_listed(lead) and mention.figure.indicator in relation_words()["sources"]:
        # 其中中央资金 …、省级资金 …: what names the indicator is the noun.
        return stripped(clauses[-1])
    if (noun := stripped(last)) or len(clauses) == 1:
        return noun if len(noun) <= _LONGEST_NOUN else noun[-_LONGEST_NOUN:]
    # 产业项目，总投资 …: the noun is the clause before, when that says nothing else.
    before = stripped(without_stage(clauses[-2]))
    return before if len(before) <= _LONGEST_NOUN and mention.start - len(mention.lead) >= 0 else ""


def _is_listed(lead: str) -> bool:
    return lead.startswith("、") or lead.endswith(":") or opens_parts(lead)


def opens_parts(lead: str) -> bool:
    """True when the words before a figure begin a list of parts (其中)."""
    return bool(_parts_follow().search(lead) or re.match(relation_words()["parts_of"], lead))


@cache
def _parts_follow() -> re.Pattern[str]:
    return re.compile(any_of(relation_words()["parts_follow"]))


def names_indicator(mention: Mention) -> bool:
    """True when the words right before a figure say what it is of, and it does not take that from others."""
    clause = _CLAUSE.split(_IN_PARENTHESES.sub("", mention.lead))[-1]
    return _without_indicator(clause, mention) != clause


def _without_indicator(clause: str, mention: Mention) -> str:
    if mention.figure.indicator == COUNT:
        return clause if _is_kind(clause) else without_stage(clause)
    for indicator in indicators():
        if indicator.code == mention.figure.indicator and indicator.before:
            found = indicator.before.search(clause)
            return clause[: found.start()] if found else clause
    return clause


def _is_kind(clause: str) -> bool:
    """True for 续建项目, 计划竣工项目: the stage says what projects they are."""
    bare = _NUMBERING.sub("", clause)
    return bool(_kind().fullmatch(bare)) and not _happened().search(bare)


@cache
def _kind() -> re.Pattern[str]:
    stages = "|".join(pattern.pattern for _, pattern in _stages())
    return re.compile(f"[一-鿿]{{0,4}}(?:{stages})项目")


@cache
def _happened() -> re.Pattern[str]:
    return re.compile(any_of(relation_words()["happened"]))


def without_stage(clause: str) -> str:
    """A clause without the words for what a count's projects have come to."""
    for _, pattern in _stages():
        clause = pattern.sub("", clause)
    return _added().sub("", clause)


def noun_behind(mention: Mention) -> str:
    """The noun right behind a count (18个省级项目完成投资 …); empty when there is none."""
    found = _TAIL.match(mention.tail)
    if not found or mention.figure.indicator != COUNT:
        return ""
    return stripped(re.split(_verbs(), found[0])[0])


@cache
def _verbs() -> str:
    return "|".join(relation_words()["verbs"])


def find_items(mentions: Sequence[Mention], blocks: Sequence[Block]) -> list[Item]:
    """Gather the figures of running text into items; those of tables are left out."""
    gathering = _Gathering([], _respectively(mentions))
    for mention in mentions:
        if blocks[mention.block].kind is not BlockKind.ROW:
            gathering.take(mention)
    return gathering.items


def _respectively(mentions: Sequence[Mention]) -> frozenset[tuple[int, int]]:
    """The lists of numbers whose figures have subjects of their own."""
    subjects: dict[tuple[int, int], list[tuple[str, ...]]] = defaultdict(list)
    for mention in mentions:
        subjects[mention.block, mention.context.run].append(mention.figure.subject)
    return frozenset(run for run, found in subjects.items() if len(found) > 1 and len(set(found)) == len(found))


@dataclass
class _Gathering:
    """Items while they are gathered: the noun behind the last count, and the list behind 其中 that goes on.

    `whole` is the item before that list; `is_joined` when its parts are joined by 、, so that a comma ends it.
    """

    items: list[Item]
    respectively: frozenset[tuple[int, int]] = frozenset()
    behind: str = ""
    whole: Item | None = None
    is_list: bool = False
    is_joined: bool = False

    def take(self, mention: Mention) -> None:
        """Put a figure into the item it belongs to."""
        last = self.items[-1].mentions[-1] if self.items else None
        is_new_sentence = last is None or (last.block, last.sentence) != (mention.block, mention.sentence)
        is_new_segment = is_new_sentence or last is None or last.segment != mention.segment
        self._follow_list(mention, is_new_sentence, is_new_segment)
        if mention.figure.subject and (mention.block, mention.context.run) in self.respectively:
            # A、B分别为 a、b: the nouns stand together before the figures.
            self._open(stripped(mention.figure.subject[-1]), mention)
            return
        noun = self._noun(mention)
        own = noun_behind(mention) if not noun else ""
        if not noun and self.whole is not None and self._is_of_whole(mention):
            self.whole.mentions.append(mention)
        elif noun or own or is_new_segment or opens_parts(mention.lead) or self._is_stage_of_list(mention):
            self._open(noun or own, mention, own)
        else:
            self.items[-1].mentions.append(mention)
            self.behind = own

    def _is_of_whole(self, mention: Mention) -> bool:
        """True behind parts joined by 、 for a figure such as the first part does not have."""
        first = next((item for item in self.items if item.first.place > self._place_of_whole()), None)
        is_listed = mention.lead.startswith("、")
        return self.is_joined and not is_listed and first is not None and first.of([mention.measure]) is None

    def _place_of_whole(self) -> tuple[int, int]:
        assert self.whole is not None, "asked only behind a list"
        return self.whole.first.place

    def _open(self, noun: str, mention: Mention, behind: str = "") -> None:
        self.items.append(Item(noun, [mention]))
        self.behind = behind
        self.is_joined = self.is_list and mention.lead.startswith("、")

    def _noun(self, mention: Mention) -> str:
        noun = noun_before(mention)
        if self.behind and noun and (self.behind.endswith(noun) or noun in self.behind):
            return ""
        if not noun and (self.is_list or opens_parts(mention.lead)):
            # 其中2023年14个: years are the parts.
            years = _YEAR.search(_CLAUSE.split(mention.lead)[-1])
            return years[0] if years else ""
        return noun

    def _follow_list(self, mention: Mention, is_new_sentence: bool, is_new_segment: bool) -> None:
        is_stage = mention.figure.indicator == COUNT and mention.stage != PLAIN
        if opens_parts(mention.lead):
            self.whole = self.items[-1] if self.items else None
            self.is_list, self.is_joined = True, False
        elif is_new_sentence or (is_new_segment and not is_stage):
            self.is_list = self.is_joined = False

    def _is_stage_of_list(self, mention: Mention) -> bool:
        """True for 投产 55个 behind 其中签约 19个: in a list of stages each is a part."""
        return self.is_list and mention.figure.indicator == COUNT and mention.stage != PLAIN
