"""Loading the ties of single submissions from the judged tables: which are broken, which hold."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from sqlalchemy import Connection, RowMapping

from taizhang.codelists import code_list
from taizhang.decimals import plain
from taizhang.dictionary import load_dictionary
from taizhang.quality.catalogue import Check, by_table
from taizhang.quality.materialise_totals import BREAKDOWNS
from taizhang.quality.own_types import IntervalRatioToTie, IntervalSumToTie
from taizhang.quality.row_conditions import literal
from taizhang.quality.statements import Workplace, run
from taizhang.quality.ties import Cell, Printed, RatioTie, SumTie, Tie
from taizhang.reading.addresses import cell_address

DETAIL, SUMMARY, TOTALS = "project_progress", "summary", "reported_total"
OF_DETAIL = "detail_"
NOTHING = Printed(Decimal(0), Decimal(0))
# Among more parts than this, some cell would fit a broken sum by chance.
FEW_PARTS = 8
# From so many broken sums on it may be a cell of the detail that breaks them all.
SUSPICIOUS_SUMS = 2


@dataclass(frozen=True)
class FindingPlace:
    """What names a finding of one submission while the batch is judged."""

    submission_id: int
    check_id: str
    sheet: str
    row_number: int | None
    column_name: str


@dataclass
class SubmissionTies:
    """The ties of one submission; `places[i]` is the finding of `broken[i]`. Figures are in the stored unit."""

    submission_id: int
    rows: dict[str, list[RowMapping]] = field(default_factory=dict)
    columns: dict[tuple[str, str], RowMapping] = field(default_factory=dict)
    figures: dict[Cell, Printed] = field(default_factory=dict)
    broken: list[Tie] = field(default_factory=list)
    places: list[FindingPlace] = field(default_factory=list)
    holding: list[Tie] = field(default_factory=list)

    @property
    def values(self) -> dict[Cell, Decimal]:
        """The figures without their half widths."""
        return {cell: figure.value for cell, figure in self.figures.items()}

    def decimals_of(self, cell: Cell) -> int:
        """Return with how many decimals the column is printed, counted in the stored unit; negative for 亿元."""
        half = self.figures[cell].half
        return 0 if half == 0 else -(2 * half).adjusted()

    def address(self, cell: Cell) -> str:
        """Return the cell's address in the file."""
        return cell_address(self.columns[cell.sheet, cell.column_name]["letter"], cell.row_number)

    def printed(self, cell: Cell, value: Decimal) -> tuple[str, str]:
        """Return the figure that stands in the cell and another one, both in the unit of the column."""
        factor = self.columns[cell.sheet, cell.column_name]["factor"] or Decimal(1)
        now, then = (figure / factor for figure in (self.figures[cell].value, value))
        return plain(now), plain(then)


def tie_checks(checks: Iterable[Check]) -> list[Check]:
    """Return the checks that tie figures of one submission to each other and look for contradictions."""
    return [
        check
        for check in checks
        if check.table.name in (DETAIL, SUMMARY, TOTALS)
        and isinstance(check.arguments, IntervalSumToTie | IntervalRatioToTie)
        and check.arguments.finds == "contradiction"
    ]


def load_ties(
    connection: Connection, checks: Sequence[Check], place: Workplace, submissions: Sequence[int]
) -> Iterator[SubmissionTies]:
    """Yield the ties of each submission, loaded table by table for all of them at once."""
    if not submissions:
        return
    found = {number: SubmissionTies(number) for number in submissions}
    wanted = ", ".join(map(str, submissions))
    for row in run(
        connection,
        f"select submission_id, sheet, column_name, letter, factor from {place.raw}.sheet_column"
        f" where submission_id in ({wanted}) and column_name is not null order by letter desc",
    ).mappings():
        found[row["submission_id"]].columns[row["sheet"], row["column_name"]] = row
    on_table = by_table(checks)
    for table in (DETAIL, SUMMARY, TOTALS):
        in_question = _rows_in_question(place, on_table) if table == DETAIL else ""
        _load_rows(connection, found, table, on_table.get(table, []), place, wanted, in_question)
    for ties in found.values():
        for table in (DETAIL, SUMMARY, TOTALS):
            for row in ties.rows.get(table, []):
                for index, check in enumerate(on_table.get(table, [])):
                    if row[f"answered_{index}"]:
                        _add(ties, check, row, is_broken=row[f"contradicted_{index}"])
        yield ties


def _load_rows(
    connection: Connection,
    found: dict[int, SubmissionTies],
    table: str,
    checks: list[Check],
    place: Workplace,
    wanted: str,
    in_question: str,
) -> None:
    """Load a judged table's rows, what each check says of them, and the figures of their cells."""
    outcomes = [
        f"{test} as {name}_{index}"
        for index, check in enumerate(checks)
        for name, test in (
            ("answered", check.predicate(place.gate).answered),
            ("contradicted", check.predicate(place.gate).contradicted),
        )
    ]
    extra = "".join(f", {outcome}" for outcome in outcomes)
    claimed = ""
    if table == TOTALS:
        claimed = (
            f", (select t.detail_rows from {place.raw}.reported_total as t where t.submission_id = j.submission_id"
            " and t.report_month = j.report_month and t.sheet = j.sheet and t.row_number = j.row_number"
            " and t.column_name = j.column_name) as detail_rows"
        )
    rows = f"submission_id in ({wanted})" + (f" and {in_question}" if in_question else "")
    query = f"select j.*{extra}{claimed} from {place.gate}.judged_{table} as j where {rows}"
    for row in run(connection, query).mappings():
        ties = found[row["submission_id"]]
        ties.rows.setdefault(table, []).append(row)
        ties.figures |= _figures(table, row)


