"""Commands for those who watch over the program: metrics and lineage."""

from typing import Annotated

import typer

from taizhang.cli.output import JsonFlag, errors, print_json

LOOPBACK = "127.0.0.1"


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(metrics)


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
