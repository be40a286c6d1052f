"""The command `export`: published marts as files."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from taizhang.cli.output import JsonFlag, print_json, print_line

Kind = Literal["parquet", "csv", "oc4ids"]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(export)


def export(
    to: Annotated[Path, typer.Option(help="Folder for the files and manifest.json.")],
    kind: Annotated[Kind, typer.Option("--format", help="oc4ids: all projects as one JSON package.")] = "parquet",
    mart: Annotated[
        list[str] | None, typer.Option(help="Only this mart, by English or Chinese name; repeat it.")
    ] = None,
    publication: Annotated[int | None, typer.Option(help="An earlier publication.")] = None,
    labels: Annotated[bool, typer.Option("--labels", help="Chinese column names.")] = False,
    with_personal: Annotated[
        bool, typer.Option("--with-personal", help="With names of persons, for auditors.")
    ] = False,
    publisher: Annotated[str, typer.Option(help="oc4ids: name of the publisher.")] = "",
    prefix: Annotated[str, typer.Option(help="oc4ids: what project ids begin with, like oc4ids-abc123.")] = "taizhang",
    uri: Annotated[str, typer.Option(help="oc4ids: where the package is published.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Export published marts as Parquet or CSV, or projects as OC4IDS.

    All files show one publication, the current one by default; manifest.json names it with the hash of its certificate,
    and of each file its hash, rows and columns. Names of persons are left out unless asked for.
    """
    from taizhang.export.manifest import export_marts
    from taizhang.export.oc4ids import export_oc4ids
    from taizhang.warehouse.connection import engine

    if kind == "oc4ids":
        if mart or labels or with_personal:
            raise typer.BadParameter("--mart, --labels and --with-personal are not for oc4ids")
        if not publisher:
            raise typer.BadParameter("oc4ids names its publisher: --publisher 甘肃省发展和改革委员会")
        manifest = export_oc4ids(
            engine(), to, publisher=publisher, prefix=prefix, uri=uri or None, publication=publication
        )
    else:
        manifest = export_marts(
            engine(), to, kind, marts=mart or (), publication=publication, labels=labels, with_personal=with_personal
        )
    if as_json:
        print_json(manifest)
        return
    files = manifest.get("tables", [manifest])
    for file in files:
        print_line(f"{to / file['file']}  {file.get('rows', file.get('projects'))} 行  {file['sha256'][:12]}")
    print_line(f"第 {manifest['publication']} 期，{len(files)} 个文件，说明见 {to / 'manifest.json'}")
    if manifest.get("not_built"):
        print_line(f"下一期发布后才有：{'、'.join(manifest['not_built'])}")
