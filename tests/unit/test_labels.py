"""Every code that people read has a label, and no label is left of a code that is gone."""

import pytest

from taizhang.cli.findings import SeverityChoice, Status
from taizhang.labels import labels
from taizhang.quality.register import Severity
from taizhang.warehouse.audit_tables import SEVERITIES


@pytest.mark.parametrize("codes", [Severity, SeverityChoice, SEVERITIES], ids=["rules", "command", "tables"])
def test_severities(codes: list[str]):
    assert list(labels("severity")) == [str(code) for code in codes]


def test_statuses():
    assert list(labels("finding_status")) == [str(status) for status in Status]


def test_a_kind_that_is_not_there():
    with pytest.raises(KeyError):
        labels("colour")
