"""Running SQL text that may hold percent signs and colons, and naming the schemas that it works on."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, CursorResult


def run(connection: Connection, sql: str) -> CursorResult[Any]:
    """Execute a statement as it stands, without any parameters."""
    return connection.exec_driver_sql(sql, execution_options={"no_parameters": True})


def one_of(numbers: str) -> str:
    """SQL: what a column is compared with to be one of a query's numbers.

    As an array they reach an index whatever else is joined: joined with, tables that hold the columns, cells and issues
    of all months were read in full, so that each month in the warehouse made the gate slower.
    """
    return f"= any(array({numbers}))"


@dataclass(frozen=True)
class Workplace:
    """Where a batch lies: `raw` holds its rows, `gate` takes the judged tables; a check works in pg_temp."""

    raw: str
    gate: str

    @property
    def create(self) -> str:
        """How a table of the gate is created: without WAL, or for this session only."""
        return "create temporary table" if self.gate == "pg_temp" else "create unlogged table"

    @property
    def stored(self) -> "Workplace":
        """The same, for the rows of earlier submissions and other units, which always lie in `raw`."""
        return replace(self, raw="raw")

    @property
    def of_batch(self) -> str:
        """SQL: what a submission's number is compared with to belong to the batch; see `one_of`."""
        return one_of(f"select submission_id from {self.gate}.batch")

    @property
    def corrections(self) -> str:
        """The table of the cells whose figures count otherwise than they were submitted."""
        return f"{self.gate}.cell_correction"

    def create_as(self, connection: Connection, name: str, query: str) -> None:
        """Create (or replace) a table of the gate from a query, with statistics on the join column."""
        run(connection, f"drop table if exists {self.gate}.{name}")
        run(connection, f"{self.create} {self.gate}.{name} as {query}")
        run(connection, f"analyze {self.gate}.{name} (submission_id)")


WAREHOUSE = Workplace(raw="raw", gate="gate")
OFFLINE = Workplace(raw="pg_temp", gate="pg_temp")
