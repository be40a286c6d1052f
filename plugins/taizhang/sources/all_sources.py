"""All sources, one after the other: what fails at one holds up no other."""

from collections.abc import Callable

from sqlalchemy import Engine

from taizhang.configuration import ConfigurationError
from taizhang.errors import TaizhangError
from taizhang.sources.declared import FILE_NAME, ApiSource, FilesSource, MailboxSource, declared_sources
from taizhang.sources.items import Peer
from taizhang.sources.pulling import PullReport, pull

OpenPeer = Callable[[FilesSource | ApiSource | MailboxSource], Peer]


def pull_all(engine: Engine, open_peer: OpenPeer) -> list[PullReport]:
    """Pull every source of `config/sources.yml`; returns a report of each, also of those that could not be opened."""
    try:
        sources = declared_sources()
    except ConfigurationError as error:
        return [PullReport(FILE_NAME, failures=[str(error)])]
    return [pull_one(engine, source, open_peer) for source in sources]


def pull_one(engine: Engine, source: FilesSource | ApiSource | MailboxSource, open_peer: OpenPeer) -> PullReport:
    """Open and pull one source; what could not even be begun stands in the report like everything else."""
    try:
        return pull(engine, source, open_peer(source))
    except TaizhangError as error:
        return PullReport(source.name, failures=[str(error)])
