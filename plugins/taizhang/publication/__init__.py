"""Publications: numbered, atomic states of the marts, each with a certificate."""

from taizhang.publication.certificate import Certificate
from taizhang.publication.figures import (
    FiguresError,
    NothingPublishedError,
    UnknownListError,
    UnknownMonthError,
    UnknownPublicationError,
    UnknownRegionError,
    figures,
    publications,
)
from taizhang.publication.lifecycle import (
    PublicationReport,
    PublicationStateError,
    abandon,
    build,
    flip,
    open_publication,
    publish,
)
from taizhang.publication.marts_build import BuildError
from taizhang.publication.reconciliation import Difference, ReconciliationError, reconcile

__all__ = [
    "BuildError",
    "Certificate",
    "Difference",
    "FiguresError",
    "NothingPublishedError",
    "PublicationReport",
    "PublicationStateError",
    "ReconciliationError",
    "UnknownListError",
    "UnknownMonthError",
    "UnknownPublicationError",
    "UnknownRegionError",
    "abandon",
    "build",
    "figures",
    "flip",
    "open_publication",
    "publications",
    "publish",
    "reconcile",
]
