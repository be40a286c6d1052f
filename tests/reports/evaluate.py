"""Measures the audit on the marked reports of a folder: `python -m tests.reports.evaluate building`.

Prints every figure that was missed or read wrongly, every contradiction that was missed, and every one that is none.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from taizhang.report_audit import audit
from taizhang.report_audit.model import Audit, Figure, Relation, Verdict
from tests.reports.expectation import differences
from tests.reports.markup import Expected, Marked, MarkedReport, read

HERE = Path(__file__).parent


@dataclass
class Result:
    """What the audit of some reports came to; `errors` has a line for each thing that is wrong."""

    figures: int = 0
    figures_right: int = 0
    real: int = 0
    found: int = 0
    stated: int = 0
    stated_real: int = 0
    styles: int = 0
    styles_found: int = 0
    mends: int = 0
    mends_right: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def share_of_figures(self) -> Decimal:
        """Marked figures with the right value, unit and interval."""
        return _share(self.figures_right, self.figures)

    @property
    def recall(self) -> Decimal:
        """Real contradictions that are found."""
        return _share(self.found, self.real)

    @property
    def precision(self) -> Decimal:
        """Contradictions stated that are real."""
        return _share(self.stated_real, self.stated)

    def summary(self) -> str:
        """The figures of merit, one a line."""
        return "\n".join(
            [
                f"figures right      {self.figures_right}/{self.figures} = {self.share_of_figures:.3f}",
                f"contradictions     {self.found}/{self.real} found = {self.recall:.3f}",
                f"stated and real    {self.stated_real}/{self.stated} = {self.precision:.3f}",
                f"style found        {self.styles_found}/{self.styles}",
                f"mends as expected  {self.mends_right}/{self.mends}",
            ]
        )


def _share(part: int, whole: int) -> Decimal:
    return Decimal(part) / whole if whole else Decimal(1)


def evaluate(reports: Sequence[MarkedReport]) -> Result:
    """Audit the reports and compare what is found with what is marked."""
    result = Result()
    for report in reports:
        audited = audit(report.name, report.text)
        _compare_figures(report, audited, result)
        _compare_contradictions(report, audited, result)
        _compare_style(report, audited, result)
    return result


def _compare_figures(report: MarkedReport, audited: Audit, result: Result) -> None:
    for marked in report.figures:
        result.figures += 1
        found = _at(marked, audited.figures)
        wrong = "is not found" if found is None else differences(marked, found, report.text)
        if wrong:
            result.errors.append(f"{report.name}: figure {marked.printed} {wrong}")
        else:
            result.figures_right += 1


def _at(marked: Marked, figures: Sequence[Figure]) -> Figure | None:
    return next((one for one in figures if one.span.start < marked.end and marked.start < one.span.end), None)


def _compare_contradictions(report: MarkedReport, audited: Audit, result: Result) -> None:
    names = _names(report, audited)
    stated = [one for one in audited.relations if one.verdict is Verdict.CONTRADICTION]
    for expected in report.contradictions:
        result.real += 1
        match = next((one for one in stated if _is_same(expected, one, names)), None)
        if match is None:
            result.errors.append(f"{report.name}: {expected.kind} of {', '.join(expected.figures)} is not found")
            continue
        result.found += 1
        if expected.mend is not None:
            result.mends += 1
            result.mends_right += match.mend is not None and expected.mend == names.get(match.mend.figure_id)
    for relation in stated:
        result.stated += 1
        if any(_is_same(expected, relation, names) for expected in report.contradictions):
            result.stated_real += 1
        else:
            result.errors.append(f"{report.name}: {relation.kind} is none: {relation.formula} {relation.reason_zh}")


def _is_same(expected: Expected, relation: Relation, names: dict[str, str]) -> bool:
    """True for a relation of the expected kind that is stated of one of its figures, with at least another of them."""
    if expected.kind != relation.kind:
        return False
    if not expected.figures:
        return True
    between = [names.get(figure_id) for figure_id in relation.figure_ids]
    common = set(between) & set(expected.figures)
    return bool(between) and between[0] in expected.figures and len(common) >= min(2, len(expected.figures))


def _names(report: MarkedReport, audited: Audit) -> dict[str, str]:
    """The marked names of the figures found."""
    return {
        found.id: marked.name
        for marked in report.figures
        for found in [_at(marked, audited.figures)]
        if found is not None and marked.name is not None
    }


def _compare_style(report: MarkedReport, audited: Audit, result: Result) -> None:
    names = _names(report, audited)
    styled = {
        names.get(one)
        for relation in audited.relations
        if relation.verdict is Verdict.STYLE
        for one in relation.figure_ids
    }
    for name in report.style:
        result.styles += 1
        result.styles_found += name in styled
        if name not in styled:
            result.errors.append(f"{report.name}: the wrong words of {name} are not found")
    result.errors += [f"{report.name}: the words of {name} are right" for name in styled - {*report.style}]


def main() -> None:
    """Evaluate one folder and print what is wrong with it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", choices=sorted(path.name for path in HERE.iterdir() if path.is_dir()))
    folder = HERE / parser.parse_args().folder
    result = evaluate([read(path) for path in sorted(folder.glob("*.report"))])
    print("\n".join([*result.errors, "", result.summary()]))


if __name__ == "__main__":
    main()
