"""The command `taizhang`: its sub-commands, and how errors end."""

import os
import sys
import traceback
from pathlib import Path
from typing import NoReturn

import typer
from sqlalchemy.exc import OperationalError
from typer.exceptions import TyperException

from taizhang.cli import readers, rules, server, submitters
from taizhang.cli.output import errors
from taizhang.errors import TaizhangError
from taizhang.settings import settings

# 0, 1 and 2 are the answers of `check`; everything that went wrong ends with this.
ERROR_EXIT = 3

app = typer.Typer(
    name="taizhang",
    help="Monthly submissions on major construction projects: load, judge, publish, ask.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (submitters, readers, rules, server):
    module.register(app)


def main() -> None:
    """Run a command; an error is one line on standard error, its traceback goes to the log."""
    try:
        code = app(sys.argv[1:] or ["--help"], standalone_mode=False)
    except TyperException as error:
        _fail(f"{error.format_message()} (taizhang {_called(error)}--help)")
    except (typer.Abort, KeyboardInterrupt):
        _fail("stopped")
    except (TaizhangError, FileNotFoundError) as error:
        _fail(str(error))
    except OperationalError as error:
        _fail(f"the database does not answer: {str(error.orig).splitlines()[0]}")
    except Exception as error:
        if os.environ.get("TAIZHANG_DEBUG"):
            raise
        _fail(f"{type(error).__name__}: {' '.join(str(error).split())[:300]} (details: {_log_traceback()})")
    else:
        raise SystemExit(code or 0)


def _called(error: TyperException) -> str:
    """Name of the sub-command that was called wrongly, with a space, or nothing."""
    context = getattr(error, "ctx", None)
    name = context.info_name if context and context.parent else None
    return f"{name} " if name else ""


def _log_traceback() -> Path:
    log = settings().home / "logs" / "errors.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as handle:
        handle.write(traceback.format_exc())
    return log


def _fail(message: str) -> NoReturn:
    errors.print(f"taizhang: {message}", style="red", markup=False, highlight=False, soft_wrap=True)
    raise SystemExit(ERROR_EXIT)
