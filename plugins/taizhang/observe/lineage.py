"""OpenLineage: after a step, the events that say what it read and wrote, made from what the warehouse keeps of it.

Nothing is stored for it, and an event told twice is the same event: the id of its run follows from what it is about.
"""

import json
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from taizhang.settings import settings

if TYPE_CHECKING:
    from openlineage.client.event_v2 import RunEvent

log = logging.getLogger(__name__)


def is_wanted() -> bool:
    """Tell whether TAIZHANG_LINEAGE_TRANSPORT says where events go."""
    return settings().lineage_transport is not None


def tell_gate_run(engine: Engine, gate_run_id: int | None) -> None:
    """Tell of a run of the gate, and of how what it judged came to it; None: there was no run."""
    if gate_run_id is not None and is_wanted():
        from taizhang.observe.gate_lineage import events_of_gate_run

        _tell(f"gate run {gate_run_id}", lambda: events_of_gate_run(engine, gate_run_id))


def tell_publication(engine: Engine, publication_id: int | None) -> None:
    """Tell of a publication, from raw to the readers' views; None: there was none."""
    if publication_id is not None and is_wanted():
        from taizhang.observe.publication_lineage import events_of_publication

        _tell(f"publication {publication_id}", lambda: events_of_publication(engine, publication_id))


def _tell(what: str, events: "EventMaker") -> None:
    """Send the events; what has been published stays so when nobody can be told, and the log says it."""
    try:
        send(events())
    except Exception:
        log.exception("the lineage of %s was not told; `taizhang lineage` tells it again", what)


def send(events: "Iterable[RunEvent]") -> int:
    """Send events to where the settings say; returns how many. Raises whatever the transport raises."""
    from openlineage.client import OpenLineageClient

    transport = settings().lineage_transport
    if transport is None:
        return 0
    client = OpenLineageClient(config={"transport": json.loads(transport.get_secret_value())})
    count = 0
    for event in events:
        client.emit(event)
        count += 1
    client.close(timeout=30)
    return count


if TYPE_CHECKING:
    from collections.abc import Callable

    EventMaker = Callable[[], Iterable[RunEvent]]
