"""The command that takes submissions from outside sources: pull."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from taizhang.cli.output import JsonFlag, print_json, print_line
from taizhang.sources.pulling import PullReport


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(pull)


def pull(
    source: Annotated[str | None, typer.Argument(help="Name in config/sources.yml; all when left out.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Pull what is new at the outside sources into the inbox.

    The exit code is 1 when something of a source could not be had; everything else has been taken then.
    """
    from taizhang.sources.all_sources import pull_all, pull_one
    from taizhang.sources.declared import declared_source
    from taizhang.sources.opening import open_peer
    from taizhang.warehouse.connection import engine
    from taizhang.warehouse.migrate import upgrade

    chosen = declared_source(source) if source is not None else None
    upgrade()
    reports = [pull_one(engine(), chosen, open_peer)] if chosen else pull_all(engine(), open_peer)
    if as_json:
        print_json([asdict(report) for report in reports])
    else:
        print_pulls(reports)
        if not reports:
            print_line("config/sources.yml 没有外部来源")
    if any(report.failures for report in reports):
        raise typer.Exit(1)


def print_pulls(reports: Sequence[PullReport]) -> None:
    """Print what was pulled, source by source, and by name what was not."""
    for report in reports:
        left = f"，留待下次 {report.remaining} 份" if report.remaining else ""
        print_line(
            f"{report.source}：取回 {len(report.taken)} 份，不取 {len(report.refused)} 份，"
            f"尚在写入 {len(report.waiting)} 份，已有 {report.known} 份{left}"
        )
        for label, entries in (("不取", report.refused), ("等待", report.waiting), ("失败", report.failures)):
            for entry in entries:
                print_line(f"  {label} {entry}")
