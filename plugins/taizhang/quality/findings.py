"""Our own SQL of the catalogue's predicates: every row that failed or cannot be told, with its cell."""

from collections.abc import Iterable

from sqlalchemy import Connection

from taizhang.codelists import code_list
from taizhang.dictionary import ColumnType, load_dictionary
from taizhang.quality.catalogue import Check, Severity, by_table
from taizhang.quality.description import sheet_of
from taizhang.quality.judged import DASH, display
from taizhang.quality.predicates import Predicate
from taizhang.quality.row_conditions import literal
from taizhang.quality.statements import Workplace, run
from taizhang.quality.tallies import BlindCheckError as BlindCheckError
from taizhang.quality.tallies import Tally as Tally
from taizhang.quality.tallies import count_rows as count_rows
from taizhang.quality.tallies import noted_table
from taizhang.reading.addresses import cell_address_sql

DIVISOR = "分母"
DIVISOR_ZH, DIVISOR_EN = (
    "的{label}为 {divisor}，无法核对“{title}”",
    ": {label} is {divisor}, which leaves “{title}” open",
)
CANNOT_TELL_ZH, CANNOT_TELL_EN = "无法判定：", "cannot tell: "


def create_finding_table(connection: Connection, place: Workplace) -> None:
    """Create the empty table that takes the findings of the batch before they are final."""
    place.create_as(
        connection,
        "finding",
        """
        select submission_id, check_id, rule_id, severity, verdict, sheet, sheet_title, row_number, column_name, cell,
            value, message_zh, message_en, advice_zh, subject_key, subject_label, finding_key, waiver_id,
            suggested_cell, suggested_value, suggestion_zh, suggestion_en, false as needs_previous,
            null::text as needs_below
        from audit.finding where false""",
    )


def write_findings(
    connection: Connection, checks: Iterable[Check], tallies: dict[str, Tally], place: Workplace
) -> None:
    """Write each row that failed or cannot be told into `<gate>.finding`, from those that `count_rows` has noted."""
    noted = [check for check in checks for tally in [tallies[check.meta.check_id]] if _noted(tally)]
    for on_table in by_table(noted).values():
        for check in on_table:
            written = run(connection, _finding_statement(check, place)).rowcount
            if written != _noted(tally := tallies[check.meta.check_id]):
                raise RuntimeError(f"{check.meta.check_id}: {written} findings written, {tally} counted")
    _name_findings(connection, place)


def _noted(tally: Tally) -> int:
    """How many rows a check has something to say of."""
    return tally.rows_failed + tally.rows_untold


def _name_findings(connection: Connection, place: Workplace) -> None:
    """Give each finding the key that it has in all versions of its unit's month; like ones are told apart by order."""
    run(
        connection,
        f"""
        with named as (
            select f.ctid as place,
                concat_ws('|', b.unit_code, b.report_month, f.check_id, f.sheet, f.subject_key, f.column_name) as name,
                row_number() over (
                    partition by f.submission_id, f.check_id, f.sheet, f.subject_key, f.column_name
                    order by f.row_number, f.cell, f.ctid
                ) as occurrence
            from {place.gate}.finding as f
            inner join {place.gate}.batch as b on b.submission_id = f.submission_id
        )
        update {place.gate}.finding as f
        set finding_key = md5(n.name || case when n.occurrence > 1 then '|' || n.occurrence else '' end)
        from named as n
        where n.place = f.ctid""",
    )


def _message(message: str, on_divisor: str, title: str, check: Check, predicate: Predicate) -> str:
    """SQL of what is said of a row: the message, or where it cannot be told because of a denominator, which one."""
    said = _render(message, check, predicate)
    divisor = predicate.divisor
    if divisor is None:
        return said
    sheet = load_dictionary()[check.table.name]
    label = next((column.label for column in sheet.columns if column.name == divisor), DIVISOR)
    untold = on_divisor.format(title=title, label=label, divisor="{" + divisor + "}")
    open_question = (
        f"coalesce(({check.table.place.subject_label})::text, {DASH}) || {_render(untold, check, predicate)}"
    )
    return f"case when ({predicate.failing}) is null then {open_question} else {said} end"


def _render(template: str, check: Check, predicate: Predicate) -> str:
    """SQL of a message with the row's values in place of the names in braces."""
    pieces = template.replace("}", "{").split("{")
    return " || ".join(
        _shown(piece, check, predicate) if index % 2 else literal(piece) for index, piece in enumerate(pieces)
    )


