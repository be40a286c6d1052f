"""What is to be exported, and from which state: one publication, seen by one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from taizhang.access.roles import PERSONAL_SCHEMA
from taizhang.dictionary.mart import Mart, MartColumn, published_marts
from taizhang.errors import TaizhangError
from taizhang.publication.figures import show_publication


class ExportError(TaizhangError):
    """What was asked for cannot be exported; the message says why."""


@dataclass(frozen=True)
class Shown:
    """The publication that is exported."""

    publication_id: int
    published_at: datetime
    certificate_sha256: str


@dataclass(frozen=True)
class Selection:
    """The columns of a mart that are exported, and the view that they are read from."""

    mart: Mart
    view: str
    columns: tuple[MartColumn, ...]


@contextmanager
def shown(engine: Engine, publication: int | None) -> Iterator[tuple[Connection, Shown]]:
    """Let one transaction see one publication, whatever is published meanwhile; None: the current one.

    Raises a FiguresError when there is no such publication.
    """
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection, connection.begin():
        connection.execute(text("set transaction read only"))
        connection.execute(text("set local timezone = 'UTC'"))
        show_publication(connection, publication)
        row = connection.execute(
            text(
                "select publication_id, published_at, certificate_sha256 from ops.publication"
                " where publication_id = (select ops.shown_publication())"
            )
        ).one()
        show_publication(connection, row.publication_id)
        yield connection, Shown(row.publication_id, row.published_at, row.certificate_sha256)


def mart_named(name: str) -> Mart:
    """Return the mart of an English or Chinese name; ExportError when there is none."""
    for mart in published_marts().values():
        if name in (mart.mart, mart.label):
            return mart
    raise ExportError(f"unknown mart {name}; there are {', '.join(published_marts())}")


def selection(connection: Connection, mart: Mart, *, with_personal: bool) -> Selection | None:
    """Return what is exported of a mart: without the columns that name persons, unless they are asked for.

    None: the mart has not been built, it comes with the next publication.
    """
    schema = PERSONAL_SCHEMA if with_personal and mart.personal_columns else "marts"
    existing = set(
        connection.scalars(
            text(
                "select attname::text from pg_attribute"
                " where attrelid = to_regclass(:view) and attnum > 0 and not attisdropped"
            ),
            {"view": f"{schema}.{mart.mart}"},
        )
    )
    columns = tuple(column for column in mart.columns if column.name in existing)
    return Selection(mart, f"{schema}.{mart.mart}", columns) if columns else None


def output_folder(folder: Path) -> Path:
    """Make the folder for the files; ExportError when there is a file of its name."""
    if folder.exists() and not folder.is_dir():
        raise ExportError(f"{folder} is no folder")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
