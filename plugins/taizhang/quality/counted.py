"""Expectations that cost a share of one scan: they ask Great Expectations for two counts, and for no sample.

Failing rows come from our own SQL (`findings`). Importing this module imports Great Expectations (7 to 19 s).
"""

import logging
from typing import Any, ClassVar, cast

from great_expectations.expectations.expectation import BatchExpectation, Expectation
from great_expectations.expectations.registry import get_expectation_impl, get_metric_kwargs
from great_expectations.expectations.row_conditions import Condition, RowConditionType
from great_expectations.render.components import (
    LegacyDiagnosticRendererType,
    LegacyRendererType,
    RenderedStringTemplateContent,
)
from great_expectations.render.renderer.renderer import renderer
from great_expectations.validator.metric_configuration import MetricConfiguration

from taizhang.quality.catalogue import GX_EXPECTATIONS
from taizhang.quality.gx_metrics import CONTRADICTED, ROW_COUNT, TABLE_NAME, folded, whole_table
from taizhang.quality.predicates import Arguments


def of_whole_table(metric: str, configuration: Any, predicate: str) -> MetricConfiguration:
    """Return a metric of ours over all rows of the batch that an expectation is validated against."""
    return MetricConfiguration(
        metric, whole_table({"batch_id": configuration.kwargs["batch_id"]}), {"predicate": predicate}
    )


class Counted:
    """What all expectations of the catalogue share: number of rows, of contradicting rows, and how they are shown."""

    # Of Great Expectations' classes that this is mixed into.
    configuration: Any
    map_metric: ClassVar[str]

    def get_validation_dependencies(
        self, execution_engine: Any = None, runtime_configuration: dict[str, Any] | None = None
    ) -> Any:
        """The counts, and nothing of what Great Expectations samples besides."""
        needed = Expectation.get_validation_dependencies(
            cast(Expectation, self), execution_engine, runtime_configuration
        )
        configuration = self.configuration  # built anew whenever it is asked for
        rows = of_whole_table(ROW_COUNT, configuration, "true")
        for metric in (rows, self._count(configuration, runtime_configuration)):
            needed.set_metric_configuration(metric.metric_name, metric)
        return needed

    def _count_name(self) -> str:
        """The metric that counts the contradicting rows."""
        return folded(self.map_metric)

    def _count(self, configuration: Any, runtime_configuration: dict[str, Any] | None) -> MetricConfiguration:
        name = self._count_name()
        given = get_metric_kwargs(name, configuration, runtime_configuration)
        return MetricConfiguration(name, given["metric_domain_kwargs"], given["metric_value_kwargs"])

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        """Fail when there is a contradicting row."""
        rows, failed = int(metrics[ROW_COUNT]), int(metrics[self._count_name()] or 0)
        return {"success": failed == 0, "result": {"element_count": rows, "unexpected_count": failed}}

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)
    def _prescriptive_renderer(cls, configuration: Any = None, **_: Any) -> list[RenderedStringTemplateContent]:
        """In Data Docs: the rule's id and its title, and what is to be done."""
        shown = ("check_id", "severity", "title_zh", "advice_zh")
        badge = {"classes": ["badge", "badge-secondary"]}
        return [
            RenderedStringTemplateContent(
                content_block_type="string_template",
                string_template={
                    "template": "$check_id $severity $title_zh $advice_zh",
                    "params": {name: configuration.meta.get(name, "") for name in shown},
                    "styling": {
                        "params": {"check_id": badge, "severity": badge, "advice_zh": {"classes": ["text-muted"]}}
                    },
                },
            )
        ]

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.OBSERVED_VALUE)
    def _diagnostic_observed_value_renderer(cls, result: Any = None, **_: Any) -> str:
        """In Data Docs: how many rows contradict the rule."""
        outcome = result.result or {}
        if "unexpected_count" not in outcome:
            return "—"
        return f"{outcome['unexpected_count']} / {outcome['element_count']} 行"

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.UNEXPECTED_STATEMENT)
    def _diagnostic_unexpected_statement_renderer(cls, **_: Any) -> list[RenderedStringTemplateContent]:
        """Nothing more: the rows stand in the findings."""
        return []

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.UNEXPECTED_TABLE)
    def _diagnostic_unexpected_table_renderer(cls, **_: Any) -> None:
        """See `_diagnostic_unexpected_statement_renderer`."""


class JudgedRowsExpectation(Counted, BatchExpectation):  # type: ignore[misc]
    """Base of our types: each states its arguments, whose predicate is counted with all others of its table."""

    arguments: ClassVar[type[Arguments]]
    row_condition: RowConditionType = None

    def _count_name(self) -> str:
        return CONTRADICTED

    def _count(self, configuration: Any, runtime_configuration: dict[str, Any] | None) -> MetricConfiguration:
        del runtime_configuration
        kwargs = configuration.kwargs
        named = {name: kwargs[name] for name in self.arguments.model_fields if kwargs.get(name) is not None}
        if isinstance(condition := named.get("row_condition"), Condition):
            named["row_condition"] = condition.dict()
        predicate = self.arguments.model_validate(named).predicate(TABLE_NAME)
        return of_whole_table(CONTRADICTED, configuration, predicate.contradicted)


def _count_only(expectation_type: str) -> type[Any]:
    """Put our way of counting before Great Expectations' own class of this type, under the same name."""
    theirs = get_expectation_impl(expectation_type)
    if issubclass(theirs, Counted):
        return theirs
    registry = logging.getLogger("great_expectations.expectations.registry")
    level = registry.level
    registry.setLevel(logging.ERROR)  # it warns of each declaration that we replace on purpose
    try:
        return type(theirs.__name__, (Counted, theirs), {"__doc__": theirs.__doc__})
    finally:
        registry.setLevel(level)


COUNTED = {name: _count_only(name) for name in GX_EXPECTATIONS}
