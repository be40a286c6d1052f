"""Binding logins of `taizhang_region` to regions: who stands in `ops.region_access` sees them, all others see none."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, text

from taizhang.access.roles import REGION
from taizhang.errors import TaizhangError


class UnknownRoleError(TaizhangError):
    """The server has no such role, or it may not read the views at all."""


class UnknownRegionError(TaizhangError):
    """No published region has the code."""


_UNKNOWN = text(
    """
    select wanted.region_code
    from unnest(cast(:regions as text[])) as wanted (region_code)
    where not exists (select from marts.dim_region where dim_region.region_code = wanted.region_code)
    """
)
_BIND = text(
    """
    insert into ops.region_access (role_name, region_code)
    select :role, wanted.region_code
    from unnest(cast(:regions as text[])) as wanted (region_code)
    on conflict do nothing
    """
)
_RELEASE = text(
    """
    delete from ops.region_access
    where role_name = :role and (cast(:regions as text[]) is null or region_code = any(cast(:regions as text[])))
    """
)
_BOUND = text(
    """
    select access.role_name, access.region_code, region.region_name, access.granted_by, access.created_at
    from ops.region_access as access
    left join marts.dim_region as region on access.region_code = region.region_code and region.is_latest
    order by access.role_name, access.region_code
    """
)


def bind(engine: Engine, role: str, regions: Sequence[str]) -> None:
    """Let the role see these regions too, with all that lies below them.

    Raises UnknownRoleError when the server has no such role or it is not in taizhang_region, UnknownRegionError when no
    published region has one of the codes.
    """
    with engine.begin() as connection:
        _require_role(connection.scalar(_IS_MEMBER, {"role": role, "group": REGION}), role)
        if unknown := list(connection.scalars(_UNKNOWN, {"regions": list(regions)})):
            raise UnknownRegionError(f"unknown region {'、'.join(unknown)}; give codes, like 621122")
        connection.execute(_BIND, {"role": role, "regions": list(regions)})


_IS_MEMBER = text(
    """
    select pg_has_role(login.oid, reading.oid, 'member')
    from pg_roles as login
    left join pg_roles as reading on reading.rolname = :group
    where login.rolname = :role
    """
)


def _require_role(is_member: bool | None, role: str) -> None:
    if is_member is None:
        raise UnknownRoleError(f"the server has no role {role}; create it: create role {role} login password '…'")
    if not is_member:
        raise UnknownRoleError(f"{role} may not read the views yet: grant {REGION} to {role}")


def release(engine: Engine, role: str, regions: Sequence[str] | None = None) -> int:
    """Let the role no longer see these regions, or none at all; return how many entries were taken away."""
    with engine.begin() as connection:
        values = {"role": role, "regions": None if regions is None else list(regions)}
        return connection.execute(_RELEASE, values).rowcount


def bound(engine: Engine) -> list[dict[str, Any]]:
    """Return who sees which regions: role, region with its name, who let it and when."""
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(_BOUND).mappings()]
