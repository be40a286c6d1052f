"""Telling the operators that a run of a DAG has failed."""

from dataclasses import dataclass
from datetime import datetime
from html import escape

from taizhang.deadlines.calendar import CHINA
from taizhang.notify import recipients
from taizhang.notify.channels import Channel, DeliveryError
from taizhang.notify.delivery import Address, Sending


@dataclass(frozen=True)
class FailedRun:
    """A run of a DAG that has failed; `reason` is Airflow's word for it, `task_id` a task that failed, if one did."""

    dag_id: str
    run_id: str
    started_at: datetime | None
    reason: str
    task_id: str | None


def tell(run: FailedRun, address: Address) -> Sending:
    """Send the message by each channel of `failed_runs`; NotDeliveredError when one did not take it. Quiet: nothing."""
    configured = recipients.notifications()
    if not configured.send:
        return Sending(is_quiet=True)
    sending, title, lines = Sending(), f"台账任务失败：{run.dag_id}", _lines(run)
    for destination in configured.failed_runs:
        try:
            channel = Channel(address(configured.channels[destination.channel]), destination.addresses)
            channel.send(title, "\n".join(lines), "".join(f"<p>{escape(line)}</p>" for line in lines))
            sending.sent.append(destination.channel)
        except DeliveryError as error:
            sending.failed.append(f"{run.dag_id} {run.run_id} by {destination.channel}: {error}")
    sending.require_all()
    return sending


def _lines(run: FailedRun) -> list[str]:
    started = f"{run.started_at.astimezone(CHINA):%Y-%m-%d %H:%M}" if run.started_at else "未知"
    lines = [f"流程 {run.dag_id} 的一次运行失败。", f"运行：{run.run_id}（开始于 {started}）"]
    lines += [f"任务：{run.task_id}"] if run.task_id else []
    lines += [f"原因：{run.reason}"] if run.reason else []
    return [*lines, "怎么办：在 Airflow 界面打开该次运行查看失败任务的日志，排除后清除任务重跑；见 docs/operate.md。"]
