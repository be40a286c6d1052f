"""What the demonstration shows on the terminal."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.cells import chop_cells
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from demo.materials import WAN_PER_YI, published_portfolios
from demo.night import Night, Watch
from demo.results import Arrivals, Comparison, HeldBack
from demo.submissions import DemoFile
from taizhang.codelists import reporting_units
from taizhang.decimals import plain
from taizhang.report.quality import CONTENTS
from taizhang.server.airflow_client import Run
from taizhang.settings import settings

AGREES = "[green]equal[/]"
DIFFERS = "[bold red]DIFFERENT[/]"


class Display:
    """Prints steps, tables and the end of the demonstration to a console."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def say(self, message: str) -> None:
        """Print one line of progress."""
        self._indented(f"[dim]{escape(message)}[/]", 2)

    def _indented(self, markup: str, columns: int) -> None:
        """Print wrapped lines that all begin at the same column."""
        self.console.print(Padding(Text.from_markup(markup), (0, 0, 0, columns)), highlight=False)

    def heading(self, text: str) -> None:
        """Begin a section."""
        self.console.print()
        self.console.rule(f"[bold]{escape(text)}[/]", align="left", style="dim")

    @contextmanager
    def waiting(self, message: str) -> Iterator[Watch]:
        """Show a quiet status line while the block waits; what it yields shows a run's tasks there."""
        with self.console.status(message) as status:
            yield lambda run: status.update(f"{run.dag_id}: {run.summary() or run.state}")

    def night(self, night: Night, arrived: Arrivals, published: Sequence[tuple[int, int]]) -> None:
        """Say what a night took in and published."""
        new = arrived.files - arrived.duplicates
        self.say(f"{_steps(night.ingest)}")
        self.say(f"{arrived.files} files arrived: {new} new, {arrived.duplicates} known already (duplicates)")
        if night.publish is not None:
            self.say(f"{_steps(night.publish)}")
        for publication_id, pairs in published:
            self.say(f"Publication {publication_id} is out: {pairs} unit-months computed, all others untouched")
        if not published:
            self.say("Nothing new was accepted, so nothing new is published")

    def held_back(self, submissions: Sequence[HeldBack], accepted: tuple[int, int]) -> None:
        """List what does not count: the file, the rule, the first cell to mend, and why."""
        count, with_warnings = accepted
        self.heading(f"In force: {count} submissions, {with_warnings} with warnings. Held back: {len(submissions)}")
        for held in submissions:
            place = "!".join(part for part in (held.sheet, held.cell) if part)
            more = f"+{held.findings - 1} more" if held.findings > 1 else ""
            replaced = "[green]replaced since[/]" if held.is_replaced else ""
            what = f"[yellow]{held.state}[/] {held.rule_id or ''}".rstrip()
            head = "  ".join(
                part for part in (what, f"[cyan]{escape(place)}[/]" if place else "", more, replaced) if part
            )
            self._indented(f"[bold]{escape(held.file_name)}[/]  {head}", 2)
            # Chinese breaks anywhere: words and spaces say nothing about where.
            for line in chop_cells(held.reason_zh, max(20, self.console.width - 6)):
                self._indented(escape(line), 6)
            self._indented(f"[dim]{escape(held.reason_en)}[/]", 6)

    def corrected(self, unit_name: str, month: date, versions: Sequence[tuple[int, Decimal]]) -> None:
        """Show that a correction changes the current publication and leaves the earlier one as it was."""
        shown = ", ".join(f"{_number(amount)} in publication {publication}" for publication, amount in versions)
        self.say(f"Corrected: {unit_name} {month:%Y-%m}, completed this year in 万元: {shown}; both stay readable")

    def unexpected(self, files: Sequence[tuple[DemoFile, str]], sent: int) -> None:
        """Say whether every file ended as it must."""
        if not files:
            self.say(f"All {sent} files of the demonstration ended as they must")
        for file, state in files:
            text = f"  {file.path.name}: {state}, but it must be {file.outcome} ({file.why})"
            self.console.print(escape(text), style="bold red", highlight=False)

    def coverage(self, rows: Sequence[dict[str, object]]) -> None:
        """Show the cities, with how much of each is invented."""
        self.heading("Published: the three cities in their last month")
        table = _table("city", "month")
        for header in ("units", "projects", "total, 亿元"):
            table.add_column(header, justify="right")
        table.add_column("figures")
        for row in rows:
            total = row["total_investment_wan"]
            table.add_row(
                str(row["region_name"]),
                str(row["report_month"])[:7],
                f"{row['units_reported']} of {row['units_expected']}",
                str(row["project_count"]),
                _number(_in_yi(total)) if isinstance(total, Decimal | int) else "",
                "partly published" if _has_report(row) else "all invented",
            )
        self.console.print(table)
        published = [reporting_units().units[code].unit_name for code in published_portfolios()]
        others = sum(unit.has_details for unit in reporting_units().units.values()) - len(published)
        self.say(f"Tied to reports: {'、'.join(published)}. The other {others} units are invented and say so in 备注.")

    def comparisons(self, compared: Sequence[Comparison]) -> None:
        """Put the mart's figures beside those of the reports."""
        self.heading("Reports against marts.agg_region_month, to the last digit")
        for county, rows in groupby(compared, key=lambda found: (found.figure.region_code, found.figure.report_month)):
            region_code, month = county
            table = _table()
            table.title = f"{reporting_units().units[region_code].unit_name} {region_code}, {month:%Y-%m}"
            table.add_column("list", no_wrap=True, min_width=18)
            for header in ("projects", "started", "total, 亿元", "plan, 亿元"):
                table.add_column(header, justify="right", no_wrap=True)
            table.add_column("", no_wrap=True)
            for found in rows:
                figure = found.figure
                table.add_row(
                    figure.list_name,
                    _compared(figure.project_count, found.project_count),
                    _compared(figure.started_count, found.started_count),
                    _compared(figure.total_investment_yi, _in_yi(found.total_investment_wan)),
                    _compared(figure.annual_plan_yi, _in_yi(found.annual_plan_wan)),
                    AGREES if found.agrees else DIFFERS,
                )
            self.console.print(table, "")
        equal = sum(found.agrees for found in compared)
        self.say(f"{equal} of {len(compared)} published lines are equal; — means that the report does not say")

    def farewell(self, url: str, user: str, passwords_file: Path, sample: Path) -> None:
        """Say how to go on and how to stop."""
        self.heading("Next")
        for label, text in (
            ("Airflow's web UI", url),
            ("Log in as", f"{user}, password in {passwords_file}"),
            ("Stop everything", "make down"),
            ("Ask for figures", ".venv/bin/taizhang figures --region 621122 --month 2024-03"),
            ("Judge a workbook", f".venv/bin/taizhang check '{sample}'"),
            ("Feedback", str(settings().outbox_dir)),
            ("Quality reports", str(settings().reports_dir / CONTENTS)),
            ("Data Docs", str(settings().data_docs_dir / CONTENTS)),
            (
                "Trace to cells",
                ".venv/bin/taizhang trace --region 621122 --month 2024-03 --measure 总投资 --list 省列重大",
            ),
            ("Verify all", ".venv/bin/taizhang verify"),
            ("See publications", ".venv/bin/taizhang publications"),
            (
                "Query with SQL",
                "psql \"$(.venv/bin/taizhang db url)\" -c 'select * from marts.agg_region_month limit 5'",
            ),
        ):
            self.console.print(f"  [bold]{label:18}[/] {escape(text)}", highlight=False, soft_wrap=True)


def _steps(run: Run) -> str:
    return f"{run.dag_id} {run.state}: {run.summary()}"


def _has_report(row: dict[str, object]) -> bool:
    units = reporting_units().units
    return any(str(row["region_code"]) == units[code].parent_region_code for code in published_portfolios())


def _in_yi(amount: Decimal | int | None) -> Decimal | None:
    return None if amount is None else Decimal(amount) / WAN_PER_YI


def _compared(printed: Decimal | int | None, found: Decimal | int | None) -> str:
    """The figure that the report prints; beside it the mart's where that is another one."""
    if printed is None or printed == found:
        return _number(printed)
    return f"[bold red]{_number(printed)} ≠ {_number(found)}[/]"


def _table(*headers: str) -> Table:
    return Table(*headers, box=SIMPLE_HEAD, show_edge=False, title_justify="left", title_style="bold")


def _number(value: Decimal | int | None) -> str:
    if value is None:
        return "—"
    return plain(Decimal(value))
