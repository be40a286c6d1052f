"""Custom expectation types of the catalogue: which columns a sheet has, and which lists a project is on."""

from pydantic import Field

from taizhang.codelists import code_list, list_nesting
from taizhang.dictionary import load_dictionary
from taizhang.quality.own_types import is_unreadable
from taizhang.quality.predicates import Arguments, Predicate
from taizhang.quality.row_conditions import literal


class ColumnsTogether(Arguments):
    """A sheet that has a column has these others too; told once a sheet, in its first row."""

    sheet: str
    column: str
    others: tuple[str, ...] = Field(min_length=1)

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (*(f"{name}_letter" for name in (self.column, *self.others)), "is_first_row")

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        sheet = load_dictionary()[self.sheet]
        missing = ", ".join(
            f"case when {name}_letter is null then {literal(sheet.column(name).label)} end" for name in self.others
        )
        return Predicate(
            failing=" or ".join(f"{name}_letter is null" for name in self.others),
            inputs=(f"{self.column}_letter",),
            condition=f"{self.condition} and is_first_row",
            texts={"missing": f"concat_ws('、', {missing})"},
        )


class ListsNested(Arguments):
    """A project on a list is also on each list that contains this one, as the seed list_nesting says."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """See `Arguments`."""
        return (self.column, "unread_columns")

    def predicate(self, table: str) -> Predicate:
        """See `Arguments`."""
        del table
        unreadable = is_unreadable(self.column)
        names = code_list("project_list").names
        absent = {
            (inner, outer): f"({literal(inner)} = any({self.column}) and {literal(outer)} <> all({self.column}))"
            for inner, outer in list_nesting()
        }

        def named(place: int) -> str:
            lists = ", ".join(
                f"case when {test} then {literal(names[pair[place]])} end" for pair, test in absent.items()
            )
            return f"(select string_agg(distinct name, '、') from unnest(array[{lists}]) as l (name))"

        return Predicate(
            failing=f"case when not {unreadable} then {' or '.join(absent.values())} end",
            inputs=(self.column,),
            condition=self.condition,
            undecidable=unreadable,
            texts={"inner": named(0), "outer": named(1)},
        )
