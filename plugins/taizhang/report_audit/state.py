"""What is being spoken of at a place in a report: subject, group of parts, stage, period, region."""

from dataclasses import dataclass, field, replace

from taizhang.report_audit.classify import Classified
from taizhang.report_audit.findings import Grouping
from taizhang.report_audit.model import Period
from taizhang.report_audit.subjects import Named, subject_words
from taizhang.report_audit.wording import indicator

# These divide what a list holds; without a word that says so they belong to the list spoken of.
DIVIDING = frozenset({"batch", "population", "size", "nature", "class", "fund"})
# These may be what the whole report is about.
LEADING = frozenset({"list", "level", "nature", "batch", "class"})


@dataclass(frozen=True)
class Element:
    """One element of a subject, with its dimension."""

    name: str
    dimension: str | None


Path = tuple[Element, ...]


def names_of(path: Path) -> tuple[str, ...]:
    """The names of a path's elements."""
    return tuple(element.name for element in path)


@dataclass
class State:
    """Changes from words to words; `root` is what the report is about, `base` what its headings say."""

    own_region: str | None
    base_period: Period | None
    root: Path = ()
    base: Path = ()
    list_path: Path = ()
    subject: Path = ()
    whole: Path = ()
    grouping: Grouping | None = None
    group: int = 0
    stage: str | None = None
    population: str | None = None
    period: Period | None = None
    region: str | None = None
    sentence: int = 0
    clause: int = -1
    parts_in_group: int = 0
    parts_in_half: int = 0
    # Indicators of the figures that the group divides, by the kind of their unit.
    said: dict[str, str] = field(default_factory=dict)
    divided: dict[str, str] = field(default_factory=dict)
    brackets: list[tuple[Path, Path, Grouping | None, str | None]] = field(default_factory=list)
    mark: str = ""
    part_mark: str = ""
    until: int | None = None
    base_until: int | None = None
    is_carried: bool = False
    # A paragraph that ends with a colon leaves its group to the items under it.
    waiting: tuple[Grouping, Path, int] | None = None

    def begin_block(self, is_item: bool) -> None:
        """Start a block: headings and the group of the items hold, the rest is forgotten."""
        self.subject = self.base or self.root
        self.list_path = ()
        self.end_group()
        self.stage = self.population = None
        self.region = self.own_region
        self.mark = self.part_mark = ""
        self.brackets.clear()
        self.is_carried = False
        if not is_item:
            self.waiting = None
        elif self.waiting:
            self.grouping, self.whole, self.group = self.waiting
        self.clause += 1

    def follow(self, before: "State") -> None:
        """Count on where another report in the same text ended."""
        self.sentence, self.clause, self.group = before.sentence, before.clause, before.group

    def begin_section(self) -> None:
        """A heading: times said before it are left."""
        self.period, self.until = self.base_period, self.base_until

    def end_block(self, text: str) -> None:
        """Leave a group to the items below when the block ends with a colon."""
        if text[-1:] == ":":
            if self.grouping is None:
                self.begin_group(Grouping.OF_WHICH)
            self.waiting = (self.grouping or Grouping.OF_WHICH, self.whole, self.group)

    def begin_group(self, grouping: Grouping) -> None:
        """Parts of what is spoken of follow; a group within a group is of its last part."""
        if self.grouping is None or self.parts_in_group:
            self.whole = self.subject
            self.group += 1
            self.divided = dict(self.said)
        self.grouping, self.parts_in_group, self.parts_in_half = grouping, 0, 0
        self.population = None

    def of_group(self, found: Classified) -> Classified:
        """A part's figure without words of its own is of what the group divides: 计划投资5亿元，其中产业项目3亿元."""
        kind = found.quantity.unit.kind
        if self.grouping is None or self.subject == self.whole:
            self.said[kind] = found.indicator.code
        elif found.indicator.names_subject and kind in self.divided:
            return replace(found, indicator=indicator(self.divided[kind]))
        return found

    def end_group(self) -> None:
        """The whole is spoken of again."""
        self.grouping, self.whole, self.parts_in_group, self.parts_in_half = None, (), 0, 0

    def end_sentence(self) -> None:
        """A full stop ends groups and stages; the subject goes on, which is not sure where it is a part."""
        self.brackets.clear()
        if self.grouping is not None and not self.waiting:
            self.subject = self.whole
            self.end_group()
        self.stage = self.population = None
        self.is_carried = bool(self.subject) and self.subject != self.root

    def open_bracket(self) -> None:
        """What brackets name is part of what stands before them: 12个（新建5个、续建7个）."""
        self.brackets.append((self.subject, self.whole, self.grouping, self.stage))
        self.begin_group(Grouping.OF_WHICH)

    def close_bracket(self) -> None:
        """Behind brackets goes on what was before them."""
        if self.brackets:
            self.end_group()
            self.subject, self.whole, self.grouping, self.stage = self.brackets.pop()

    def end_half(self) -> None:
        """A semicolon ends a part; the group goes on for as long as parts are named."""
        if self.grouping is not None:
            self.subject = self.whole
        self.parts_in_half = 0
        self.stage = self.population = None

    def whole_region(self) -> None:
        """全县, 全市: everything is spoken of again."""
        if self.grouping is None:
            self.subject = self.root
            self.region = self.own_region

    def name(self, named: Named, *, is_of_figure: bool = True) -> None:
        """Take a subject or a stage that was said; only one with a figure can be what the report is about."""
        if named.stage is not None:
            self.stage = named.stage
        if named.subject is None or self._is_step(named):
            self._leave_parts(named)
            return
        self.stage = named.stage
        self.is_carried = False
        element = Element(named.subject, named.dimension)
        if self.grouping is not None and element.dimension == "batch" and self._has_batch():
            self.end_group()
        if self.grouping is not None:
            self.subject = (*self.whole, element) if element not in self.whole else self.whole
            self.parts_in_group += 1
            self.parts_in_half += 1
            self.part_mark = self.mark
            return
        self.subject = self._placed(element)
        if named.dimension == "list":
            self.list_path = self.subject
        if len(self.root) == 1 and self._is_longer_name_of_root(element):
            self.root = self.subject
        if is_of_figure and not self.root and named.dimension in LEADING:
            self.root = self.subject

    def _is_longer_name_of_root(self, element: Element) -> bool:
        """省市级82个重点项目: the name goes on behind the figure."""
        root = self.root[0]
        is_longer = element.name != root.name and element.name.startswith(root.name)
        return is_longer and element.dimension == root.dimension == "level"

    def _has_batch(self) -> bool:
        """True when the whole is a batch itself: another one is no part of it."""
        return any(one.dimension == "batch" for one in self.whole)

    def _is_step(self, named: Named) -> bool:
        """开工项目 of a list is a step that some of it have taken, not another list."""
        words = subject_words()
        step = words.stage.match(named.subject or "") if named.dimension == "nature" else None
        is_passing = step is not None and words.stages[step[0]] in words.passing_stages
        return bool(self.root) and self.grouping is None and is_passing

    def _leave_parts(self, named: Named) -> None:
        """Behind parts joined by 、 a clause without a subject is of the whole again; by commas none can tell."""
        if self.parts_in_half < 2 or self.mark in ("", "、") or named.stage is not None:
            return
        if self.part_mark == "、":
            self.subject = self.whole
            self.end_group()
        else:
            self.is_carried = True

    def _placed(self, element: Element) -> Path:
        """Where a subject belongs: what divides a list under the list, a list or project by itself."""
        if self.root and element.name == self.root[-1].name:
            return self.root
        if element.dimension not in DIVIDING:
            return (element,)
        above = self.base or self.list_path or self.root
        kept = tuple(one for one in above if one.dimension != element.dimension)
        return (*kept, element) if element not in kept else kept
