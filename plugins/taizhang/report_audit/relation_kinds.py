"""The kinds of relations (`relations.yml`): what is said of them, and how sure one must be to call one broken."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from taizhang.report_audit.model import Verdict
from taizhang.report_audit.wording import load

_SENTENCES = {
    Verdict.CONSISTENT: "holds",
    Verdict.CONTRADICTION: "contradicts",
    Verdict.IMPLIED: "implied",
    Verdict.STYLE: "style",
}


@dataclass(frozen=True)
class Kind:
    """One kind: `words` is its formula in words, `threshold` the confidence from which a broken one is held up."""

    code: str
    label: str
    words: str
    sentences: Mapping[Verdict, str]
    threshold: Decimal


@cache
def _read() -> dict[str, Any]:
    read: dict[str, Any] = load("relations.yml")
    return read


@cache
def kind_of(code: str) -> Kind:
    """Return a kind; KeyError for one that relations.yml does not have."""
    entry = _read()["kinds"][code]
    sentences = {verdict: str(entry[name]) for verdict, name in _SENTENCES.items() if name in entry}
    return Kind(code, entry["label"], entry["words"], sentences, Decimal(entry["threshold"]))


def damaged_words() -> str:
    """The sentence for a figure that cannot be read, and what the others say that it is."""
    return str(_read()["damaged"])


def residual_words() -> str:
    """The sentence for parts that leave something over."""
    return str(_read()["residual"])
