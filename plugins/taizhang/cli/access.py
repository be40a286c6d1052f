"""Commands of the data team for logins: access list, bind, release of regions, and grant-worker."""

from typing import Annotated, Literal

import typer

from taizhang.cli.output import JsonFlag, print_json, print_line, print_table

Role = Annotated[str, typer.Argument(help="A login of taizhang_region, or a role whose members it is for.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    access = typer.Typer(
        help="Which regions the logins of taizhang_region see, and which logins do the nightly work.",
        no_args_is_help=True,
    )
    access.command("list")(list_access)
    access.command("bind")(bind)
    access.command("release")(release)
    access.command("grant-worker")(grant_worker)
    access.command("web-user")(web_user)
    app.add_typer(access, name="access")


def list_access(as_json: JsonFlag = False) -> None:
    """List who sees which regions; a login of taizhang_region that is not listed sees no row."""
    from taizhang.access.region_access import bound
    from taizhang.warehouse.connection import engine

    rows = bound(engine())
    if as_json:
        print_json(rows)
        return
    headers = ("角色", "地区代码", "地区", "授权人", "授权时间")
    print_table(
        "地区权限",
        headers,
        (
            (
                row["role_name"],
                row["region_code"],
                row["region_name"],
                row["granted_by"],
                f"{row['created_at']:%Y-%m-%d}",
            )
            for row in rows
        ),
    )


def bind(
    role: Role, regions: Annotated[list[str], typer.Argument(help="Region codes, like 621100; all below is included.")]
) -> None:
    """Let a login see regions: their rows and those of all that lies below them."""
    from taizhang.access.region_access import bind as bind_regions
    from taizhang.warehouse.connection import engine

    bind_regions(engine(), role, regions)
    print_line(f"{role} 可查看：{'、'.join(regions)}")


def release(
    role: Role, regions: Annotated[list[str] | None, typer.Argument(help="Region codes; without any, all.")] = None
) -> None:
    """Let a login no longer see regions; run it before a role is dropped."""
    from taizhang.access.region_access import release as release_regions
    from taizhang.warehouse.connection import engine

    print_line(f"已取消 {role} 的 {release_regions(engine(), role, regions or None)} 项地区权限")


def grant_worker(
    login: Annotated[str, typer.Argument(help="A login of the database server.")],
    work: Annotated[Literal["loader", "publisher"], typer.Argument(help="What it is to do, and nothing else.")],
) -> None:
    """Let a login load and judge, or publish; run it as the warehouse's owner, and again after an upgrade."""
    from taizhang.access.workers import grant_worker as grant
    from taizhang.warehouse.connection import engine

    grant(engine(), login, f"taizhang_{work}")
    print_line(f"{login} 现在只能做 {work} 的工作")


def web_user(
    name: Annotated[str, typer.Argument(help="Small letters and digits.")],
    role: Annotated[Literal["viewer", "user", "op", "admin", "none"], typer.Argument(help="none takes the user away.")],
) -> None:
    """Let somebody log in to Airflow's pages, with a new password that is shown once; counts from the next `up` on."""
    from taizhang.server.airflow_config import web_users

    if role == "none":
        web_users().remove(name)
        print_line(f"已删除网页用户 {name}，重新启动（taizhang down、taizhang up）后生效")
    else:
        print_line(f"{name}（{role}）的密码，只显示这一次：{web_users().add(name, role)}")
        print_line("重新启动（taizhang down、taizhang up）后生效")
