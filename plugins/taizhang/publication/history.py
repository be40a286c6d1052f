"""The versioned tables in the schema `history` as the publication steps see them."""

from sqlalchemy import Connection, text

_VERSIONED = text(
    """
    select table_name
    from information_schema.columns
    where table_schema = 'history' and column_name in ('published_from', 'published_to')
    group by table_name
    having count(*) = 2
    order by table_name
    """
)


def versioned_tables(connection: Connection) -> list[str]:
    """Return the names of the versioned tables; none before the first build."""
    return list(connection.scalars(_VERSIONED))


def forget_unpublished(connection: Connection) -> int:
    """Take back all that was written after the newest published publication: its rows, and the closing of others.

    Returns the number of rows deleted or reopened. Set-based, and free when there is nothing.
    """
    newest = connection.scalar(
        text("select coalesce(max(publication_id), 0) from ops.publication where state = 'published'")
    )
    count = 0
    for table in versioned_tables(connection):
        name = connection.dialect.identifier_preparer.quote(table)
        for statement in (
            f"delete from history.{name} where published_from > :newest",  # noqa: S608
            f"update history.{name} set published_to = null where published_to > :newest",  # noqa: S608
        ):
            count += connection.execute(text(statement), {"newest": newest}).rowcount
    return count
