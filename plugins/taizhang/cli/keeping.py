"""Commands that keep a warehouse over the years: backfill, housekeeping, legal holds, backup, restore."""

from pathlib import Path
from typing import Annotated, Any

import typer

from taizhang.cli.arguments import parse_month
from taizhang.cli.output import JsonFlag, errors, print_json, print_line


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(backfill)
    app.command()(backup)
    app.command()(restore)


def backfill(
    first: Annotated[str, typer.Option("--from", help="The first month, like 2021-01.")],
    last: Annotated[str, typer.Option("--to", help="The last month, like 2025-12.")],
    folder: Annotated[Path | None, typer.Argument(help="Folder with the files; without: the inbox.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Fill years of history in, month by month; published at the end of each year.

    Interrupted, it is started again and goes on. Nights may run meanwhile, and readers see whole publications only.
    """
    from taizhang.keeping.backfill import backfill as fill
    from taizhang.warehouse.connection import engine

    say = _aside if as_json else print_line
    report = fill(engine(), parse_month(first), parse_month(last), folder, say)
    if as_json:
        print_json(report.to_json())
        return
    refused = report.ingested.refused + report.ingested.unreadable
    print_line(
        f"完成：收下 {report.ingested.read} 份，退回 {refused} 份，重复 {report.ingested.duplicates} 份；"
        f"通过 {report.accepted}，未通过 {report.quarantined}；跳过 {report.in_force + report.outside} 份；"
        f"发布 {len(report.publications)} 期"
    )


def _aside(message: str) -> None:
    errors.print(message, highlight=False, markup=False, soft_wrap=True)


def backup(
    folder: Annotated[Path, typer.Argument(help="Folder of all backups, on another disk than the data.")],
    as_json: JsonFlag = False,
) -> None:
    """Back up database, landed files, what waits in the inbox, config and corrections.

    A folder keeps every landed file once, however many backups there are. Nights may run meanwhile.
    """
    from taizhang.keeping.backup import backup as make_backup
    from taizhang.warehouse.connection import engine

    report = make_backup(engine(), folder)
    if as_json:
        facts = {"landed": len(report.manifest.landed), "landed_new": report.landed_new, "seconds": report.seconds}
        print_json({"backup": str(report.folder), "publication": report.manifest.publication_id, **facts})
        return
    print_line(
        f"已备份到 {report.folder}：第 {report.manifest.publication_id or '—'} 期，"
        f"存档文件 {len(report.manifest.landed)} 个（新增 {report.landed_new} 个），"
        f"{sum(report.manifest.row_counts.values())} 行，用时 {report.seconds:.1f} 秒"
    )


def restore(
    folder: Annotated[Path, typer.Argument(help="Folder of the backups.")],
    name: Annotated[str | None, typer.Option("--backup", help="Which one, like 20260131T020000Z; else newest.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Restore a backup into this home and database, which must be empty.

    TAIZHANG_HOME and TAIZHANG_DATABASE_URL say where. Afterwards `taizhang verify` proves that all is as it was.
    """
    from taizhang.keeping.restore import restore as restore_backup

    report = restore_backup(folder, name)
    if as_json:
        print_json(_restored(report))
        return
    print_line(
        f"已从 {report.folder.name} 恢复：第 {report.manifest.publication_id or '—'} 期，"
        f"存档文件 {len(report.manifest.landed)} 个，{sum(report.manifest.row_counts.values())} 行，"
        f"用时 {report.seconds:.1f} 秒；请运行 taizhang verify"
    )
    for path in report.differing:
        print_line(f"与备份时不同：{path}（备份时的文件在 restored/ 下）")
    for statement in report.missing_roles:
        print_line(f"须由管理员执行：{statement}")


def _restored(report: Any) -> dict[str, Any]:
    return {
        "backup": report.folder.name,
        "publication": report.manifest.publication_id,
        "landed": len(report.manifest.landed),
        "rows": sum(report.manifest.row_counts.values()),
        "differing": report.differing,
        "missing_roles": report.missing_roles,
        "seconds": report.seconds,
    }
