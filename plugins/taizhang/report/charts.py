"""Charts of a report as SVG: letters are outlines, so that every browser and printer shows the Chinese ones."""

import io
from functools import cache
from pathlib import Path
from typing import Any

from taizhang.report.model import QualityReport, RuleLine, TrendPoint

BLUE, AMBER, RED, GREY, GREEN = "#2f5d8c", "#d9902f", "#b5382f", "#9aa3ad", "#4d8a57"
SEVERITY_COLOURS = {"block": RED, "warn": AMBER, "info": GREY}
WORST_RULES = 10


def font_file() -> Path:
    """The Chinese font that charts and PDF use."""
    import zhplot

    return Path(zhplot.__file__).parent / "fonts" / "NotoSansSC-Regular.ttf"


def charts_of(report: QualityReport) -> dict[str, str]:
    """Return the report's charts by name: filing, quality, rules (only where a rule failed)."""
    charts = {"filing": filing_chart(report.trend), "quality": quality_chart(report.trend)}
    failed = [rule for rule in report.rules if rule.findings and rule.severity != "info"]
    if failed:
        charts["rules"] = rules_chart(failed)
    return charts


def filing_chart(trend: list[TrendPoint]) -> str:
    """Units of each month: in time, late, not filed."""
    figure, axes = _figure(len(trend))
    months = _months(trend)
    late = [point.late for point in trend]
    in_time = [point.filed - point.late for point in trend]
    unfiled = [point.expected - point.filed for point in trend]
    axes.bar(months, in_time, color=BLUE, label="按时报送", width=0.6)
    axes.bar(months, late, bottom=in_time, color=AMBER, label="逾期报送", width=0.6)
    below = [one + other for one, other in zip(in_time, late, strict=True)]
    axes.bar(months, unfiled, bottom=below, color=RED, label="未报送", width=0.6)
    axes.set_ylabel("单位数")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.2), ncols=3, frameon=False)
    return _svg(figure)


def quality_chart(trend: list[TrendPoint]) -> str:
    """Pass rate and mean score of each month, 0 to 100."""
    figure, axes = _figure(len(trend))
    months = _months(trend)
    for label, colour, values in (
        ("核查通过率（%）", BLUE, [point.pass_rate_pct for point in trend]),
        ("平均质量得分", GREEN, [point.score for point in trend]),
    ):
        axes.plot(months, [_number(value) for value in values], marker="o", color=colour, label=label)
    axes.set_ylim(0, 105)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.2), ncols=2, frameon=False)
    return _svg(figure)


def rules_chart(rules: list[RuleLine]) -> str:
    """The checks that failed most, this month beside the month before."""
    worst = sorted(rules, key=lambda rule: (-rule.findings, rule.check_id))[:WORST_RULES][::-1]
    figure, axes = _figure(12, height=0.9 + 0.34 * len(worst))
    places = range(len(worst))
    colours = [SEVERITY_COLOURS[rule.severity] for rule in worst]
    axes.barh([place + 0.18 for place in places], [rule.findings for rule in worst], height=0.36, color=colours)
    axes.barh([place - 0.18 for place in places], [rule.findings_before for rule in worst], height=0.3, color="#d7dbe0")
    axes.set_yticks(list(places), [rule.title_zh for rule in worst])
    axes.set_xlabel("问题数（灰色为上月）")
    return _svg(figure)


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _months(trend: list[TrendPoint]) -> list[str]:
    return [f"{point.month:%Y-%m}" for point in trend]


def _figure(columns: int, height: float = 2.6) -> tuple[Any, Any]:
    """A figure without screen, with whole numbers on its axes and our font."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    _use_font()
    figure = Figure(figsize=(7.2 if columns > 3 else 4.8, height), layout="constrained")
    axes = figure.subplots()
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


@cache
def _use_font() -> None:
    """Let charts of this process use our font."""
    import matplotlib as mpl
    from matplotlib import font_manager

    font_manager.fontManager.addfont(str(font_file()))
    mpl.rcParams.update(
        {"font.family": "Noto Sans SC", "font.size": 9, "svg.fonttype": "path", "axes.unicode_minus": False}
    )


def _svg(figure: Any) -> str:
    """The figure as an SVG element, the same for the same figures."""
    import matplotlib as mpl

    target = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "taizhang"}):
        figure.savefig(target, format="svg", metadata={"Date": None})
    svg = target.getvalue()
    return svg[svg.index("<svg") :]
