"""A function that makes the partitions of raw: only a table's owner may, and the loader is not."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

FUNCTION = """
create function ops.create_partition(table_name text, month date) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if not exists (
        select from pg_partitioned_table
        where partrelid = to_regclass(format('raw.%I', table_name))
    ) or month <> date_trunc('month', month) then
        raise exception 'raw.% has no partition of %', table_name, month;
    end if;
    execute format(
        'create table if not exists raw.%I partition of raw.%I for values from (%L) to (%L)',
        table_name || to_char(month, '_YYYY_MM'), table_name, month, month + interval '1 month'
    );
end
$$
"""


def upgrade() -> None:
    """Make the function; nobody but its owner may call it until it is granted."""
    op.execute(FUNCTION)
    op.execute("revoke execute on function ops.create_partition(text, date) from public")
