"""The tasks of the DAGs that ask people: what is laid before them, and operators that carry out what they say.

An operator that asks is tried again only when it was killed: what a person has said stands, and so does silence.
"""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from airflow.providers.standard.exceptions import HITLRejectException, HITLTimeoutError
from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

ACTOR = "close_month"
REASON = {"reason": Param("", type="string", title="理由", description="退回时必填")}
RETURNED = {
    **REASON,
    "returned": Param(
        "", type="string", title="其中退回", description="接收其余、退回这些报送编号，用逗号分开；理由必填"
    ),
}


@task
def lay_months() -> list[dict[str, Any]]:
    """Lay before people each month whose last due day has passed; skipped where there is none, or nobody to ask."""
    from taizhang.closing.asking import months_to_ask
    from taizhang.warehouse.connection import engine

    found = months_to_ask(engine(), ACTOR)
    if not found:
        raise AirflowSkipException("no month is to be closed, or nobody is to be asked")
    return [_asked(one) for one in found]


@task
def lay_reviews() -> list[dict[str, Any]]:
    """Lay before the people of each region what waits for their review; skipped where nothing does."""
    from taizhang.closing.asking import reviews_to_ask
    from taizhang.warehouse.connection import engine

    found = reviews_to_ask(engine())
    if not found:
        raise AirflowSkipException("nothing waits for a review")
    return [_asked(one) for one in found]


def _asked(one: dict[str, Any]) -> dict[str, Any]:
    """The arguments of the operator that asks: hours become what Airflow takes."""
    return {**one, "response_timeout": timedelta(hours=one["response_timeout"])}


class _Asking(ApprovalOperator):
    """Asks assigned people and carries out what they say, before the task ends."""

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """Carry out the answer; the task fails for good when they refuse, say nothing in time, or it does not count."""
        from taizhang.errors import TaizhangError

        try:
            answer = super().execute_complete(context, event)
            self.carry_out(event, is_approved=True)
        except HITLTimeoutError as error:
            raise AirflowFailException("nobody has answered in time") from error
        except HITLRejectException as error:
            self.carry_out_safely(event)
            raise AirflowFailException("refused") from error
        except TaizhangError as error:
            raise AirflowFailException(str(error)) from error
        return answer

    def carry_out_safely(self, event: dict[str, Any]) -> None:
        """Carry out a refusal; what cannot be carried out fails the task with its reason."""
        from taizhang.errors import TaizhangError

        try:
            self.carry_out(event, is_approved=False)
        except TaizhangError as error:
            raise AirflowFailException(str(error)) from error

    @abstractmethod
    def carry_out(self, event: dict[str, Any], *, is_approved: bool) -> None:
        """What follows from the answer."""


class MonthApproval(_Asking):
    """Asks whether a month is to be closed; the answer counts for what was laid before, and for nothing newer."""

    def __init__(self, *, report_month: str, laid_sha256: str, **kwargs: Any) -> None:
        super().__init__(fail_on_reject=True, params=REASON, **kwargs)
        self.report_month = report_month
        self.laid_sha256 = laid_sha256

    def carry_out(self, event: dict[str, Any], *, is_approved: bool) -> None:
        """Close the month, or leave it open with the reason."""
        from taizhang.closing.asking import answer_month
        from taizhang.warehouse.connection import engine

        answer_month(engine(), self.report_month, self.laid_sha256, event, is_approved=is_approved)


class ReviewApproval(_Asking):
    """Asks whether what a region's units sent is to count; single ones may be returned while the others count."""

    def __init__(self, *, submissions: Sequence[int], **kwargs: Any) -> None:
        super().__init__(fail_on_reject=True, params=RETURNED, **kwargs)
        self.submissions = list(submissions)

    def carry_out(self, event: dict[str, Any], *, is_approved: bool) -> None:
        """Accept or return the submissions."""
        from taizhang.closing.asking import answer_review
        from taizhang.warehouse.connection import engine

        answer_review(engine(), self.submissions, event, is_approved=is_approved)