def _shown(name: str, check: Check, predicate: Predicate) -> str:
    if name in predicate.shown:
        return f"coalesce({predicate.shown[name]}, {DASH})"
    return _in_words(name, check)


def _in_words(name: str, check: Check) -> str:
    """SQL text of a judged column's value; codes by the names under which the submitter has chosen them."""
    column_type = check.table.columns[name]
    if column_type not in (ColumnType.CHOICE, ColumnType.CHOICES) or not (sheet := sheet_of(check.table)):
        return display(name, column_type)
    codes = next((column.code_list for column in sheet.columns if column.name == name), None)
    if codes is None:
        return display(name, column_type)
    names = ", ".join(f"({literal(code)}, {literal(chosen)})" for code, chosen in code_list(codes).names.items())
    array = name if column_type is ColumnType.CHOICES else f"array[{name}]"
    return f"""coalesce((
            select string_agg(coalesce(n.chosen, c.code), '、' order by c.place)
            from unnest({array}) with ordinality as c (code, place)
            left join (values {names}) as n (code, chosen) on n.code = c.code
        ), {DASH})"""


def _value(check: Check) -> str:
    """SQL of the value in the cell that the finding points to."""
    if check.table.has("value"):
        return "value"
    if check.table.has("reported_value"):
        return "trim_scale(reported_value)::text"
    column = check.meta.column or ""
    return f"case when {column} is not null then {_in_words(column, check)} end"


def _amount(check: Check) -> str:
    """SQL of the amount in that cell, in the stored unit; null where the cell holds no amount."""
    column = "reported_value" if check.table.has("reported_value") else check.meta.column or ""
    return column if check.table.columns.get(column) is ColumnType.AMOUNT else "null::numeric"


def _finding_statement(check: Check, place: Workplace) -> str:
    """One INSERT … SELECT: the failing rows with their cell, its figure in the unit of its column, and the messages."""
    meta, predicate, spot = check.meta, check.predicate(place.gate), check.table.place
    column_name = literal(meta.column) if spot.column_name == "{column}" and meta.column else spot.column_name
    return f"""
        with failing as (
            select submission_id, {spot.sheet}::text as sheet, {spot.sheet_title}::text as sheet_title,
                {spot.row_number} as row_number, {column_name}::text as column_name, {spot.cell}::text as cell,
                ({spot.subject_key})::text as subject_key, ({spot.subject_label})::text as subject_label,
                {"coalesce(part_code, '')" if meta.needs_below else "null::text"} as needs_below,
                {_value(check)} as value, {_amount(check)} as amount, ({predicate.failing}) is true as is_contradiction,
                {_message(meta.message_zh, DIVISOR_ZH, meta.title_zh, check, predicate)} as message_zh,
                {_message(meta.message_en, DIVISOR_EN, meta.title_en, check, predicate)} as message_en
            from {noted_table(check.table.name, place)}
            where {predicate.contradicted} or {predicate.untold}
        ),
        place_of as (
            select submission_id, sheet, column_name, min(letter) as letter, max(factor) as factor
            from {place.raw}.sheet_column
            where submission_id in (select submission_id from failing) and column_name is not null
            group by submission_id, sheet, column_name
        )
        insert into {place.gate}.finding (
            submission_id, check_id, rule_id, severity, verdict, sheet, sheet_title, row_number, column_name, cell,
            value, message_zh, message_en, advice_zh, subject_key, subject_label, needs_previous, needs_below
        )
        select f.submission_id, {literal(meta.check_id)}, {literal(meta.rule_id)},
            case when f.is_contradiction then {literal(meta.severity)} else {literal(Severity.INFO)} end,
            case when f.is_contradiction then 'contradiction' else 'cannot_tell' end,
            f.sheet, coalesce(f.sheet_title, s.sheet_title), f.row_number, f.column_name,
            coalesce(f.cell, {cell_address_sql("p.letter", "f.row_number")}),
            coalesce(trim_scale(f.amount / p.factor)::text, f.value),
            case when f.is_contradiction then '' else {literal(CANNOT_TELL_ZH)} end || f.message_zh,
            case when f.is_contradiction then '' else {literal(CANNOT_TELL_EN)} end || f.message_en,
            {literal(meta.advice_zh)}, f.subject_key, f.subject_label, {literal(meta.needs_previous)}, f.needs_below
        from failing as f
        left join {place.raw}.read_sheet as s on s.submission_id = f.submission_id and s.sheet = f.sheet
        left join place_of as p
            on p.submission_id = f.submission_id and p.sheet = f.sheet and p.column_name = f.column_name
        order by f.submission_id, f.sheet, f.row_number"""
