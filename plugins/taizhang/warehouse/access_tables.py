"""The table of the schema `ops` that binds logins to regions."""

from sqlalchemy import Column, PrimaryKeyConstraint, Table, Text, text

from taizhang.warehouse.tables import created_at, metadata

region_access = Table(
    "region_access",
    metadata,
    Column("role_name", Text, nullable=False, comment="A login, or a role whose members it holds for."),
    Column("region_code", Text, nullable=False, comment="Region that it sees, with all that lies below."),
    Column("granted_by", Text, nullable=False, server_default=text("session_user")),
    created_at(),
    PrimaryKeyConstraint("role_name", "region_code"),
    schema="ops",
    comment="Which regions the logins of taizhang_region see; who stands not here sees none.",
)
