"""The command `taizhang`: its sub-commands, and how errors end."""

import os
import traceback

import typer
from sqlalchemy.exc import OperationalError

from taizhang.cli import readers, server, submitters
from taizhang.cli.output import errors
from taizhang.codelists import CodeListError
from taizhang.errors import TaizhangError
from taizhang.settings import settings

# 0, 1 and 2 are the answers of `check`; everything that went wrong ends with this.
ERROR_EXIT = 3

app = typer.Typer(
    name="taizhang",
    help="Monthly submissions on major construction projects: load, judge, publish, ask.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for module in (submitters, readers, server):
    module.register(app)


def main() -> None:
    """Run a command; an error is one line on standard error, its traceback goes to the log."""
    try:
        app()
    except (TaizhangError, CodeListError, FileNotFoundError) as error:
        _fail(str(error))
    except OperationalError as error:
        _fail(f"the database does not answer: {str(error.orig).splitlines()[0]}")
    except Exception as error:
        log = settings().home / "logs" / "errors.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as handle:
            handle.write(traceback.format_exc())
        if os.environ.get("TAIZHANG_DEBUG"):
            raise
        _fail(f"{type(error).__name__}: {' '.join(str(error).split())[:300]} (details: {log})")


def _fail(message: str) -> None:
    errors.print(f"taizhang: {message}", style="red", markup=False, highlight=False, soft_wrap=True)
    raise SystemExit(ERROR_EXIT)
