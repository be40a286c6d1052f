"""Commands for the developers of platforms that send JSON: contract schema, answer, openapi, example, convert."""

from pathlib import Path
from typing import Annotated

import typer

from taizhang.cli.arguments import parse_month
from taizhang.errors import FileUnreadableError

Output = Annotated[Path | None, typer.Option("--output", "-o", help="File to write instead of standard output.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    group = typer.Typer(
        help="JSON Schema and OpenAPI of JSON submissions, and JSON Schema of audits.", no_args_is_help=True
    )
    for command in (schema, answer, openapi, audit, example, convert):
        group.command()(command)
    app.add_typer(group, name="contract")


def schema(output: Output = None) -> None:
    """Print the JSON Schema of a submission."""
    _print_file("submission.schema.json", output)


def answer(output: Output = None) -> None:
    """Print the JSON Schema of the answer file."""
    _print_file("answer.schema.json", output)


def openapi(output: Output = None) -> None:
    """Print the OpenAPI document of a platform that submissions are pulled from."""
    _print_file("openapi.json", output)


def audit(output: Output = None) -> None:
    """Print the JSON Schema of what `taizhang audit-report --json` prints."""
    _print_file("audit-report.schema.json", output)


def example(
    unit: Annotated[str, typer.Option(help="Reporting unit: code or name.")],
    month: Annotated[str, typer.Option(help="Report month, like 2024-03.")],
    output: Output = None,
) -> None:
    """Print a small valid submission of a unit."""
    from taizhang.cli.submitters import one_unit
    from taizhang.contract.example import example_text

    _write(example_text(one_unit(unit)[0], parse_month(month)), output)


def convert(
    file: Annotated[Path, typer.Argument(help="A workbook, or another JSON submission.")], output: Output = None
) -> None:
    """Print the submission that says the same as a workbook."""
    from taizhang.contract.as_json import submission_text
    from taizhang.reading.result import Refusal
    from taizhang.reading.workbook import read_workbook

    if not file.is_file():
        raise FileUnreadableError(f"there is no file {file}")
    try:
        reading = read_workbook(file)
    except Refusal as refusal:
        raise FileUnreadableError(f"{file}: {refusal.message_en}") from None
    _write(submission_text(reading), output)


def _print_file(name: str, output: Path | None) -> None:
    from taizhang.contract.files import file_text

    _write(file_text(name), output)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=False)
    elif not output.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {output.parent}")
    else:
        output.write_text(text, encoding="utf-8")
