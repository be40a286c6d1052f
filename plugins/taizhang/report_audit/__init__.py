"""The report audit: figures of a narrative report, judged against each other and against the published marts."""

from taizhang.report_audit.auditing import audit

__all__ = ["audit"]
