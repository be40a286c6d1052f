"""The command `taizhang`: its sub-commands, and how errors end."""

import os
import re
import sys
import textwrap
import traceback
from pathlib import Path
from typing import NoReturn

import psycopg
import typer
from sqlalchemy.exc import DBAPIError
from typer.exceptions import TyperException

from taizhang.cli import (
    access,
    amendments,
    auditors,
    closing,
    contract,
    deadlines,
    export,
    feedback,
    findings,
    housekeeping,
    keeping,
    readers,
    report_auditing,
    restating,
    revisions,
    rules,
    server,
    sources,
    submitters,
    watching,
)
from taizhang.cli.output import errors
from taizhang.errors import TaizhangError
from taizhang.observe import logs
from taizhang.settings import settings

_NO_TABLES = (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName)
_NO_DATABASE = re.compile(r'database ".*" does not exist')

app = typer.Typer(
    name="taizhang",
    help="Monthly submissions on major construction projects: load, judge, publish, ask.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (
    *(submitters, sources, readers, revisions, feedback, auditors, findings, amendments, rules, export, access),
    *(contract, report_auditing),
    *(deadlines, closing, restating, keeping, housekeeping, watching, server),
):
    module.register(app)


def main() -> None:
    """Run a command; an error is one line on standard error, its traceback goes to the log."""
    try:
        logs.set_up(sys.stderr)
        code = app(sys.argv[1:] or ["--help"], standalone_mode=False)
    except TyperException as error:
        _fail(f"{error.format_message()} (taizhang {_called(error)}--help)")
    except (typer.Abort, KeyboardInterrupt):
        _fail("stopped")
    except TaizhangError as error:
        _fail(str(error), error.exit_code)
    except FileNotFoundError as error:
        _fail(str(error))
    except Exception as error:
        if os.environ.get("TAIZHANG_DEBUG"):
            raise
        _fail(_of_the_database(error) or _unexpected(error))
    else:
        raise SystemExit(code or 0)


def _called(error: TyperException) -> str:
    """Name of the sub-command that was called wrongly, with a space, or nothing."""
    context = getattr(error, "ctx", None)
    name = context.info_name if context and context.parent else None
    return f"{name} " if name else ""


def _of_the_database(error: Exception) -> str | None:
    """What to say when the database cannot be reached, is not set up or refuses; None for any other error."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    reason = str(cause).partition("\n")[0]
    if isinstance(cause, psycopg.errors.InsufficientPrivilege):
        return f"the database refuses: {reason}; docs/data-team.md names the rights that its user needs"
    if not isinstance(cause, (psycopg.OperationalError, *_NO_TABLES)):
        return None
    if isinstance(cause, _NO_TABLES) or _NO_DATABASE.search(reason):
        return f"the warehouse is not set up: {reason}; `taizhang db migrate` does it"
    return f"the database does not answer: {reason}"


def _unexpected(error: Exception) -> str:
    """What to say of an error that nobody thought of; its traceback goes to the log."""
    reason = textwrap.shorten(str(error), 300, placeholder=" …")
    return f"{type(error).__name__}: {reason} (details: {_log_traceback()})"


def _log_traceback() -> Path:
    log = settings().home / "logs" / "errors.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as handle:
        handle.write(traceback.format_exc())
    return log


def _fail(message: str, code: int = TaizhangError.exit_code) -> NoReturn:
    """Print one line, also of a message that shows the end of a log, and end with the exit code."""
    errors.print(f"taizhang: {' '.join(message.split())}", style="red", markup=False, highlight=False, soft_wrap=True)
    raise SystemExit(code)
