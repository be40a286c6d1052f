"""What a step that may be repeated has to know before it does something."""

from sqlalchemy import Engine, text

from taizhang.publication.scope import changed_scope


def has_pending(engine: Engine) -> bool:
    """Tell whether there is a unit's month of which something is not as the last publication shows it."""
    with engine.connect() as connection:
        return bool(changed_scope(connection).entries)


def state_of(engine: Engine, publication_id: int) -> str | None:
    """Return the state of a publication (building, published, failed); None when there is no such publication."""
    query = text("select state from ops.publication where publication_id = :publication_id")
    with engine.connect() as connection:
        state: str | None = connection.scalar(query, {"publication_id": publication_id})
    return state
