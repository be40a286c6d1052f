"""Of what the words around a figure speak: the subject's noun phrase and its dimension, the stage, the population."""

import re
from dataclasses import dataclass
from functools import cache

from taizhang.report_audit.wording import any_of, load

_KINDS = ("项目", "工程", "一批")
_LONGEST = 30
_QUOTES = str.maketrans("", "", "“”\"'‘’「」()*#•·-:")


@dataclass(frozen=True)
class SubjectWords:
    """`subjects.yml`, compiled."""

    heads: re.Pattern[str]
    generic: frozenset[str]
    parts_of_funds: frozenset[str]
    parts_by_step: re.Pattern[str]
    opener: re.Pattern[str]
    verb: re.Pattern[str]
    attributes: frozenset[str]
    passing_stages: frozenset[str]
    no_names: re.Pattern[str]
    announced: re.Pattern[str]
    unstopped: re.Pattern[str]
    reviewed: re.Pattern[str]
    closer: re.Pattern[str]
    dimensions: tuple[tuple[str, re.Pattern[str]], ...]
    heading_words: re.Pattern[str]
    stage: re.Pattern[str]
    stages: dict[str, str]
    staged_indicators: frozenset[str]
    of_which: re.Pattern[str]
    exhaustive: re.Pattern[str]
    populations: tuple[tuple[str, re.Pattern[str]], ...]
    respectively: str


@dataclass(frozen=True)
class Named:
    """What a stretch of words names: a subject with its dimension, or none; and the stage said in it."""

    subject: str | None
    dimension: str | None
    stage: str | None


@cache
def subject_words() -> SubjectWords:
    """Load `subjects.yml`."""
    read = load("subjects.yml")
    stages = {word: entry["stage"] for entry in read["stages"] for word in entry["words"]}
    return SubjectWords(
        heads=re.compile(rf".*?(?:{any_of(read['heads'])})类?(?![一-鿿]*(?:{any_of(read['heads'])}))"),
        generic=frozenset(read["generic"]),
        parts_of_funds=frozenset(read["parts_of_funds"]),
        parts_by_step=re.compile(read["parts_by_step"]),
        opener=re.compile(rf"(?:{any_of(read['openers'])})"),
        verb=re.compile(rf"(?:{any_of(read['verbs'])})"),
        attributes=frozenset(read["attributes"]),
        passing_stages=frozenset(read["passing_stages"]),
        no_names=re.compile(read["no_names"]),
        announced=re.compile(any_of(read["announced"])),
        unstopped=re.compile(read["unstopped"]),
        reviewed=re.compile(read["reviewed"]),
        closer=re.compile(rf"(?:{any_of(read['closers'])})$"),
        dimensions=tuple((entry["dimension"], re.compile(entry["pattern"])) for entry in read["dimensions"]),
        heading_words=re.compile(rf"(?:{any_of(read['heading_words'])})"),
        stage=re.compile(any_of(stages)),
        stages=stages,
        staged_indicators=frozenset(read["staged_indicators"]),
        of_which=re.compile(rf"(?:{any_of(read['of_which'])})(?!在内)"),
        exhaustive=re.compile("|".join(read["exhaustive"])),
        populations=tuple((entry["population"], re.compile(entry["pattern"])) for entry in read["populations"]),
        respectively=read["respectively"],
    )


def dimension_of(subject: str) -> str | None:
    """The dimension that a subject is one of; None when no pattern knows it."""
    return next((name for name, pattern in subject_words().dimensions if pattern.search(subject)), None)


def population_of(text: str) -> tuple[str, str] | None:
    """The grain or coverage that a text names, with its words; None when it names none."""
    for name, pattern in subject_words().populations:
        if found := pattern.search(text):
            return name, found[0]
    return None


def named_in(core: str, is_part: bool) -> Named:
    """Read the words before a figure without what says of it what it is; `is_part`: within a list of parts.

    In a list of parts a short phrase is a subject even if no pattern knows it: 其中农业23个.
    """
    words = subject_words()
    bare = core.translate(_QUOTES)
    if is_part and (step := words.parts_by_step.match(bare)):
        return _named(step[0], _last_stage(step[0]))
    opened, stage = _opened(bare)
    if opened in words.generic and not (is_part and opened in words.parts_of_funds):
        return Named(None, None, stage)
    phrase = words.heads.match(opened)
    if phrase is not None and not _says_more(opened[phrase.end() :]):
        phrase = None
    if phrase is not None:
        behind = opened[phrase.end() :]
        return _named(phrase[0], _last_stage(behind) or stage or _leading_stage(phrase[0]))
    closed = _closed(opened)
    if dimension_of(closed) == "nature":
        return _named(closed, stage or _leading_stage(closed))
    later = _last_stage(closed)
    if later is not None and (rest := _closed(words.stage.sub("", closed))) != closed:
        return _named(rest, later) if dimension_of(rest) or is_part else Named(None, None, later)
    if (
        closed
        and not words.no_names.search(closed)
        and len(closed) <= _LONGEST
        and (dimension_of(closed) or (is_part and 1 < len(closed) <= 12))
    ):
        return _named(closed, stage)
    return Named(None, None, stage)


def says_nothing(text: str) -> bool:
    """True for words that only open a clause: 正在实施, 其中."""
    return not _closed(_opened(text.translate(_QUOTES))[0])


def _says_more(behind: str) -> bool:
    """True when what stands behind a noun is no noun's second half but a verb, a joining word, or nothing."""
    closed = _closed(behind)
    return not closed or bool(subject_words().stage.search(closed)) or len(closed) <= 8


def _named(subject: str, stage: str | None) -> Named:
    subject = _closed(subject)
    words = subject_words()
    is_generic = subject in words.generic and subject not in words.parts_of_funds
    if not subject or is_generic or len(subject) > _LONGEST or words.no_names.search(subject):
        return Named(None, None, stage)
    if found := words.reviewed.search(subject):
        return Named(None, None, _last_stage(found[0]) or stage)
    dimension = dimension_of(subject)
    batch = words.unstopped.search(subject) if dimension == "batch" else None
    return Named(batch[0] if batch else subject, dimension, stage)


def _opened(text: str) -> tuple[str, str | None]:
    """Take openers and verbs off the front; the stage that a verb among them says."""
    words = subject_words()
    stage = None
    while text and not (text.endswith(_KINDS) and dimension_of(text) == "nature"):
        found = words.opener.match(text) or words.verb.match(text)
        said = words.stage.match(text)
        # 开工项目 is a kind of project, 开工51个 a step; 通过省级审核 is read as a whole.
        if said and _is_attribute(text, said.end()):
            break
        if said and (found is None or said.end() >= found.end()):
            stage = words.stages[said[0]]
            found = said
        if found is None or (_is_attribute(text, found.end()) and found[0] in words.attributes):
            break
        text = text[found.end() :]
    return text, stage


def _is_attribute(text: str, end: int) -> bool:
    return bool(re.match(r"一批|类?(?:项目|工程)", text[end:])) and end > 1


def _leading_stage(subject: str) -> str | None:
    found = subject_words().stage.match(subject)
    return subject_words().stages[found[0]] if found else None


def _last_stage(text: str) -> str | None:
    found = [*subject_words().stage.finditer(text)]
    return subject_words().stages[found[-1][0]] if found else None


def _closed(text: str) -> str:
    """Take joining words off the end."""
    while found := subject_words().closer.search(text):
        text = text[: found.start()]
    return text
