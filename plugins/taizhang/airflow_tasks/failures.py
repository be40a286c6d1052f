"""Telling somebody that a run of a DAG has failed, by the channels of `config/notifications.yml`; of all DAGs alike."""

from typing import Any

from airflow.sdk import BaseNotifier


class FailedRunNotifier(BaseNotifier):
    """Tells which DAG failed, when and at which tasks; nothing is done while the file says that nothing is sent.

    The file, the connections and Apprise are looked at when a run has failed, never when a DAG is parsed.
    """

    def render_template_fields(self, context: Any, jinja_env: Any = None) -> None:
        """Nothing of it is a template; Airflow would ask the DAG for Jinja, which a stored DAG does not have."""

    def notify(self, context: Any) -> None:
        """Send the message by every channel; NotDeliveredError at the end names those that did not take it."""
        from taizhang.airflow_tasks.deadlines import url_of
        from taizhang.notify.failed_runs import FailedRun, tell

        # Airflow knows the run and the task that failed last only where there is such a task.
        run, task = context.get("dag_run"), context.get("task_instance") or context.get("ti")
        tell(
            FailedRun(
                dag_id=context["dag"].dag_id,
                run_id=context["run_id"],
                started_at=getattr(run, "start_date", None),
                reason=str(context.get("reason") or ""),
                task_id=getattr(task, "task_id", None),
            ),
            url_of,
        )


tell_of_failure = FailedRunNotifier()
