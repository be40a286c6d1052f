"""What lineage events are made of: names of datasets, runs and jobs, as OpenLineage's naming rules want them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from openlineage.client.event_v2 import (
    InputDataset,
    Job,
    OutputDataset,
    Run,
    RunEvent,
    RunState,
)
from openlineage.client.facet_v2 import (
    error_message_run,
    input_statistics_input_dataset,
    job_type_job,
    output_statistics_output_dataset,
)
from sqlalchemy import URL

from taizhang.settings import settings

PRODUCER = "taizhang"
NAMESPACE = "taizhang"
_RUNS = uuid.UUID("6a9de4ab-6a0f-5c1c-9a43-3a4a2a0f64b1")


@dataclass(frozen=True)
class Dataset:
    """A dataset by its names, with the facets that hold for it as such."""

    namespace: str
    name: str
    facets: Mapping[str, Any] = field(default_factory=dict)

    def read(self, rows: int | None = None, files: Any = None, **more: Any) -> InputDataset:
        """Return it as what a run has read."""
        facets = dict(more)
        if rows is not None or files is not None:
            facets["inputStatistics"] = input_statistics_input_dataset.InputStatisticsInputDatasetFacet(
                rowCount=rows, fileCount=files, producer=PRODUCER
            )
        return InputDataset(self.namespace, self.name, facets=dict(self.facets), inputFacets=facets)

    def written(self, rows: int | None = None, files: int | None = None, size: int | None = None) -> OutputDataset:
        """Return it as what a run has written."""
        facets: dict[str, Any] = {}
        if rows is not None or files is not None:
            facets["outputStatistics"] = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
                rowCount=rows, fileCount=files, size=size, producer=PRODUCER
            )
        return OutputDataset(self.namespace, self.name, facets=dict(self.facets), outputFacets=facets)


def table(url: URL, schema: str, name: str, /, **facets: Any) -> Dataset:
    """Return the dataset of a table or view of the warehouse."""
    return Dataset(f"postgres://{url.host}:{url.port or 5432}", f"{url.database}.{schema}.{name}", facets)


def folder(path: object) -> Dataset:
    """Return the dataset of a folder of this machine."""
    return Dataset("file", str(path))


def inbox() -> Dataset:
    """Return the dataset of the inbox."""
    return folder(settings().inbox_dir.resolve())


def landing() -> Dataset:
    """Return the dataset of the landing store."""
    return folder(settings().landing_dir.resolve())


def source(name: str) -> Dataset:
    """Return the dataset of a source of `config/sources.yml`."""
    return Dataset("taizhang-source", name)


@dataclass(frozen=True)
class Told:
    """A run of a job: when it began and ended, and why it failed if it did."""

    job: str
    about: str
    began: datetime
    ended: datetime
    failure: str | None = None

    def events(self, inputs: list[InputDataset], outputs: list[OutputDataset]) -> list[RunEvent]:
        """Return how it began and how it ended; only the latter has the datasets' facets of this run."""
        job = Job(
            NAMESPACE,
            self.job,
            facets={
                "jobType": job_type_job.JobTypeJobFacet(
                    processingType="BATCH", integration="TAIZHANG", jobType="STEP", producer=PRODUCER
                )
            },
        )
        run_id = str(uuid.uuid5(_RUNS, f"{self.job} {self.about}"))
        failed: dict[str, Any] = {}
        if self.failure is not None:
            failed["errorMessage"] = error_message_run.ErrorMessageRunFacet(
                self.failure, programmingLanguage="Python", producer=PRODUCER
            )
        end = RunState.FAIL if failed else RunState.COMPLETE
        return [
            RunEvent(
                eventTime=_time(self.began), producer=PRODUCER, run=Run(run_id), job=job, eventType=RunState.START
            ),
            RunEvent(
                eventTime=_time(self.ended),
                producer=PRODUCER,
                run=Run(run_id, facets=failed),
                job=job,
                eventType=end,
                inputs=inputs,
                outputs=[] if failed else outputs,
            ),
        ]


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
