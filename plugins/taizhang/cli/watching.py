"""Commands for those who watch over the program: metrics and lineage."""

from typing import Annotated

import typer

from taizhang.cli.output import JsonFlag, errors, print_json, print_line
from taizhang.errors import TaizhangError

LOOPBACK = "127.0.0.1"


class LineageError(TaizhangError):
    """Lineage cannot be told: nobody is named to tell it to, or there is no such run or publication."""


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(metrics)
    app.command()(lineage)


def metrics(
    port: Annotated[int | None, typer.Option(help="Serve them at this port of the loopback address.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Print metrics for Prometheus, or serve them until Ctrl-C.

    They are read anew each time; docs/operate.md says what to do when one of them raises an alert.
    """
    from taizhang.observe.metrics import as_text, read_metrics, registry
    from taizhang.warehouse.connection import engine

    if port is not None:
        from prometheus_client import start_http_server

        _, thread = start_http_server(port, LOOPBACK, registry())
        errors.print(f"http://{LOOPBACK}:{port}/metrics", highlight=False, markup=False)
        thread.join()
    elif as_json:
        print_json(read_metrics(engine()))
    else:
        typer.echo(as_text(), nl=False)


def lineage(
    gate_run: Annotated[int | None, typer.Option(help="Tell of this run of the gate.")] = None,
    publication: Annotated[int | None, typer.Option(help="Tell of this publication.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Tell OpenLineage again of a run of the gate or of a publication.

    Where it is told says TAIZHANG_LINEAGE_TRANSPORT. An event that is told twice is the same event.
    """
    from taizhang.observe.gate_lineage import events_of_gate_run
    from taizhang.observe.lineage import is_wanted, send
    from taizhang.observe.publication_lineage import events_of_publication
    from taizhang.warehouse.connection import engine

    if gate_run is None and publication is None:
        raise typer.BadParameter("name a run of the gate, a publication, or both")
    if not is_wanted():
        raise LineageError("TAIZHANG_LINEAGE_TRANSPORT is not set: nobody is named to tell it to")
    try:
        events = events_of_gate_run(engine(), gate_run) if gate_run is not None else []
        events += events_of_publication(engine(), publication) if publication is not None else []
    except LookupError as error:
        raise LineageError(str(error)) from None
    count = send(events)
    if as_json:
        print_json({"events": count})
    else:
        print_line(f"已发送 {count} 条数据血缘事件")