def _rows_in_question(place: Workplace, on_table: dict[str, list[Check]]) -> str:
    """SQL: the detail rows that may hold the culprit: those with a contradiction, or all where several sums break."""
    sums = ", ".join(literal(check.meta.check_id) for name in (SUMMARY, TOTALS) for check in on_table.get(name, []))
    contradiction = f"from {place.gate}.finding where verdict = 'contradiction'"
    return f"""(
        (submission_id, row_number) in (
            select submission_id, row_number {contradiction} and sheet = '{DETAIL}' and row_number is not null
        )
        or submission_id in (
            select f.submission_id from {place.gate}.finding as f
            where f.verdict = 'contradiction' and f.check_id in ({sums or "null"})
            group by f.submission_id having count(*) >= {SUSPICIOUS_SUMS}
        ))"""


def _figures(table: str, row: RowMapping) -> dict[Cell, Printed]:
    """The figures of a judged row that stand in cells of the submission."""
    if table == TOTALS:
        cell = Cell(row["sheet"], row["row_number"], row["column_name"])
        figure = _printed(row, "reported_value")
        return {cell: figure} if figure else {}
    return {
        Cell(table, row["row_number"], column.name): figure
        for column in load_dictionary()[table].measures
        if (figure := _printed(row, column.name))
    }


def _printed(row: RowMapping, name: str) -> Printed | None:
    value, half = row.get(name), row.get(f"{name}_h")
    return None if value is None or half is None else Printed(Decimal(value), Decimal(half))


def _add(ties: SubmissionTies, check: Check, row: RowMapping, *, is_broken: bool) -> None:
    """Add the tie that a check states of a row, unless one of its cells is not known."""
    tie: Tie | None = None
    match check.arguments:
        case IntervalRatioToTie() as ratio:
            tie = _ratio(ties, check.table.name, ratio, row)
        case IntervalSumToTie() as total:
            tie = _sum(ties, check.table.name, total, row)
    if tie is None:
        return
    if not is_broken:
        ties.holding.append(tie)
        return
    sheet = row["sheet"] if check.table.name == TOTALS else check.table.name
    column = row["column_name"] if check.table.name == TOTALS else check.meta.column
    ties.broken.append(tie)
    ties.places.append(FindingPlace(ties.submission_id, check.meta.check_id, sheet, row["row_number"], column or ""))


@cache
def _names(sheet: str) -> frozenset[str]:
    """Names of a sheet's columns."""
    return frozenset(column.name for column in load_dictionary()[sheet].columns)


def _ratio(ties: SubmissionTies, table: str, arguments: IntervalRatioToTie, row: RowMapping) -> Tie | None:
    names = (arguments.rate, arguments.numerator, arguments.denominator)
    rate, numerator, denominator = (Cell(table, row["row_number"], name) for name in names)
    tie = RatioTie(rate, numerator, denominator, ties.figures)
    return tie if tie.cells <= ties.figures.keys() else None


def _sum(ties: SubmissionTies, table: str, arguments: IntervalSumToTie, row: RowMapping) -> Tie | None:
    """The tie as cells of the submission; what comes from last month, or from rows that are not loaded, stays put."""
    whole = _printed(row, arguments.total)
    if whole is None:
        return None
    parts = [_printed(row, name) or NOTHING for name in arguments.parts]
    gap = whole.value - sum((part.value for part in parts), Decimal(0))
    slack = whole.half + sum((part.half for part in parts), Decimal(0))
    if table == TOTALS:
        total = Cell(row["sheet"], row["row_number"], row["column_name"])
        cells = {Cell(row["sheet"], number, row["column_name"]) for number in row["detail_rows"] or ()}
        many = len(cells) > FEW_PARTS
    else:
        total = Cell(table, row["row_number"], arguments.total)
        cells = {Cell(table, row["row_number"], name) for name in arguments.parts if name in _names(table)}
        many = not cells
        for name in arguments.parts:
            cells |= _summed(ties, name.removeprefix(OF_DETAIL), row) if name.startswith(OF_DETAIL) else set()
    return SumTie(total, frozenset(cells & ties.figures.keys()), gap, slack, ties.figures, many)


def _summed(ties: SubmissionTies, name: str, row: RowMapping) -> set[Cell]:
    """The loaded detail cells behind a class of the summary; none when the figure is no column of the detail."""
    if name not in _names(DETAIL):
        return set()
    breakdown = row["breakdown_name"]
    column = BREAKDOWNS.get(breakdown)
    code = None
    if column:
        codes = load_dictionary()[DETAIL].column(column).code_list or ""
        code = code_list(codes).aliases.get(row["item_name"])
    return {
        Cell(DETAIL, detail["row_number"], name)
        for detail in ties.rows.get(DETAIL, [])
        if column is None or code == detail[column] or (isinstance(detail[column], list) and code in detail[column])
    }
