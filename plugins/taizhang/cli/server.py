"""Commands that start and stop what runs on this machine: up, down, db url."""

from typing import Annotated

import typer

from taizhang.cli.output import JsonFlag, console, errors, print_json


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(up)
    app.command()(down)
    database = typer.Typer(help="The warehouse's database.", no_args_is_help=True)
    database.command("url")(db_url)
    database.command("migrate")(db_migrate)
    app.add_typer(database, name="db")


def _say(message: str) -> None:
    console.print(message, highlight=False, markup=False, soft_wrap=True)


def _say_aside(message: str) -> None:
    errors.print(message, highlight=False, markup=False, soft_wrap=True)


def up(as_json: JsonFlag = False) -> None:
    """Start PostgreSQL and Airflow, and wait until both are ready; what runs already stays as it is."""
    from taizhang.server import airflow

    url = airflow.up(_say_aside if as_json else _say)
    if as_json:
        print_json({"url": url, "user": airflow.ADMIN_USER, "passwords_file": str(airflow.passwords_file())})
        return
    _say(f"Web UI: {url}  user: {airflow.ADMIN_USER}  password: in {airflow.passwords_file()}")
    _say("Stop everything: make down")


def down() -> None:
    """Stop Airflow and PostgreSQL; nothing of them keeps running."""
    from taizhang.server import airflow

    airflow.down(_say)


def db_url(
    database: Annotated[str, typer.Option(help="Another database of the same server, like airflow.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Print the URL of the warehouse, for psql and BI tools; starts the embedded server when it is used."""
    from taizhang.warehouse.connection import address, warehouse_url

    url = warehouse_url()
    text = address(url.set(database=database) if database else url)
    if as_json:
        print_json({"url": text})
    else:
        typer.echo(text)


def db_migrate() -> None:
    """Bring the warehouse's tables to this version, and create Airflow's database where there is none."""
    from taizhang.server.airflow import create_metadata_database
    from taizhang.warehouse.migrate import upgrade

    upgrade()
    create_metadata_database()
    _say("The warehouse's tables are up to date")
