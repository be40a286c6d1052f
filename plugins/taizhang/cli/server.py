"""Commands that start and stop what runs on this machine: up, down, db url."""

from typing import Annotated

import typer

from taizhang.cli.output import JsonFlag, errors, print_json, print_line


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(up)
    app.command()(down)
    database = typer.Typer(help="The warehouse's database.")
    database.command("url")(db_url)
    database.command("migrate")(db_migrate)
    app.add_typer(database, name="db")


def _say_aside(message: str) -> None:
    errors.print(message, highlight=False, markup=False, soft_wrap=True)


def up(as_json: JsonFlag = False) -> None:
    """Start PostgreSQL and Airflow.

    Waits until both are ready; what runs already stays as it is.
    """
    from taizhang.server import airflow

    is_first = not airflow.passwords_file().exists()
    url = airflow.up(_say_aside if as_json else print_line)
    if as_json:
        print_json({"url": url, "user": airflow.ADMIN_USER, "passwords_file": str(airflow.passwords_file())})
        return
    print_line(f"Web UI: {url}  user: {airflow.ADMIN_USER}  password: in {airflow.passwords_file()}")
    if is_first:
        print_line(f"Password, shown this once: {airflow.admin_password()}")
    print_line("Stop everything: make down")


def down() -> None:
    """Stop Airflow and PostgreSQL.

    Nothing of them keeps running.
    """
    from taizhang.server import airflow

    airflow.down(print_line)


def db_url(
    database: Annotated[str, typer.Option(help="Another database of the same server, like airflow.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Print the warehouse's URL for psql and BI tools.

    Starts the embedded server when that is the one in use.
    """
    from taizhang.warehouse.connection import address, warehouse_url

    url = warehouse_url()
    text = address(url.set(database=database) if database else url)
    if as_json:
        print_json({"url": text})
    else:
        typer.echo(text)


def db_migrate() -> None:
    """Bring the warehouse's tables up to date.

    Creates the database, and that of Airflow, where there is none.
    """
    from taizhang.server.airflow import create_metadata_database
    from taizhang.warehouse.migrate import missing_roles, upgrade

    missing = missing_roles(upgrade())
    create_metadata_database()
    for line in missing:
        print_line(line)
    print_line("The warehouse's tables are up to date")
